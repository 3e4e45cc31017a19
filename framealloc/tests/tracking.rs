//! The global allocator, counted: a program of its own, since a program has one global allocator.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hint::black_box;
use std::thread;

use framealloc::{
    SmartAlloc, TagStats, TrackingAllocator, global_bytes_alive, global_calls, kilobytes, megabytes,
};

#[global_allocator]
static GLOBAL: TrackingAllocator = TrackingAllocator::system();

fn tag(alloc: &SmartAlloc, path: &str) -> TagStats {
    alloc.tag_stats(path).expect("used")
}

/// One call for so many bytes.
fn call(bytes: usize) {
    drop(black_box(Vec::<u8>::with_capacity(bytes)));
}

#[test]
fn calls_are_counted_by_thread() {
    let before = global_calls();
    call(100);
    let mut vec = Vec::<u8>::with_capacity(10);
    vec.extend([0; 10]);
    vec.reserve_exact(20);
    vec.truncate(5);
    vec.shrink_to_fit();
    drop(black_box(vec![0u8; 50]));
    let after = global_calls();
    assert_eq!((after.calls - before.calls, after.bytes - before.bytes), (4, 100 + 10 + 20 + 50));
    let here = global_calls();
    thread::spawn(|| {
        let before = global_calls();
        call(1000);
        assert_eq!(global_calls().calls - before.calls, 1);
    })
    .join()
    .expect("no panic");
    // What spawning took is this thread's, what the thread did is not.
    assert!(global_calls().bytes - here.bytes < 1000);
}

#[test]
fn bytes_alive_follow_large_blocks() {
    // Never touched, so it costs nothing; other tests run beside this one, each with far less.
    const LARGE: usize = megabytes(1024);
    const LESS: u64 = megabytes(700) as u64;
    let before = global_bytes_alive().expect("installed");
    let held = black_box(Vec::<u8>::with_capacity(LARGE));
    let during = global_bytes_alive().expect("installed");
    assert!(during >= before + LESS, "{before} {during}");
    // Freed elsewhere.
    thread::spawn(move || drop(held)).join().expect("no panic");
    let after = global_bytes_alive().expect("installed");
    assert!(after + LESS <= during, "{during} {after}");
}

#[test]
fn tags_and_phases_show_what_plain_collections_take() {
    let alloc = SmartAlloc::with_defaults();
    for _ in 0..3 {
        alloc.begin_frame();
        alloc.with_tag("physics", |a| {
            call(64);
            a.with_tag("contacts", |_| call(1000));
            drop(a.frame_box([0u8; 100]));
        });
        let render = alloc.phase("render");
        call(10);
        drop(render);
        alloc.begin_phase("update");
        call(20);
        alloc.end_phase();
        alloc.end_frame();
    }
    let physics = tag(&alloc, "physics");
    assert_eq!((physics.global_calls, physics.global_bytes), (2, 1064));
    assert_eq!(physics.bytes_allocated, 104);
    let contacts = tag(&alloc, "physics/contacts");
    assert_eq!((contacts.global_calls, contacts.global_bytes), (1, 1000));
    let phases: HashMap<_, _> = alloc.phase_stats().into_iter().collect();
    assert_eq!((phases["render"].global_calls, phases["render"].global_bytes), (1, 10));
    assert_eq!((phases["update"].global_calls, phases["update"].global_bytes), (1, 20));
}

#[test]
fn a_tag_that_is_open_is_exact_and_is_cut_at_the_frames_end() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let tag_guard = alloc.tag("level");
    call(100);
    assert_eq!(tag(&alloc, "level").global_bytes, 100);
    alloc.end_frame();
    assert_eq!(tag(&alloc, "level").global_bytes, 100);
    alloc.begin_frame();
    call(30);
    drop(tag_guard);
    call(7);
    assert_eq!((tag(&alloc, "level").global_calls, tag(&alloc, "level").global_bytes), (1, 30));
    alloc.end_frame();
}

#[test]
fn frames_show_their_calls() {
    let alloc = SmartAlloc::with_defaults();
    for round in 0..3 {
        alloc.begin_frame();
        call(100);
        call(round);
        alloc.end_frame();
        call(5000);
        let stats = alloc.thread_stats();
        let calls = 1 + u64::from(round > 0);
        assert_eq!(
            (stats.last_frame_global_calls, stats.last_frame_global_bytes),
            (calls, 100 + round as u64)
        );
    }
}

#[test]
fn the_librarys_own_memory_is_not_the_programs() {
    let alloc = SmartAlloc::with_defaults();
    let before = global_calls();
    alloc.begin_frame();
    // A first chunk, more chunks, blocks of their own, parked frames, scopes, new names, pages.
    let held = alloc.frame_slice::<u8>(megabytes(3));
    let more: [_; 8] = std::array::from_fn(|_| alloc.frame_slice::<u8>(megabytes(1)));
    let huge = alloc.frame_slice::<u8>(megabytes(20));
    {
        let outer = alloc.scope();
        let inner = alloc.scope();
        outer.alloc_slice_from_fn(kilobytes(64), |_| 1u8);
        drop(inner);
        let _tag = alloc.tag("a name that was never used before");
        let _phase = alloc.phase("nor was this one");
    }
    let pooled: [_; 300] = std::array::from_fn(|_| alloc.pool_box([0u8; 1000]));
    alloc.end_frame();
    drop((held, more, huge, pooled));
    alloc.begin_frame();
    alloc.end_frame();
    assert_eq!(global_calls(), before);
    // A heap box is the program's own.
    drop(alloc.heap_box([1u8; 500]));
    assert_eq!((global_calls().calls - before.calls, global_calls().bytes - before.bytes), (1, 500));
}

#[test]
fn counting_goes_on_while_a_thread_is_torn_down() {
    struct AtEnd;
    impl Drop for AtEnd {
        fn drop(&mut self) {
            let before = global_calls();
            call(77);
            assert_eq!(global_calls().bytes - before.bytes, 77);
        }
    }
    thread_local! {
        static LATE: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
    }
    let alloc = SmartAlloc::with_defaults();
    thread::scope(|scope| {
        let late = scope.spawn(|| {
            LATE.with(|late| *late.borrow_mut() = Some(AtEnd));
            // fa: allow(FA204) -- a thread that never begins a frame is tried
            drop(alloc.frame_box(1));
        });
        late.join().expect("no panic");
    });
}

#[test]
fn snapshots_show_the_calls_of_tags_and_phases() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    alloc.with_tag("ui", |a| {
        let _phase = a.phase("layout");
        call(100);
        a.with_tag("text", |_| call(20));
    });
    alloc.end_frame();
    let snapshot = alloc.snapshot();
    let ui = snapshot.tag("ui").expect("used");
    assert_eq!((ui.heap_calls, ui.heap_call_bytes), (Some(2), Some(120)));
    assert_eq!(snapshot.tag("ui/text").expect("used").heap_calls, Some(1));
    assert_eq!(snapshot.phases[0].heap_calls, Some(2));
}

#[cfg(all(feature = "serde", target_os = "linux"))]
#[test]
fn what_no_heap_has_is_untracked() {
    use framealloc::{Snapshot, SnapshotConfig, SnapshotEmitter};
    let directory = std::env::temp_dir().join(format!("framealloc-tracking-{}", std::process::id()));
    let taken = || {
        let emitter = SnapshotEmitter::new(SnapshotConfig::default().with_directory(&directory));
        assert!(emitter.maybe_emit_from(&SmartAlloc::with_defaults()).is_accepted());
        let text = std::fs::read(directory.join("latest.json")).expect("written");
        let summary = Snapshot::from_json(&text).expect("whole").summary;
        let (resident, untracked) =
            (summary.resident_bytes.expect("Linux"), summary.untracked_bytes.expect("tracked"));
        assert!(untracked <= resident, "{untracked} of {resident}");
        (resident, untracked)
    };
    let (before, _) = taken();
    // Resident, since it is written to; and the heap's, so not untracked.
    let held = black_box(vec![1_u8; megabytes(200)]);
    let (during, untracked) = taken();
    assert!(during >= before + megabytes(150) as u64, "{before} {during}");
    assert!(untracked <= during - megabytes(150) as u64, "{untracked} of {during}");
    drop(held);
    std::fs::remove_dir_all(directory).expect("there");
}
