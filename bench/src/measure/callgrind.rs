//! Instructions per operation: callgrind counts inside one function only, which runs units that the same process has
//! run before: neither start-up nor set-up nor the first growth of anything. Repeatable to the instruction.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::output;
use crate::case::{Case, Setup, Work};

/// One contender of one case.
struct Job {
    case: usize,
    contender: usize,
}

/// The counts of each case's contenders, in their order. A count that could not be made says why.
pub fn count(cases: &[Case], progress: &(dyn Fn(&str) + Sync)) -> Vec<Vec<Result<f64, String>>> {
    let jobs: Vec<Job> = cases
        .iter()
        .enumerate()
        .filter(|(_, case)| case.instructions)
        .flat_map(|(index, case)| {
            (0..case.contenders.len()).map(move |contender| Job { case: index, contender })
        })
        .collect();
    let missing = || Err("not counted".to_owned());
    let counts: Vec<Vec<_>> =
        cases.iter().map(|case| case.contenders.iter().map(|_| missing()).collect()).collect();
    let counts = Mutex::new(counts);
    let next = AtomicUsize::new(0);
    // A noisy neighbour changes no instruction: all cores at once.
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let case = &cases[job.case];
                    let found = per_operation(case, job.contender);
                    progress(&format!("{}, {}", case.id(), case.contenders[job.contender].name));
                    counts.lock().unwrap_or_else(PoisonError::into_inner)[job.case][job.contender] = found;
                }
            });
        }
    });
    counts.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn per_operation(case: &Case, contender: usize) -> Result<f64, String> {
    let with = total(case, contender, false)?;
    let without = match case.contenders[contender].without {
        Some(_) => total(case, contender, true)?,
        None => 0,
    };
    Ok((with as f64 - without as f64) / (case.counted_units * case.per_unit) as f64)
}

fn total(case: &Case, contender: usize, without: bool) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-fd=1"]);
    command.args(["--collect-atstart=no", "--toggle-collect=*::callgrind::counted"]);
    command.arg(program).args(["child", "work", &case.id(), &contender.to_string()]);
    if without {
        command.arg("--without");
    }
    match collected(&output(&mut command)?) {
        None => Err("callgrind named no total".to_owned()),
        Some(0) => Err("callgrind did not find the function to count in".to_owned()),
        Some(total) => Ok(total),
    }
}

/// The child's side: warm first, then counted.
pub fn child(case: &Case, setup: Setup) {
    let mut work = setup();
    if case.tidies {
        for unit in 0..2 * case.counted_units {
            if unit < case.counted_units {
                work(1)
            } else {
                counted(&mut work, 1)
            }
            work(0);
        }
        return;
    }
    work(case.counted_units);
    counted(&mut work, case.counted_units);
}

/// Known to callgrind by its name.
#[inline(never)]
fn counted(work: &mut Work, units: u64) {
    work(units);
}

/// The number in callgrind's line `==1234== Collected : 302156`.
fn collected(log: &str) -> Option<u64> {
    let (_, number) = log.lines().find_map(|line| line.split_once("Collected :"))?;
    number.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::collected;

    #[test]
    fn the_total_is_read_from_among_the_words() {
        let log = "==9== Callgrind, a call-graph\n==9== Events    : Ir\n==9== Collected : 302156\n==9== \n";
        assert_eq!(collected(log), Some(302_156));
        assert_eq!(collected("==9== nothing"), None);
    }
}
