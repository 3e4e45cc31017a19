//! A snapshot that is due makes no other thread wait, wherever it is.
//!
//! A program of its own, since its global allocator stops the snapshot's thread: at its first call, then at its second,
//! and so on until one snapshot has been taken, written and dropped without a stop. While it stands there, others do all
//! that a frame may do, and more. Whatever waits for a lock that a snapshot holds at one of its calls never ends, and the
//! test says at which call.
#![cfg(feature = "serde")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::Duration;

use framealloc::{
    AllocConfig, Emission, RetentionPolicy, ScratchConfig, SmartAlloc, SnapshotConfig, SnapshotEmitter,
    TransferHandle, kilobytes,
};

/// Threads that have frames while the snapshot's thread stands still.
const THREADS: usize = 4;
/// Tags of each.
const TAGS: usize = 4;
/// How long a thread is waited for that does wait for a lock. The test never takes this long when it passes.
const LONG: Duration = Duration::from_secs(60);

// --- An allocator that stops -------------------------------------------------------------------------------------

thread_local! {
    /// After how many calls this thread stops.
    static STOP: Cell<Option<u64>> = const { Cell::new(None) };
}

const RUNNING: u8 = 0;
const STOPPED: u8 = 1;
const LET_GO: u8 = 2;
static STATE: AtomicU8 = AtomicU8::new(RUNNING);

struct Stopping;

#[global_allocator]
static STOPPING: Stopping = Stopping;

/// Stops, if it is this thread's turn.
fn turn() {
    let Some(left) = STOP.get() else { return };
    STOP.set(left.checked_sub(1));
    if left == 0 {
        STATE.store(STOPPED, Ordering::Release);
        while STATE.load(Ordering::Acquire) != LET_GO {
            thread::yield_now();
        }
    }
}

// SAFETY: all is the system's; a call that stops goes on later.
unsafe impl GlobalAlloc for Stopping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        turn();
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        turn();
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        turn();
        // SAFETY: the caller's promise.
        unsafe { System.realloc(block, layout, size) }
    }
}

// --- What others do meanwhile ------------------------------------------------------------------------------------

/// The tags of all threads.
static NAMES: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..THREADS * TAGS).map(|number| format!("tag {number}")).collect());

/// A frame with everything in it.
// fa: allow(FA602, FA604, FA606) -- it is about what each of these calls takes
fn frame(alloc: &SmartAlloc, tags: &'static [String]) {
    alloc.begin_frame();
    alloc.begin_phase("update");
    for tag in tags {
        alloc.with_tag(tag, |alloc| drop(alloc.frame_slice::<u8>(100)));
    }
    drop(alloc.pool_box([0_u8; 100]));
    drop(alloc.heap_box([0_u8; 10_000]));
    drop(alloc.frame_retained_value([0_u8; 100], RetentionPolicy::PromoteToPool));
    alloc.end_phase();
    drop(alloc.end_frame_with_promotions());
}

/// What happens once in a while: a name's first use, a budget, a scratch allocator, statistics.
fn rarely(alloc: &SmartAlloc) {
    alloc.set_tag_budget("new", kilobytes(64));
    alloc.begin_frame();
    alloc.with_tag("new", |alloc| drop(alloc.frame_slice::<u8>(100)));
    alloc.end_frame();
    let scratch = alloc.create_scratch_allocator(kilobytes(4));
    scratch.with_scope(|scope| scope.alloc_slice::<u8>(100).fill(1));
    drop(scratch);
    drop((alloc.stats(), alloc.deferred_stats(), alloc.transfer_stats(), alloc.scratch_stats()));
}

/// A thread that does its work whenever it is told to, and says when it has.
struct Worker {
    name: &'static str,
    tell: Sender<()>,
    told: Receiver<()>,
}

impl Worker {
    fn start<'scope>(
        scope: &'scope Scope<'scope, '_>,
        name: &'static str,
        mut work: impl FnMut() + Send + 'scope,
    ) -> Self {
        let ((tell, orders), (say, told)) = (channel(), channel());
        scope.spawn(move || {
            for () in orders {
                work();
                if say.send(()).is_err() {
                    return;
                }
            }
        });
        Self { name, tell, told }
    }
}

/// Tells all to do their work, and names one that does not end.
fn one_waits(workers: &[Worker]) -> Option<&'static str> {
    workers.iter().for_each(|worker| worker.tell.send(()).expect("it has not panicked"));
    let waits = |worker: &&Worker| worker.told.recv_timeout(LONG).is_err();
    workers.iter().find(waits).map(|worker| worker.name)
}

/// Threads that have frames and transfer something to the next.
fn threads_with_frames<'scope>(
    scope: &'scope Scope<'scope, '_>,
    alloc: &'scope SmartAlloc,
) -> impl Iterator<Item = Worker> {
    let (mut gives, takes): (Vec<Sender<TransferHandle<u64>>>, Vec<_>) =
        (0..THREADS).map(|_| channel()).unzip();
    gives.rotate_left(1);
    gives.into_iter().zip(takes).zip(NAMES.chunks(TAGS)).map(move |((give, take), tags)| {
        Worker::start(scope, "a frame", move || {
            frame(alloc, tags);
            // The next one may have ended, at the end.
            let _ = give.send(alloc.frame_box_for_transfer(1));
            drop(take.try_iter().map(TransferHandle::receive).collect::<Vec<_>>());
        })
    })
}

// --- The test ----------------------------------------------------------------------------------------------------

/// How a snapshot is taken.
#[derive(Clone, Copy, Debug)]
struct Case {
    background: bool,
    filter: bool,
}

/// Lets a snapshot stop at its call with this number; says whether it has as many. Panics if anybody waits for it.
fn stops_at(call: u64, case: Case, config: &SnapshotConfig) -> bool {
    let alloc = &SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)));
    if case.filter {
        alloc.enable_behavior_filter();
    }
    alloc.set_tag_budget("tag 1", kilobytes(64));
    let _scratch = alloc.create_scratch_allocator_with(ScratchConfig::new(kilobytes(4)).with_name("scratch"));
    let emitter = &SnapshotEmitter::new(config.clone().with_background(case.background));
    STATE.store(RUNNING, Ordering::Release);
    thread::scope(|scope| {
        let mut workers: Vec<Worker> = threads_with_frames(scope, alloc).collect();
        assert_eq!(one_waits(&workers), None, "before there is a snapshot");
        workers.push(Worker::start(scope, "a new thread", || {
            thread::scope(|scope| scope.spawn(|| rarely(alloc)).join()).expect("no panic");
        }));
        workers.push(Worker::start(scope, "another that would emit", || {
            assert!(!emitter.maybe_emit_from(alloc).is_accepted(), "one is being made");
        }));
        let snapshot = scope.spawn(move || {
            frame(alloc, &NAMES[..1]);
            STOP.set(Some(call));
            let emission = emitter.maybe_emit_from(alloc);
            STOP.set(None);
            assert!(matches!(emission, Emission::Written(_) | Emission::Queued), "{emission:?}");
        });
        let stopped = has_stopped(&snapshot);
        let waits = if stopped { one_waits(&workers) } else { None };
        STATE.store(LET_GO, Ordering::Release);
        assert_eq!(waits, None, "{case:?}: waits for a snapshot that is at its call {call} of the allocator");
        stopped
    })
}

/// Waits until the thread stops or ends; says whether it stopped.
fn has_stopped(snapshot: &ScopedJoinHandle<'_, ()>) -> bool {
    while STATE.load(Ordering::Acquire) == RUNNING {
        if snapshot.is_finished() {
            return STATE.load(Ordering::Acquire) == STOPPED;
        }
        thread::yield_now();
    }
    true
}

#[test]
fn nobody_waits_for_a_snapshot() {
    let folder = std::env::temp_dir().join(format!("framealloc-unblocked-{}", std::process::id()));
    let config = SnapshotConfig::default().with_directory(&folder);
    for (background, filter) in [(false, false), (true, false), (false, true)] {
        let case = Case { background, filter };
        let calls = (0..).take_while(|&call| stops_at(call, case, &config)).count();
        // One at least for the name of each tag.
        assert!(calls > THREADS * TAGS, "{case:?}: {calls} calls of the allocator");
    }
    std::fs::remove_dir_all(folder).expect("it was written to");
}
