//! The program: what was typed, what it means, and one file for each command.

pub mod analysis;
pub mod args;
pub mod baseline;
pub mod cache;
pub mod check;
pub mod explain;
pub mod failure;
pub mod fix;
pub mod found;
pub mod init;
pub mod list;
pub mod lsp;
pub mod output;
pub mod progress;
pub mod report;
pub mod serve;
pub mod session;
pub mod settings;
pub mod shell;
pub mod snapshots;
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
    ended(color, || command(args))
}

/// How the program ends by a command. One that panics is a mistake of ours, whose message is on standard error by then.
fn ended(color: bool, command: impl FnOnce() -> Result<Exit, Failure>) -> Exit {
    let mistake = || Failure::internal("the analyser stopped by a mistake of its own".to_owned());
    let outcome = catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| Err(mistake()));
    outcome.unwrap_or_else(|failure| {
        output::to_stderr(&failure.render(color));
        failure.exit()
    })
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
        Command::Serve { folder, port, open } => {
            serve::run(snapshots::folder(global.manifest_path.as_deref(), folder)?, port, open)
        }
        Command::Report { folder, output } => {
            report::run(&snapshots::folder(global.manifest_path.as_deref(), folder)?, &output)
        }
        Command::Completions { shell } => shell::completions(shell),
        Command::Man => shell::man(),
    }
}

#[cfg(test)]
mod tests {
    use super::ended;
    use super::failure::Failure;
    use crate::exit::Exit;

    #[test]
    fn the_number_says_whose_mistake_it_was() {
        let codes = [
            ended(false, || Ok(Exit::Clean)),
            ended(false, || Ok(Exit::Findings)),
            ended(false, || Err(Failure::usage("a mistake in what was typed", "for the test"))),
            ended(false, || Err(Failure::internal("a mistake that was noticed, for the test".to_owned()))),
            ended(false, || panic!("a mistake that was not, for the test")),
        ];
        assert_eq!(codes.map(Exit::code), [0, 1, 2, 3, 3]);
    }
}
