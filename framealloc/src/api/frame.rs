//! Beginning and ending frames, and `Frame`, which does both.

use std::fmt;
use std::ops::Deref;

use super::frame_box::Pinned;
use super::scope::Scope;
use super::smart_alloc::SmartAlloc;

impl SmartAlloc {
    /// Begins a frame on the calling thread.
    ///
    /// What was allocated since the last frame ended and is still alive is parked, so that it cannot be in the way
    /// of the frames to come. A frame that is already open is ended first, and
    /// [`begun_twice`](crate::Misuse::begun_twice) counts it.
    ///
    /// # Panics
    ///
    /// When the thread uses the allocator for the first time and the system has no memory for it.
    #[inline(always)]
    #[track_caller]
    pub fn begin_frame(&self) {
        self.state_or_panic().begin_frame(self.shared().epoch());
    }

    /// Ends the calling thread's frame: everything that was allocated in it is given back at once.
    ///
    /// If a handle or a scope of the frame is still alive, what the frame used is *parked* instead: untouched and
    /// not reused until the last of them is dropped. Without an open frame this does nothing but count it in
    /// [`ended_without_begin`](crate::Misuse::ended_without_begin).
    ///
    /// What the frame has [retained](SmartAlloc::frame_retained) waits for
    /// [`take_promotions`](SmartAlloc::take_promotions); what has waited since an earlier frame is dropped.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::begin_frame`], and when the destructor of a retained value that is dropped panics; the frame has
    /// ended by then.
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// alloc.begin_frame();
    /// let kept = alloc.frame_box([1u8; 100]);
    /// alloc.end_frame();
    /// assert!(alloc.stats().parked_bytes >= 100);
    /// assert_eq!(kept[99], 1);
    /// drop(kept);
    /// assert_eq!(alloc.stats().parked_bytes, 0);
    /// ```
    #[inline(always)]
    #[track_caller]
    pub fn end_frame(&self) {
        self.state_or_panic().end_frame();
    }

    /// Begins a frame that ends when the guard is dropped; the guard has all that a [`Scope`] has.
    ///
    /// Within an open frame it acts as a scope and the frame goes on after it.
    ///
    /// # Panics
    ///
    /// When the system has no memory for it.
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// for number in 0..10u32 {
    ///     let frame = alloc.frame();
    ///     let visible = frame.alloc_slice_from_fn(100, |i| i as u32 + number);
    ///     assert_eq!(visible[5], 5 + number);
    /// }
    /// ```
    #[inline]
    #[track_caller]
    pub fn frame(&self) -> Frame<'_> {
        let state = self.state_or_panic();
        let begun = !state.in_frame();
        if begun {
            state.begin_frame(self.shared().epoch());
        }
        let interval = state.interval();
        Frame { ends: begun.then_some(interval), scope: Some(self.scope()) }
    }
}

/// A frame that ends when this is dropped; see [`SmartAlloc::frame`].
pub struct Frame<'a> {
    /// The interval of the frame that it ends, unless that has been ended in other ways.
    ends: Option<u64>,
    /// Taken only when the guard goes.
    scope: Option<Scope<'a>>,
}

impl<'a> Deref for Frame<'a> {
    type Target = Scope<'a>;

    #[inline(always)]
    fn deref(&self) -> &Scope<'a> {
        match &self.scope {
            Some(scope) => scope,
            None => unreachable!("the scope is there until the guard goes"),
        }
    }
}

impl Drop for Frame<'_> {
    #[inline]
    fn drop(&mut self) {
        let Some(scope) = self.scope.take() else { return };
        let state = scope.state();
        // Closing the scope may be the last that keeps the state, in a thread that has ended.
        let _pin = Pinned::new(state);
        drop(scope);
        if state.in_frame() && self.ends == Some(state.interval()) {
            state.end_frame();
        }
    }
}

impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame").field("ends", &self.ends.is_some()).finish_non_exhaustive()
    }
}
