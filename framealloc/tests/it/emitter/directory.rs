//! What a directory may be and what may become of it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use framealloc::snapshot::{LATEST, SnapshotFileName};
use framealloc::{Emission, Snapshot, SnapshotConfig, SnapshotEmitter};

use super::{Place, as_taken, failed, files, names, read, wait, written};

#[test]
fn the_oldest_files_go_also_those_of_earlier_runs() {
    let place = Place::new();
    for frame in 0..20 {
        let emitter = SnapshotEmitter::new(place.config().with_max_snapshots(5));
        let path = written(emitter.maybe_emit(&Snapshot::new(frame)));
        assert!(path.exists());
        assert!(files(&place.0).len() <= 5);
    }
    let frames: Vec<u64> =
        files(&place.0).iter().map(|name| read(&place.join(&name.to_string())).frame).collect();
    assert_eq!(frames, [15, 16, 17, 18, 19]);
    assert_eq!(read(&place.join(LATEST)).frame, 19);
}

#[test]
fn with_room_for_none_there_is_the_latest() {
    let place = Place::new();
    for frame in 0..3 {
        let emitter = SnapshotEmitter::new(place.config().with_max_snapshots(0));
        assert_eq!(written(emitter.maybe_emit(&Snapshot::new(frame))), place.join(LATEST));
    }
    assert_eq!(names(&place.0), [LATEST]);
    assert_eq!(read(&place.join(LATEST)).frame, 2);
}

#[test]
fn other_files_are_left_alone() {
    let place = Place::made();
    let others = [
        "notes.txt",
        "snapshot.json",
        "snapshot-1.json",
        "snapshot-0000000001.json",
        "snapshot-0000000001-mine.json",
        "snapshot-0000000001-0000A1B20001.json",
        "snapshot-0000000001-0000a1b20001.json.bak",
        "snapshot-0000000001-0000a1b20001",
        ".snapshot-mine.tmp",
    ];
    for name in others {
        fs::write(place.join(name), name).unwrap();
    }
    // Of our name, and not ours all the same.
    let folder = place.join("snapshot-0000000002-0000a1b20001.json");
    fs::create_dir(&folder).unwrap();
    for frame in 0..4 {
        let emitter = SnapshotEmitter::new(place.config().with_max_snapshots(1));
        written(emitter.maybe_emit(&Snapshot::new(frame)));
    }
    for name in others {
        assert_eq!(fs::read_to_string(place.join(name)).unwrap(), name);
    }
    assert!(folder.is_dir());
    assert_eq!(names(&place.0).len(), others.len() + 3, "a snapshot, the latest and the folder");
}

#[cfg(unix)]
#[test]
fn links_are_neither_followed_nor_removed() {
    let place = Place::made();
    let target = place.join("target.txt");
    fs::write(&target, "mine").unwrap();
    let link = place.join("snapshot-0000000000-0000a1b20001.json");
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let emitter = SnapshotEmitter::new(place.config().with_max_snapshots(1));
    let path = written(emitter.maybe_emit(&Snapshot::new(1)));
    assert!(link.is_symlink() && path != link);
    assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
    // The latest as a link is somebody's own arrangement.
    fs::remove_file(place.join(LATEST)).unwrap();
    std::os::unix::fs::symlink(&target, place.join(LATEST)).unwrap();
    failed(place.emitter().maybe_emit(&Snapshot::new(2)));
    assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
}

#[test]
fn a_latest_file_of_somebody_else_is_kept() {
    let place = Place::made();
    fs::write(place.join(LATEST), "{ \"mine\": true }").unwrap();
    let emitter = place.emitter();
    let message = failed(emitter.maybe_emit(&Snapshot::new(1)));
    assert!(message.contains(LATEST) && message.contains("not a snapshot"), "{message}");
    assert_eq!(fs::read_to_string(place.join(LATEST)).unwrap(), "{ \"mine\": true }");
    assert_eq!(files(&place.0).len(), 1, "the other file is written");
    wait(&emitter);
    assert!(matches!(emitter.maybe_emit(&Snapshot::new(2)), Emission::StillFailing));
    // An empty one is what a crash of the system may leave.
    fs::write(place.join(LATEST), "").unwrap();
    written(place.emitter().maybe_emit(&Snapshot::new(3)));
}

#[test]
fn a_directory_that_is_a_file_is_reported_once() {
    let place = Place::new();
    fs::write(&place.0, "a file").unwrap();
    let emitter = place.emitter();
    assert!(failed(emitter.maybe_emit(&Snapshot::new(1))).contains("make the directory"));
    assert!(
        matches!(emitter.maybe_emit(&Snapshot::new(2)), Emission::RateLimited),
        "no attempt at each frame"
    );
    wait(&emitter);
    assert!(matches!(emitter.maybe_emit(&Snapshot::new(3)), Emission::StillFailing));
    fs::remove_file(&place.0).unwrap();
    wait(&emitter);
    written(emitter.maybe_emit(&Snapshot::new(4)));
}

#[test]
fn a_directory_that_is_removed_is_reported_once_and_made_again() {
    let place = Place::new();
    let emitter = place.emitter();
    written(emitter.maybe_emit(&Snapshot::new(1)));
    fs::remove_dir_all(&place.0).unwrap();
    wait(&emitter);
    failed(emitter.maybe_emit(&Snapshot::new(2)));
    wait(&emitter);
    written(emitter.maybe_emit(&Snapshot::new(3)));
    assert_eq!(read(&place.join(LATEST)).frame, 3);
}

#[test]
fn in_the_background_a_failure_is_told_next_time() {
    let place = Place::new();
    fs::write(&place.0, "a file").unwrap();
    let emitter = SnapshotEmitter::new(place.config().with_background(true));
    assert!(matches!(emitter.maybe_emit(&Snapshot::new(1)), Emission::Queued));
    thread::sleep(Duration::from_millis(550));
    wait(&emitter);
    assert!(failed(emitter.maybe_emit(&Snapshot::new(2))).contains("make the directory"));
    thread::sleep(Duration::from_millis(550));
    wait(&emitter);
    assert!(matches!(emitter.maybe_emit(&Snapshot::new(3)), Emission::Queued), "once");
    drop(emitter);
    fs::remove_file(&place.0).unwrap();
}

/// No permissions stand in the way of an administrator; nobody makes directories there.
#[cfg(target_os = "linux")]
#[test]
fn a_directory_that_cannot_be_written_is_reported() {
    let emitter = SnapshotEmitter::new(SnapshotConfig::default().with_directory("/proc/self/framealloc"));
    failed(emitter.maybe_emit(&Snapshot::new(1)));
    let emitter = SnapshotEmitter::new(SnapshotConfig::default().with_directory("/proc/self"));
    failed(emitter.maybe_emit(&Snapshot::new(1)));
}

#[cfg(unix)]
#[test]
fn a_read_only_directory_is_reported() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::made();
    fs::set_permissions(&place.0, fs::Permissions::from_mode(0o555)).unwrap();
    let is_administrator = fs::write(place.join("probe"), "").is_ok();
    let emission = place.emitter().maybe_emit(&Snapshot::new(1));
    fs::set_permissions(&place.0, fs::Permissions::from_mode(0o755)).unwrap();
    if is_administrator {
        written(emission);
    } else {
        assert!(failed(emission).contains("write"));
        assert_eq!(names(&place.0), [""; 0]);
    }
}

#[test]
fn what_a_killed_program_has_left_goes_when_it_is_old() {
    let place = Place::made();
    let (old, young) = (place.join(".snapshot-0000a1b20001.tmp"), place.join(".snapshot-0000a1b20002.tmp"));
    for path in [&old, &young] {
        fs::write(path, "{\"version\":").unwrap();
    }
    let file = fs::File::options().write(true).open(&old).unwrap();
    file.set_modified(fs::metadata(&old).unwrap().modified().unwrap() - Duration::from_secs(120)).unwrap();
    written(place.emitter().maybe_emit(&Snapshot::new(1)));
    assert!(!old.exists() && young.exists());
}

#[test]
fn two_writers_do_not_write_over_each_other() {
    let place = Place::new();
    let (a, b) = (place.emitter(), place.emitter());
    let paths = [written(a.maybe_emit(&Snapshot::new(1))), written(b.maybe_emit(&Snapshot::new(2)))];
    assert_ne!(paths[0], paths[1]);
    let name = |path: &Path| SnapshotFileName::parse(path.file_name().unwrap().to_str().unwrap()).unwrap();
    assert!(name(&paths[0]) < name(&paths[1]));
    assert_ne!(name(&paths[0]).writer, name(&paths[1]).writer);
}

#[test]
fn a_last_number_is_no_trouble() {
    let place = Place::made();
    let last = SnapshotFileName { sequence: u64::MAX, writer: 1 };
    fs::write(place.join(&last.to_string()), "{}").unwrap();
    for frame in 0..3 {
        written(place.emitter().maybe_emit(&Snapshot::new(frame)));
    }
}

/// A file system that goes with this.
struct Mounted<'a>(&'a Path);

impl<'a> Mounted<'a> {
    fn tiny(path: &'a Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=16k", "tmpfs"]).arg(path);
        mount.output().is_ok_and(|output| output.status.success()).then_some(Self(path))
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).output();
    }
}

#[expect(clippy::print_stderr, reason = "a test that could not be made says so")]
#[expect(clippy::disallowed_methods, reason = "the test is about time")]
#[test]
fn a_full_disk_is_reported_once_and_leaves_whole_files() {
    let place = Place::made();
    let Some(mounted) = Mounted::tiny(&place.0) else {
        eprintln!("skipped: no file system can be mounted here");
        return;
    };
    let emitter = place.emitter();
    let small = Snapshot::new(1);
    written(emitter.maybe_emit(&small));
    fs::write(place.join("filling"), vec![1; 8 << 10]).unwrap();
    let mut large = Snapshot::new(2);
    for number in 0..200 {
        large = large.with_tag(framealloc::snapshot::TagSnapshot::new(format!("tag {number}")));
    }
    wait(&emitter);
    let begin = Instant::now();
    let message = failed(emitter.maybe_emit(&large));
    assert!(begin.elapsed() < Duration::from_millis(250), "a frame would wait");
    assert!(message.contains("write"), "{message}");
    wait(&emitter);
    assert!(matches!(emitter.maybe_emit(&large), Emission::StillFailing));
    assert_eq!(as_taken(read(&place.join(LATEST))), small);
    assert_eq!(files(&place.0).len(), 1);
    assert!(names(&place.0).iter().all(|name| !name.ends_with(".tmp")), "{:?}", names(&place.0));
    fs::remove_file(place.join("filling")).unwrap();
    wait(&emitter);
    written(emitter.maybe_emit(&Snapshot::new(3)));
    drop(mounted);
}
