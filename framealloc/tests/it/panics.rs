//! Panics in every piece of user code that the library calls, or that a collection calls while it holds frame
//! memory: afterwards everything works, and every value was dropped once.

use std::cell::Cell;
use std::fmt;
use std::hash::{Hash, Hasher};

use framealloc::{SmartAlloc, frame_format};

use crate::support::{Counted, Drops, address, check, fill, panics, rounds, small};

thread_local! {
    /// Calls of user code until one of them panics; negative for never.
    static FUSE: Cell<i64> = const { Cell::new(-1) };
}

fn burn() {
    let left = FUSE.get();
    FUSE.set(left - 1);
    assert!(left != 0, "the fuse");
}

/// A value each of whose traits is user code that may panic.
#[derive(Debug)]
struct Touchy(Counted);

impl Clone for Touchy {
    fn clone(&self) -> Self {
        burn();
        Self(self.0.clone())
    }
}

impl Hash for Touchy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        burn();
        self.0.id.hash(state);
    }
}

impl PartialEq for Touchy {
    fn eq(&self, other: &Self) -> bool {
        burn();
        self.0.id == other.0.id
    }
}

impl Eq for Touchy {}

impl PartialOrd for Touchy {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Touchy {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        burn();
        self.0.id.cmp(&other.0.id)
    }
}

impl fmt::Display for Touchy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<")?;
        burn();
        write!(f, "{}>", self.0.id)
    }
}

/// Panics in its destructor when the fuse says so; counted all the same.
struct Bomb {
    _counted: Counted,
}

impl Drop for Bomb {
    fn drop(&mut self) {
        burn();
    }
}

/// Runs `work` with the fuse at every length until it no longer panics. After each panic the values have to be gone
/// and the allocator has to be as good as new.
#[track_caller]
fn at_every_call(work: impl Fn(&SmartAlloc, &Drops)) {
    let alloc = small();
    let mut first = None;
    let most = rounds(2000, 12) as i64;
    let mut fuse = 0;
    loop {
        let drops = Drops::default();
        alloc.begin_frame();
        let mut witness = alloc.frame_slice::<u8>(100);
        fill(&mut witness, fuse as u64);
        FUSE.set(fuse);
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&alloc, &drops)));
        let burnt = FUSE.replace(-1) < 0;
        assert_eq!(drops.alive(), 0, "fuse {fuse}: {} were made", drops.made());
        check(&witness, fuse as u64);
        let at = address(&*witness);
        assert_eq!(*first.get_or_insert(at), at, "fuse {fuse}: the frame does not start where it did");
        drop(witness);
        alloc.end_frame();
        let stats = alloc.thread_stats();
        assert_eq!((stats.parked_bytes, stats.parked_frames), (0, 0), "fuse {fuse}");
        match outcome {
            Err(_) => assert!(burnt, "another panic than that of the fuse"),
            Ok(()) => {
                assert!(!burnt, "the fuse was swallowed");
                break;
            }
        }
        fuse += 1;
        if fuse > most && cfg!(miri) {
            break;
        }
        assert!(fuse <= most, "it never came to an end");
    }
    assert!(fuse > 0, "no user code was called");
}

#[test]
fn clone_of_a_vectors_elements() {
    at_every_call(|alloc, drops| {
        let mut vec = alloc.frame_vec();
        vec.extend((0..10).map(|n| Touchy(drops.value(n))));
        let copy = vec.clone();
        assert_eq!(copy.len(), 10);
        vec.extend_from_slice(&copy);
        vec.resize(25, Touchy(drops.value(99)));
    });
}

#[test]
fn clone_in_of_a_box_and_of_a_slice() {
    at_every_call(|alloc, drops| {
        let boxed = alloc.frame_box(Touchy(drops.value(1)));
        let slice = alloc.frame_slice_from_fn(6, |i| Touchy(drops.value(i as u64)));
        let copy = boxed.clone_in(alloc);
        copy.0.check(1);
        let slices = slice.clone_in(alloc);
        slices[5].0.check(5);
    });
}

#[test]
fn from_fn_closures() {
    at_every_call(|alloc, drops| {
        let make = |i: usize| {
            burn();
            drops.value(i as u64)
        };
        let slice = alloc.frame_slice_from_fn(10, make);
        slice[9].check(9);
        let tried = alloc.try_frame_slice_from_fn(5, make).expect("memory");
        tried[4].check(4);
        let scope = alloc.scope();
        let numbers = scope.alloc_slice_from_fn(10, |i| {
            burn();
            i
        });
        assert_eq!(numbers[9], 9);
        // Without memory of their own.
        let units = alloc.frame_slice_from_fn(7, |_| burn());
        assert_eq!(units.len(), 7);
    });
}

#[test]
fn from_fn_closures_that_make_frame_values_themselves() {
    at_every_call(|alloc, drops| {
        let nested = alloc.frame_slice_from_fn(5, |i| {
            let inner = alloc.frame_slice_from_fn(3, |j| {
                burn();
                drops.value((10 * i + j) as u64)
            });
            let scope = alloc.scope();
            scope.alloc(i);
            burn();
            inner
        });
        nested[4][2].check(42);
    });
}

#[test]
fn destructors_of_boxes_slices_and_vectors() {
    at_every_call(|alloc, drops| {
        let bomb = |n| Bomb { _counted: drops.value(n) };
        drop(alloc.frame_box(bomb(1)));
        drop(alloc.frame_slice_from_fn(4, |i| bomb(i as u64)));
        let mut vec = alloc.frame_vec();
        vec.extend((0..6).map(bomb));
        vec.truncate(4);
        drop(vec.drain(..2));
        vec.clear();
        vec.push(bomb(9));
        let mut iter = vec.into_iter();
        drop(iter.next());
        drop(iter);
        let scope = alloc.scope();
        let kept = scope.boxed(bomb(3));
        drop(kept);
    });
}

#[test]
fn destructor_under_an_open_scope_and_in_a_parked_frame() {
    at_every_call(|alloc, drops| {
        let kept = alloc.frame_box(Bomb { _counted: drops.value(1) });
        let scope = alloc.scope();
        scope.alloc([1u8; 100]);
        drop(kept);
        drop(scope);
        let parked = alloc.frame_box(Bomb { _counted: drops.value(2) });
        drop(alloc.frame_slice::<u8>(2000));
        drop(parked);
    });
    let alloc = small();
    let drops = Drops::default();
    alloc.begin_frame();
    let parked = alloc.frame_box(Bomb { _counted: drops.value(2) });
    alloc.end_frame();
    FUSE.set(0);
    // fa: allow(FA601) -- handles outlive their frame, to see it parked
    assert!(panics(|| drop(parked)).contains("the fuse"));
    FUSE.set(-1);
    assert_eq!((drops.alive(), alloc.thread_stats().parked_bytes), (0, 0));
}

#[test]
fn retain_and_sort_and_dedup_closures() {
    at_every_call(|alloc, drops| {
        let mut vec = alloc.frame_vec();
        vec.extend((0..12).map(|n| drops.value(n % 7)));
        vec.retain(|value| {
            burn();
            value.id % 2 == 0
        });
        vec.sort_by_key(|value| {
            burn();
            value.id
        });
        vec.dedup_by_key(|value| {
            burn();
            value.id
        });
        assert!(vec.iter().map(|value| value.id).eq([0, 2, 4, 6]));
        vec.retain_mut(|value| {
            burn();
            value.id += 1;
            true
        });
        vec.resize_with(8, || {
            burn();
            drops.value(5)
        });
    });
}

#[test]
fn iterators_that_a_vector_is_extended_from() {
    at_every_call(|alloc, drops| {
        let mut vec = alloc.frame_vec();
        vec.extend((0..20).map(|n| {
            burn();
            drops.value(n)
        }));
        drop(vec.splice(
            3..6,
            (0..5).map(|n| {
                burn();
                drops.value(n + 100)
            }),
        ));
        assert_eq!(vec.len(), 22);
    });
}

#[test]
fn display_in_frame_format() {
    at_every_call(|alloc, drops| {
        let (a, b) = (Touchy(drops.value(1)), Touchy(drops.value(22)));
        let text = frame_format!(alloc, "{a} and {b} in {}", frame_format!(alloc, "{a:>5}"));
        assert_eq!(text, "<1> and <22> in <1>");
    });
}

#[test]
fn display_that_returns_an_error_panics_and_leaks_nothing() {
    struct Refuses;
    impl fmt::Display for Refuses {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }
    let alloc = small();
    alloc.begin_frame();
    let message = panics(|| frame_format!(alloc, "a long enough text, then {}", Refuses));
    assert!(message.contains("a formatting trait returned an error"), "{message}");
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().parked_bytes, 0);
}

#[test]
fn hash_and_eq_in_maps_and_sets() {
    at_every_call(|alloc, drops| {
        let mut map = alloc.frame_map();
        for n in 0..20 {
            map.insert(Touchy(drops.value(n % 9)), drops.value(n));
        }
        map.reserve(40);
        drop(map.remove(&Touchy(drops.value(3))));
        map.retain(|key, _| {
            burn();
            key.0.id > 2
        });
        map.shrink_to_fit();
        let copy = map.clone();
        assert_eq!(copy.len(), 5);
        let mut set = alloc.frame_set();
        set.extend((0..10).map(|n| Touchy(drops.value(n))));
        assert!(set.contains(&Touchy(drops.value(4))));
    });
}

#[test]
fn ordering_of_boxes() {
    at_every_call(|alloc, drops| {
        let mut boxes = alloc.frame_vec();
        boxes.extend((0..8).map(|n| alloc.frame_box(Touchy(drops.value(n * 5 % 8)))));
        boxes.sort();
        assert!(boxes.iter().zip(0..).all(|(value, id)| value.0.id == id));
    });
}

#[test]
fn with_tag_closures() {
    at_every_call(|alloc, drops| {
        let value = alloc.with_tag("outer", |alloc| {
            let kept = alloc.frame_box(drops.value(1));
            burn();
            alloc.with_tag("inner", |alloc| {
                let other = alloc.frame_box(drops.value(2));
                burn();
                drop(other);
                kept
            })
        });
        value.check(1);
    });
    let alloc = small();
    panics(|| alloc.with_tag("outer", |_| panic!("inside")));
    drop(alloc.frame_box([0u8; 64]));
    let tag = alloc.tag_stats("outer").expect("it was used");
    assert_eq!(tag.bytes_allocated, 0, "the tag was closed by the panic");
}

#[test]
fn map_of_a_box() {
    at_every_call(|alloc, drops| {
        let boxed = alloc.frame_box(drops.value(1));
        let mapped = boxed.map(|value| {
            drop(alloc.frame_box(3));
            burn();
            (value, drops.value(2))
        });
        let unit = alloc.frame_box(()).map(|()| {
            burn();
            drops.value(3)
        });
        mapped.1.check(2);
        unit.check(3);
    });
}

#[test]
fn panic_unwinds_through_scopes_and_frame_guards() {
    at_every_call(|alloc, drops| {
        let nested = alloc.frame();
        let outer = alloc.scope();
        let value = outer.alloc([1u64; 10]);
        let boxed = outer.boxed(drops.value(1));
        burn();
        let inner = alloc.scope();
        let mut vec = inner.vec();
        vec.extend((0..5).map(|n| drops.value(n)));
        burn();
        outer.alloc([2u64; 10]);
        drop(outer.boxed(drops.value(3)));
        burn();
        drop(inner.string());
        boxed.check(1);
        assert_eq!(value[9], 1);
        nested.alloc(3);
        burn();
    });
}

#[test]
fn panic_ends_the_frame_of_its_guard() {
    let alloc = small();
    for _ in 0..10 {
        panics(|| {
            let frame = alloc.frame();
            frame.alloc([0u8; 100]);
            let _boxed = alloc.frame_box([0u8; 100]);
            panic!("in the frame");
        });
    }
    let stats = alloc.thread_stats();
    assert_eq!((stats.frames, stats.parked_frames, stats.misuse.begun_twice), (10, 0, 0));
    assert_eq!(stats.misuse.ended_under_scope, 0);
}

#[test]
fn refused_growth_of_a_collection_panics_and_loses_nothing() {
    let alloc = small();
    alloc.begin_frame();
    alloc.set_thread_frame_budget(3000);
    let drops = Drops::default();
    let mut vec = alloc.frame_vec();
    let message = panics(|| {
        for n in 0.. {
            vec.push(drops.value(n));
        }
    });
    assert!(message.contains("frame budget"), "{message}");
    // The value that found no room went with the panic, those that are in the vector are all there.
    assert_eq!(drops.alive(), vec.len());
    vec.iter().zip(0..).for_each(|(value, id)| value.check(id));
    let mut map = alloc.frame_map();
    panics(|| map.extend((0..1000u64).map(|n| (n, n))));
    assert!(map.iter().all(|(key, value)| key == value));
    let mut text = alloc.frame_string();
    panics(|| text.push_str(&"x".repeat(4000)));
    text.push_str("short");
    assert_eq!(text, "short");
    drop((vec, map, text));
    alloc.set_thread_frame_budget(usize::MAX);
    alloc.end_frame();
    assert_eq!((drops.alive(), alloc.thread_stats().parked_bytes), (0, 0));
}

#[test]
fn value_that_finds_no_memory_is_dropped() {
    let alloc = small();
    alloc.set_thread_frame_budget(64);
    let drops = Drops::default();
    assert!(alloc.try_frame_box((drops.value(1), [0u8; 100])).is_err());
    assert_eq!((drops.made(), drops.alive()), (1, 0));
    panics(|| alloc.frame_box((drops.value(1), [0u8; 100])));
    panics(|| alloc.frame_box(1u8).map(|_| (drops.value(2), [0u8; 200])));
    let slice = alloc.try_frame_slice_from_fn(100, |_| drops.value(3));
    assert!(slice.is_err());
    assert_eq!((drops.made(), drops.alive()), (3, 0), "the closure is not called when there is no room");
}

#[test]
fn destructor_that_panics_while_unwinding_elsewhere_is_not_needed_for_release() {
    // The first destructor's panic is caught by its own caller during another unwind: all blocks go back.
    struct Catches<'a>(&'a SmartAlloc, Drops);
    impl Drop for Catches<'_> {
        fn drop(&mut self) {
            let boxed = self.0.frame_box((self.1.value(1), Explodes));
            let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(boxed)));
            assert!(caught.is_err());
        }
    }
    struct Explodes;
    impl Drop for Explodes {
        fn drop(&mut self) {
            panic!("inner");
        }
    }
    let alloc = small();
    let drops = Drops::default();
    alloc.begin_frame();
    let message = panics(|| {
        let _catches = alloc.frame_box(Catches(&alloc, drops.clone()));
        let _scope = alloc.scope();
        panic!("outer");
    });
    assert_eq!(message, "outer");
    alloc.end_frame();
    assert_eq!((drops.alive(), alloc.thread_stats().parked_bytes), (0, 0));
}
