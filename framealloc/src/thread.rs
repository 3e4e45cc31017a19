//! Layer 3: what one thread has of one allocator, how it is found, and what becomes of it when the thread ends.

pub(crate) mod behavior;
mod blocks;
pub(crate) mod budget;
pub(crate) mod clock;
pub(crate) mod current;
pub(crate) mod deferred;
#[cfg(feature = "bevy")]
pub(crate) mod follow;
pub(crate) mod lane;
#[cfg(feature = "tracing")]
mod logged;
mod names;
pub(crate) mod observed;
pub(crate) mod phaser;
#[cfg(any(feature = "puffin", feature = "tracy"))]
mod profiled;
pub(crate) mod promotion;
pub(crate) mod registry;
pub(crate) mod seats;
pub(crate) mod shared;
pub(crate) mod state;
mod task;
#[cfg(any(feature = "puffin", feature = "tracing", feature = "tracy"))]
mod telling;
#[cfg(not(all(any(feature = "puffin", feature = "tracy"), feature = "tracing")))]
mod untold;

pub(crate) use shared::Shared;
pub(crate) use state::ThreadState;

#[cfg(not(feature = "tracing"))]
use untold::logged;
#[cfg(not(any(feature = "puffin", feature = "tracy")))]
use untold::profiled;
#[cfg(not(any(feature = "puffin", feature = "tracing", feature = "tracy")))]
use untold::telling;
