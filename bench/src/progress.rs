//! What is being done, on stderr: one line that is written over on a terminal, now and then a line elsewhere.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};

pub struct Progress {
    doing: &'static str,
    of: usize,
    done: AtomicUsize,
    terminal: bool,
}

/// Where lines are kept, one in so many is enough to see that it goes on.
const KEPT: usize = 25;

impl Progress {
    pub fn new(doing: &'static str, of: usize) -> Self {
        Self { doing, of, done: AtomicUsize::new(0), terminal: io::stderr().is_terminal() }
    }

    pub fn step(&self, what: &str) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let line = format!("{} {done}/{}: {what}", self.doing, self.of);
        // Whether anyone reads it changes no result.
        let _ = if self.terminal {
            let end = if done == self.of { "\n" } else { "" };
            write!(io::stderr(), "\r\x1b[K{line}{end}")
        } else if done.is_multiple_of(KEPT) || done == self.of {
            writeln!(io::stderr(), "{line}")
        } else {
            Ok(())
        };
    }
}
