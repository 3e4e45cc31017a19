//! Every measurement happens in a process of its own: this program, started again with the words that `child`
//! understands. What a child found, it prints as numbers.

pub mod callgrind;
pub mod memory;
pub mod steady;
pub mod time;

use std::process::{Command, Stdio};

/// This program, to be started again.
fn again() -> Command {
    let mut command = Command::new(std::env::current_exe().expect("a running program has a path"));
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    command
}

/// What a child printed, or why it did not come to that.
fn output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name} does not start: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no word on stderr");
        Err(format!("{name} ended with {}: {}", output.status, last.trim_end_matches('.')))
    }
}

/// The middle value; of an even number of them the lower middle.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

pub fn least(values: &[f64]) -> Option<f64> {
    values.iter().copied().min_by(f64::total_cmp)
}
