//! What the command line means.

use std::path::PathBuf;

use super::args::{CheckArgs, Color, GlobalArgs, LintArgs, Severity};
use super::failure::Failure;
use super::output::Stream;
use crate::lint::declare::Group;
use crate::lint::level::{Level, Levels, Selector};
use crate::lints::REGISTRY;
use crate::report::Format;
use crate::source::{Chosen, Selection};

/// Where the configuration comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ConfigSource {
    /// The nearest file above each package.
    #[default]
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

/// Everything that decides about what is found, and nothing else: who asks the same of the same files gets the same.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// What is read.
    pub selection: Selection,
    /// The configuration.
    pub config: ConfigSource,
    /// The levels that the command line sets.
    pub levels: Levels,
    /// Whether what is only possible is reported.
    pub pedantic: bool,
}

/// Everything that decides about a run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What is asked.
    pub question: Question,
    /// Whether an answer that was kept will do.
    pub cached: bool,
    /// The only file that is reported on.
    pub file: Option<PathBuf>,
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
        let CheckArgs { selection, lints, report } = check;
        let features = Chosen {
            names: selection.features,
            all: selection.all_features,
            without_default: selection.no_default_features,
        };
        let chosen = features != Chosen::default();
        let color = match &report.output {
            None => color(global.color, Stream::Stdout),
            Some(_) => global.color == Color::Always,
        };
        Ok(Self {
            question: Question {
                levels: levels(&lints)?,
                pedantic: lints.pedantic,
                selection: Selection {
                    manifest_path: global.manifest_path,
                    packages: selection.package,
                    workspace: selection.workspace,
                    exclude: selection.exclude,
                    tests: selection.tests,
                    features: chosen.then_some(features),
                },
                config: match (global.config, global.isolated) {
                    (Some(path), _) => ConfigSource::File(path),
                    (None, true) => ConfigSource::Isolated,
                    (None, false) => ConfigSource::Nearest,
                },
            },
            cached: !report.no_cache,
            file,
            least: match report.min_severity {
                Some(Severity::Error) => Level::Deny,
                Some(Severity::Warning) | None => Level::Warn,
            },
            format: report.format.unwrap_or_default(),
            output: report.output,
            color,
            baseline: report.baseline,
            write_baseline: report.write_baseline,
            fixing: match (report.fix, report.diff) {
                (true, _) => {
                    Fixing::Apply { allow_dirty: report.allow_dirty, allow_no_vcs: report.allow_no_vcs }
                }
                (false, true) => Fixing::Diff,
                (false, false) => Fixing::No,
            },
            exit_zero: report.exit_zero,
            watch: report.watch,
        })
    }
}

fn levels(lints: &LintArgs) -> Result<Levels, Failure> {
    let parse = |word: &String| {
        Selector::parse(word, REGISTRY)
            .map_err(|message| Failure::usage(message, "`cargo fa list` has all of them"))
    };
    let mut levels =
        Levels { set: Vec::new(), only: lints.only.iter().map(parse).collect::<Result<_, _>>()? };
    let categories = [
        (lints.dirtymem, Group::Lifetime),
        (lints.async_safety, Group::Async),
        (lints.threading, Group::Threading),
        (lints.budgets, Group::Budgets),
        (lints.architecture, Group::Architecture),
    ];
    if !lints.all {
        levels
            .only
            .extend(categories.iter().filter(|(set, _)| *set).map(|&(_, group)| Selector::Group(group)));
    }
    if lints.suggest
        && let Some(lint) = REGISTRY.lint("FA608")
    {
        levels.set.push((Selector::Lint(lint.code), Level::Warn));
        if !levels.only.is_empty() {
            levels.only.push(Selector::Lint(lint.code));
        }
    }
    for (word, level) in &lints.levels {
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
    use super::{LintArgs, levels};
    use crate::lint::analyser::UNUSED_SUPPRESSION;
    use crate::lint::declare::Group;
    use crate::lint::level::{Level, Selector};

    #[test]
    fn categories_select_and_all_of_them_is_none() {
        let check = LintArgs { dirtymem: true, threading: true, ..LintArgs::default() };
        let only = levels(&check).unwrap().only;
        assert_eq!(only, [Selector::Group(Group::Lifetime), Selector::Group(Group::Threading)]);
        assert_eq!(levels(&LintArgs { all: true, ..check }).unwrap().only, []);
    }

    #[test]
    fn levels_are_those_that_were_typed() {
        let typed = vec![("FA001".to_owned(), Level::Deny), ("warnings".to_owned(), Level::Allow)];
        let check = LintArgs { levels: typed, ..LintArgs::default() };
        assert_eq!(levels(&check).unwrap().of(&UNUSED_SUPPRESSION), Level::Deny);
    }

    #[test]
    fn an_unknown_lint_is_refused_wherever_it_stands() {
        let only = LintArgs { only: vec!["FA901".to_owned()], ..LintArgs::default() };
        let set = LintArgs { levels: vec![("FA901".to_owned(), Level::Deny)], ..LintArgs::default() };
        for check in [only, set] {
            assert!(levels(&check).unwrap_err().render(false).contains("no lint or group `FA901`"));
        }
    }
}
