//! Who tells whom.

mod bus;
mod queue;

pub use bus::{EventBus, Handler};
pub use queue::{Event, EventQueue, Payload};
