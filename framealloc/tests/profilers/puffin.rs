//! Scopes of puffin, as its own view of frames shows them.
//!
//! fa: allow(FA805) -- phases that are left open, or ended once too often, are tried

use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ::puffin::{GlobalFrameView, GlobalProfiler, Reader, Scope, Stream, ThreadProfiler, set_scopes_on};
use framealloc::SmartAlloc;

use crate::small;

/// A scope, with those within it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    name: String,
    text: String,
    within: Vec<Seen>,
}

impl Seen {
    fn names(&self) -> Vec<&str> {
        self.within.iter().map(|seen| &*seen.name).collect()
    }
}

/// Scopes are on until this goes; one test at a time.
struct On {
    view: GlobalFrameView,
    /// The index of the last frame that was looked at.
    last: Cell<Option<u64>>,
    _alone: MutexGuard<'static, ()>,
}

impl On {
    fn new() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let view = GlobalFrameView::default();
        set_scopes_on(true);
        Self { view, last: Cell::new(None), _alone: alone }
    }

    /// Ends puffin's frame: the scopes of the thread of this name in it.
    fn frame_of(&self, thread: &str) -> Vec<Seen> {
        let mut profiler = GlobalProfiler::lock();
        // Those that are new are lost with a frame that is empty.
        profiler.emit_scope_snapshot();
        profiler.new_frame();
        drop(profiler);
        let view = self.view.lock();
        // puffin skips a frame without scopes.
        let new = view.latest_frame().filter(|frame| {
            let index = Some(frame.frame_index());
            self.last.replace(index) != index
        });
        let Some(frame) = new else { return Vec::new() };
        let Ok(unpacked) = frame.unpacked();
        let mut seen = Vec::new();
        for (info, stream) in &unpacked.thread_streams {
            if info.name == thread {
                let top = Reader::from_start(&stream.stream).read_top_scopes().unwrap();
                seen.extend(top.iter().map(|scope| self.seen(&view, &stream.stream, scope)));
            }
        }
        seen
    }

    fn seen(&self, view: &::puffin::FrameView, stream: &Stream, scope: &Scope<'_>) -> Seen {
        let within =
            Reader::with_offset(stream, scope.child_begin_position).unwrap().read_top_scopes().unwrap();
        Seen {
            name: view.scope_collection().fetch_by_id(&scope.id).unwrap().name().to_string(),
            text: scope.record.data.to_owned(),
            within: within.iter().map(|scope| self.seen(view, stream, scope)).collect(),
        }
    }
}

impl Drop for On {
    fn drop(&mut self) {
        set_scopes_on(false);
        GlobalProfiler::lock().remove_sink(self.view.sink_id());
    }
}

fn own_name() -> String {
    std::thread::current().name().unwrap().to_owned()
}

/// Runs `work` in a frame; what puffin shows of this thread in it.
fn frame(on: &On, alloc: &SmartAlloc, work: impl FnOnce()) -> Vec<Seen> {
    alloc.begin_frame();
    work();
    alloc.end_frame();
    on.frame_of(&own_name())
}

#[test]
fn phases_are_scopes_and_frames_tell_of_tags() {
    let on = On::new();
    let alloc = small();
    let seen = frame(&on, &alloc, || {
        let _physics = alloc.phase("physics");
        alloc.begin_phase("contacts");
        alloc.with_tag("solver", |a| {
            drop(a.frame_box([0_u8; 600]));
            a.with_tag("islands", |a| drop(a.frame_box([0_u8; 40])));
        });
        alloc.end_phase();
        drop(alloc.phase("islands"));
    });
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert_eq!((&*seen[0].name, seen[0].names()), ("physics", vec!["contacts", "islands"]));
    assert_eq!(seen[1].name, "frame memory");
    assert!(seen[1].text.starts_with("640 bytes in 2 allocations"), "{seen:?}");
    let tags: Vec<_> = seen[1].within.iter().map(|tag| (&*tag.name, &*tag.text)).collect();
    assert_eq!(
        tags,
        [("solver", "640 bytes in 2 allocations"), ("solver/islands", "40 bytes in 1 allocations")]
    );
    // And the next frame has no tag in it.
    let seen = frame(&on, &alloc, || ());
    assert_eq!(seen.len(), 1);
    assert!(seen[0].within.is_empty() && seen[0].text.starts_with("0 bytes"), "{seen:?}");
}

#[test]
fn a_scope_is_where_its_phase_is_in_the_program() {
    let on = On::new();
    let alloc = small();
    let line = line!() + 2;
    frame(&on, &alloc, || {
        drop(alloc.phase("placed"));
    });
    let view = on.view.lock();
    let id = view.scope_collection().fetch_by_name("placed").unwrap();
    let details = view.scope_collection().fetch_by_id(id).unwrap();
    assert_eq!(details.line_nr, line);
    assert!(details.file_path.ends_with("profilers/puffin.rs"), "{details:?}");
}

#[test]
fn nothing_while_scopes_are_off_and_all_from_when_they_are_on() {
    let on = On::new();
    let alloc = small();
    set_scopes_on(false);
    for _ in 0..3 {
        assert!(frame(&on, &alloc, || drop(alloc.phase("physics"))).is_empty());
    }
    set_scopes_on(true);
    // Noticed at the end of the phase, or of the frame at the latest.
    frame(&on, &alloc, || drop(alloc.phase("physics")));
    let seen = frame(&on, &alloc, || drop(alloc.phase("physics")));
    assert_eq!(seen.iter().map(|seen| &*seen.name).collect::<Vec<_>>(), ["physics", "frame memory"]);
    // What is open when they go off ends all the same.
    alloc.begin_frame();
    alloc.begin_phase("physics");
    set_scopes_on(false);
    alloc.end_phase();
    alloc.end_frame();
    assert_eq!(on.frame_of(&own_name()).len(), 1);
    assert!(frame(&on, &alloc, || drop(alloc.phase("physics"))).is_empty());
}

#[test]
fn phases_that_are_left_open_end_with_what_closes_them() {
    let on = On::new();
    let alloc = small();
    let seen = frame(&on, &alloc, || {
        let outer = alloc.phase("outer");
        alloc.begin_phase("left");
        alloc.begin_phase("left too");
        drop(outer);
        drop(alloc.phase("after"));
        alloc.begin_phase("until the end");
    });
    let names: Vec<_> = seen.iter().map(|seen| &*seen.name).collect();
    assert_eq!(names, ["outer", "after", "until the end", "frame memory"]);
    assert_eq!(seen[0].within[0].names(), ["left too"]);
    // A guard that finds its phase closed ends no other.
    let seen = frame(&on, &alloc, || {
        let guard = alloc.phase("outer");
        alloc.end_phase();
        let _other = alloc.phase("other");
        drop(guard);
        drop(alloc.phase("inner"));
    });
    assert_eq!(seen[1].names(), ["inner"], "{seen:?}");
}

#[test]
fn a_task_stands_within_the_phase_that_runs_it() {
    let on = On::new();
    let alloc = small();
    let seen = frame(&on, &alloc, || {
        let _waiting = alloc.phase("waiting");
        alloc.task(|alloc| {
            drop(alloc.phase("waiting"));
            let _job = alloc.phase("job");
            alloc.task(|alloc| alloc.begin_phase("job of a job"));
        });
        drop(alloc.phase("after"));
    });
    assert_eq!(seen[0].names(), ["waiting", "job", "after"], "{seen:?}");
    assert_eq!(seen[0].within[1].names(), ["job of a job"]);
    // A task that ends the frame ends the phases around it, when it returns.
    alloc.begin_frame();
    let waiting = alloc.phase("waiting");
    alloc.task(|alloc| {
        alloc.end_frame();
        alloc.begin_frame();
    });
    drop(alloc.phase("after"));
    drop(waiting);
    alloc.end_frame();
    let seen = on.frame_of(&own_name());
    let names: Vec<_> = seen.iter().map(|seen| (&*seen.name, seen.names())).collect();
    assert_eq!(names, [("waiting", vec!["frame memory"]), ("after", vec![]), ("frame memory", vec![])]);
}

#[test]
fn each_thread_has_its_own() {
    let on = On::new();
    let alloc = small();
    let worker = |alloc: &SmartAlloc| {
        alloc.begin_frame();
        let _job = alloc.phase("job");
        alloc.with_tag("work", |a| drop(a.frame_box([0_u8; 64])));
        alloc.end_frame();
    };
    std::thread::scope(|threads| {
        let spawn = std::thread::Builder::new().name("worker of the test".to_owned());
        spawn.spawn_scoped(threads, || worker(&alloc)).unwrap().join().unwrap();
    });
    let seen = on.frame_of("worker of the test");
    assert_eq!(seen.iter().map(|seen| &*seen.name).collect::<Vec<_>>(), ["job", "frame memory"], "{seen:?}");
    assert_eq!(seen[1].names(), ["work"]);
}

#[test]
fn a_thread_that_ends_within_a_phase_spoils_nothing() {
    let on = On::new();
    let alloc = small();
    std::thread::scope(|threads| {
        threads.spawn(|| {
            alloc.begin_frame();
            alloc.begin_phase("never ended");
        });
    });
    // Its state is another thread's now.
    std::thread::scope(|threads| {
        threads.spawn(|| {
            alloc.begin_frame();
            drop(alloc.phase("job"));
            alloc.end_frame();
        });
    });
    // The allocator goes while a phase is open, which ends by that.
    let short = small();
    short.begin_frame();
    short.begin_phase("never ended");
    drop(short);
    let seen = frame(&on, &alloc, || drop(alloc.phase("mine")));
    let names: Vec<_> = seen.iter().map(|seen| &*seen.name).collect();
    assert_eq!(names, ["never ended", "mine", "frame memory"]);
}

#[test]
fn a_reporter_may_use_the_allocator_and_panic() {
    static ALLOC: std::sync::OnceLock<SmartAlloc> = std::sync::OnceLock::new();
    fn report(_: ::puffin::ThreadInfo, _: &[::puffin::ScopeDetails], _: &::puffin::StreamInfoRef<'_>) {
        let alloc = ALLOC.get().unwrap();
        drop(alloc.phase("told to nobody"));
        drop(alloc.frame_box([0_u8; 100]));
        alloc.end_frame();
        alloc.begin_frame();
        alloc.end_phase();
        if alloc.stats().frames > 20 {
            panic!("the reporter's own");
        }
    }
    let _on = On::new();
    let alloc = ALLOC.get_or_init(small);
    std::thread::spawn(move || {
        ThreadProfiler::initialize(::puffin::now_ns, report);
        for _ in 0..5 {
            alloc.begin_frame();
            let kept = alloc.frame_box([7_u8; 64]);
            drop(alloc.phase("physics"));
            alloc.end_frame();
            // fa: allow(FA601) -- handles outlive their frame, to see it parked
            assert_eq!(*kept, [7; 64]);
        }
        let caught = std::panic::catch_unwind(|| {
            for _ in 0..30 {
                alloc.begin_frame();
                drop(alloc.phase("physics"));
            }
        });
        assert_eq!(caught.unwrap_err().downcast_ref::<&str>(), Some(&"the reporter's own"));
        set_scopes_on(false);
        alloc.end_frame();
        alloc.begin_frame();
        drop(alloc.phase("physics"));
        alloc.end_frame();
        assert_eq!(alloc.stats().parked_bytes, 0);
    })
    .join()
    .unwrap();
}

#[test]
fn a_clock_may_panic() {
    thread_local! {
        static BROKEN: Cell<bool> = const { Cell::new(false) };
    }
    fn clock() -> ::puffin::NanoSecond {
        assert!(!BROKEN.get(), "the clock's own");
        ::puffin::now_ns()
    }
    let on = On::new();
    let alloc = small();
    ThreadProfiler::initialize(clock, ::puffin::internal_profile_reporter);
    frame(&on, &alloc, || drop(alloc.phase("physics")));
    alloc.begin_frame();
    BROKEN.set(true);
    let begun = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(alloc.phase("physics"))));
    assert!(begun.is_err());
    set_scopes_on(false);
    BROKEN.set(false);
    // It was closed when its guard could not be made.
    alloc.end_phase();
    alloc.end_frame();
    assert_eq!(alloc.stats().misuse.unbalanced_phases, 1);
}
