//! What lints read.

/// The crates of a workspace, as facts about their functions.
#[derive(Debug, Default)]
pub struct Program {}
