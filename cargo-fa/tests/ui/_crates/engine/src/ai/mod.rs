//! Who decides.

mod agent;
mod brain;
mod path;

pub use agent::{Agent, Goal};
pub use brain::Brain;
pub use path::{PathFinder, Route};
