//! What Miri should see: every way that memory is taken, given back, kept and handed over, in small.
//!
//! Miri runs at a thousandth of the speed, so loops are short and chunks small; it sees reads of freed and of
//! undefined memory, races, broken borrows and leaks in what runs here. As a usual test it checks contents and counts.

mod behavior;
mod collections;
mod common;
mod crossing;
mod frames;
mod pools;
mod promotions;
mod scopes;
mod scratch;
mod shared_frames;
mod tags;
mod threads;
