//! What a lint found.

use serde::{Deserialize, Serialize};

use super::declare::Lint;
use crate::source::Span;

/// How sure a lint is of what it saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Confidence {
    /// Every type that matters is known.
    Certain,
    /// A type is not known and only a name speaks for it: reported on request.
    Possible,
}

impl Confidence {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Possible => "possible",
        }
    }
}

/// A place and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What; may be empty at the primary place, where the message stands already.
    pub text: String,
}

/// A replacement of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What goes.
    pub span: Span,
    /// What comes instead.
    pub replacement: String,
}

/// A rewrite that compiles and means what was meant. One that a person has to judge is a sentence in `help` instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a command: "end the frame before the loop".
    pub title: String,
    /// All of them together.
    pub edits: Vec<Edit>,
}

/// One mistake in a program.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Which kind of mistake.
    pub lint: &'static Lint,
    /// How sure the lint is.
    pub confidence: Confidence,
    /// A lower-case fragment without a full stop.
    pub message: String,
    /// The place of the mistake.
    pub primary: Label,
    /// The places that tell how it came about.
    pub labels: Vec<Label>,
    /// What to do instead.
    pub help: String,
    /// How to have it done.
    pub fix: Option<Fix>,
    /// The path of the item it is in, which stays the same when lines move.
    pub item: String,
}
