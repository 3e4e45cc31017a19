//! Events of `tracing`: which there are, what they say, and what a subscriber may do with the allocator.
//!
//! fa: allow(FA601) -- handles outlive their frame, to see it parked
//! fa: allow(FA605) -- a frame that begins within another is tried
//! fa: allow(FA606) -- blocks are taken and given back to see them counted
//! fa: allow(FA607) -- values and guards that are forgotten are tried
//! fa: allow(FA805) -- phases that are left open, or ended once too often, are tried

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use ::tracing::field::{Field, Visit};
use ::tracing::span;
use ::tracing::subscriber::{self, Interest};
use ::tracing::{Event, Level, Metadata, Subscriber};
use framealloc::{BudgetPolicy, SmartAlloc};

use crate::{config, small};

/// An event, its fields as text.
#[derive(Clone, Debug, Default)]
struct Told {
    target: String,
    fields: BTreeMap<String, String>,
}

impl Told {
    #[track_caller]
    fn field(&self, name: &str) -> &str {
        self.fields.get(name).unwrap_or_else(|| panic!("no `{name}` in {self:?}"))
    }
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

/// Keeps what it is told, and then does something.
#[derive(Clone)]
struct Listener {
    told: Arc<Mutex<Vec<Told>>>,
    then: Arc<dyn Fn() + Send + Sync>,
}

impl Subscriber for Listener {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "framealloc" && *metadata.level() == Level::WARN
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut told = Told { target: event.metadata().target().to_owned(), ..Told::default() };
        event.record(&mut told);
        self.told.lock().unwrap().push(told);
        (self.then)();
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// Runs `work` with a subscriber that does `then` at each event; what it was told.
fn listening(then: impl Fn() + Send + Sync + 'static, work: impl FnOnce()) -> Vec<Told> {
    let listener = Listener { told: Arc::default(), then: Arc::new(then) };
    let told = Arc::clone(&listener.told);
    subscriber::with_default(listener, work);
    told.lock().map_or_else(|poisoned| poisoned.into_inner().clone(), |told| told.clone())
}

/// The codes of what was told.
fn codes(told: &[Told]) -> Vec<&str> {
    told.iter().map(|told| told.field("code")).collect()
}

#[test]
fn a_budget_that_is_exceeded_is_told_with_its_numbers() {
    let alloc = small();
    alloc.set_tag_budget("audio/mix", 1000);
    let told = listening(
        || (),
        || {
            alloc.begin_frame();
            let error = alloc
                .with_tag("audio", |a| {
                    a.with_tag("mix", |a| {
                        drop(a.try_frame_slice::<u8>(600).unwrap());
                        a.try_frame_slice::<u8>(2000).map(drop)
                    })
                })
                .unwrap_err();
            assert_eq!(error.left(), 1000);
            alloc.end_frame();
        },
    );
    assert_eq!(told.len(), 1, "{told:?}");
    let told = &told[0];
    assert_eq!(told.target, "framealloc");
    let expected = [
        ("budget", "tag"),
        ("tag", "audio/mix"),
        ("requested", "2000"),
        ("limit", "1000"),
        ("left", "1000"),
        ("refused", "true"),
        ("message", "a budget is exceeded"),
    ];
    for (name, value) in expected {
        assert_eq!(told.field(name), value);
    }
    assert_eq!(told.field("thread"), std::thread::current().name().unwrap());
}

#[test]
fn each_kind_of_budget_has_a_name() {
    let alloc = SmartAlloc::new(config().with_budget_policy(BudgetPolicy::Warn));
    alloc.set_thread_frame_budget(100);
    alloc.set_thread_pool_budget(100);
    alloc.set_thread_heap_budget(100);
    let told = listening(
        || (),
        || {
            alloc.begin_frame();
            drop(alloc.frame_box([0_u8; 200]));
            // Lifted for the rest of the frame.
            drop(alloc.frame_box([0_u8; 200]));
            drop(alloc.pool_box([0_u8; 200]));
            drop(alloc.heap_box([0_u8; 200]));
            alloc.end_frame();
        },
    );
    let found: Vec<_> = told.iter().map(|told| (told.field("budget"), told.field("refused"))).collect();
    assert_eq!(found, [("thread frame", "false"), ("thread pool", "false"), ("thread heap", "false")]);
}

#[test]
fn misuse_is_told_once_for_each_call() {
    let alloc = small();
    let told = listening(
        || (),
        || {
            alloc.end_frame();
            alloc.begin_frame();
            alloc.begin_frame();
            alloc.begin_phase("one");
            alloc.begin_phase("two");
            alloc.end_frame();
            alloc.end_phase();
            drop(alloc.frame_box(1));
            drop(alloc.frame_box(2));
            alloc.begin_frame();
            let scope = alloc.scope();
            alloc.end_frame();
            drop(scope);
        },
    );
    assert_eq!(
        codes(&told),
        [
            "frame-ended-without-begin",
            "frame-begun-twice",
            "phase-unbalanced",
            "phase-unbalanced",
            "allocated-outside-frames",
            "frame-ended-under-scope"
        ]
    );
    let counts: Vec<_> = told.iter().map(|told| told.field("count")).collect();
    assert_eq!(counts, ["1", "1", "2", "1", "2", "1"]);
    assert!(told.iter().all(|told| told.field("thread") == std::thread::current().name().unwrap()));
    let misuse = alloc.stats().misuse;
    assert_eq!((misuse.unbalanced_phases, misuse.outside_frames), (3, 2));
}

#[test]
fn what_is_as_it_should_be_is_not_told() {
    let alloc = small();
    alloc.set_tag_budget("physics", 10_000);
    let told = listening(
        || (),
        || {
            for _ in 0..5000 {
                alloc.begin_frame();
                alloc.with_tag("physics", |a| drop(a.frame_box([0_u8; 100])));
                drop(alloc.phase("render"));
                drop(alloc.pool_box(1));
                alloc.end_frame();
            }
        },
    );
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn a_subscriber_may_allocate() {
    let alloc = small();
    alloc.set_tag_budget("audio", 1000);
    let inner = alloc.clone();
    let told = listening(
        move || {
            let kept = inner.frame_vec::<u8>();
            drop(kept);
            drop((inner.frame_box([1_u8; 300]), inner.pool_box([2_u8; 300]), inner.heap_box([3_u8; 300])));
            // Over the budget again, which is told to nobody.
            inner.with_tag("audio", |a| assert!(a.try_frame_slice::<u8>(5000).is_err()));
        },
        || {
            alloc.begin_frame();
            alloc.with_tag("audio", |a| assert!(a.try_frame_slice::<u8>(2000).is_err()));
            alloc.end_frame();
            alloc.end_frame();
        },
    );
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(alloc.tag_stats("audio").unwrap().budget_exceeded, 3);
    assert_eq!(alloc.stats().frames, 1);
}

#[test]
fn a_subscriber_may_begin_and_end_frames() {
    let alloc = small();
    alloc.set_tag_budget("audio", 1000);
    let inner = alloc.clone();
    let told = listening(
        move || {
            inner.end_frame();
            inner.begin_frame();
            inner.begin_frame();
            drop(inner.frame_box([1_u8; 100]));
        },
        || {
            alloc.begin_frame();
            let kept = alloc.frame_box([7_u8; 100]);
            alloc.with_tag("audio", |a| assert!(a.try_frame_slice::<u8>(2000).is_err()));
            assert_eq!(*kept, [7; 100]);
            alloc.end_frame();
            assert_eq!(*kept, [7; 100]);
            alloc.begin_frame();
            let scope = alloc.scope();
            let value = scope.alloc(5);
            alloc.end_frame();
            assert_eq!(*value, 5);
            drop(scope);
        },
    );
    assert!(told.len() >= 3, "{told:?}");
    while alloc.stats().misuse.ended_without_begin == 0 {
        alloc.end_frame();
    }
    assert_eq!(alloc.stats().parked_bytes, 0);
}

#[test]
fn a_subscriber_may_drop_what_the_frame_holds() {
    thread_local! {
        static HELD: RefCell<Option<framealloc::FrameBox<'static, [u8; 64]>>> = const { RefCell::new(None) };
    }
    let alloc = SmartAlloc::leaked(config());
    alloc.begin_frame();
    HELD.set(Some(alloc.frame_box([1; 64])));
    let told = listening(|| drop(HELD.take()), || alloc.begin_frame());
    assert_eq!(codes(&told), ["frame-begun-twice"]);
    alloc.end_frame();
    assert_eq!(alloc.stats().parked_bytes, 0);
}

#[test]
fn a_subscriber_may_panic() {
    let alloc = small();
    alloc.set_tag_budget("audio", 1000);
    let times = Arc::new(Mutex::new(0));
    let count = Arc::clone(&times);
    let work: [&dyn Fn(); 5] = [
        &|| alloc.end_frame(),
        &|| alloc.end_phase(),
        &|| {
            alloc.begin_frame();
            alloc.begin_frame();
        },
        &|| {
            alloc.begin_phase("open");
            alloc.end_frame();
        },
        &|| {
            alloc.begin_frame();
            alloc.with_tag("audio", |a| drop(a.try_frame_slice::<u8>(2000)));
        },
    ];
    listening(
        move || {
            *count.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) += 1;
            panic!("the subscriber's own");
        },
        || {
            for step in work {
                let caught = catch_unwind(AssertUnwindSafe(step)).unwrap_err();
                assert_eq!(caught.downcast_ref::<&str>(), Some(&"the subscriber's own"));
            }
        },
    );
    assert_eq!(*times.lock().unwrap_or_else(|poisoned| poisoned.into_inner()), 5);
    // All of it has done what it was to do, and goes on.
    assert_eq!(alloc.stats().frames, 2);
    alloc.with_tag("audio", |a| drop(a.frame_box([0_u8; 100])));
    alloc.end_frame();
    let stats = alloc.stats();
    assert_eq!((stats.frames, stats.parked_bytes), (3, 0));
    assert_eq!(stats.last_frame_bytes, 104);
}

#[test]
fn the_thread_that_ends_within_a_frame_tells_nothing() {
    /// Ends its thread's frame late, in the destructor of a thread-local variable.
    struct Late(SmartAlloc);
    impl Drop for Late {
        fn drop(&mut self) {
            self.0.end_phase();
            self.0.end_frame();
            self.0.end_frame();
        }
    }
    thread_local! {
        static LATE: Cell<Option<Late>> = const { Cell::new(None) };
    }
    let alloc = small();
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = Listener { told: Arc::clone(&told), then: Arc::new(|| ()) };
    std::thread::scope(|threads| {
        let spawned = threads.spawn(|| {
            subscriber::with_default(listener, || {
                LATE.set(Some(Late(alloc.clone())));
                alloc.begin_frame();
                alloc.begin_phase("open");
                std::mem::forget(alloc.scope());
            });
        });
        spawned.join().unwrap();
    });
    assert!(told.lock().unwrap().is_empty());
    // The next thread with that state answers for its own misuse alone.
    let told = std::thread::scope(|threads| {
        threads.spawn(|| listening(|| (), || alloc.end_frame())).join().unwrap()
    });
    assert_eq!(codes(&told), ["frame-ended-without-begin"]);
    assert_eq!(told[0].field("count"), "1");
}
