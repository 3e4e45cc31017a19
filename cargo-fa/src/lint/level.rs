//! How serious a finding is, and who decides: the lint, then `.fa.toml`, then the command line, in this order.

use serde::{Deserialize, Serialize};

use super::declare::{Group, Lint};
use super::nearest::did_you_mean;
use super::registry::Registry;

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// Nothing: the lint does not run.
    Allow,
    /// A warning.
    Warn,
    /// An error, which makes the run fail.
    Deny,
}

impl Level {
    /// The word for people who set it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// The word for people who read a report.
    pub fn reported(self) -> &'static str {
        match self {
            Self::Allow => "note",
            Self::Warn => "warning",
            Self::Deny => "error",
        }
    }
}

/// Which lints are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector {
    /// Every lint.
    All,
    /// Whatever is a warning by then.
    Warnings,
    /// The lints of a group.
    Group(Group),
    /// One lint, by its code.
    Lint(&'static str),
}

impl Selector {
    /// Reads `FA601`, `frame-escape`, `FA6`, `lifetime`, `all` or `warnings`.
    ///
    /// # Errors
    ///
    /// When nothing is called so; the message names what is nearest.
    pub fn parse(word: &str, registry: Registry) -> Result<Self, String> {
        let lower = word.to_lowercase();
        if let Some(lint) = registry.lint(word) {
            return Ok(Self::Lint(lint.code));
        }
        if let Some(group) = Group::ALL.into_iter().find(|group| {
            lower == group.name()
                || lower == group.prefix().to_lowercase()
                || Some(lower.as_str()) == group.option()
                || lower == format!("{}xx", group.prefix().to_lowercase())
        }) {
            return Ok(Self::Group(group));
        }
        match lower.as_str() {
            "all" => Ok(Self::All),
            "warnings" => Ok(Self::Warnings),
            _ => {
                let hint = did_you_mean(word, registry.names().chain(Group::ALL.map(Group::name)));
                let hint = if hint.is_empty() { "see `cargo fa list`".to_owned() } else { hint };
                Err(format!("there is no lint or group `{word}`; {hint}"))
            }
        }
    }

    fn selects(self, lint: &Lint, level: Level) -> bool {
        match self {
            Self::All => true,
            Self::Warnings => level == Level::Warn,
            Self::Group(group) => lint.group == group,
            Self::Lint(code) => lint.code == code,
        }
    }
}

/// The level of each lint, as decided.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    /// Later ones win.
    pub set: Vec<(Selector, Level)>,
    /// The lints that run; empty is all. One that is named by its code runs although its level is `allow`.
    pub only: Vec<Selector>,
}

impl Levels {
    /// The same with what a file says, which anything on the command line outweighs.
    pub fn over(&self, file: &[(&'static str, Level)]) -> Self {
        let below = file.iter().map(|&(code, level)| (Selector::Lint(code), level));
        Self { set: below.chain(self.set.iter().copied()).collect(), only: self.only.clone() }
    }

    /// The level of a lint.
    pub fn of(&self, lint: &Lint) -> Level {
        let selectors: Vec<Selector> =
            self.only.iter().copied().filter(|only| only.selects(lint, lint.level)).collect();
        if !self.only.is_empty() && selectors.is_empty() && lint.group != Group::Analyser {
            return Level::Allow;
        }
        let named = selectors.contains(&Selector::Lint(lint.code));
        let first = if named { lint.level.max(Level::Warn) } else { lint.level };
        self.set
            .iter()
            .fold(first, |level, &(selector, set)| if selector.selects(lint, level) { set } else { level })
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Levels, Selector};
    use crate::lint::analyser::{UNREADABLE, UNUSED_SUPPRESSION};
    use crate::lint::declare::Group;
    use crate::lint::finding::Finding;
    use crate::lint::options::LintOptions;
    use crate::lint::registry::Registry;

    fn nothing(_: &crate::flow::Program, _: &LintOptions, _: &mut Vec<Finding>) {}

    crate::lint::declare::declare_lint! {
        /// Page.
        QUIET = "FA608", "heap-in-frame", Lifetime, Allow, "a lint that is off";
        check = nothing;
    }

    const REGISTRY: Registry = Registry(&[&UNREADABLE, &UNUSED_SUPPRESSION, &QUIET]);

    #[test]
    fn selectors_are_codes_names_prefixes_and_groups() {
        let parse = |word| Selector::parse(word, REGISTRY);
        assert_eq!(parse("fa608"), Ok(Selector::Lint("FA608")));
        assert_eq!(parse("heap-in-frame"), Ok(Selector::Lint("FA608")));
        for word in ["FA6", "FA6xx", "lifetime", "dirtymem"] {
            assert_eq!(parse(word), Ok(Selector::Group(Group::Lifetime)), "{word}");
        }
        assert_eq!(parse("warnings"), Ok(Selector::Warnings));
        assert_eq!(
            parse("FA680"),
            Err("there is no lint or group `FA680`; did you mean `FA608`?".to_owned())
        );
        assert_eq!(parse("zzz"), Err("there is no lint or group `zzz`; see `cargo fa list`".to_owned()));
    }

    #[test]
    fn the_command_line_outweighs_the_file_and_the_later_the_earlier() {
        let line = Levels { set: vec![(Selector::Group(Group::Lifetime), Level::Warn)], only: vec![] };
        assert_eq!(Levels::default().of(&QUIET), Level::Allow);
        assert_eq!(Levels::default().over(&[("FA608", Level::Deny)]).of(&QUIET), Level::Deny);
        assert_eq!(line.over(&[("FA608", Level::Deny)]).of(&QUIET), Level::Warn);
        let warnings = Levels {
            set: vec![(Selector::All, Level::Warn), (Selector::Warnings, Level::Deny)],
            only: vec![],
        };
        assert_eq!(warnings.of(&QUIET), Level::Deny);
    }

    #[test]
    fn what_is_not_selected_is_off_and_what_is_named_is_on() {
        let only = |selector| Levels { set: vec![], only: vec![selector] };
        assert_eq!(only(Selector::Lint("FA608")).of(&QUIET), Level::Warn);
        assert_eq!(only(Selector::Group(Group::Lifetime)).of(&QUIET), Level::Allow);
        let other = Levels {
            set: vec![(Selector::Lint("FA608"), Level::Deny)],
            only: vec![Selector::Group(Group::Async)],
        };
        assert_eq!(other.of(&QUIET), Level::Allow);
        assert_eq!(other.of(&UNREADABLE), Level::Deny);
    }
}
