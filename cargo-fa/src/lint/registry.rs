//! Finding lints by what people call them.

use super::declare::Lint;

/// A set of lints; the program has one, a test may have its own.
#[derive(Clone, Copy, Debug)]
pub struct Registry(pub &'static [&'static Lint]);

impl Registry {
    /// Each lint, by code.
    pub fn iter(self) -> impl Iterator<Item = &'static Lint> {
        self.0.iter().copied()
    }

    /// The lint with this code or name.
    pub fn lint(self, word: &str) -> Option<&'static Lint> {
        self.iter().find(|lint| lint.code.eq_ignore_ascii_case(word) || lint.name.eq_ignore_ascii_case(word))
    }

    /// All codes and names.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.iter().flat_map(|lint| [lint.code, lint.name])
    }
}
