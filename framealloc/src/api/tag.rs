//! Tags and phases: names under which what is allocated is booked.

use std::fmt;
use std::marker::PhantomData;

use super::marker::{Anchor, FrameMemoryStaysOnItsThread};
use super::smart_alloc::SmartAlloc;
use crate::attribution::Ticket;
use crate::thread::ThreadState;

/// A tag that is open until this is dropped; see [`SmartAlloc::tag`].
#[must_use = "the tag closes when the guard is dropped"]
pub struct TagGuard<'a> {
    state: Anchor<&'a ThreadState>,
    ticket: Anchor<Ticket>,
    _thread: PhantomData<(FrameMemoryStaysOnItsThread, &'a SmartAlloc)>,
}

/// A phase that is open until this is dropped; see [`SmartAlloc::phase`].
#[must_use = "the phase ends when the guard is dropped"]
pub struct PhaseGuard<'a> {
    state: Anchor<&'a ThreadState>,
    ticket: Anchor<Ticket>,
    _thread: PhantomData<(FrameMemoryStaysOnItsThread, &'a SmartAlloc)>,
}

impl SmartAlloc {
    /// Opens a tag on the calling thread: what it allocates until the guard is dropped is booked under `name`.
    ///
    /// Tags nest into paths, up to 4,096 deep: `contacts` within `physics` is `physics/contacts`. A guard that is dropped while tags
    /// opened later are still open closes those too. A tag stays open across frames.
    ///
    /// # Panics
    ///
    /// When the thread uses the allocator for the first time and the system has no memory for it.
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// {
    ///     let _physics = alloc.tag("physics");
    ///     let _contacts = alloc.tag("contacts");
    ///     drop(alloc.frame_box([0u8; 64]));
    /// }
    /// assert_eq!(alloc.tag_stats("physics/contacts").unwrap().bytes_allocated, 64);
    /// ```
    #[inline(always)]
    #[track_caller]
    pub fn tag(&self, name: &'static str) -> TagGuard<'_> {
        let state = self.state_or_panic();
        TagGuard {
            state: Anchor::new(state),
            ticket: Anchor::new(state.open_tag(name)),
            _thread: PhantomData,
        }
    }

    /// Runs `work` with a tag open; see [`SmartAlloc::tag`]. The tag is closed also when `work` panics.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::tag`].
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// let contacts = alloc.with_tag("physics", |a| a.frame_slice_copy(&[1, 2, 3]));
    /// assert_eq!(*contacts, [1, 2, 3]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn with_tag<'a, R>(&'a self, name: &'static str, work: impl FnOnce(&'a Self) -> R) -> R {
        let tag = self.tag(name);
        let result = work(self);
        tag.close();
        result
    }

    /// Opens a phase until the guard is dropped. Phases nest into paths, as tags do, and end with their frame.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::tag`].
    #[inline(always)]
    #[track_caller]
    pub fn phase(&self, name: &'static str) -> PhaseGuard<'_> {
        let state = self.state_or_panic();
        PhaseGuard {
            state: Anchor::new(state),
            ticket: Anchor::new(state.open_phase(name)),
            _thread: PhantomData,
        }
    }

    /// Begins a phase; [`SmartAlloc::end_phase`] ends it.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::tag`].
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// alloc.begin_frame();
    /// alloc.begin_phase("physics");
    /// drop(alloc.frame_alloc::<[u64; 256]>());
    /// alloc.end_phase();
    /// alloc.end_frame();
    /// for (name, stat) in alloc.phase_stats() {
    ///     println!("{name}: {} bytes", stat.bytes_allocated);
    /// }
    /// ```
    #[inline]
    #[track_caller]
    pub fn begin_phase(&self, name: &'static str) {
        self.state_or_panic().begin_phase(name);
    }

    /// Ends the innermost phase. Without one it does nothing but count it in
    /// [`unbalanced_phases`](crate::Misuse::unbalanced_phases).
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::tag`].
    #[inline]
    #[track_caller]
    pub fn end_phase(&self) {
        self.state_or_panic().end_phase();
    }

    // --- Budgets -----------------------------------------------------------------------------------------------

    /// Bounds the bytes that one frame of the calling thread may hold at once; `usize::MAX` lifts the bound.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::tag`].
    #[track_caller]
    pub fn set_thread_frame_budget(&self, bytes: usize) {
        self.state_or_panic().set_frame_budget(bytes);
    }

    /// Bounds the bytes of pool blocks that the calling thread may have alive at once; `usize::MAX` lifts the bound.
    ///
    /// A thread that has inherited the pool of one that ended answers for what is still alive of it.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::tag`].
    #[track_caller]
    pub fn set_thread_pool_budget(&self, bytes: usize) {
        self.state_or_panic().set_pool_budget(bytes);
    }

    /// Bounds the bytes of heap blocks that the calling thread may have alive at once, each in whole units of eight;
    /// `usize::MAX` lifts the bound.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::tag`].
    #[track_caller]
    pub fn set_thread_heap_budget(&self, bytes: usize) {
        self.state_or_panic().set_heap_budget(bytes);
    }

    /// Bounds the bytes that one frame of any one thread may hold under the tag of this path, sub-tags included;
    /// `usize::MAX` lifts the bound.
    ///
    /// Holds at once for the calling thread, for others from their next frame on. A tag that is open counts what it has
    /// taken since it was opened.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::tag`].
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// alloc.set_tag_budget("audio", 1000);
    /// let error = alloc.with_tag("audio", |a| a.try_frame_slice::<u8>(2000)).unwrap_err();
    /// assert_eq!(error.tag(), Some("audio"));
    /// assert_eq!(error.left(), 1000);
    /// ```
    #[track_caller]
    pub fn set_tag_budget(&self, path: &str, bytes: usize) {
        let state = self.state_or_panic();
        self.shared().set_tag_budget(path, bytes);
        state.read_tag_budgets();
        state.refresh();
    }
}

impl TagGuard<'_> {
    /// What dropping does, without the call that dropping is.
    #[inline(always)]
    fn close(self) {
        let this = std::mem::ManuallyDrop::new(self);
        this.close_once();
    }

    #[inline(always)]
    fn close_once(&self) {
        self.state.close_tag(*self.ticket);
    }
}

impl Drop for TagGuard<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.close_once();
    }
}

impl Drop for PhaseGuard<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.state.close_phase(*self.ticket);
    }
}

impl fmt::Debug for TagGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TagGuard").finish_non_exhaustive()
    }
}

impl fmt::Debug for PhaseGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PhaseGuard").finish_non_exhaustive()
    }
}
