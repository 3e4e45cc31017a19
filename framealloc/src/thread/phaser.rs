//! Where threads meet: each *arrives* at the end of a phase and goes on, and *waits* when it needs that all others
//! have arrived too.
//!
//! All that is known of a meeting is one word: the number of the phase, how many parties there are, how many of them
//! the phase still awaits, how many have no thread yet, and whether somebody sleeps. Each step is one change of that
//! word, so nobody ever sees half of one; whoever makes the last arrival also opens the next phase, in the same step.
//!
//! - **M1** While a phase has parties, at least one of them is awaited: the step that makes it none opens the next.
//! - **M2** A party is in the phase that is open or has arrived in it and not beyond: so the number of a phase in
//!   which a party has arrived is compared with the open one only, and may come round.
//! - **M3** A party without a thread (*vacant*) is awaited.
//! - **M4** A sleeper says so in the word while its phase is open, and looks again under the lock before it sleeps.
//!   Who opens the next phase takes that note out, and if there was one, passes through the lock before it wakes: so
//!   the sleeper either sees the next phase or is asleep by then.
//!
//! Ordering: an arrival releases what its thread did; a wait acquires the word that opened the next phase. All
//! changes are read-modify-write steps on that one word, so the last arrival carries the releases of all before it.
//!
//! Modelled with loom in the crate `models`, which includes this very file.

#![forbid(unsafe_code)]

use std::time::Duration;

use crate::sync::{AtomicU64, Condvar, Mutex, Ordering};

const FIELD: u32 = 16;
/// The most parties that a meeting can have.
pub(crate) const MAX_PARTIES: usize = (1 << FIELD) - 1;

/// The number of a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Phase(u64);

/// The state of a meeting; from the low end: awaited, parties, vacant, sleepers (one bit), phase.
#[derive(Clone, Copy)]
struct Word(u64);

impl Word {
    const AWAITED: u64 = 1;
    const PARTY: u64 = 1 << FIELD;
    const VACANT: u64 = 1 << (2 * FIELD);
    const SLEEPERS: u64 = 1 << (3 * FIELD);
    const PHASE: u32 = 3 * FIELD + 1;

    fn new(parties: usize) -> Self {
        debug_assert!(parties <= MAX_PARTIES);
        Self(parties as u64 * (Self::AWAITED + Self::PARTY + Self::VACANT))
    }

    fn field(self, one: u64) -> usize {
        (self.0 / one) as usize & MAX_PARTIES
    }

    fn awaited(self) -> usize {
        self.field(Self::AWAITED)
    }

    fn parties(self) -> usize {
        self.field(Self::PARTY)
    }

    fn vacant(self) -> usize {
        self.field(Self::VACANT)
    }

    fn has_sleepers(self) -> bool {
        self.0 & Self::SLEEPERS != 0
    }

    fn phase(self) -> Phase {
        Phase(self.0 >> Self::PHASE)
    }

    /// One party is awaited no longer; if it was the last, the next phase awaits all (M1).
    fn arrive(self) -> Self {
        debug_assert!(self.awaited() > 0);
        let next = Self(self.0 - Self::AWAITED);
        if next.awaited() != 0 {
            return next;
        }
        let phase = next.phase().0.wrapping_add(1) << Self::PHASE;
        let (parties, vacant) = (next.parties() as u64, next.vacant() as u64);
        Self(phase + vacant * Self::VACANT + parties * (Self::PARTY + Self::AWAITED))
    }

    /// A thread takes a vacant party, or else makes one more of at most `most`.
    fn join(self, most: usize) -> Option<Self> {
        if self.vacant() != 0 {
            Some(Self(self.0 - Self::VACANT))
        } else if self.parties() < most {
            Some(Self(self.0 + Self::PARTY + Self::AWAITED))
        } else {
            None
        }
    }

    /// A party goes that has arrived last in the phase `arrived`.
    fn leave(self, arrived: Option<Phase>) -> Self {
        let next = Self(self.0 - Self::PARTY);
        // Who has arrived in the open phase is awaited in the next one only, which will not count it (M2).
        if arrived == Some(self.phase()) { next } else { next.arrive() }
    }
}

/// A meeting of threads; see the module's documentation.
#[derive(Debug)]
pub(crate) struct Phaser {
    word: AtomicU64,
    /// Parties at the start: how many threads may take part without saying so first.
    places: usize,
    lock: Mutex<()>,
    next_phase: Condvar,
}

impl Phaser {
    /// A meeting of `places` parties that have no threads yet, at most [`MAX_PARTIES`].
    pub(crate) fn new(places: usize) -> Self {
        Self {
            word: AtomicU64::new(Word::new(places).0),
            places,
            lock: Mutex::new(()),
            next_phase: Condvar::new(),
        }
    }

    pub(crate) fn places(&self) -> usize {
        self.places
    }

    fn look(&self) -> Word {
        Word(self.word.load(Ordering::Acquire))
    }

    /// Changes the word in one step, and wakes the sleepers of a phase that this ends. The word before it; `None`
    /// when `change` refuses.
    #[inline]
    fn change(&self, change: impl Fn(Word) -> Option<Word>) -> Option<Word> {
        let mut word = Word(self.word.load(Ordering::Relaxed));
        loop {
            let next = change(word)?;
            let swap = self.word.compare_exchange_weak(word.0, next.0, Ordering::Release, Ordering::Relaxed);
            match swap {
                Ok(_) => {
                    if word.has_sleepers() && next.phase() != word.phase() {
                        self.wake();
                    }
                    return Some(word);
                }
                Err(now) => word = Word(now),
            }
        }
    }

    #[cold]
    fn wake(&self) {
        // M4: a sleeper that looked before the change has gone to sleep when the lock can be had.
        drop(self.lock.lock());
        self.next_phase.notify_all();
    }

    /// The calling thread's party arrives in the open phase, whose number is returned.
    #[inline]
    pub(crate) fn arrive(&self) -> Option<Phase> {
        self.change(|word| Some(word.arrive())).map(Word::phase)
    }

    /// The calling thread becomes a party and arrives. `None` when there are as many as at the start, and all of them
    /// have threads.
    pub(crate) fn join_and_arrive(&self) -> Option<Phase> {
        self.change(|word| word.join(self.places).map(Word::arrive)).map(Word::phase)
    }

    /// The calling thread becomes a party, in place of a vacant one or beside all others. `false` when there are
    /// [`MAX_PARTIES`].
    pub(crate) fn join(&self) -> bool {
        self.change(|word| word.join(MAX_PARTIES)).is_some()
    }

    /// The calling thread's party goes; it has arrived last in the phase `arrived`, or in none.
    pub(crate) fn leave(&self, arrived: Option<Phase>) {
        self.change(|word| Some(word.leave(arrived)));
    }

    /// A vacant party goes; `false` when there is none.
    pub(crate) fn excuse(&self) -> bool {
        let excuse =
            |word: Word| (word.vacant() != 0).then(|| Word(word.0 - Word::VACANT - Word::PARTY).arrive());
        self.change(excuse).is_some()
    }

    /// How many parties there are, and how many of them the open phase still awaits.
    pub(crate) fn parties(&self) -> (usize, usize) {
        let word = self.look();
        (word.parties(), word.awaited())
    }

    /// Looks so often whether the phase has ended.
    #[inline]
    fn ends_soon(&self, phase: Phase, looks: u32) -> bool {
        for _ in 0..looks {
            if self.look().phase() != phase {
                return true;
            }
            std::hint::spin_loop();
        }
        self.look().phase() != phase
    }

    /// Waits until the phase, in which the calling thread's party has arrived, has ended. Sleeps after so many looks.
    #[inline]
    pub(crate) fn wait(&self, phase: Phase, looks: u32) {
        if !self.ends_soon(phase, looks) {
            self.sleep(phase);
        }
    }

    #[cold]
    fn sleep(&self, phase: Phase) {
        self.announce_sleeper(phase);
        let mut held = self.lock.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        while self.look().phase() == phase {
            held = self.next_phase.wait(held).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
    }

    /// Like [`Phaser::wait`], for about as long as `limit`.
    ///
    /// # Errors
    ///
    /// The numbers of [`Phaser::parties`] if the phase has not ended by then.
    pub(crate) fn wait_timeout(
        &self,
        phase: Phase,
        looks: u32,
        limit: Duration,
    ) -> Result<(), (usize, usize)> {
        if self.ends_soon(phase, looks) {
            return Ok(());
        }
        if !limit.is_zero() {
            self.announce_sleeper(phase);
            let held = self.lock.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let open = |(): &mut ()| self.look().phase() == phase;
            // Whether it woke up in time is in the word.
            drop(self.next_phase.wait_timeout_while(held, limit, open));
        }
        let word = self.look();
        if word.phase() == phase { Err((word.parties(), word.awaited())) } else { Ok(()) }
    }

    fn announce_sleeper(&self, phase: Phase) {
        self.change(|word| (word.phase() == phase).then_some(Word(word.0 | Word::SLEEPERS)));
    }
}
