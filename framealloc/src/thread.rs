//! Layer 3: what one thread has of one allocator, how it is found, and what becomes of it when the thread ends.

pub(crate) mod behavior;
pub(crate) mod budget;
pub(crate) mod current;
pub(crate) mod deferred;
mod names;
pub(crate) mod phaser;
pub(crate) mod promotion;
pub(crate) mod registry;
pub(crate) mod seats;
pub(crate) mod shared;
pub(crate) mod state;

pub(crate) use shared::Shared;
pub(crate) use state::ThreadState;
