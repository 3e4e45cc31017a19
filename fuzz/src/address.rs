//! Where a block goes in a free span, against arithmetic that cannot overflow.

#![no_main]

#[path = "../../framealloc/src/memory/address.rs"]
mod address;

use address::{SMALL, TOP_MARGIN, UNIT, checked_round_up, fits_small, place, round_up};
use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Number {
    /// Anything at all.
    Any(usize),
    /// Near the start of the integers.
    Low(u16),
    /// Near their end.
    High(u16),
    /// Near a power of two.
    Near(u8, i8),
}

impl Number {
    fn get(self) -> usize {
        match self {
            Self::Any(number) => number,
            Self::Low(number) => usize::from(number),
            Self::High(number) => usize::MAX - usize::from(number),
            Self::Near(shift, offset) => {
                (1usize << (u32::from(shift) % usize::BITS)).wrapping_add_signed(isize::from(offset))
            }
        }
    }
}

fuzz_target!(|input: (Number, Number, Number, u8)| {
    let (position, limit, size) = (input.0.get(), input.1.get(), input.2.get());
    let align = 1usize << (u32::from(input.3) % usize::BITS);
    let (wide_align, wide_position) = (align as u128, position as u128);

    let rounded = wide_position.div_ceil(wide_align) * wide_align;
    let expected = usize::try_from(rounded).ok();
    assert_eq!(checked_round_up(position, align), expected);
    if let Some(expected) = expected
        && position <= usize::MAX - (align - 1)
    {
        assert_eq!(round_up(position, align), expected);
    }

    let fits = rounded + size as u128 <= limit as u128;
    assert_eq!(place(position, limit, size, align), expected.filter(|_| fits));

    // The paths that add without a check, as the arena's do: right wherever a chunk may lie.
    let (position, limit) = (position & !(UNIT - 1), limit & !(UNIT - 1));
    if fits_small(size, align) && position <= limit && limit <= usize::MAX - TOP_MARGIN {
        assert!(size <= SMALL && align <= SMALL);
        let block = round_up(position, align);
        let small = (block + size <= limit).then_some(block);
        assert_eq!(small, place(position, limit, size, align));
    }
});
