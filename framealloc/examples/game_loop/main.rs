//! A headless battle, to show where framealloc belongs in a game and what it changes.
//!
//! ```text
//! cargo run --release --example game_loop
//! cargo run --release --example game_loop -- --allocator frame --agents 50000 --threads 2
//! cargo run --release --example game_loop -- --snapshots target/framealloc
//! ```
//!
//! Some 20,000 agents fight for 600 frames. Each frame builds a spatial hash, finds contacts, plans ways, steers,
//! moves particles, builds a draw list and writes the text on the screen, and throws all of that away again. The
//! same code runs on framealloc and on the global heap: see the trait in `memory.rs`, which is the only file that
//! calls the library. Both must end in the same state, whatever the number of threads; if they do not, the exit
//! code is 1.
//!
//! | file | what is in it |
//! |---|---|
//! | `memory.rs` | per-frame memory: framealloc and the heap behind one trait |
//! | `battle.rs` | a frame: what happens in which order, on which thread, under which tag |
//! | `systems/` | the systems, given an allocator |
//! | `world.rs` | what outlives a frame |
//! | `measure.rs`, `heap_count.rs`, `report.rs` | measuring, and the tables at the end |

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod args;
mod battle;
mod heap_count;
mod math;
mod measure;
mod memory;
mod random;
mod report;
mod systems;
mod world;

use std::ops::Range;
use std::process::ExitCode;
use std::thread;

use clap::Parser as _;
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::{Args, Choice};
use crate::battle::{Battle, Running};
use crate::heap_count::CountingHeap;
use crate::measure::{Sample, Summary, TURN, is_measured};
use crate::memory::{FrameBackend, FrameMemory, HeapBackend};
use crate::report::{Outcome, Report};

#[global_allocator]
static HEAP: CountingHeap = CountingHeap;

fn main() -> ExitCode {
    let args = Args::parse();
    let outcomes = run(&args);
    let report = Report { args: &args, outcomes: &outcomes };
    print!("{report}");
    if report.agrees() {
        ExitCode::SUCCESS
    } else {
        eprintln!(
            "error: the battles ended in different states; the same frames must give the same checksum"
        );
        ExitCode::FAILURE
    }
}

/// Fights the battles that the arguments ask for, in turns if there are two.
fn run(args: &Args) -> Vec<Outcome> {
    let frame =
        (args.allocator != Choice::Heap).then(|| battle(FrameBackend::new(args.snapshots.as_deref()), args));
    let heap = (args.allocator != Choice::Frame).then(|| battle(HeapBackend, args));
    thread::scope(|scope| {
        let mut sides: Vec<Box<dyn Side + '_>> = Vec::new();
        if let Some(battle) = &frame {
            sides.push(Box::new(Contest::new("framealloc", battle.begin(scope), args)));
        }
        if let Some(battle) = &heap {
            sides.push(Box::new(Contest::new("global heap", battle.begin(scope), args)));
        }
        take_turns(&mut sides, args.frames);
        sides.iter().map(|side| side.outcome()).collect()
    })
}

/// A battle on this memory.
fn battle<M: FrameMemory>(memory: M, args: &Args) -> Battle<M> {
    Battle::new(memory, args.seed, args.agents, args.threads as usize)
}

/// Lets the sides run the same frames a few at a time, so that both meet the same weather on the machine, and neither
/// is always the first.
fn take_turns(sides: &mut [Box<dyn Side + '_>], frames: u32) {
    let progress = progress_bar(u64::from(frames) * sides.len() as u64);
    for (turn, first) in (0..frames).step_by(TURN as usize).enumerate() {
        for place in 0..sides.len() {
            let side = (turn + place) % sides.len();
            sides[side].play(first..frames.min(first + TURN), &progress);
        }
    }
    progress.finish_and_clear();
}

/// A bar on the standard error stream; nothing where that is not a terminal.
fn progress_bar(frames: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} frames, {eta} left")
        .expect("the template is valid");
    ProgressBar::new(frames).with_style(style)
}

/// One of the battles that take turns, whatever its memory.
trait Side {
    /// Runs these frames.
    fn play(&mut self, frames: Range<u32>, progress: &ProgressBar);
    /// What it came to.
    fn outcome(&self) -> Outcome;
}

/// A battle and what was measured of it.
struct Contest<'s, M: FrameMemory> {
    name: &'static str,
    battle: Running<'s, M>,
    /// How many frames there will be.
    frames: u32,
    takes_turns: bool,
    samples: Vec<Sample>,
}

impl<'s, M: FrameMemory> Contest<'s, M> {
    /// A battle before its first frame.
    fn new(name: &'static str, battle: Running<'s, M>, args: &Args) -> Self {
        let takes_turns = args.allocator == Choice::Both;
        // Room for every frame, so that taking notes never disturbs one.
        let samples = Vec::with_capacity(args.frames as usize);
        Self { name, battle, frames: args.frames, takes_turns, samples }
    }
}

impl<M: FrameMemory> Side for Contest<'_, M> {
    fn play(&mut self, frames: Range<u32>, progress: &ProgressBar) {
        for frame in frames {
            let sample = self.battle.frame();
            if is_measured(frame, self.frames, self.takes_turns) {
                self.samples.push(sample);
            }
            // Between frames: what the bar takes is nobody's.
            progress.inc(1);
        }
    }

    fn outcome(&self) -> Outcome {
        Outcome {
            name: self.name,
            summary: Summary::of(&self.samples),
            checksum: self.battle.checksum(),
            usage: self.battle.usage(),
        }
    }
}
