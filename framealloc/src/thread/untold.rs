//! Nothing: what stands for [`telling`](super::telling) and what it tells of, where the features for it are left out.

#![forbid(unsafe_code)]

/// In the place of what is told to profilers.
#[cfg(not(any(feature = "puffin", feature = "tracy")))]
pub(super) mod profiled {
    use std::panic::Location;

    use crate::thread::state::ThreadState;

    #[derive(Debug, Default)]
    pub(in crate::thread) struct Profiled {}

    pub(in crate::thread) struct SuspendedZones {}

    impl Profiled {
        pub(in crate::thread) fn new(_allocator: u64, _thread: u64) -> Self {
            Self {}
        }

        #[inline(always)]
        pub(in crate::thread) fn is_on(&self) -> bool {
            false
        }
    }

    impl ThreadState {
        #[inline(always)]
        pub(in crate::thread) fn forget_profilers(&self) {}

        #[inline(always)]
        pub(in crate::thread) fn look_for_profilers(&self) {}

        #[inline(always)]
        pub(in crate::thread) fn begin_zone(&self, _location: &'static Location<'static>) {}

        #[inline(always)]
        pub(in crate::thread) fn end_zones(&self) {}

        #[inline(always)]
        pub(in crate::thread) fn suspend_zones(&self) -> SuspendedZones {
            SuspendedZones {}
        }

        #[inline(always)]
        pub(in crate::thread) fn profile_frame(&self, _interval: u64) {}

        #[cfg(feature = "tracing")]
        #[inline(always)]
        pub(in crate::thread) fn report_frame(&self) {}
    }
}

/// In the place of what is told to logs.
#[cfg(not(feature = "tracing"))]
pub(super) mod logged {
    use crate::attribution::NodeRef;
    use crate::thread::budget::Excess;
    use crate::thread::state::ThreadState;

    #[derive(Debug, Default)]
    pub(in crate::thread) struct Logged {}

    impl ThreadState {
        #[inline(always)]
        pub(in crate::thread) fn forget_misuse(&self) {}

        #[cfg(any(feature = "puffin", feature = "tracy"))]
        #[inline(always)]
        pub(in crate::thread) fn log_misuse(&self) {}

        #[inline(always)]
        pub(in crate::thread) fn log_excess(&self, _excess: &Excess, _tag: NodeRef, _refused: bool) {}
    }
}

/// In the place of telling.
#[cfg(not(any(feature = "puffin", feature = "tracing", feature = "tracy")))]
pub(super) mod telling {
    use crate::thread::state::ThreadState;

    #[derive(Debug, Default)]
    pub(in crate::thread) struct Telling {}

    impl Telling {
        #[inline(always)]
        pub(in crate::thread) fn set_silent(&self, _silent: bool) {}
    }

    impl ThreadState {
        #[inline(always)]
        pub(in crate::thread) fn untold<R>(&self, part: impl FnOnce() -> R) -> R {
            part()
        }

        #[inline(always)]
        pub(in crate::thread) fn tell(&self) {}
    }
}
