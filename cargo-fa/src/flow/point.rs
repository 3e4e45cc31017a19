//! An operation where it stands.

use std::fmt;

use super::body::{Op, OpId};
use super::state::State;

/// An operation with what is known before and after it.
#[derive(Clone, Copy)]
pub struct Point<'a> {
    /// Which.
    pub at: OpId,
    /// The operation.
    pub op: &'a Op,
    /// Before it.
    pub before: &'a State,
    pub(super) later: &'a dyn Fn() -> &'a State,
}

impl<'a> Point<'a> {
    /// After it. That costs a copy of what is known, so ask last.
    #[must_use]
    pub fn after(self) -> &'a State {
        (self.later)()
    }
}

impl fmt::Debug for Point<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?} {:?}", self.at, self.op, self.before)
    }
}
