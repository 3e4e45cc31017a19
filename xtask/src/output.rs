//! What programs say: shown at once, and the last lines of a step kept, so that the end of a long log tells why it failed.

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How many lines of a step that failed are said again.
const KEPT: usize = 80;
/// How long the last lines may take to arrive. Something that a program has started may hold its output open for ever.
const PATIENCE: Duration = Duration::from_secs(2);

static LAST: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// The threads that show what a program says.
#[derive(Default)]
pub(crate) struct Copies {
    ends: Vec<Receiver<()>>,
}

impl Copies {
    /// Shows what comes from here.
    pub(crate) fn begin(&mut self, from: impl Read + Send + 'static) {
        let (ended, ends): (Sender<()>, Receiver<()>) = channel();
        self.ends.push(ends);
        thread::spawn(move || {
            // Whoever has no output any more has nobody to tell that.
            let _ = copy(from);
            drop(ended);
        });
    }

    /// Waits until all is shown.
    pub(crate) fn end(self) {
        for end in self.ends {
            // An error either way: that it has ended, or that it takes too long.
            let _ = end.recv_timeout(PATIENCE);
        }
    }
}

/// Shows all that comes from here, and keeps its last lines.
pub(crate) fn copy(from: impl Read) -> io::Result<()> {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        io::stdout().write_all(&line)?;
        io::stdout().flush()?;
        keep(String::from_utf8_lossy(&line).trim_end().to_owned());
        line.clear();
    }
    Ok(())
}

fn keep(line: String) {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if last.len() == KEPT {
        last.pop_front();
    }
    last.push_back(line);
}

/// The last lines since somebody asked.
pub(crate) fn take() -> Vec<String> {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
}

#[cfg(test)]
mod tests {
    use super::{KEPT, copy, take};

    #[test]
    fn the_last_lines_are_kept() {
        take();
        let said: String = (0..KEPT + 5).map(|number| format!("{number}\n")).collect();
        copy(said.as_bytes()).unwrap();
        let last = take();
        assert_eq!(
            (last.len(), &*last[0], last.last().unwrap().clone()),
            (KEPT, "5", (KEPT + 4).to_string())
        );
        assert!(take().is_empty());
    }
}
