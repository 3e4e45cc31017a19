//! Memory that nothing bounds.

pub mod missing_thread_budget;
