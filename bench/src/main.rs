//! framealloc beside its peers: instructions per operation, ratios of times, and what its targets make of them.

mod case;
mod environment;
mod heap_calls;
mod judge;
mod measure;
mod ops;
mod ours;
mod peers;
mod progress;
mod report;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use case::{Case, Fact};
use judge::{Outcome, Verdict};
use measure::time::{Effort, Timed};
use measure::{callgrind, memory, steady, time};
use progress::Progress;

#[global_allocator]
static HEAP: heap_calls::Counted = heap_calls::Counted;

/// Measures framealloc beside its peers and prints the tables, or writes them to a file.
#[derive(Parser)]
struct Options {
    /// Only cases whose `family/name` holds this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,

    /// Fewer and shorter rounds: enough to see a trend
    #[arg(long)]
    quick: bool,

    /// Write the tables to this file instead of printing them
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,

    /// Fail when a target in instructions is missed; times are reported, never checked
    #[arg(long)]
    check: bool,

    #[command(subcommand)]
    again: Option<Again>,
}

#[derive(Subcommand)]
enum Again {
    /// What this program starts itself for: one measurement in a process of its own
    #[command(subcommand, hide = true)]
    Child(Child),
}

#[derive(Subcommand)]
enum Child {
    /// Runs one contender's work, for callgrind to count
    Work {
        case: String,
        contender: usize,
        /// The work to be taken off instead
        #[arg(long)]
        without: bool,
    },
    /// Prints times of each contender
    Rounds { case: String, rounds: usize },
    /// Prints the resident bytes of a thread with one frame box
    Memory,
    /// Prints faults and heap calls of so many warm frames
    Steady { frames: u64 },
}

fn main() -> ExitCode {
    let options = Options::parse();
    let done = match &options.again {
        Some(Again::Child(child)) => run_child(child).map(|()| true),
        None => run(&options),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("failed to measure: {why}");
            ExitCode::from(2)
        }
    }
}

fn run_child(child: &Child) -> Result<(), String> {
    let named = |id: &String| ops::all().into_iter().find(|case| case.id() == *id).ok_or("no such case");
    let text = match child {
        Child::Work { case, contender, without } => {
            let case = named(case)?;
            let contender = case.contenders.get(*contender).ok_or("no such contender")?;
            let setup =
                if *without { contender.without.ok_or("nothing to take off")? } else { contender.setup };
            callgrind::child(&case, setup);
            String::new()
        }
        Child::Rounds { case, rounds } => time::rounds(&named(case)?, *rounds),
        Child::Memory => memory::child()?,
        Child::Steady { frames } => steady::child(*frames)?,
    };
    io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())
}

/// Whether what was to be checked holds.
fn run(options: &Options) -> Result<bool, String> {
    let environment = environment::here();
    let wanted = |id: &str| options.only.as_ref().is_none_or(|only| id.contains(only.as_str()));
    let cases: Vec<Case> = ops::all().into_iter().filter(|case| wanted(&case.id())).collect();

    let counts = count(&cases);
    let outcomes = take_times(cases, counts, if options.quick { Effort::QUICK } else { Effort::FULL });
    let mut facts: Vec<Fact> = Vec::new();
    if wanted("steady state") {
        facts.extend(steady::facts());
    }
    if wanted("memory") {
        facts.push(memory::fact());
    }

    if outcomes.is_empty() && facts.is_empty() {
        return Err("no case has such a name".to_owned());
    }

    let verdicts = judge::judge(&outcomes);
    let partial = match (&options.only, options.quick) {
        (Some(only), _) => Some(format!("only what holds “{only}”")),
        (None, true) => Some("few and short rounds".to_owned()),
        (None, false) => None,
    };
    let text = report::markdown(&report::Report {
        environment: &environment,
        verdicts: &verdicts,
        facts: &facts,
        outcomes: &outcomes,
        partial: partial.as_deref(),
    });
    match &options.write {
        Some(file) => {
            std::fs::write(file, text)
                .map_err(|error| format!("{} is not written: {error}", file.display()))?;
            eprintln!("wrote {}", file.display());
        }
        None => io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())?,
    }
    Ok(!options.check || holds(&verdicts))
}

fn count(cases: &[Case]) -> Vec<Vec<Result<f64, String>>> {
    let all = cases.iter().filter(|case| case.instructions).map(|case| case.contenders.len()).sum();
    let progress = Progress::new("counting", all);
    callgrind::count(cases, &|what| progress.step(what))
}

fn take_times(cases: Vec<Case>, counts: Vec<Vec<Result<f64, String>>>, effort: Effort) -> Vec<Outcome> {
    let progress = Progress::new("timing", cases.len());
    let time = |(case, counts): (Case, _)| {
        let (times, untimed) = match time::time(&case, effort) {
            Ok(times) => (times, None),
            Err(why) => (vec![Timed::default(); case.contenders.len()], Some(why)),
        };
        progress.step(&case.id());
        Outcome { case, counts, times, untimed }
    };
    cases.into_iter().zip(counts).map(time).collect()
}

/// Whether every target in instructions is reached; names those that are not.
fn holds(verdicts: &[Verdict]) -> bool {
    let missed: Vec<&Verdict> =
        verdicts.iter().filter(|verdict| verdict.repeatable && verdict.reached != Some(true)).collect();
    for Verdict { what, must_reach, measured, .. } in &missed {
        eprintln!("missed: {what}: must reach {must_reach}, is {measured}");
    }
    missed.is_empty()
}
