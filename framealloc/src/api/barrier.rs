//! `FrameBarrier`: threads that end their frames together.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::thread::phaser::{MAX_PARTIES, Phase};
use crate::thread::seats::{self, Meeting, NotNow};

/// How often a waiting thread looks before it sleeps: no longer than a sleeper takes to wake up.
const LOOKS: u32 = 200;

/// A barrier for threads that work frame by frame: each signals that its frame is complete, goes on with what does
/// not need the others, and waits for them when it does.
///
/// It may be used for any number of frames. A thread that has waited may signal its next frame while others still
/// wake up from the last one; nobody is ever two frames ahead. What a thread did before it signalled is seen by
/// every thread that has waited.
///
/// # Who takes part
///
/// The barrier has seats for `n` threads. A thread takes one by its first signal, or, earlier, by
/// [`join`](Self::join), and keeps it until it leaves: by [`leave`](Self::leave), when its [`BarrierGuard`] is
/// dropped, also by a panic, or when it ends, however it does. A frame is complete when all who take part have
/// signalled it, and each seat that no thread has ever taken counts as one who has not. A seat that was left is not
/// waited for; the next thread that comes may take it.
///
/// So a thread that panics or ends holds up nobody, unless it does so before it has taken its seat: for that,
/// `join` first of all, or let whoever learns of it call [`excuse`](Self::excuse).
///
/// # Examples
///
/// ```
/// use framealloc::FrameBarrier;
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// let barrier = FrameBarrier::new(2);
/// let sum = AtomicU32::new(0);
/// std::thread::scope(|threads| {
///     for part in [1, 2] {
///         let (barrier, sum) = (&barrier, &sum);
///         threads.spawn(move || {
///             for frame in 1..=3 {
///                 sum.fetch_add(part, Ordering::Relaxed);
///                 barrier.signal_frame_complete();
///                 // ... what does not need the other part ...
///                 barrier.wait_all();
///                 assert!(sum.load(Ordering::Relaxed) >= 3 * frame);
///             }
///         });
///     }
/// });
/// ```
#[derive(Debug)]
pub struct FrameBarrier {
    meeting: Arc<Meeting>,
}

/// Not all participants of a [`FrameBarrier`] have signalled in time; see [`FrameBarrier::wait_all_timeout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarrierTimeout {
    participants: usize,
    missing: usize,
}

impl BarrierTimeout {
    /// How many participants had not signalled when the time was up.
    #[must_use]
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// How many participants the barrier had then.
    #[must_use]
    pub fn participants(&self) -> usize {
        self.participants
    }
}

impl fmt::Display for BarrierTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { participants, missing } = self;
        write!(f, "the frame is not complete: {missing} of {participants} participants have not signalled it")
    }
}

impl std::error::Error for BarrierTimeout {}

/// The calling thread takes part in a [`FrameBarrier`] until this is dropped; see [`FrameBarrier::join`].
///
/// A guard that is forgotten leaves its thread in until that ends.
#[must_use = "the thread leaves the barrier when the guard is dropped"]
pub struct BarrierGuard {
    /// The barrier's name and no more: a guard that is forgotten holds nothing.
    id: u64,
    _thread: PhantomData<BarrierGuardStaysOnItsThread>,
}

/// Neither `Send` nor `Sync`: the thread that joined is the one that leaves.
struct BarrierGuardStaysOnItsThread(PhantomData<*mut ()>);

impl fmt::Debug for BarrierGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BarrierGuard").finish_non_exhaustive()
    }
}

impl Drop for BarrierGuard {
    fn drop(&mut self) {
        seats::part(self.id);
    }
}

impl FrameBarrier {
    /// A barrier with seats for `n` threads.
    ///
    /// # Panics
    ///
    /// When `n` is zero or above 65,535.
    #[must_use]
    #[track_caller]
    pub fn new(n: usize) -> Self {
        assert!(n != 0, "a frame barrier for no threads: nobody could complete a frame");
        assert!(
            n <= MAX_PARTIES,
            "a frame barrier for {n} threads: there are seats for {MAX_PARTIES} at most"
        );
        Self { meeting: Arc::new(Meeting::new(n)) }
    }

    /// The calling thread has completed its frame. Never waits.
    ///
    /// # Panics
    ///
    /// When the thread has signalled before and not waited since: the second frame would be counted for the first,
    /// or never. When all seats are taken by other threads. In the destructor of a thread-local variable of a thread
    /// that has left its barriers because it ends.
    #[inline]
    #[track_caller]
    pub fn signal_frame_complete(&self) {
        if let Err(not_now) = seats::signal(&self.meeting) {
            self.refuse(not_now);
        }
    }

    /// Waits until all participants have completed the frame that this thread has signalled last.
    ///
    /// # Panics
    ///
    /// When the thread has signalled no frame since it last waited: it would wait for itself.
    #[inline]
    #[track_caller]
    pub fn wait_all(&self) {
        let phase = self.signalled();
        self.meeting.phaser.wait(phase, self.looks());
        seats::waited(&self.meeting);
    }

    /// Like [`FrameBarrier::wait_all`], for at most about as long as `limit`.
    ///
    /// # Errors
    ///
    /// When the frame is not complete by then. The signal still stands: wait again before the next one.
    ///
    /// # Panics
    ///
    /// As [`FrameBarrier::wait_all`].
    ///
    /// # Examples
    ///
    /// ```
    /// use framealloc::FrameBarrier;
    /// use std::time::Duration;
    ///
    /// let barrier = FrameBarrier::new(2);
    /// barrier.signal_frame_complete();
    /// let timeout = barrier.wait_all_timeout(Duration::from_millis(1)).unwrap_err();
    /// assert_eq!(timeout.missing(), 1);
    /// std::thread::scope(|threads| {
    ///     threads.spawn(|| barrier.signal_frame_complete());
    /// });
    /// barrier.wait_all();
    /// ```
    #[track_caller]
    pub fn wait_all_timeout(&self, limit: Duration) -> Result<(), BarrierTimeout> {
        let phase = self.signalled();
        let looks = if limit.is_zero() { 0 } else { self.looks() };
        match self.meeting.phaser.wait_timeout(phase, looks, limit) {
            Ok(()) => {
                seats::waited(&self.meeting);
                Ok(())
            }
            Err((participants, missing)) => Err(BarrierTimeout { participants, missing }),
        }
    }

    /// The calling thread takes part until the guard is dropped: in a seat that is free, or in one more.
    ///
    /// From now on the others wait for it, so begin a thread with this, and frames cannot complete without it. Guards
    /// of one thread nest: it leaves with the last one.
    ///
    /// # Panics
    ///
    /// When 65,535 threads take part. In the destructor of a thread-local variable of a thread that has left its
    /// barriers because it ends.
    ///
    /// # Examples
    ///
    /// ```
    /// use framealloc::FrameBarrier;
    /// use std::sync::Arc;
    ///
    /// let barrier = Arc::new(FrameBarrier::new(2));
    /// let worker = std::thread::spawn({
    ///     let barrier = Arc::clone(&barrier);
    ///     move || {
    ///         let _taking_part = barrier.join();
    ///         panic!("before the first signal");
    ///     }
    /// });
    /// barrier.signal_frame_complete();
    /// barrier.wait_all(); // for nobody, once the worker has gone
    /// assert!(worker.join().is_err());
    /// ```
    #[track_caller]
    pub fn join(&self) -> BarrierGuard {
        match seats::join(&self.meeting) {
            Ok(()) => BarrierGuard { id: self.meeting.id, _thread: PhantomData },
            Err(not_now) => self.refuse(not_now),
        }
    }

    /// The calling thread takes part no longer; a frame that it has signalled stays signalled. `false` if it did not
    /// take part. It may come back by a signal or by [`FrameBarrier::join`].
    pub fn leave(&self) -> bool {
        seats::leave(&self.meeting)
    }

    /// Waits no longer for one of the seats that no thread has ever taken: for a thread that could not be started, or
    /// that ended before it took its seat. `false` if there is none.
    pub fn excuse(&self) -> bool {
        self.meeting.phaser.excuse()
    }

    /// How many participants a frame waits for, seats that no thread has ever taken included.
    #[must_use]
    pub fn participants(&self) -> usize {
        self.meeting.phaser.parties().0
    }

    /// How many of them have not signalled the frame that is open.
    #[must_use]
    pub fn missing(&self) -> usize {
        self.meeting.phaser.parties().1
    }

    /// The frame to wait for.
    #[inline]
    #[track_caller]
    fn signalled(&self) -> Phase {
        match seats::signalled(&self.meeting) {
            Some(phase) => phase,
            None => panic!(
                "this thread waits for a frame that it has not signalled: call `signal_frame_complete` first, or it \
                 would wait for itself for ever"
            ),
        }
    }

    /// More threads than cores would keep each other from arriving.
    #[inline]
    fn looks(&self) -> u32 {
        static CORES: OnceLock<usize> = OnceLock::new();
        let cores = *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from));
        if self.participants() <= cores { LOOKS } else { 0 }
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn refuse(&self, why: NotNow) -> ! {
        match why {
            NotNow::SignalledBefore => panic!(
                "this thread signals a frame twice: call `wait_all` between two frames, or others would wait for \
                 ever"
            ),
            NotNow::NoSeat => panic!(
                "all {} seats of the frame barrier are taken by other threads: make it for more threads, or call \
                 `join`",
                self.meeting.phaser.places()
            ),
            NotNow::Ending => panic!("this thread ends and has left its frame barriers"),
        }
    }
}

impl Drop for FrameBarrier {
    fn drop(&mut self) {
        // The seat could not be used any more. Those of other threads are forgotten when they take the next one.
        seats::leave(&self.meeting);
    }
}
