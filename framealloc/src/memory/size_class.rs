//! The pool's block sizes: which class serves a layout, decided while the program is compiled.
//!
//! Classes step by 16 bytes up to 128 and then by quarters of a power of two, so that at most a fifth of a block
//! is padding. A block lies at a multiple of the largest power of two that divides its class's size (at most
//! 4 KiB), so a stricter alignment asks for a class whose size that alignment divides.

#![forbid(unsafe_code)]

use std::alloc::Layout;

/// A page of blocks: aligned to its own size, so that a block's page is found by masking.
pub(crate) const PAGE: usize = 64 << 10;

/// The header at the start of each page; blocks begin behind it.
pub(crate) const PAGE_HEADER: usize = 64;

/// The strictest alignment a page serves.
pub(crate) const MAX_BLOCK_ALIGN: usize = 4096;

/// The block sizes, ascending.
pub(crate) const SIZES: [usize; 32] = [
    16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1280,
    1536, 1792, 2048, 2560, 3072, 3584, 4096, 5120, 6144, 7168, 8192,
];

/// How many classes there are.
pub(crate) const CLASSES: usize = SIZES.len();

/// The alignment that every block of a class has.
pub(crate) const fn natural_align(size: usize) -> usize {
    let align = size & size.wrapping_neg();
    if align > MAX_BLOCK_ALIGN { MAX_BLOCK_ALIGN } else { align }
}

/// Where the first block of a page of this block size begins.
pub(crate) const fn first_block(size: usize) -> usize {
    let align = natural_align(size);
    (PAGE_HEADER + align - 1) & !(align - 1)
}

/// How many blocks of this size a page holds.
pub(crate) const fn blocks_per_page(size: usize) -> usize {
    (PAGE - first_block(size)) / size
}

/// The class that serves `layout`; `None` when it is too large or too strictly aligned for a page.
pub(crate) const fn class_of(layout: Layout) -> Option<usize> {
    let mut class = 0;
    while class < CLASSES {
        if SIZES[class] >= layout.size() && natural_align(SIZES[class]) >= layout.align() {
            return Some(class);
        }
        class += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(miri, ignore = "arithmetic alone, and a million times of it")]
    fn every_layout_gets_the_smallest_class_that_holds_and_aligns_it() {
        for size in 0..=9000 {
            for shift in 0..=13 {
                let layout = Layout::from_size_align(size, 1 << shift).expect("small");
                match class_of(layout) {
                    Some(class) => {
                        assert!(SIZES[class] >= size);
                        assert_eq!(first_block(SIZES[class]) % layout.align(), 0);
                        assert_eq!(SIZES[class] % layout.align(), 0);
                        for (smaller, &fits) in SIZES[..class].iter().enumerate() {
                            assert!(fits < size || natural_align(fits) < layout.align(), "{smaller}");
                        }
                    }
                    None => assert!(size > 8192 || layout.align() > MAX_BLOCK_ALIGN),
                }
            }
        }
    }

    #[test]
    fn classes_ascend_and_fill_their_pages() {
        assert!(SIZES.windows(2).all(|pair| pair[0] < pair[1]));
        for size in SIZES {
            assert!(size % 16 == 0);
            assert!(first_block(size) + blocks_per_page(size) * size <= PAGE);
            assert!(blocks_per_page(size) >= 7);
        }
    }
}
