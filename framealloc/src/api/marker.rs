//! The markers that keep memory on its thread, named for the compiler's message.

use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::Deref;

/// Neither `Send` nor `Sync`: frame memory belongs to the thread that made it. What goes to another thread is a
/// `&[T]` or `&T` of it within a scope, or a value in a [`PoolBox`](crate::PoolBox).
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameMemoryStaysOnItsThread(PhantomData<*mut ()>);

/// `Send`, not `Sync`: a scratch allocator goes from thread to thread, and each that shares work needs one of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScratchServesOneThreadAtATime(PhantomData<Cell<()>>);
/// Not `Send`: a retained value dies on the thread that made it, unless it is taken there and is `Send` itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetainedValueStaysOnItsThread(PhantomData<*mut ()>);

/// What a handle holds of the library, always beside the marker. The marker alone then decides which threads may have
/// the handle, so that the compiler's message names it and not whatever this part is made of.
#[derive(Clone, Copy)]
pub(crate) struct Anchor<T>(T);

impl<T> Anchor<T> {
    #[inline(always)]
    pub(crate) fn new(part: T) -> Self {
        Self(part)
    }
}

// SAFETY: private to handles, each of which has a marker, so neither it nor a reference to it leaves its thread against
// what the marker says.
unsafe impl<T> Send for Anchor<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Anchor<T> {}

impl<T> Deref for Anchor<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}
