//! Layer 2: who allocated: trees of names for tags and phases, and the numbers kept at each.
//!
//! Nothing is counted when something is allocated. What lies between opening a name and closing it is the
//! difference of the arena's and the pool's own counts; see [`Reading`].

mod node;
mod origin;
mod place;
mod promoted;
mod suspend;
#[cfg(feature = "call-sites")]
mod symbols;
mod text;
mod tree;

pub(crate) use node::{NodeRef, Usage};
pub(crate) use origin::{Origin, OriginOf, Purpose};
pub(crate) use place::Place;
#[cfg(feature = "call-sites")]
pub(crate) use place::{Called, FoundPlace};
pub(crate) use suspend::{Moment, Suspension};
#[cfg(feature = "call-sites")]
pub(crate) use symbols::{Meaning, read_stack};
pub(crate) use tree::{Closed, Reading, Ticket, Tree};
