//! What was typed.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::lint::level::Level;
use crate::report::Format;

/// Finds misuse of framealloc before the program runs
#[derive(Debug, Parser)]
#[command(name = "cargo fa", bin_name = "cargo fa", version, about, after_help = AFTER)]
struct Typed {
    #[command(subcommand)]
    command: Option<TypedCommand>,
    #[command(flatten)]
    check: CheckArgs,
    #[command(flatten)]
    global: GlobalArgs,
}

const AFTER: &str = "Exit status: 0 nothing that makes a run fail, 1 findings at the level deny, 2 usage or \
configuration error, 3 internal error";

/// What all commands take.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct GlobalArgs {
    /// The Cargo.toml of the package or workspace
    #[arg(long, value_name = "PATH", global = true, help_heading = "Selection")]
    pub manifest_path: Option<PathBuf>,
    /// Read this configuration, and no .fa.toml
    #[arg(
        long,
        value_name = "FILE",
        global = true,
        conflicts_with = "isolated",
        help_heading = "Configuration"
    )]
    pub config: Option<PathBuf>,
    /// Read no .fa.toml
    #[arg(long, global = true, help_heading = "Configuration")]
    pub isolated: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, help_heading = "Output")]
    pub color: Color,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// In a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The least level that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Severity {
    /// Warnings and errors
    #[value(alias = "warn")]
    Warning,
    /// Errors only
    #[value(alias = "deny")]
    Error,
}

/// What an analysis takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct CheckArgs {
    /// What is read.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// What is looked for.
    #[command(flatten)]
    pub lints: LintArgs,
    /// What is done with what is found.
    #[command(flatten)]
    pub report: ReportArgs,
}

/// What is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct SelectionArgs {
    /// Analyse these packages
    #[arg(short, long, value_name = "NAME", help_heading = "Selection")]
    pub package: Vec<String>,
    /// Analyse all packages of the workspace
    #[arg(long, help_heading = "Selection")]
    pub workspace: bool,
    /// Leave out these packages
    #[arg(long, value_name = "NAME", help_heading = "Selection")]
    pub exclude: Vec<String>,
    /// Leave out code that cargo would not build with these features and the default ones; unless features are chosen,
    /// all code is analysed
    #[arg(short = 'F', long, value_name = "NAMES", value_delimiter = ',', help_heading = "Selection")]
    pub features: Vec<String>,
    /// Leave out code that cargo would not build with all features
    #[arg(long, help_heading = "Selection")]
    pub all_features: bool,
    /// Leave out code that cargo would not build without the default features
    #[arg(long, help_heading = "Selection")]
    pub no_default_features: bool,
    /// Analyse tests and benches too
    #[arg(long, help_heading = "Selection")]
    pub tests: bool,
}

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct LintArgs {
    /// Every category, as if none was named
    #[arg(long, help_heading = "Lints")]
    pub all: bool,
    /// Frame values that outlive their frame, and frames that do not end (FA6)
    #[arg(long, help_heading = "Lints")]
    pub dirtymem: bool,
    /// Frames and futures (FA7)
    #[arg(long, help_heading = "Lints")]
    pub async_safety: bool,
    /// Frames, transfers and barriers between threads (FA2)
    #[arg(long, help_heading = "Lints")]
    pub threading: bool,
    /// Memory that nothing bounds (FA3)
    #[arg(long, help_heading = "Lints")]
    pub budgets: bool,
    /// Tags and phases (FA8)
    #[arg(long, help_heading = "Lints")]
    pub architecture: bool,
    /// Also name heap allocations that frame memory could replace (FA608)
    #[arg(long, help_heading = "Lints")]
    pub suggest: bool,
    /// Also what is only possible, because a type is not known
    #[arg(long, help_heading = "Lints")]
    pub pedantic: bool,
    /// Only these: codes, names or categories
    #[arg(long, value_name = "LINTS", value_delimiter = ',', help_heading = "Lints")]
    pub only: Vec<String>,
    /// Turn these off
    #[arg(short = 'A', long, value_name = "LINTS", value_delimiter = ',', help_heading = "Lints")]
    pub allow: Vec<String>,
    /// Report these as warnings
    #[arg(short = 'W', long, value_name = "LINTS", value_delimiter = ',', help_heading = "Lints")]
    pub warn: Vec<String>,
    /// Report these as errors; `warnings` is whatever is one
    #[arg(short = 'D', long, value_name = "LINTS", value_delimiter = ',', help_heading = "Lints")]
    pub deny: Vec<String>,
    /// Those three in the order in which they were typed.
    #[arg(skip)]
    pub levels: Vec<(String, Level)>,
}

/// What is done with what is found.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct ReportArgs {
    /// Show nothing below this
    #[arg(long, value_name = "LEVEL", help_heading = "Output")]
    pub min_severity: Option<Severity>,
    /// How to report
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub format: Option<Format>,
    /// Write the report to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Leave out what this file accounts for
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub baseline: Option<PathBuf>,
    /// Write all that is found to this file instead of reporting it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fix", "diff", "watch"], help_heading = "Output")]
    pub write_baseline: Option<PathBuf>,
    /// Succeed whatever is found
    #[arg(long, help_heading = "Output")]
    pub exit_zero: bool,

    /// Correct what can be corrected without a person
    #[arg(long, conflicts_with = "diff", help_heading = "Corrections")]
    pub fix: bool,
    /// Show what `--fix` would change, and change nothing
    #[arg(long, help_heading = "Corrections")]
    pub diff: bool,
    /// Correct files although git has changes that are not committed
    #[arg(long, requires = "fix", help_heading = "Corrections")]
    pub allow_dirty: bool,
    /// Correct files although they are not under version control
    #[arg(long, requires = "fix", help_heading = "Corrections")]
    pub allow_no_vcs: bool,
    /// Analyse although nothing has changed since an analysis that was kept
    #[arg(long, help_heading = "Output")]
    pub no_cache: bool,
    /// Analyse again whenever a file changes
    #[arg(long, conflicts_with = "fix", help_heading = "Corrections")]
    pub watch: bool,
}

#[derive(Debug, Subcommand)]
enum TypedCommand {
    /// Analyse; this is what no command means
    Check(Box<CheckArgs>),
    /// Explain a lint: what, why, wrong, right, and what it cannot see
    Explain {
        /// A code such as FA601, or a name such as frame-escape
        code: String,
    },
    /// Analyse, and report on one file
    Show {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        check: Box<CheckArgs>,
    },
    /// List all lints
    List {
        /// Those of a category: threading, budgets, lifetime, async, architecture
        #[arg(long, value_name = "NAME")]
        category: Option<String>,
        /// How to list
        #[arg(long, value_name = "FORMAT", default_value = "human")]
        format: ListFormat,
    },
    /// Write a .fa.toml that explains itself and holds the tags that the code uses
    Init {
        /// Overwrite the one there is
        #[arg(long)]
        force: bool,
    },
    /// Serve an editor by the language server protocol, on standard input and output
    Lsp {
        #[command(flatten)]
        selection: SelectionArgs,
        #[command(flatten)]
        lints: LintArgs,
    },
    /// Show a running program's memory in a browser, from the snapshots that it writes
    Serve {
        /// The folder that snapshots are written to [default: target/framealloc]
        folder: Option<PathBuf>,
        /// The port on 127.0.0.1; any that is free if none is named
        #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
        port: u16,
        /// Open the page in a browser
        #[arg(long)]
        open: bool,
    },
    /// Write a page that shows the snapshots of a folder, in one file
    Report {
        /// The folder that snapshots are written to [default: target/framealloc]
        folder: Option<PathBuf>,
        /// The file
        #[arg(short, long, value_name = "FILE", default_value = "memory.html")]
        output: PathBuf,
    },
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// The formats of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A table
    #[default]
    Human,
    /// An array of objects
    Json,
}

/// What is to be done.
#[derive(Debug)]
pub enum Command {
    /// Analyse.
    Check,
    /// Analyse and report on one file.
    Show {
        /// The file.
        file: PathBuf,
    },
    /// Explain a lint.
    Explain {
        /// Its code or name.
        code: String,
    },
    /// List the lints.
    List {
        /// Those of one category.
        category: Option<String>,
        /// How.
        format: ListFormat,
    },
    /// Write a configuration.
    Init {
        /// Over the one there is.
        force: bool,
    },
    /// Serve an editor.
    Lsp,
    /// Serve a browser.
    Serve {
        /// The folder of the snapshots.
        folder: Option<PathBuf>,
        /// Zero for any.
        port: u16,
        /// In a browser, at once.
        open: bool,
    },
    /// Write a page.
    Report {
        /// The folder of the snapshots.
        folder: Option<PathBuf>,
        /// Where to.
        output: PathBuf,
    },
    /// Print completions.
    Completions {
        /// For this shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

/// The command line.
#[derive(Debug)]
pub struct Args {
    /// What is to be done.
    pub command: Command,
    /// How to analyse.
    pub check: CheckArgs,
    /// The rest.
    pub global: GlobalArgs,
}

impl Args {
    /// Reads the words of the command line, as cargo passes them or as they are typed.
    ///
    /// # Errors
    ///
    /// When they mean nothing, or only ask for help.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut words: Vec<OsString> = words.into_iter().collect();
        // Cargo runs `cargo-fa fa ..` for `cargo fa ..`.
        if words.get(1).is_some_and(|word| word == "fa") {
            words.remove(1);
        }
        let mut definition = definition();
        let matches = definition.try_get_matches_from_mut(words)?;
        let mut typed = Typed::from_arg_matches(&matches)?;
        typed.check.lints.levels = levels(&matches);
        let inner = matches.subcommand().map(|(_, matches)| matches);
        let before = std::mem::take(&mut typed.check);
        let behind = |mut check: CheckArgs| {
            check.lints.levels = inner.map(levels).unwrap_or_default();
            check
        };
        let (command, check) = match typed.command {
            None => return Ok(Self { command: Command::Check, check: before, global: typed.global }),
            Some(TypedCommand::Check(check)) => (Command::Check, behind(*check)),
            Some(TypedCommand::Show { file, check }) => (Command::Show { file }, behind(*check)),
            Some(TypedCommand::Lsp { selection, lints }) => {
                (Command::Lsp, behind(CheckArgs { selection, lints, ..CheckArgs::default() }))
            }
            Some(TypedCommand::Explain { code }) => (Command::Explain { code }, CheckArgs::default()),
            Some(TypedCommand::List { category, format }) => {
                (Command::List { category, format }, CheckArgs::default())
            }
            Some(TypedCommand::Init { force }) => (Command::Init { force }, CheckArgs::default()),
            Some(TypedCommand::Serve { folder, port, open }) => {
                (Command::Serve { folder, port, open }, CheckArgs::default())
            }
            Some(TypedCommand::Report { folder, output }) => {
                (Command::Report { folder, output }, CheckArgs::default())
            }
            Some(TypedCommand::Completions { shell }) => {
                (Command::Completions { shell }, CheckArgs::default())
            }
            Some(TypedCommand::Man) => (Command::Man, CheckArgs::default()),
        };
        // They would be read by nobody.
        if before != CheckArgs::default() {
            let message = "options of the analysis stand behind `check` or `show`, or without a command";
            return Err(definition.error(clap::error::ErrorKind::ArgumentConflict, message));
        }
        Ok(Self { command, check, global: typed.global })
    }
}

/// The definition of the command line.
pub fn definition() -> clap::Command {
    Typed::command()
}

/// The values of `--allow`, `--warn` and `--deny` in the order in which they were typed: the last one counts.
fn levels(matches: &ArgMatches) -> Vec<(String, Level)> {
    let mut all: Vec<(usize, (String, Level))> = Vec::new();
    for (option, level) in [("allow", Level::Allow), ("warn", Level::Warn), ("deny", Level::Deny)] {
        // Commands other than `check` and `show` do not know them.
        let values = matches.try_get_many::<String>(option).ok().flatten();
        let Some(values) = values else { continue };
        let indices = matches.indices_of(option).into_iter().flatten();
        all.extend(indices.zip(values.map(|value| (value.clone(), level))));
    }
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, set)| set).collect()
}

#[cfg(test)]
mod tests {
    use super::{Args, CheckArgs, Command, SelectionArgs, definition};
    use crate::lint::level::Level;

    fn read(line: &str) -> Result<Args, String> {
        Args::read(line.split_whitespace().map(Into::into)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_definition_is_sound() {
        definition().debug_assert();
    }

    #[test]
    fn as_cargo_runs_it_and_as_people_do() {
        for line in
            ["cargo-fa fa --tests", "cargo-fa --tests", "cargo-fa fa check --tests", "cargo-fa check --tests"]
        {
            let args = read(line).unwrap();
            assert!(matches!(args.command, Command::Check), "{line}");
            let selection = SelectionArgs { tests: true, ..SelectionArgs::default() };
            assert_eq!(args.check, CheckArgs { selection, ..CheckArgs::default() }, "{line}");
        }
    }

    #[test]
    fn levels_keep_their_order() {
        let args = read("cargo-fa -A FA6,FA7 -D FA601 --warn all -D warnings").unwrap();
        let levels: Vec<_> =
            args.check.lints.levels.iter().map(|(word, level)| (word.as_str(), *level)).collect();
        let expected = [
            ("FA6", Level::Allow),
            ("FA7", Level::Allow),
            ("FA601", Level::Deny),
            ("all", Level::Warn),
            ("warnings", Level::Deny),
        ];
        assert_eq!(levels, expected);
        assert_eq!(read("cargo-fa show a.rs -D FA601").unwrap().check.lints.levels.len(), 1);
    }

    #[test]
    fn options_that_nobody_would_read_are_refused() {
        for line in ["cargo-fa --tests explain FA601", "cargo-fa -D FA601 show a.rs", "cargo-fa --fix init"] {
            assert!(read(line).unwrap_err().contains("stand behind `check`"), "{line}");
        }
        assert!(read("cargo-fa --color never explain FA601").is_ok());
        assert!(read("cargo-fa explain FA601 --color never").is_ok());
        assert!(read("cargo-fa --allow-dirty").is_err());
        assert!(read("cargo-fa --fix --diff").is_err());
    }

    #[test]
    fn what_the_readme_shows_can_be_typed() {
        let readme = include_str!("../../README.md");
        let mut lines = 0;
        for line in readme.lines() {
            let commands = ["$ ", "- run: ", "    - ", "sh '"]
                .iter()
                .filter_map(|start| line.trim_start().strip_prefix(start.trim_start()));
            for command in commands.filter(|command| command.starts_with("cargo fa")) {
                let command = command.trim_end_matches('\'').replacen("cargo fa", "cargo-fa fa", 1);
                read(&command).unwrap_or_else(|error| panic!("{line}: {error}"));
                lines += 1;
            }
        }
        assert!(lines >= 12, "{lines}");
    }

    #[test]
    fn a_slip_is_pointed_out() {
        assert!(read("cargo-fa --formt json").unwrap_err().contains("--format"));
        assert!(read("cargo-fa --format jsn").unwrap_err().contains("json"));
        assert!(read("cargo-fa explan FA601").unwrap_err().contains("explain"));
    }
}
