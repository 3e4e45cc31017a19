//! The order of a frame.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Input,
    Simulate,
    Present,
}

impl Stage {
    pub const ALL: [Self; 3] = [Self::Input, Self::Simulate, Self::Present];

    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Simulate => "simulate",
            Self::Present => "present",
        }
    }
}
