//! Runs a list of steps, times each and sums them up. Knows nothing of what a step does.
//!
//! A failed step does not stop the ones behind it: one run tells everything that is wrong.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::args::Selection;
use crate::steps::{self, Effort, Step};
use crate::workspace::Workspace;
use crate::{output, process};

/// What a step works with.
pub(crate) struct Context {
    pub(crate) workspace: Workspace,
    pub(crate) effort: Effort,
}

/// Why a step did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unfinished {
    /// The check was made and found something, or broke.
    Failed(String),
    /// The check could not be made here.
    Skipped(String),
}

pub(crate) type StepResult = Result<(), Unfinished>;

/// A line of the summary.
struct Entry {
    name: &'static str,
    took: Duration,
    result: StepResult,
    /// The last lines of what failed.
    last: Vec<String>,
}

/// Runs what `selection` leaves of the steps of `effort`.
pub(crate) fn run(effort: Effort, selection: &Selection) -> ExitCode {
    let all = steps::of(effort);
    if selection.list {
        for step in &all {
            println!("{:<14} {}", step.name, step.about);
        }
        return ExitCode::SUCCESS;
    }
    let chosen = match select(all, selection) {
        Ok(chosen) => chosen,
        Err(message) => {
            println!("error: {message}");
            return ExitCode::from(2);
        }
    };
    let workspace = match Workspace::load() {
        Ok(workspace) => workspace,
        Err(message) => {
            println!("error: {message}");
            return ExitCode::FAILURE;
        }
    };
    let context = Context { workspace, effort };

    let mut entries = Vec::new();
    for (index, step) in chosen.iter().enumerate() {
        println!("\n==> [{}/{}] {}: {}", index + 1, chosen.len(), step.name, step.about);
        let start = Instant::now();
        output::take();
        let result = (step.run)(&context);
        let last = if matches!(result, Err(Unfinished::Failed(_))) { output::take() } else { Vec::new() };
        let entry = Entry { name: step.name, result, took: start.elapsed(), last };
        println!("<== {} in {:.1} s", describe(&entry.result), entry.took.as_secs_f64());
        entries.push(entry);
    }
    summary(&entries)
}

fn select(all: Vec<Step>, selection: &Selection) -> Result<Vec<Step>, String> {
    for name in selection.only.iter().chain(&selection.skip) {
        if !all.iter().any(|step| step.name == name) {
            return Err(format!("there is no step `{name}`; `--list` shows them"));
        }
    }
    Ok(all
        .into_iter()
        .filter(|step| selection.only.is_empty() || selection.only.iter().any(|name| name == step.name))
        .filter(|step| !selection.skip.iter().any(|name| name == step.name))
        .collect())
}

fn describe(result: &StepResult) -> String {
    match result {
        Ok(()) => "passed".to_owned(),
        Err(Unfinished::Failed(why)) => format!("FAILED: {why}"),
        Err(Unfinished::Skipped(why)) => format!("skipped: {why}"),
    }
}

/// Prints the table and, as the last line, the counts.
fn summary(entries: &[Entry]) -> ExitCode {
    for entry in entries.iter().filter(|entry| !entry.last.is_empty()) {
        println!("\nThe last lines of {}:\n{}", entry.name, entry.last.join("\n"));
    }
    println!("\nSummary");
    for entry in entries {
        println!("  {:<14} {:>7.1} s  {}", entry.name, entry.took.as_secs_f64(), describe(&entry.result));
    }
    let total: Duration = entries.iter().map(|entry| entry.took).sum();
    println!("  {:<14} {:>7.1} s", "total", total.as_secs_f64());

    let (passed, failed, skipped) = count(entries);
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    process::flush();
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn count(entries: &[Entry]) -> (usize, usize, usize) {
    entries.iter().fold((0, 0, 0), |(passed, failed, skipped), entry| match entry.result {
        Ok(()) => (passed + 1, failed, skipped),
        Err(Unfinished::Failed(_)) => (passed, failed + 1, skipped),
        Err(Unfinished::Skipped(_)) => (passed, failed, skipped + 1),
    })
}

#[cfg(test)]
mod tests {
    use super::{Entry, Unfinished, count, select};
    use crate::args::Selection;
    use crate::steps::{self, Effort};
    use std::time::Duration;

    fn names(only: &[&str], skip: &[&str]) -> Result<Vec<&'static str>, String> {
        let selection = Selection {
            only: only.iter().map(|&name| name.to_owned()).collect(),
            skip: skip.iter().map(|&name| name.to_owned()).collect(),
            list: false,
        };
        let chosen = select(steps::of(Effort::Short), &selection)?;
        Ok(chosen.iter().map(|step| step.name).collect())
    }

    #[test]
    fn only_and_skip_choose_in_the_plans_order() {
        assert_eq!(names(&["clippy", "fmt"], &[]).unwrap(), ["fmt", "clippy"]);
        assert_eq!(names(&["clippy", "fmt"], &["fmt"]).unwrap(), ["clippy"]);
        assert!(!names(&[], &["fmt"]).unwrap().contains(&"fmt"));
    }

    #[test]
    fn an_unknown_step_is_an_error_not_an_empty_run() {
        assert!(names(&["clipy"], &[]).is_err());
        assert!(names(&[], &["clipy"]).is_err());
    }

    #[test]
    fn a_skipped_step_is_neither_passed_nor_failed() {
        let entry = |result| Entry { name: "x", took: Duration::ZERO, result, last: Vec::new() };
        let entries = [
            entry(Ok(())),
            entry(Err(Unfinished::Skipped(String::new()))),
            entry(Err(Unfinished::Failed(String::new()))),
            entry(Ok(())),
        ];
        assert_eq!(count(&entries), (2, 1, 1));
    }
}
