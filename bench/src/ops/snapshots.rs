//! Snapshots: what a frame pays for an emitter that has nothing to do, and what threads pay for a snapshot that another
//! one takes.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use framealloc::{SnapshotConfig, SnapshotEmitter};

use crate::case::{Case, Contender, Target, Timing, Work};
use crate::ours::{self, SmartAlloc};

const FAMILY: &str = "snapshots";
/// Of asking the emitter.
const NOT_DUE: f64 = 150.0;
/// Frames between two snapshots, few enough that what a snapshot costs shows.
const BETWEEN: u64 = 20;
const THREADS: usize = 4;
/// As many as a program may well have.
const TAGS: [&str; 100] = {
    const NAMES: &str = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
    let mut tags = [""; 100];
    let mut index = 0;
    while index < 100 {
        // Neighbours in the alphabet, of two lengths and more.
        tags[index] = NAMES.split_at(index).1.split_at(1 + index / 26).0;
        index += 1;
    }
    tags
};

pub fn cases() -> Vec<Case> {
    let not_due = Contender::ours(|| observed(true)).without(|| observed(false));
    let observed_frame = Contender::ours(|| observed(false)).without(frames);
    let paid = Contender::ours(|| beside_another(true)).without(|| beside_another(false));
    let empty = Contender::ours(frames);
    vec![
        Case::new(FAMILY, "a frame's end when none is due", vec![not_due])
            .batch(BETWEEN)
            .timing(Timing::None)
            .target(Target::InstructionsAtMost(NOT_DUE)),
        // Its frames are timed and counted then.
        Case::new(FAMILY, "a frame of a thread that is observed", vec![observed_frame])
            .batch(BETWEEN)
            .timing(Timing::None),
        Case { counted_units: 200, ..Case::new(FAMILY, "20 empty frames", vec![empty]).timing(Timing::None) },
        Case {
            counted_units: 200,
            ..Case::new(FAMILY, "paid by a thread for another's snapshot", vec![paid])
        }
        .timing(Timing::None)
        .target(Target::InstructionsAtMostOf("snapshots/20 empty frames")),
    ]
}

fn run(alloc: &SmartAlloc, each: impl Fn()) {
    for _ in 0..BETWEEN {
        alloc.begin_frame();
        alloc.end_frame();
        each();
    }
}

fn frames() -> Work {
    let alloc = ours::allocator();
    Box::new(move |units| (0..units).for_each(|_| run(&alloc, || ())))
}

/// Frames of a thread that has taken a snapshot, and may ask after each of them whether the next is due: not for an hour.
fn observed(asks: bool) -> Work {
    let alloc = ours::allocator();
    let directory = std::env::temp_dir().join(format!("framealloc-bench-{}", std::process::id()));
    let config =
        SnapshotConfig::default().with_directory(&directory).with_min_interval(Duration::from_secs(3600));
    let emitter = SnapshotEmitter::new(config);
    emitter.maybe_emit_from(&alloc);
    let written = std::fs::remove_dir_all(directory).is_ok();
    Box::new(move |units| {
        assert!(written, "the snapshot was written");
        for _ in 0..units {
            if asks {
                run(&alloc, || _ = emitter.maybe_emit_from(&alloc));
            } else {
                run(&alloc, || ());
            }
        }
    })
}

/// Frames of a thread that sees other threads, one of which may take snapshots. The others have used all tags.
fn beside_another(snapshots: bool) -> Work {
    let alloc = ours::allocator();
    use_tags(&alloc);
    let _ = alloc.snapshot();
    let (ready, begun) = mpsc::channel();
    for _ in 1..THREADS {
        let (alloc, ready) = (alloc.clone(), ready.clone());
        thread::spawn(move || {
            use_tags(&alloc);
            let _ = ready.send(());
            // Stays for as long as the program runs.
            loop {
                thread::park();
            }
        });
    }
    (1..THREADS).for_each(|_| _ = begun.recv());
    Box::new(move |units| {
        for _ in 0..units {
            let other = alloc.clone();
            let taken = thread::spawn(move || {
                snapshots.then(|| other.snapshot()).map_or(0, |snapshot| snapshot.tags.len())
            });
            let tags = taken.join().unwrap_or(0);
            assert_eq!(tags, if snapshots { TAGS.len() } else { 0 });
            run(&alloc, || ());
        }
    })
}

fn use_tags(alloc: &SmartAlloc) {
    alloc.begin_frame();
    for tag in TAGS {
        alloc.with_tag(tag, |alloc| drop(alloc.frame_box(1)));
    }
    alloc.end_frame();
}
