//! The program: what was typed, what it means, and one file for each command.

pub mod analysis;
pub mod args;
pub mod baseline;
pub mod cache;
pub mod check;
pub mod explain;
pub mod failure;
pub mod fix;
pub mod init;
pub mod list;
pub mod lsp;
pub mod output;
pub mod progress;
pub mod session;
pub mod settings;
pub mod shell;
pub mod tags;
pub mod watch;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::exit::Exit;
use args::{Args, Command};
use failure::Failure;
use settings::Settings;

/// Runs the program with its command line and says how it ended.
pub fn run(words: impl IntoIterator<Item = OsString>) -> Exit {
    let args = match Args::read(words) {
        Ok(args) => args,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Clean };
        }
    };
    let color = settings::color(args.global.color, output::Stream::Stderr);
    // The message of a panic is on standard error by then.
    match catch_unwind(AssertUnwindSafe(|| command(args))) {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => {
            output::to_stderr(&failure.render(color));
            failure.exit()
        }
        Err(_) => {
            let failure = Failure::internal("the analyser stopped by a mistake of its own".to_owned());
            output::to_stderr(&failure.render(color));
            Exit::Internal
        }
    }
}

fn command(args: Args) -> Result<Exit, Failure> {
    let Args { command, check, global } = args;
    match command {
        Command::Check => check::run(&Settings::new(check, global, None)?),
        Command::Show { file } => check::run(&Settings::new(check, global, Some(file))?),
        Command::Explain { code } => explain::run(&code),
        Command::List { category, format } => list::run(category.as_deref(), format),
        Command::Init { force } => init::run(Settings::new(check, global, None)?.question, force),
        Command::Lsp => lsp::run(Settings::new(check, global, None)?.question),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man => shell::man(),
    }
}
