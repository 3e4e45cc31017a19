//! Where the numbers come from: the machine's processor, the compiler, the commit, the peers' versions.

use std::process::Command;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

pub struct Environment {
    pub processor: String,
    pub cores: usize,
    pub compiler: String,
    pub commit: String,
    pub date: String,
    pub peers: Vec<String>,
}

const PEERS: [&str; 9] = [
    "bumpalo",
    "bump-scope",
    "blink-alloc",
    "hashbrown",
    "allocator-api2",
    "foldhash",
    "mimalloc",
    "snmalloc-rs",
    "tikv-jemallocator",
];

/// The crate holds two lines of it, which differ twofold, each way: see the feature in Cargo.toml.
const MIMALLOC: &str = if cfg!(feature = "mimalloc-v2") { " (v2)" } else { " (v3, its default)" };

pub fn here() -> Environment {
    Environment {
        processor: processor().unwrap_or_else(|| "unknown processor".to_owned()),
        cores: thread::available_parallelism().map_or(1, usize::from),
        compiler: words("rustc", &["--version"]).unwrap_or_else(|| "unknown rustc".to_owned()),
        commit: commit(),
        date: date(today()),
        peers: peers(include_str!("../Cargo.lock")),
    }
}

/// Days since 1970.
#[expect(clippy::disallowed_methods, reason = "a report says when it was made")]
fn today() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400)
}

fn processor() -> Option<String> {
    let facts = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = facts.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn commit() -> String {
    let Some(commit) = words("git", &["rev-parse", "--short=12", "HEAD"]) else { return "none".to_owned() };
    // The report itself changes with each run.
    let changed = words("git", &["status", "--porcelain", "--", ":/", ":!/BENCHMARKS.md"]);
    if changed.is_some_and(|changed| !changed.is_empty()) { format!("{commit}-dirty") } else { commit }
}

/// What a program answers, run where this package lies.
fn words(program: &str, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Names and versions from the lock file, in the order of `PEERS`.
fn peers(lock: &str) -> Vec<String> {
    PEERS
        .iter()
        .filter_map(|peer| {
            let (_, after) = lock.split_once(&format!("name = \"{peer}\"\nversion = \""))?;
            let version = after.split('"').next()?;
            Some(format!("{peer} {version}{}", if *peer == "mimalloc" { MIMALLOC } else { "" }))
        })
        .collect()
}

/// The date of a day since 1970, by the arithmetic of 400-year cycles that begin in March.
fn date(day: u64) -> String {
    let day = day + 719_468;
    let (cycle, of_cycle) = (day / 146_097, day % 146_097);
    let year = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = cycle * 400 + year + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{of_month:02}")
}

#[cfg(test)]
mod tests {
    use super::{date, peers};

    #[test]
    fn dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(20_453), "2025-12-31");
    }

    #[test]
    fn versions_are_the_locked_ones() {
        let lock = "[[package]]\nname = \"bumpalo\"\nversion = \"3.20.4\"\nsource = \"\"\n";
        assert_eq!(peers(lock), ["bumpalo 3.20.4"]);
    }
}
