//! The marker that keeps frame memory on its thread, named for the compiler's message.

use std::marker::PhantomData;

/// Neither `Send` nor `Sync`: frame memory belongs to the thread that made it. What goes to another thread is a
/// `&[T]` or `&T` of it within a scope, or a value in a [`PoolBox`](crate::PoolBox).
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameMemoryStaysOnItsThread(PhantomData<*mut ()>);
