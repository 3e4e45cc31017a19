//! A box for what the compiler does not want to see moved.

/// Says that its value may go to another thread. Whoever makes one answers for it.
pub struct Carry<T>(T);

// SAFETY: the maker of the value promises it.
unsafe impl<T> Send for Carry<T> {}

impl<T> Carry<T> {
    pub fn new(value: T) -> Self {
        Self(value)
    }

    pub fn open(self) -> T {
        self.0
    }
}
