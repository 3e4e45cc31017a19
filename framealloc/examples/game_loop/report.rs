//! The tables at the end.

use std::fmt;
use std::time::Duration;

use crate::args::Args;
use crate::measure::Summary;
use crate::memory::MemoryUsage;

/// What one battle came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The name of its memory.
    pub(crate) name: &'static str,
    pub(crate) summary: Summary,
    pub(crate) checksum: u64,
    pub(crate) usage: Option<MemoryUsage>,
}

/// All of it, to print.
pub(crate) struct Report<'a> {
    pub(crate) args: &'a Args,
    /// One, or two to compare.
    pub(crate) outcomes: &'a [Outcome],
}

impl Report<'_> {
    /// Whether all battles ended in the same state.
    pub(crate) fn agrees(&self) -> bool {
        self.outcomes.windows(2).all(|pair| pair[0].checksum == pair[1].checksum)
    }

    /// What it is about.
    fn heading(&self) -> String {
        let Args { agents, frames, threads, seed, .. } = self.args;
        let measured = self.outcomes[0].summary.frames;
        let noun = if *threads == 1 { "thread" } else { "threads" };
        format!("{agents} agents, {frames} frames ({measured} measured), {threads} {noun}, seed {seed}")
    }

    /// Times, calls and faults.
    fn measurements(&self) -> Table {
        let mut table = Table::new();
        let names = self.outcomes.iter().map(|outcome| outcome.name);
        table.row("", names.chain((self.outcomes.len() == 2).then_some("heap / framealloc")));
        self.compare(&mut table, "frame time, p50", |sum| Some(milliseconds(sum.p50)), in_milliseconds);
        self.compare(&mut table, "frame time, p99", |sum| Some(milliseconds(sum.p99)), in_milliseconds);
        self.compare(&mut table, "frame time, max", |sum| Some(milliseconds(sum.max)), in_milliseconds);
        self.compare(
            &mut table,
            "jitter (mean change)",
            |sum| Some(milliseconds(sum.jitter)),
            in_milliseconds,
        );
        self.compare(&mut table, "heap calls per frame", |sum| Some(per_frame(sum, heap_calls)), in_ones);
        self.compare(&mut table, "  most in one frame", |sum| Some(sum.most_heap_calls as f64), in_ones);
        self.compare(
            &mut table,
            "heap bytes per frame",
            |sum| Some(per_frame(sum, heap_bytes)),
            in_kibibytes,
        );
        self.compare(&mut table, "page faults, in all", |sum| sum.page_faults.map(|all| all as f64), in_ones);
        table.row("checksum", self.outcomes.iter().map(|outcome| format!("{:016x}", outcome.checksum)));
        table
    }

    /// Adds a row of one number of each battle, and their ratio if there are two.
    fn compare(
        &self,
        table: &mut Table,
        name: &str,
        number: impl Fn(&Summary) -> Option<f64>,
        format: impl Fn(f64) -> String,
    ) {
        let numbers: Vec<Option<f64>> =
            self.outcomes.iter().map(|outcome| number(&outcome.summary)).collect();
        let cells = numbers.iter().map(|number| number.map_or_else(|| "not available".to_owned(), &format));
        let ratio = match numbers[..] {
            [Some(ours), Some(heap)] if ours > 0.0 => Some(in_ones(heap / ours)),
            [_, _] => Some("-".to_owned()),
            _ => None,
        };
        table.row(name, cells.chain(ratio));
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n\n{}", self.heading(), self.measurements())?;
        for usage in self.outcomes.iter().filter_map(|outcome| outcome.usage.as_ref()) {
            writeln!(
                f,
                "bytes by tag: the last frame, and the most of one thread in one frame\n\n{}",
                tags(usage)
            )?;
            writeln!(f, "{}", totals(usage))?;
        }
        Ok(())
    }
}

/// What each tag used.
fn tags(usage: &MemoryUsage) -> Table {
    let mut table = Table::new();
    table.row("tag", ["bytes", "own bytes", "allocations", "most"]);
    for tag in &usage.tags {
        // A sub-tag stands below its tag, one step in.
        let depth = tag.path.matches('/').count();
        let name = format!("{:1$}{2}", "", 2 * depth, tag.path.rsplit('/').next().unwrap_or(tag.path));
        table.row(&name, [tag.bytes, tag.own_bytes, tag.allocations, tag.peak_bytes].map(grouped));
    }
    table
}

/// What the allocator holds.
fn totals(usage: &MemoryUsage) -> Table {
    let mut table = Table::new();
    for (name, bytes) in [
        ("high-water mark", usage.high_water_bytes),
        ("reserved", usage.reserved_bytes),
        ("parked", usage.parked_bytes),
    ] {
        table.row(name, [in_kibibytes(bytes as f64)]);
    }
    table
}

/// Calls of the heap.
fn heap_calls(summary: &Summary) -> u64 {
    summary.heap_calls.total()
}

/// Bytes asked of the heap.
fn heap_bytes(summary: &Summary) -> u64 {
    summary.heap_calls.bytes
}

/// A sum over all frames, for each.
fn per_frame(summary: &Summary, sum: impl Fn(&Summary) -> u64) -> f64 {
    sum(summary) as f64 / summary.frames as f64
}

/// A time as a number.
fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A number of milliseconds.
fn in_milliseconds(time: f64) -> String {
    format!("{time:.3} ms")
}

/// A number of bytes.
fn in_kibibytes(bytes: f64) -> String {
    format!("{} KiB", grouped((bytes / 1024.0).round() as u64))
}

/// A mean of things that are counted: with a fraction only where that says something.
fn in_ones(count: f64) -> String {
    if count.fract() == 0.0 || count >= 100.0 { grouped(count.round() as u64) } else { format!("{count:.2}") }
}

/// A number with its thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| str::from_utf8(group).expect("digits are ASCII"))
        .collect();
    groups.join(",")
}

/// Rows of text: the first column to the left, the others to the right.
struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    fn new() -> Self {
        Self { rows: Vec::new() }
    }

    /// Adds a row.
    fn row<T: Into<String>>(&mut self, name: &str, cells: impl IntoIterator<Item = T>) {
        self.rows.push([name.to_owned()].into_iter().chain(cells.into_iter().map(Into::into)).collect());
    }

    /// The width of a column.
    fn width(&self, column: usize) -> usize {
        self.rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            for (column, cell) in row.iter().enumerate() {
                let width = self.width(column);
                if column == 0 { write!(f, "  {cell:<width$}")? } else { write!(f, "  {cell:>width$}")? }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::measure::Sample;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(12_345_678), "12,345,678");
    }

    #[test]
    fn columns_line_up() {
        let mut table = Table::new();
        table.row("a", ["1", "22"]);
        table.row("long", ["333", "4"]);
        assert_eq!(table.to_string(), "  a       1  22\n  long  333   4\n");
    }

    /// A battle that ended in this state.
    fn outcome(checksum: u64) -> Outcome {
        Outcome { name: "", summary: Summary::of(&[Sample::default()]), checksum, usage: None }
    }

    #[test]
    fn different_states_are_no_agreement() {
        let args = &Args::parse_from(["game_loop"]);
        assert!(Report { args, outcomes: &[outcome(1)] }.agrees());
        assert!(Report { args, outcomes: &[outcome(1), outcome(1)] }.agrees());
        assert!(!Report { args, outcomes: &[outcome(1), outcome(2)] }.agrees());
    }

    #[test]
    fn a_fraction_is_shown_where_it_matters() {
        assert_eq!(in_ones(0.0), "0");
        assert_eq!(in_ones(0.25), "0.25");
        assert_eq!(in_ones(41_234.4), "41,234");
    }
}
