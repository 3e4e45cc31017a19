//! `task`: work that is nobody else's.

use super::smart_alloc::SmartAlloc;

impl SmartAlloc {
    /// Runs `work` with none of the thread's tags and phases open; after it they are open again, also when it panics.
    ///
    /// A pool that steals work may run one job on a thread that waits in the middle of another: within whatever tags
    /// are open there. Wrap what a job does in this, so that its bytes are booked under the tags that it opens itself.
    ///
    /// Tags that `work` leaves open are closed. If it ends the thread's frame, the phases stay ended. If it drops the
    /// guard of a tag from outside, that tag stays closed, and those within it.
    ///
    /// # Panics
    ///
    /// When the thread uses the allocator for the first time and the system has no memory for it.
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// alloc.with_tag("physics", |a| {
    ///     drop(a.frame_box([0u8; 100]));
    ///     // Stands for a wait in which the thread runs somebody else's job.
    ///     a.task(|a| a.with_tag("audio", |a| drop(a.frame_box([0u8; 400]))));
    /// });
    /// assert_eq!(alloc.tag_stats("physics").unwrap().bytes_allocated, 104);
    /// assert_eq!(alloc.tag_stats("audio").unwrap().bytes_allocated, 400);
    /// assert!(alloc.tag_stats("physics/audio").is_none());
    /// ```
    #[inline]
    #[track_caller]
    pub fn task<'a, R>(&'a self, work: impl FnOnce(&'a Self) -> R) -> R {
        self.state_or_panic().run_task(|| work(self))
    }
}
