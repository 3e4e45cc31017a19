//! What takes time says so, to a person who has waited for half a second.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::output::{Stream, to_stderr};

const PATIENCE: Duration = Duration::from_millis(500);

/// A line that is shown when the work takes long, and taken away when it is done.
#[derive(Debug)]
pub struct Progress {
    line: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins to wait. Only a terminal is told.
    pub fn begin(what: &str) -> Self {
        if !Stream::Stderr.is_terminal() {
            return Self { line: None };
        }
        let (done, wait) = channel::<()>();
        let what = what.to_owned();
        let line = std::thread::spawn(move || {
            if wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                to_stderr(&what);
                let _ = wait.recv();
                to_stderr("\r\u{1b}[K");
            }
        });
        Self { line: Some((done, line)) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, line)) = self.line.take() {
            drop(done);
            let _ = line.join();
        }
    }
}
