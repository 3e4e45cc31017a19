//! Values that know what they hold and are counted.

use std::cell::Cell;

use framealloc::SmartAlloc;

thread_local! {
    static ALIVE: Cell<i64> = const { Cell::new(0) };
}

pub(crate) fn alive() -> i64 {
    ALIVE.get()
}

fn born() {
    ALIVE.set(ALIVE.get() + 1);
}

fn gone() {
    ALIVE.set(ALIVE.get() - 1);
}

/// What the byte at `index` of a value of this seed is.
pub(crate) fn pattern(seed: u32, index: usize) -> u8 {
    (seed.wrapping_mul(0x9E37_79B1).rotate_left(index as u32 % 32) as u8) ^ (index as u8)
}

/// Something with contents that can be checked.
pub(crate) trait Checked {
    fn check(&self, seed: u32);

    /// How many counted values go with it.
    fn count(&self) -> i64 {
        1
    }
}

/// `N` bytes of a pattern, with a destructor that checks it.
#[derive(Debug)]
pub(crate) struct Value<const N: usize> {
    seed: u32,
    bytes: [u8; N],
}

impl<const N: usize> Value<N> {
    pub(crate) fn new(seed: u32) -> Self {
        born();
        Self { seed, bytes: std::array::from_fn(|index| pattern(seed, index)) }
    }
}

impl<const N: usize> Checked for Value<N> {
    fn check(&self, seed: u32) {
        assert_eq!(self.seed, seed, "another value's memory");
        for (index, &byte) in self.bytes.iter().enumerate() {
            assert_eq!(byte, pattern(seed, index), "contents of a value");
        }
    }
}

impl<const N: usize> Drop for Value<N> {
    fn drop(&mut self) {
        self.check(self.seed);
        gone();
    }
}

/// No bytes, but a destructor.
#[derive(Debug)]
pub(crate) struct Empty;

impl Empty {
    pub(crate) fn new() -> Self {
        born();
        Self
    }
}

impl Drop for Empty {
    fn drop(&mut self) {
        gone();
    }
}

impl Checked for Empty {
    fn check(&self, _: u32) {}
}

/// Aligned to a cache line, to a page.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Lined(pub(crate) Value<100>);

#[derive(Debug)]
#[repr(align(4096))]
pub(crate) struct Paged(pub(crate) Value<8>);

impl Checked for Lined {
    fn check(&self, seed: u32) {
        assert!(std::ptr::from_ref(self).addr().is_multiple_of(128));
        self.0.check(seed);
    }
}

impl Checked for Paged {
    fn check(&self, seed: u32) {
        assert!(std::ptr::from_ref(self).addr().is_multiple_of(4096));
        self.0.check(seed);
    }
}

/// Ends its allocator's frame, and begins another in which it allocates, when it is dropped.
pub(crate) struct Ends {
    pub(crate) alloc: &'static SmartAlloc,
    pub(crate) value: Value<24>,
}

impl Checked for Ends {
    fn check(&self, seed: u32) {
        self.value.check(seed);
    }
}

impl Drop for Ends {
    fn drop(&mut self) {
        self.alloc.end_frame();
        self.alloc.begin_frame();
        let _unless_refused = self.alloc.try_frame_box(Value::<40>::new(1));
        if let Ok(scope) = self.alloc.try_scope() {
            let _unless_refused = scope.try_alloc([1u8; 50]);
        }
    }
}

/// Has a handle of its own, which goes with it.
pub(crate) struct Nested {
    pub(crate) inner: Option<framealloc::FrameBox<'static, Value<60>>>,
    pub(crate) seed: u32,
}

impl Checked for Nested {
    fn check(&self, seed: u32) {
        assert_eq!(self.seed, seed);
        if let Some(inner) = &self.inner {
            inner.check(seed);
        }
    }

    fn count(&self) -> i64 {
        i64::from(self.inner.is_some())
    }
}
