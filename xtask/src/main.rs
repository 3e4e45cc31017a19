//! `cargo xtask <command>`: every check that CI and people run, and nothing that only one of them runs.
//!
//! The commands are in [`args`], the checks one file each in [`steps`], how they are run and summed up in [`plan`].
#![expect(clippy::print_stdout, reason = "a program whose output is its report")]

mod args;
mod bench;
mod output;
mod plan;
mod process;
mod steps;
mod tidy;
mod toolchain;
mod workspace;

use std::process::ExitCode;

use args::{Args, Command};
use clap::Parser;
use steps::Effort;

fn main() -> ExitCode {
    match Args::parse().command {
        Command::Test(selection) => plan::run(Effort::Short, &selection),
        Command::Verify(selection) => plan::run(Effort::Long, &selection),
        Command::Bench(options) => bench::run(&options),
    }
}
