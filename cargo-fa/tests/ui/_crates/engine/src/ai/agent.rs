//! One who decides.

use framealloc::FrameVec;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    Idle,
    Follow(u32),
    Reach(u32, u32),
}

pub struct Agent {
    pub id: u32,
    pub goal: Goal,
    pub steps: Vec<(u32, u32)>,
    pub route: Option<FrameVec<'static, (u32, u32)>>,
    pub cost: u32,
}

impl Agent {
    pub fn new(id: u32) -> Self {
        Self { id, goal: Goal::Idle, steps: Vec::new(), route: None, cost: 0 }
    }
}
