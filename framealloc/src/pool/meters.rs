//! What a heap has made, and what of it is gone.

#![forbid(unsafe_code)]

use crate::memory::counter::Counter;
use crate::memory::{address, tally};

/// The tallies of one heap's blocks. Its owner writes them, anyone may read.
#[derive(Debug)]
pub(crate) struct Meters {
    /// All blocks made so far, large ones included: a tag that finds it as it was need not look further.
    pub(crate) made: Counter,
    /// Those of them that are gone.
    pub(crate) gone: Counter,
    /// Large blocks made so far.
    pub(crate) large_made: Counter,
    /// Those of them that are gone.
    pub(crate) large_gone: Counter,
}

impl Meters {
    pub(crate) const fn new() -> Self {
        Self {
            made: Counter::new(0),
            gone: Counter::new(0),
            large_made: Counter::new(0),
            large_gone: Counter::new(0),
        }
    }

    /// Books a large block.
    #[inline]
    pub(super) fn note_large(&self, bytes: usize) {
        let word = tally::block(metered(bytes));
        self.made.add(word);
        self.large_made.add(word);
    }

    /// Books so many large blocks of so many metered bytes together as gone. What one call has too many of the one, a
    /// later one has too few.
    #[inline]
    pub(super) fn note_large_gone(&self, count: u64, bytes: u64) {
        let word = tally::sum(count, bytes);
        self.gone.add(word);
        self.large_gone.add(word);
    }

    /// The tally of living blocks that are not large.
    pub(super) fn small_alive(&self) -> u64 {
        self.made.get().wrapping_sub(self.gone.get()).wrapping_sub(self.large_alive())
    }

    /// The tally of living large blocks.
    pub(super) fn large_alive(&self) -> u64 {
        self.large_made.get().wrapping_sub(self.large_gone.get())
    }
}

/// The bytes that a large block of this size counts for: whole units.
pub(super) fn metered(bytes: usize) -> usize {
    address::round_up(bytes, address::UNIT)
}
