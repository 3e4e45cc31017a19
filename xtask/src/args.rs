//! What can be typed after `cargo xtask`.

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Checks, proofs and measurements of this repository")]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run every check, installing the toolchains that are missing; what a change must pass
    Test(Selection),
    /// Run every check at length, and the proofs that take too long for each change
    Verify(Selection),
    /// Measure against other allocators and write BENCHMARKS.md
    Bench(BenchOptions),
}

/// Which steps of a plan to run.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Selection {
    /// Run this step only (repeatable)
    #[arg(long, value_name = "STEP")]
    pub(crate) only: Vec<String>,
    /// Leave this step out (repeatable)
    #[arg(long, value_name = "STEP")]
    pub(crate) skip: Vec<String>,
    /// Print the steps and do nothing
    #[arg(long)]
    pub(crate) list: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct BenchOptions {
    /// Measure the analyser only, and write its part of BENCHMARKS.md
    #[arg(long)]
    pub(crate) analyser: bool,
    /// Passed on to the benchmark program, instead of `--write BENCHMARKS.md`
    #[arg(last = true)]
    pub(crate) rest: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::Args;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_is_consistent() {
        Args::command().debug_assert();
    }
}
