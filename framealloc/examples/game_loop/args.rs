//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum, value_parser};

/// A headless battle: the same frames on framealloc, on the global heap, or on both in turns.
#[derive(Parser, Debug)]
#[command(name = "game_loop")]
pub(crate) struct Args {
    /// Where per-frame data lives.
    #[arg(long, value_enum, default_value_t = Choice::Both)]
    pub(crate) allocator: Choice,

    /// How many frames to run.
    #[arg(long, default_value_t = 600, value_parser = value_parser!(u32).range(1..=1_000_000))]
    pub(crate) frames: u32,

    /// How many agents fight.
    #[arg(long, default_value_t = 20_000, value_parser = value_parser!(u32).range(1..=1_000_000))]
    pub(crate) agents: u32,

    /// How many threads share a frame's work; the result is the same for any number.
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u32).range(1..=64))]
    pub(crate) threads: u32,

    /// Where everything random comes from.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,

    /// Write snapshots of framealloc's memory to this directory while the battle runs.
    #[arg(long, value_name = "DIR")]
    pub(crate) snapshots: Option<PathBuf>,
}

/// Which memory to run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Choice {
    /// The frame arena of framealloc.
    Frame,
    /// The program's global allocator.
    Heap,
    /// Both, in turns, and compare.
    Both,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_is_refused() {
        for (name, value) in [
            ("--frames", "0"),
            ("--agents", "0"),
            ("--agents", "1000001"),
            ("--threads", "65"),
            ("--seed", "-1"),
        ] {
            let error = Args::try_parse_from(["game_loop", &format!("{name}={value}")]).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn no_arguments_compare_both() {
        let args = Args::try_parse_from(["game_loop"]).unwrap();
        assert_eq!(args.allocator, Choice::Both);
        assert_eq!((args.frames, args.agents, args.threads), (600, 20_000, 1));
    }
}
