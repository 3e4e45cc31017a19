//! What the boxes hold. Past some cache lines it is writing the value that takes the time, for every allocator alike,
//! and, with a thousand of them alive, the cache that they compete for: to see the allocator, large values are also
//! boxed with their first word written only, like a component that is filled in later.

use std::mem::MaybeUninit;

pub trait Value: Copy + Send + 'static {
    fn new(number: u64) -> Self;
    /// What a case's name says of it.
    fn named(size: &str) -> String;
}

#[derive(Clone, Copy)]
pub struct Written<const WORDS: usize>([u64; WORDS]);

#[derive(Clone, Copy)]
pub struct FirstWritten<const WORDS: usize>([MaybeUninit<u64>; WORDS]);

impl<const WORDS: usize> Value for Written<WORDS> {
    #[inline(always)]
    fn new(number: u64) -> Self {
        Self([number; WORDS])
    }

    fn named(size: &str) -> String {
        size.to_owned()
    }
}

impl<const WORDS: usize> Value for FirstWritten<WORDS> {
    #[inline(always)]
    fn new(number: u64) -> Self {
        let mut words = [const { MaybeUninit::uninit() }; WORDS];
        words[0] = MaybeUninit::new(number);
        Self(words)
    }

    fn named(size: &str) -> String {
        format!("{size}, first word written")
    }
}
