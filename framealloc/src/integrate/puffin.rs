//! puffin: a scope for each phase, and at a frame's end one that says what the frame and each of its tags came to.
//!
//! Nothing while puffin's scopes are off. Its thread-local variable is borrowed while it runs its clock and its reporter,
//! so those must not come back here: the caller sees to that. Its lock is taken when a name is new and when a thread's
//! outermost scope ends: what runs under that lock, as its sinks do, must not open phases, as it must not open scopes.

use std::cell::Cell;
use std::fmt::Write;
use std::panic::Location;

use ::puffin::{GlobalProfiler, ProfilerScope, ScopeDetails, ScopeId, are_scopes_on, short_file_name};

use super::profilers::Frame;

/// The scope of a name, once puffin knows it.
#[derive(Default)]
pub(super) struct Label(Cell<Option<ScopeId>>);

/// A scope, which ends when it is dropped.
pub(super) type Zone = ProfilerScope;

#[inline]
pub(super) fn is_on() -> bool {
    are_scopes_on()
}

/// A phase begins.
pub(super) fn begin(label: &Label, name: &'static str, location: &'static Location<'static>) -> Option<Zone> {
    is_on().then(|| ProfilerScope::new(label.scope(name, location), ""))
}

impl Label {
    /// What puffin calls `name`, which first stood at `location`.
    fn scope(&self, name: &'static str, location: &'static Location<'static>) -> ScopeId {
        self.0.get().unwrap_or_else(|| {
            let scope = register(name, location);
            self.0.set(Some(scope));
            scope
        })
    }
}

/// Has puffin show `name`; the scope is said to be at `location`. One of that name that puffin has already is the same.
fn register(name: &'static str, location: &'static Location<'static>) -> ScopeId {
    let details = ScopeDetails::from_scope_name(name)
        .with_file(short_file_name(location.file()))
        .with_line_nr(location.line());
    // As many come back as are asked for.
    GlobalProfiler::lock().register_user_scopes(&[details])[0]
}

/// The scope of a frame's end, and within it those of tags: of no length, but with numbers as their text.
pub(super) struct FrameReport {
    _scope: ProfilerScope,
}

impl FrameReport {
    pub(super) fn begin(frame: &Frame) -> Option<Self> {
        if !is_on() {
            return None;
        }
        let Frame { bytes, allocations, high_water, parked, pool } = frame;
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{bytes} bytes in {allocations} allocations, high water {high_water}, parked {parked}, pool {pool}"
        );
        Some(Self { _scope: ProfilerScope::new(frame_scope(), &text) })
    }

    pub(super) fn tag(
        &self,
        label: &Label,
        path: &impl Fn() -> Option<&'static str>,
        bytes: u64,
        allocations: u64,
    ) {
        if bytes == 0 && allocations == 0 {
            return;
        }
        let Some(path) = path() else { return };
        let text = format!("{bytes} bytes in {allocations} allocations");
        drop(ProfilerScope::new(label.scope(path, Location::caller()), &text));
    }
}

/// The scope under which frames report.
fn frame_scope() -> ScopeId {
    static SCOPE: std::sync::OnceLock<ScopeId> = std::sync::OnceLock::new();
    *SCOPE.get_or_init(|| register("frame memory", Location::caller()))
}
