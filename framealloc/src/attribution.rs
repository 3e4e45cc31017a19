//! Layer 2: who allocated: trees of names for tags and phases, and the numbers kept at each.
//!
//! Nothing is counted when something is allocated. What lies between opening a name and closing it is the
//! difference of the arena's and the pool's own counts; see [`Reading`].

mod node;
mod origin;
mod promoted;
mod suspend;
mod text;
mod tree;

pub(crate) use node::{NodeRef, Usage};
pub(crate) use origin::{Origin, OriginOf, Purpose};
pub(crate) use suspend::{Moment, Suspension};
pub(crate) use tree::{Closed, Reading, Ticket, Tree};
