//! The profilers that are compiled in, as one.

use std::fmt;
use std::panic::Location;

#[cfg(feature = "puffin")]
use super::puffin;
#[cfg(feature = "tracy")]
use super::tracy;

/// Whether a profiler takes phases and frames just now.
#[inline]
pub(crate) fn are_wanted() -> bool {
    #[cfg(feature = "puffin")]
    if puffin::is_on() {
        return true;
    }
    #[cfg(feature = "tracy")]
    if tracy::client().is_some() {
        return true;
    }
    false
}

/// What the profilers know a tag or a phase by: made once, then kept beside its name.
#[derive(Default)]
pub(crate) struct Label {
    #[cfg(feature = "puffin")]
    puffin: puffin::Label,
    #[cfg(feature = "tracy")]
    tracy: tracy::TagPlot,
}

impl Label {
    /// The thread that used the name goes.
    pub(crate) fn forget_thread(&self) {
        #[cfg(feature = "tracy")]
        self.tracy.forget_thread();
    }
}

/// What they know a thread by.
#[derive(Default)]
pub(crate) struct Thread {
    #[cfg(feature = "tracy")]
    tracy: tracy::ThreadPlots,
}

impl Thread {
    /// A thread of this number, with the allocator of this number.
    pub(crate) fn new(allocator: u64, thread: u64) -> Self {
        #[cfg(not(feature = "tracy"))]
        let _ = (allocator, thread);
        Self {
            #[cfg(feature = "tracy")]
            tracy: tracy::ThreadPlots::new(allocator, thread),
        }
    }

    /// Another one may have the number next.
    pub(crate) fn forget(&self) {
        #[cfg(feature = "tracy")]
        self.tracy.forget_thread();
    }
}

/// A phase as the profilers show it, from its beginning until this is dropped on the same thread. The last that began
/// must be the first to go.
pub(crate) struct Zone {
    #[cfg(feature = "puffin")]
    _puffin: Option<puffin::Zone>,
    #[cfg(feature = "tracy")]
    _tracy: Option<tracy::Zone>,
}

impl Zone {
    /// Begins one of this name, which stands at `location` in the program.
    pub(crate) fn begin(label: &Label, name: &'static str, location: &'static Location<'static>) -> Self {
        #[cfg(not(feature = "puffin"))]
        let _ = label;
        Self {
            #[cfg(feature = "puffin")]
            _puffin: puffin::begin(&label.puffin, name, location),
            #[cfg(feature = "tracy")]
            _tracy: tracy::begin(name, location),
        }
    }
}

/// What a thread's frame came to; what is no number of something is bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) bytes: u64,
    pub(crate) allocations: u64,
    pub(crate) high_water: u64,
    pub(crate) parked: u64,
    pub(crate) pool: u64,
}

/// Tells the profilers of a frame that has ended, and then of its tags; the frame's mark is set when this goes.
pub(crate) struct FrameReport<'a> {
    #[cfg(feature = "puffin")]
    puffin: Option<puffin::FrameReport>,
    #[cfg(feature = "tracy")]
    tracy: Option<tracy::FrameReport<'a>>,
    _thread: &'a Thread,
}

impl<'a> FrameReport<'a> {
    pub(crate) fn begin(thread: &'a Thread, frame: &Frame) -> Self {
        Self {
            #[cfg(feature = "puffin")]
            puffin: puffin::FrameReport::begin(frame),
            #[cfg(feature = "tracy")]
            tracy: tracy::FrameReport::begin(&thread.tracy, frame),
            _thread: thread,
        }
    }

    /// What a tag that the thread has ever used came to in the frame. `path` is asked for when it is needed, and may not
    /// be had.
    pub(crate) fn tag(
        &self,
        label: &Label,
        path: impl Fn() -> Option<&'static str>,
        bytes: u64,
        allocations: u64,
    ) {
        #[cfg(feature = "puffin")]
        if let Some(report) = &self.puffin {
            report.tag(&label.puffin, &path, bytes, allocations);
        }
        #[cfg(not(feature = "puffin"))]
        let _ = allocations;
        #[cfg(feature = "tracy")]
        if let Some(report) = &self.tracy {
            report.tag(&label.tracy, &path, bytes);
        }
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Label")
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Thread")
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Zone")
    }
}
