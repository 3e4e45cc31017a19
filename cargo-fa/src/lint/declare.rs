//! The declaration of a lint, from which everything that names it is made: the list, `explain`, the rules in SARIF,
//! the levels that `.fa.toml` may set.

use std::fmt;

use super::finding::Finding;
use super::level::Level;
use super::options::LintOptions;
use crate::flow::Program;

/// What a lint is about; the first digit of its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// `FA0xx`: what the analyser says about its own input. Always selected.
    Analyser,
    /// `FA2xx`: frames, transfers and barriers between threads.
    Threading,
    /// `FA3xx`: memory that nothing bounds.
    Budgets,
    /// `FA6xx`: values that outlive their frame, and frames that do not end.
    Lifetime,
    /// `FA7xx`: frames and futures.
    Async,
    /// `FA8xx`: tags and phases.
    Architecture,
}

impl Group {
    /// All groups, by code.
    pub const ALL: [Self; 6] =
        [Self::Analyser, Self::Threading, Self::Budgets, Self::Lifetime, Self::Async, Self::Architecture];

    /// The name in lists and for `--category`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Analyser => "analyser",
            Self::Threading => "threading",
            Self::Budgets => "budgets",
            Self::Lifetime => "lifetime",
            Self::Async => "async",
            Self::Architecture => "architecture",
        }
    }

    /// What its codes begin with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Analyser => "FA0",
            Self::Threading => "FA2",
            Self::Budgets => "FA3",
            Self::Lifetime => "FA6",
            Self::Async => "FA7",
            Self::Architecture => "FA8",
        }
    }

    /// The option of the command line that selects it; the analyser's own is always selected.
    pub fn option(self) -> Option<&'static str> {
        match self {
            Self::Analyser => None,
            Self::Threading => Some("threading"),
            Self::Budgets => Some("budgets"),
            Self::Lifetime => Some("dirtymem"),
            Self::Async => Some("async-safety"),
            Self::Architecture => Some("architecture"),
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing that can be wrong in a program.
pub struct Lint {
    /// `FA601`: stable, and never used again for something else.
    pub code: &'static str,
    /// `frame-escape`: the name of its file as well.
    pub name: &'static str,
    /// What it is about.
    pub group: Group,
    /// The level until somebody sets another.
    pub level: Level,
    /// One line.
    pub summary: &'static str,
    /// The doc comment of the declaration; the module [`page`](super::page) reads it.
    pub page: &'static str,
    /// Whether it asks about all of a program: what it finds in a function may change with one that has nothing to do with
    /// that, see [`Program::islands`]. The others find on each island by itself what they find on all together.
    pub whole: bool,
    /// Adds what it finds.
    pub check: fn(&Program, &LintOptions, &mut Vec<Finding>),
}

impl fmt::Debug for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.name)
    }
}

/// Declares a lint: its page as a doc comment, then code, name, group, level and summary, then its check.
///
/// The page says in Markdown what fires and why that is a mistake, shows it in blocks marked `rust,fires` and the right
/// way in blocks marked `rust,silent`, and ends with a section *What it cannot see*. `whole` behind the check says that it
/// asks about all of a program.
macro_rules! declare_lint {
    (
        $(#[doc = $line:literal])+
        $vis:vis $lint:ident = $code:literal, $name:literal, $group:ident, $level:ident, $summary:literal;
        check = $check:path $(, $whole:ident)?;
    ) => {
        #[doc = $summary]
        $vis static $lint: $crate::lint::declare::Lint = $crate::lint::declare::Lint {
            code: $code,
            name: $name,
            group: $crate::lint::declare::Group::$group,
            level: $crate::lint::level::Level::$level,
            summary: $summary,
            page: concat!($($line, "\n"),+),
            whole: {
                const WORDS: &[&str] = &[$(stringify!($whole))?];
                !WORDS.is_empty()
            },
            check: $check,
        };
    };
}

pub(crate) use declare_lint;
