//! Memory that nothing bounds.

pub mod missing_thread_budget;
pub mod unbounded_frame_loop;
pub mod unchecked_size;
