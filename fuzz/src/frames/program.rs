//! What a program may do.

use arbitrary::Arbitrary;

#[derive(Arbitrary, Debug)]
pub(crate) struct Program {
    pub(crate) settings: [Settings; 2],
    pub(crate) steps: Vec<Step>,
}

#[derive(Arbitrary, Debug)]
pub(crate) struct Settings {
    /// 4 KiB to 64 KiB.
    pub(crate) frame_size: u8,
    pub(crate) limited: bool,
    pub(crate) shrink_after: u8,
    pub(crate) warns: bool,
}

#[derive(Arbitrary, Debug)]
pub(crate) struct Step {
    /// Which of the two allocators.
    pub(crate) second: bool,
    pub(crate) action: Action,
}

/// Numbers choose among what there is, modulo how many there are.
#[derive(Arbitrary, Debug)]
pub(crate) enum Action {
    BeginFrame,
    EndFrame,
    OpenGuard,
    OpenScope,
    CloseScope(u8),
    ForgetScope(u8),
    /// A value of a scope, whether or not it is the innermost.
    ScopeValue(u8, Size),
    Box(Kind),
    Slice(Size),
    Text(Size),
    Vec,
    VecOf(Size),
    Push(u8, u8),
    Extend(u8, Size),
    Truncate(u8, u8),
    Shrink(u8),
    Reserve(u8, Size),
    /// A vector of more strictly aligned elements.
    Aligned(Size),
    Drop(u8),
    DropNewest,
    Forget(u8),
    Move(u8),
    Tag(u8),
    CloseTag,
    CloseOuterTag(u8),
    BeginPhase(u8),
    EndPhase,
    FrameBudget(Size),
    TagBudget(u8, Size),
    LiftBudgets,
    Look,
    /// Frames in which nothing happens.
    IdleFrames(u8),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Kind {
    Empty,
    Byte,
    Word,
    Line,
    Wide,
    Page,
    Big,
    Owner,
    Ends,
    Nested,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Size {
    None,
    Small(u8),
    Medium(u16),
    Large(u8),
    Absurd,
}

impl Size {
    /// In bytes; too much for anyone for `Absurd`.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::None => 0,
            Self::Small(bytes) => usize::from(bytes),
            Self::Medium(bytes) => usize::from(bytes) / 4,
            Self::Large(kilobytes) => usize::from(kilobytes) * 1024,
            Self::Absurd => isize::MAX as usize,
        }
    }
}
