//! A writer that is killed at any moment, and a reader that never sees half a file.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use framealloc::snapshot::LATEST;
use framealloc::{Snapshot, SnapshotConfig, SnapshotEmitter};
use serde_json::Value;

use super::{Place, files, schema};
use crate::support::{Random, small};

/// The test below that is the program to be killed, and where it is told what to write to.
const WRITER: &str = "emitter::killed::writes_until_it_is_killed";
const DIRECTORY: &str = "FRAMEALLOC_TEST_DIRECTORY";
const KEPT: usize = 6;

/// Not a test of itself: see [`rounds`].
#[expect(clippy::disallowed_methods, reason = "a test harness takes no arguments for its tests")]
#[test]
#[ignore = "runs until it is killed, as a child of another test"]
fn writes_until_it_is_killed() {
    let Some(directory) = std::env::var_os(DIRECTORY).map(PathBuf::from) else { return };
    let alloc = small();
    loop {
        alloc.begin_frame();
        alloc.with_tag("physics", |alloc| drop(alloc.frame_slice::<u8>(640)));
        alloc.end_frame();
        // A new one each time, whose first snapshot is due.
        let config = SnapshotConfig::default().with_directory(&directory).with_max_snapshots(KEPT);
        let mut snapshot = alloc.snapshot();
        for number in 0..100 {
            snapshot = snapshot.with_tag(framealloc::snapshot::TagSnapshot::new(format!("tag {number}")));
        }
        let emission = SnapshotEmitter::new(config).maybe_emit(&snapshot);
        assert!(emission.is_accepted(), "{emission:?}");
    }
}

/// A writer, which is killed when this goes, at the latest.
#[derive(Debug)]
struct Writer(Child);

impl Writer {
    fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a writer, which has begun when this returns.
fn start(directory: &Path) -> Writer {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([WRITER, "--exact", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn();
    let mut writer = Writer(child.unwrap());
    // The harness says what it runs.
    let lines = BufReader::new(writer.0.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.contains("running 1 test")), "{WRITER} is not there");
    writer
}

/// Reads a file that may have been removed, but is whole if it is there, and as the schema says.
fn read_whole(path: &Path, schema: &Value) -> Option<Snapshot> {
    match fs::read(path) {
        Ok(text) => match Snapshot::from_json(&text) {
            Ok(snapshot) => {
                schema::check(schema, &serde_json::from_slice(&text).unwrap());
                Some(snapshot)
            }
            Err(error) => panic!("{}, of {} bytes: {error}", path.display(), text.len()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

/// Kills writers until so many snapshots were written, while a reader reads.
fn rounds(snapshots: u64) {
    let place = Place::made();
    let (over, reads) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut random = Random::new(9);
    thread::scope(|scope| {
        scope.spawn(|| {
            let (latest, schema) = (place.join(LATEST), schema::schema());
            let mut seen = false;
            while !over.load(Ordering::Relaxed) {
                let found = read_whole(&latest, &schema).is_some();
                assert!(found || !seen, "it was there and has gone");
                seen = found;
                for name in files(&place.0) {
                    if read_whole(&place.join(&name.to_string()), &schema).is_some() {
                        reads.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        });
        let written = || files(&place.0).last().map_or(0, |name| name.sequence + 1);
        while written() < snapshots {
            let before = written();
            let mut writer = start(&place.0);
            while written() == before && !writer.has_ended() {
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_micros(random.below(40_000) as u64));
            assert!(!writer.has_ended(), "it ended by itself");
            drop(writer);
            assert!(files(&place.0).len() <= KEPT);
        }
        over.store(true, Ordering::Relaxed);
    });
    assert!(reads.load(Ordering::Relaxed) > 0);
}

#[test]
fn no_reader_sees_half_a_file() {
    rounds(300);
}

#[test]
#[ignore = "takes minutes; part of `cargo xtask verify`"]
fn no_reader_sees_half_a_file_of_ten_thousand() {
    rounds(10_000);
}
