//! Arithmetic on addresses as plain integers: rounding, and where the next block of a bump region goes.
//!
//! No pointer is made or read here, so nothing in this file can be undefined behaviour; the callers turn
//! distances into pointers. Tested at the bottom and by the fuzz target `address`.

#![forbid(unsafe_code)]

/// Every block starts at a multiple of this and its size is rounded up to one, so that most types need no
/// alignment instruction.
pub(crate) const UNIT: usize = 8;

/// The distance kept between the top of the address space and any block, so that `address + small size` never
/// wraps. See [`fits_small`].
pub(crate) const TOP_MARGIN: usize = 2 << 20;

/// The largest size and alignment for which the fast paths add without a check.
pub(crate) const SMALL: usize = 1 << 20;

/// Rounds `n` up to a multiple of `align`, a power of two. The caller knows that this cannot overflow.
#[inline(always)]
pub(crate) const fn round_up(n: usize, align: usize) -> usize {
    debug_assert!(align.is_power_of_two());
    debug_assert!(n <= usize::MAX - (align - 1));
    (n + (align - 1)) & !(align - 1)
}

/// Rounds `n` up to a multiple of `align`, or `None` past the end of the integers.
#[inline]
pub(crate) const fn checked_round_up(n: usize, align: usize) -> Option<usize> {
    debug_assert!(align.is_power_of_two());
    match n.checked_add(align - 1) {
        Some(sum) => Some(sum & !(align - 1)),
        None => None,
    }
}

/// Whether a layout may take the paths that add its size to an address without a check.
#[inline(always)]
pub(crate) const fn fits_small(size: usize, align: usize) -> bool {
    size <= SMALL && align <= SMALL / 2
}

/// Where a block of `size` bytes at `align` goes in the free span `[position, limit)`.
///
/// Right for every input: a span that is empty or inverted, sizes and alignments up to the largest integer.
#[inline(always)]
pub(crate) const fn place(position: usize, limit: usize, size: usize, align: usize) -> Option<usize> {
    let Some(start) = checked_round_up(position, align) else { return None };
    if limit < start || limit - start < size { None } else { Some(start) }
}

/// Spreads the addresses of blocks over all bits, for tables that find blocks by them.
#[inline(always)]
pub(crate) const fn spread(address: usize) -> u64 {
    // The odd number nearest to 2^64 divided by the golden ratio; the product's upper half is the well mixed one.
    ((address / UNIT) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_up_reaches_the_next_multiple() {
        assert_eq!(round_up(0, 8), 0);
        assert_eq!(round_up(1, 8), 8);
        assert_eq!(round_up(8, 8), 8);
        assert_eq!(checked_round_up(usize::MAX, 8), None);
        assert_eq!(checked_round_up(usize::MAX - 7, 8), Some(usize::MAX - 7));
    }

    #[test]
    #[cfg_attr(miri, ignore = "arithmetic alone, and thousands of times of it")]
    fn place_keeps_block_inside_the_span_at_every_edge() {
        let edges = [0, 1, 7, 8, 9, 63, 64, 4095, 4096, usize::MAX / 2, usize::MAX - 8, usize::MAX];
        for position in edges {
            for limit in edges {
                for size in edges {
                    for shift in [0, 3, 6, 12, usize::BITS - 1] {
                        let align = 1usize << shift;
                        if let Some(start) = place(position, limit, size, align) {
                            assert!(start >= position && start % align == 0);
                            assert!(start.checked_add(size).is_some_and(|end| end <= limit));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn place_finds_room_whenever_there_is_some() {
        assert_eq!(place(8, 24, 16, 8), Some(8));
        assert_eq!(place(8, 24, 17, 8), None);
        assert_eq!(place(9, 32, 16, 16), Some(16));
        assert_eq!(place(24, 8, 0, 8), None, "an inverted span has room for nothing");
    }
}
