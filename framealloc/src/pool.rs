//! Layer 1: blocks that outlive frames: the pool's pages and the large blocks beside them.
//!
//! A [`PoolHeap`] belongs to one thread at a time. [`heap`] is its hot half, [`refill`] its cold one, [`page`] what
//! blocks lie in, [`remote`] how other threads give blocks back, [`handover`] what happens when its thread or its
//! allocator ends, [`deferred`] the rules for that, [`big`] blocks too large for a page, [`meters`] the count of both,
//! [`transfers`] what is made for other threads, [`fresh`] what is made and gone within one frame.

mod big;
mod deferred;
mod fresh;
pub(crate) mod handover;
pub(crate) mod heap;
mod meters;
pub(crate) mod page;
mod refill;
pub(crate) mod remote;
pub(crate) mod transfers;

pub(crate) use heap::{PoolHeap, PoolRefused, PoolShared};
pub(crate) use meters::Meters;
pub(crate) use page::Page;
