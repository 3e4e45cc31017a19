//! A value on a cache line of its own.

#![forbid(unsafe_code)]

use std::ops::Deref;

/// A value on a cache line of its own, and on a pair of lines, since processors fetch pairs: threads that read it do
/// not wait for those that write what lies beside it.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Apart<T>(T);

impl<T> Apart<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Apart<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}
