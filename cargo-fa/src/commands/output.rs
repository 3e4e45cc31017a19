//! Where text goes. A reader that has seen enough and closed the pipe is no failure.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::failure::Failure;

/// Standard output or standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// For reports.
    Stdout,
    /// For what is said about the run.
    Stderr,
}

impl Stream {
    /// Whether a person may be reading it.
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Stdout => io::stdout().is_terminal(),
            Self::Stderr => io::stderr().is_terminal(),
        }
    }
}

/// Writes to a file, or else to standard output.
///
/// # Errors
///
/// When that is not possible, unless nobody reads any more.
pub fn write(text: &str, file: Option<&Path>) -> Result<(), Failure> {
    let failed = |place: String, error: io::Error| {
        Failure::usage(format!("cannot write to {place}: {error}"), "name another place, or make room there")
    };
    if let Some(path) = file {
        return std::fs::write(path, text).map_err(|error| failed(path.display().to_string(), error));
    }
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(failed("standard output".to_owned(), error))
        }
        _ => Ok(()),
    }
}

/// Says something about the run. Nothing can be done if nobody hears it.
pub fn to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
