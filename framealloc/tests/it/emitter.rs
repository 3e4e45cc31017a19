//! `SnapshotEmitter`: whole files only, so many at most, nobody else's, and no trouble that a directory can make
//! reaches the program.

mod directory;
mod killed;
mod schema;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use framealloc::snapshot::{LATEST, SnapshotFileName};
use framealloc::{Emission, SmartAlloc, Snapshot, SnapshotConfig, SnapshotEmitter};

use crate::support::small;

/// A directory of a test's own, which goes with this.
#[derive(Debug)]
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("framealloc-emitter-{}-{number}", std::process::id())))
    }

    /// One that exists.
    fn made() -> Self {
        let place = Self::new();
        fs::create_dir_all(&place.0).unwrap();
        place
    }

    fn config(&self) -> SnapshotConfig {
        SnapshotConfig::default().with_directory(&self.0)
    }

    /// An emitter that has written nothing yet, so that its first snapshot is due.
    fn emitter(&self) -> SnapshotEmitter {
        SnapshotEmitter::new(self.config())
    }

    fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The snapshots of a directory, oldest first.
fn files(directory: &Path) -> Vec<SnapshotFileName> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<_> =
        entries.filter_map(|entry| SnapshotFileName::parse(&entry.file_name().to_string_lossy())).collect();
    names.sort();
    names
}

/// All names of a directory.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn read(path: &Path) -> Snapshot {
    Snapshot::from_json(&fs::read(path).unwrap()).unwrap()
}

/// What the program said, without what the emitter has added.
fn as_taken(mut snapshot: Snapshot) -> Snapshot {
    (snapshot.summary.resident_bytes, snapshot.summary.untracked_bytes) = (None, None);
    snapshot
}

#[track_caller]
fn written(emission: Emission) -> PathBuf {
    match emission {
        Emission::Written(path) => path,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn failed(emission: Emission) -> String {
    match emission {
        Emission::Failed(error) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Until the emitter would write again.
fn wait(emitter: &SnapshotEmitter) {
    while !emitter.is_due() {
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_guides_loop() {
    let place = Place::new();
    let alloc = SmartAlloc::with_defaults();
    let frame_number = 18421;

    let config = SnapshotConfig::default().with_directory(place.0.to_str().unwrap()).with_max_snapshots(30);
    let emitter = SnapshotEmitter::new(config);

    // In frame loop
    alloc.begin_frame();
    alloc.end_frame();
    let snapshot = Snapshot::new(frame_number);
    // ... populate from allocator state ...
    emitter.maybe_emit(&snapshot);

    let text = fs::read_to_string(place.join(LATEST)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&json["version"], &json["frame"]), (&1.into(), &18421.into()));
    for name in ["frame_bytes", "pool_bytes"] {
        assert!(json["summary"][name].is_u64());
    }
    for name in ["threads", "tags", "diagnostics"] {
        assert!(json[name].is_array());
    }
    for name in ["to_pool", "to_heap"] {
        assert!(json["promotions"][name].is_u64());
    }
}

#[test]
fn what_is_written_is_what_was_taken() {
    let place = Place::new();
    let alloc = small();
    alloc.begin_frame();
    alloc.with_tag("physics", |alloc| drop(alloc.frame_box([0_u8; 64])));
    alloc.end_frame();
    let snapshot = alloc.snapshot();
    let path = written(place.emitter().maybe_emit(&snapshot));
    assert_eq!(as_taken(read(&path)), snapshot);
    assert_eq!(read(&place.join(LATEST)), read(&path));
    assert_eq!(names(&place.0).len(), 2, "nothing else is left: {:?}", names(&place.0));
}

#[expect(clippy::disallowed_methods, reason = "the test is about time")]
#[test]
fn there_is_half_a_second_between_files_at_least() {
    let place = Place::new();
    let config = place.config().with_min_interval(Duration::from_millis(1));
    let emitter = SnapshotEmitter::new(config);
    let alloc = small();
    assert!(emitter.is_due());
    let mut times = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_millis(1300) {
        match emitter.maybe_emit_from(&alloc) {
            Emission::Written(_) => times.push(begin.elapsed()),
            Emission::RateLimited => assert!(!times.is_empty()),
            other => panic!("{other:?}"),
        }
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(files(&place.0).len(), times.len());
    assert!(times.len() >= 2, "{times:?}");
    let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(gaps.min().unwrap() >= Duration::from_millis(499), "{times:?}");
}

#[test]
fn the_interval_may_be_longer() {
    let place = Place::new();
    let emitter = SnapshotEmitter::new(place.config().with_min_interval(Duration::from_secs(3600)));
    written(emitter.maybe_emit(&Snapshot::new(1)));
    thread::sleep(Duration::from_millis(520));
    assert!(!emitter.is_due() && matches!(emitter.maybe_emit(&Snapshot::new(2)), Emission::RateLimited));
    let endless = SnapshotEmitter::new(place.config().with_min_interval(Duration::MAX));
    written(endless.maybe_emit(&Snapshot::new(3)));
    assert!(!endless.is_due());
}

#[test]
fn many_threads_write_no_more_than_one() {
    let place = Place::new();
    let emitter = &place.emitter();
    let accepted: usize = thread::scope(|scope| {
        let emit = || (0..100).filter(|&n| emitter.maybe_emit(&Snapshot::new(n)).is_accepted()).count();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(emit)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!((accepted, files(&place.0).len()), (1, 1));
}

#[test]
fn in_the_background_it_is_written_too() {
    let place = Place::new();
    let emitter = SnapshotEmitter::new(place.config().with_background(true));
    assert!(matches!(emitter.maybe_emit_from(&small()), Emission::Queued));
    assert!(matches!(emitter.maybe_emit(&Snapshot::new(2)), Emission::RateLimited));
    // Waits for what it has.
    drop(emitter);
    assert_eq!(read(&place.join(LATEST)).frame, 0);
    assert_eq!(files(&place.0).len(), 1);
}

#[test]
fn what_is_resident_is_added_on_any_thread_unless_it_is_there() {
    for background in [false, true] {
        let place = Place::new();
        let emitter = || SnapshotEmitter::new(place.config().with_background(background));
        assert!(emitter().maybe_emit(&Snapshot::new(1)).is_accepted());
        let summary = read(&place.join(LATEST)).summary;
        let megabytes = summary.resident_bytes.map(|bytes| bytes >> 20);
        // No program is so small, and no test so large.
        let is_likely = megabytes.is_some_and(|megabytes| (1..100_000).contains(&megabytes));
        assert_eq!(is_likely, cfg!(target_os = "linux"), "{summary:?}");
        assert!(summary.untracked_bytes.is_none(), "nobody counts the global heap here");

        let mut own = Snapshot::new(2);
        own.summary.resident_bytes = Some(5);
        assert!(emitter().maybe_emit(&own).is_accepted());
        assert_eq!(read(&place.join(LATEST)), own);
    }
}

#[test]
fn an_emitter_that_has_written_nothing_leaves_nothing() {
    let place = Place::new();
    drop(place.emitter());
    drop(SnapshotEmitter::new(place.config().with_background(true)));
    assert!(!place.0.exists());
}
