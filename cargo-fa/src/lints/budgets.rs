//! Memory that nothing bounds.

pub mod unbounded_frame_loop;
pub mod unchecked_size;
