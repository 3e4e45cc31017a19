//! Memory that nothing bounds.

pub mod unbounded_frame_loop;
