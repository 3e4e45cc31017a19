//! What the command line means.

use std::path::PathBuf;

use super::args::{CheckArgs, Color, GlobalArgs, Severity};
use super::failure::Failure;
use super::output::Stream;
use crate::lint::declare::Group;
use crate::lint::level::{Level, Levels, Selector};
use crate::lints::REGISTRY;
use crate::report::Format;
use crate::source::Selection;

/// Where the configuration comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigSource {
    /// The nearest file above each package.
    Nearest,
    /// This file.
    File(PathBuf),
    /// Nowhere.
    Isolated,
}

/// What is done with corrections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixing {
    /// They are shown with their findings.
    No,
    /// They are shown as a change of files.
    Diff,
    /// They are made.
    Apply {
        /// Although git has changes that are not committed.
        allow_dirty: bool,
        /// Although there is no version control.
        allow_no_vcs: bool,
    },
}

/// Everything that decides about a run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is read.
    pub selection: Selection,
    /// Features that must exist.
    pub features: Vec<String>,
    /// The only file that is reported on.
    pub file: Option<PathBuf>,
    /// The configuration.
    pub config: ConfigSource,
    /// The levels that the command line sets.
    pub levels: Levels,
    /// Whether what is only possible is reported.
    pub pedantic: bool,
    /// The least level that is shown.
    pub least: Level,
    /// How the report is written.
    pub format: Format,
    /// And where to, if not to standard output.
    pub output: Option<PathBuf>,
    /// Whether it has colours.
    pub color: bool,
    /// What is accounted for already.
    pub baseline: Option<PathBuf>,
    /// Where to account for all.
    pub write_baseline: Option<PathBuf>,
    /// What is done with corrections.
    pub fixing: Fixing,
    /// Whether findings make the run fail.
    pub exit_zero: bool,
    /// Whether to go on when files change.
    pub watch: bool,
}

impl Settings {
    /// Checks what was typed.
    ///
    /// # Errors
    ///
    /// When it names a lint that does not exist.
    pub fn new(check: CheckArgs, global: GlobalArgs, file: Option<PathBuf>) -> Result<Self, Failure> {
        let levels = levels(&check)?;
        let color = check.output.is_none() && color(global.color, Stream::Stdout)
            || check.output.is_some() && global.color == Color::Always;
        Ok(Self {
            selection: Selection {
                manifest_path: global.manifest_path,
                packages: check.package,
                workspace: check.workspace,
                exclude: check.exclude,
                tests: check.tests,
                ..Selection::default()
            },
            features: check.features,
            file,
            config: match (global.config, global.isolated) {
                (Some(path), _) => ConfigSource::File(path),
                (None, true) => ConfigSource::Isolated,
                (None, false) => ConfigSource::Nearest,
            },
            levels,
            pedantic: check.pedantic,
            least: match check.min_severity {
                Some(Severity::Error) => Level::Deny,
                Some(Severity::Warning) | None => Level::Warn,
            },
            format: check.format.unwrap_or_default(),
            output: check.output,
            color,
            baseline: check.baseline,
            write_baseline: check.write_baseline,
            fixing: match (check.fix, check.diff) {
                (true, _) => {
                    Fixing::Apply { allow_dirty: check.allow_dirty, allow_no_vcs: check.allow_no_vcs }
                }
                (false, true) => Fixing::Diff,
                (false, false) => Fixing::No,
            },
            exit_zero: check.exit_zero,
            watch: check.watch,
        })
    }
}

fn levels(check: &CheckArgs) -> Result<Levels, Failure> {
    let parse = |word: &String| {
        Selector::parse(word, REGISTRY)
            .map_err(|message| Failure::usage(message, "`cargo fa list` has all of them"))
    };
    let mut levels =
        Levels { set: Vec::new(), only: check.only.iter().map(parse).collect::<Result<_, _>>()? };
    let categories = [
        (check.dirtymem, Group::Lifetime),
        (check.async_safety, Group::Async),
        (check.threading, Group::Threading),
        (check.budgets, Group::Budgets),
        (check.architecture, Group::Architecture),
    ];
    if !check.all {
        levels
            .only
            .extend(categories.iter().filter(|(set, _)| *set).map(|&(_, group)| Selector::Group(group)));
    }
    if check.suggest
        && let Some(lint) = REGISTRY.lint("FA608")
    {
        levels.set.push((Selector::Lint(lint.code), Level::Warn));
        if !levels.only.is_empty() {
            levels.only.push(Selector::Lint(lint.code));
        }
    }
    for (word, level) in &check.levels {
        levels.set.push((parse(word)?, *level));
    }
    Ok(levels)
}

/// Whether a stream gets colours.
pub fn color(wanted: Color, stream: Stream) -> bool {
    match wanted {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
                || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
            stream.is_terminal() && !refused
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CheckArgs, levels};
    use crate::lint::analyser::UNUSED_SUPPRESSION;
    use crate::lint::declare::Group;
    use crate::lint::level::{Level, Selector};

    #[test]
    fn categories_select_and_all_of_them_is_none() {
        let check = CheckArgs { dirtymem: true, threading: true, ..CheckArgs::default() };
        let only = levels(&check).unwrap().only;
        assert_eq!(only, [Selector::Group(Group::Lifetime), Selector::Group(Group::Threading)]);
        assert_eq!(levels(&CheckArgs { all: true, ..check }).unwrap().only, []);
    }

    #[test]
    fn levels_are_those_that_were_typed() {
        let typed = vec![("FA001".to_owned(), Level::Deny), ("warnings".to_owned(), Level::Allow)];
        let check = CheckArgs { levels: typed, ..CheckArgs::default() };
        assert_eq!(levels(&check).unwrap().of(&UNUSED_SUPPRESSION), Level::Deny);
    }

    #[test]
    fn an_unknown_lint_is_refused_wherever_it_stands() {
        let only = CheckArgs { only: vec!["FA901".to_owned()], ..CheckArgs::default() };
        let set = CheckArgs { levels: vec![("FA901".to_owned(), Level::Deny)], ..CheckArgs::default() };
        for check in [only, set] {
            assert!(levels(&check).unwrap_err().render(false).contains("no lint or group `FA901`"));
        }
    }
}
