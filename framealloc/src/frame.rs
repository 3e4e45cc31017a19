//! Layer 1: the bytes of one thread's frames.
//!
//! [`arena`] holds the fast paths, [`grow`] what happens when they find no room, [`scope`] levels within a frame,
//! [`boundary`] the ends of frames, [`parked`] frames that outlived theirs, [`settle`] how much is kept, [`recorded`] arenas whose
//! blocks are all seen. [`scratch`] has arenas that belong to no thread, [`scratches`] the list of them.

pub(crate) mod arena;
pub(crate) mod backing;
mod boundary;
pub(crate) mod chunk;
mod grow;
pub(crate) mod level;
mod parked;
mod recorded;
mod scope;
mod scratch;
mod scratches;
mod settle;

pub(crate) use arena::{Arena, flag};
pub(crate) use backing::{FrameBacking, Refused};
pub(crate) use level::LevelRef;
pub(crate) use scratch::{Scratch, ScratchReading};
pub(crate) use scratches::Scratches;
