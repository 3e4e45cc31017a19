//! Values that outlive their frame, and frames that do not end.

pub mod frame_escape;
pub mod frame_not_ended;
pub mod promotion_ignored;
