//! A count of blocks and the sum of their bytes in one machine word, so that a block is booked with one addition.
//!
//! Two such words, one for what was made and one for what is gone, are equal if and only if nothing is alive: a
//! block that is counted has at least one unit, so with fewer than [`MAX_LIVE_BYTES`] alive the difference of the
//! words cannot come round to zero. Decoding one word's count is exact below [`MAX_COUNT`] blocks since it was
//! last cleared, its bytes below 512 GiB; beyond, the two fields run into each other and only the comparison of
//! two words stays exact.

#![forbid(unsafe_code)]

use super::address::UNIT;

const COUNT_BITS: u32 = 28;

/// Blocks that one word can count before its fields run into each other.
pub(crate) const MAX_COUNT: u64 = 1 << COUNT_BITS;

/// What one thread may hold; more is refused, so that the words of living blocks never come round to zero.
pub(crate) const MAX_LIVE_BYTES: usize = if usize::BITS == 64 { 1 << 38 } else { usize::MAX / 2 };

/// The word that stands for one block of `size` bytes, a multiple of the unit.
#[inline(always)]
pub(crate) const fn block(size: usize) -> u64 {
    grown(size) + 1
}

/// The word for `size` more bytes of a block that is already counted.
#[inline(always)]
pub(crate) const fn grown(size: usize) -> u64 {
    debug_assert!(size.is_multiple_of(UNIT));
    ((size / UNIT) as u64) << COUNT_BITS
}

/// The word for so many blocks of so many bytes together, whole units; both may be differences below zero.
#[inline(always)]
pub(crate) const fn sum(blocks: u64, bytes: u64) -> u64 {
    (bytes << (COUNT_BITS - UNIT.trailing_zeros())).wrapping_add(blocks)
}

/// The bytes in `word`.
#[inline(always)]
pub(crate) const fn bytes(word: u64) -> u64 {
    (word >> COUNT_BITS) * UNIT as u64
}

/// `word`, or nothing where it is a difference below zero.
pub(crate) const fn or_zero(word: u64) -> u64 {
    if word.cast_signed() < 0 { 0 } else { word }
}

/// The blocks in `word`.
#[inline(always)]
pub(crate) const fn count(word: u64) -> u64 {
    word & (MAX_COUNT - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_holds_both() {
        let word = block(32) + block(8) + block(4096);
        assert_eq!((bytes(word), count(word)), (4136, 3));
        assert_eq!(bytes(word + grown(64)), 4200);
        assert_eq!(count(word + grown(64)), 3);
    }

    #[test]
    fn sums_are_what_their_blocks_are() {
        assert_eq!(sum(2, 40), block(32) + block(8));
        assert_eq!(sum(1, 0u64.wrapping_sub(8)).wrapping_add(sum(0, 16)), block(8));
    }

    #[test]
    fn equal_words_mean_nothing_alive_even_after_the_count_has_run_over() {
        let mut made = 0u64;
        let mut gone = 0u64;
        for _ in 0..3 {
            made = made.wrapping_add(block(8).wrapping_mul(MAX_COUNT - 1));
            assert_ne!(made, gone);
            gone = gone.wrapping_add(block(8).wrapping_mul(MAX_COUNT - 1));
            assert_eq!(made, gone);
        }
    }
}
