//! What happens in a frame, system by system.
//!
//! A system takes the allocator for its temporary data as an argument and knows nothing else about memory.

pub(crate) mod contacts;
pub(crate) mod draw;
pub(crate) mod particles;
pub(crate) mod path;
pub(crate) mod spatial_hash;
pub(crate) mod steering;
pub(crate) mod ui;
