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

    /// Whether a large block of this size may be made: so many bytes that the tally of what is alive came round to zero
    /// would tell that nothing is. Memory that is never touched may be of any size.
    #[inline]
    pub(super) fn has_room_for(&self, bytes: usize) -> bool {
        // Below zero for a moment, see `note_large_gone`: then next to nothing.
        let alive = self.large_alive().cast_signed().max(0);
        bytes < tally::MAX_LIVE_BYTES - address::UNIT
            && alive.checked_add(tally::block(metered(bytes)).cast_signed()).is_some()
    }

    /// Up to which tally of large blocks made there is room for certain: what is made may die, but never comes alive
    /// twice.
    pub(super) fn large_made_at_most(&self) -> u64 {
        let room = i64::MAX - self.large_alive().cast_signed().max(0);
        // Half of all, so that the difference to it never is so large that it reads as one below zero.
        self.large_made.get().wrapping_add(room.min(i64::MAX / 2).cast_unsigned())
    }

    /// Bytes of living blocks that are not large. Other threads may ask while the owner goes on: then what is read one
    /// after the other may not fit together, and the difference be below zero.
    pub(super) fn small_bytes(&self) -> u64 {
        /// How often it is read again.
        const TRIES: u32 = 8;
        let mut bytes = 0;
        for _ in 0..TRIES {
            let before = (self.made.get(), self.gone.get());
            let small = before.0.wrapping_sub(before.1).wrapping_sub(self.large_alive());
            bytes = tally::bytes(tally::or_zero(small));
            if before == (self.made.get(), self.gone.get()) {
                break;
            }
        }
        bytes
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn living_large_blocks_never_come_round_to_none() {
        let meters = Meters::new();
        let quarter = tally::MAX_LIVE_BYTES / 4;
        for _ in 0..3 {
            assert!(meters.has_room_for(quarter));
            meters.note_large(quarter);
        }
        assert!(!meters.has_room_for(quarter) && !meters.has_room_for(usize::MAX / 2));
        assert!(meters.has_room_for(quarter - 4096));
        meters.note_large_gone(1, quarter as u64);
        assert!(meters.has_room_for(quarter));
        // Bytes that are booked before their block is.
        meters.note_large_gone(0, 3 * quarter as u64);
        assert!(meters.has_room_for(quarter));
    }

    #[test]
    fn a_sum_read_while_blocks_go_is_not_below_zero() {
        let meters = Meters::new();
        meters.gone.add(tally::block(64));
        assert_eq!(meters.small_bytes(), 0);
        meters.made.add(tally::block(64) + tally::block(128));
        assert_eq!(meters.small_bytes(), 128);
    }
}
