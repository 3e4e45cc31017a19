//! The behaviour filter: switching it on and off, and what it has found.

mod report;
mod site;

use std::ptr::NonNull;

use super::smart_alloc::SmartAlloc;
use crate::config::BehaviorConfig;
use crate::thread::ThreadState;

use report::Builder;
pub use report::{BehaviorIssue, BehaviorReport, CallSite};
pub(crate) use site::AllocatingSite;

impl SmartAlloc {
    /// Begins to watch what every thread allocates, each from its next frame or refill on, the calling one at once.
    ///
    /// While it is on, every allocation and every drop takes a slow path, where it is noted with its call site, type, tag and
    /// phase; off, it costs nothing. What an earlier time of watching has noted is forgotten. Does nothing while it is on.
    ///
    /// What it looks for:
    ///
    /// | code | found |
    /// |---|---|
    /// | BF001 | frame memory that is alive for more than 10 frames, and keeps its frame parked |
    /// | BF002 | pool memory that is freed in the frame that made it |
    /// | BF003 | promotions above 5 % of a frame's allocations |
    /// | BF004 | heap memory that the same call site asks for in most frames |
    ///
    /// With the feature `call-sites`, BF004 is also about what plain `Vec`s, `Box`es and `String`s ask of the program's
    /// global allocator within frames, if that is a [`TrackingAllocator`](crate::TrackingAllocator): its calls are
    /// sampled and their stacks read. A line is known where the program has line tables (`debug = "line-tables-only"`);
    /// other calls are [missed](BehaviorReport::missed).
    ///
    /// What happens now and then is not reported; [`BehaviorConfig`] says what that means.
    ///
    /// # Panics
    ///
    /// When the thread uses the allocator for the first time and the system has no memory for it.
    ///
    /// # Examples
    ///
    /// ```
    /// let alloc = framealloc::SmartAlloc::with_defaults();
    /// alloc.enable_behavior_filter();
    /// for _ in 0..30 {
    ///     alloc.begin_frame();
    ///     let path = alloc.with_tag("ai", |a| a.pool_box([0u32; 16]));
    ///     drop(path);
    ///     alloc.end_frame();
    /// }
    /// let report = alloc.behavior_report();
    /// assert_eq!(report.issues[0].code, "BF002");
    /// assert_eq!(report.issues[0].tag.as_deref(), Some("ai"));
    /// println!("{report}");
    /// ```
    #[track_caller]
    pub fn enable_behavior_filter(&self) {
        self.enable_behavior_filter_with(BehaviorConfig::default());
    }

    /// Like [`SmartAlloc::enable_behavior_filter`], with thresholds of one's own.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::enable_behavior_filter`].
    #[track_caller]
    pub fn enable_behavior_filter_with(&self, config: BehaviorConfig) {
        let state = self.state_or_panic();
        state.switch_filter(Some(config));
        state.done();
    }

    /// Ends watching, on the calling thread at once, on others at their next frame or refill. What was noted stays for
    /// [`SmartAlloc::behavior_report`] until the filter is enabled again.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::enable_behavior_filter`].
    #[track_caller]
    pub fn disable_behavior_filter(&self) {
        let state = self.state_or_panic();
        state.switch_filter(None);
        state.done();
    }

    /// Whether the behaviour filter is on, for whichever threads have seen it.
    #[must_use]
    pub fn is_behavior_filter_on(&self) -> bool {
        self.shared().filter.is_on()
    }

    /// The call sites of the calling thread that the filter knows.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::enable_behavior_filter`].
    #[track_caller]
    pub(crate) fn own_sites(&self) -> Vec<AllocatingSite> {
        let own = self.state_or_panic();
        own.look_for_filter();
        let mut sites = Vec::new();
        own.read_records(own, |records, _| sites.extend(records.sites.iter().map(AllocatingSite::of)));
        own.done();
        sites
    }

    /// The call sites of all threads while the filter is on, those with the most bytes first: as many as are wanted in a
    /// snapshot.
    pub(crate) fn noted_sites(
        &self,
        own: &ThreadState,
        states: &[NonNull<ThreadState>],
    ) -> Option<Vec<AllocatingSite>> {
        let filter = &self.shared().filter;
        if !filter.is_on() {
            return None;
        }
        let mut sites = Vec::new();
        for state in states {
            // SAFETY: T2; only what is locked is read.
            own.copy_sites(unsafe { state.as_ref() }, &mut sites);
        }
        let mut sites = site::together(sites.iter().map(AllocatingSite::of));
        sites.truncate(filter.config().snapshot_sites);
        Some(sites)
    }

    /// What the filter has found since it was enabled, on all threads, those that have ended included. May be asked for at
    /// any time, on any thread; pool blocks and promotions of a frame are judged when it ends.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::enable_behavior_filter`].
    #[must_use]
    #[track_caller]
    pub fn behavior_report(&self) -> BehaviorReport {
        let own = self.state_or_panic();
        let mut report = Builder::default();
        self.shared().states.for_each(|state| {
            // SAFETY: T2; only what any thread may read is read: what is locked, counters, and the paths of names.
            let state = unsafe { &*state.as_ptr() };
            own.read_records(state, |records, frame| report.add(records, frame));
        });
        own.done();
        report.finish()
    }
}
