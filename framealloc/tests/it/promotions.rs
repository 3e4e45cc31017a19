//! Retained values: where they are made, who owns them when, and that each is dropped once whatever happens.
//!
//! fa: allow(FA603) -- how frames that stay open go on is tried
//! fa: allow(FA604) -- promotions that nobody takes are tried
//! fa: allow(FA605) -- a frame that begins within another is tried

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};
use std::mem::forget;
use std::rc::Rc;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use framealloc::{
    AllocErrorKind, FrameRetained, HeapBox, PoolBox, Promoted, Promotion, PromotionStats, Promotions,
    RetainedId, RetentionPolicy, SmartAlloc, kilobytes,
};

use crate::support::{Counted, Drops, Random, address, config, leaked, panics, rounds, small};

use RetentionPolicy::{Leak, PromoteToHeap, PromoteToPool};

const OWNED: [RetentionPolicy; 2] = [PromoteToPool, PromoteToHeap];

/// Calls its closure when it is dropped.
struct OnDrop(Option<Box<dyn FnOnce()>>);

impl OnDrop {
    fn new(work: impl FnOnce() + 'static) -> Self {
        Self(Some(Box::new(work)))
    }
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        if let Some(work) = self.0.take() {
            work();
        }
    }
}

/// A value for threads: counts its drops.
#[derive(Clone, Debug, Default)]
struct Ends(Arc<AtomicUsize>);

#[derive(Debug)]
struct Ending(Ends);

impl Ends {
    fn value(&self) -> Ending {
        Ending(self.clone())
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Keeps a leaked value where a leak checker looks; where it lies.
fn keep<T>(value: &'static mut T) -> usize {
    static KEPT: Mutex<Vec<AtomicPtr<()>>> = Mutex::new(Vec::new());
    let address = address(value);
    KEPT.lock().expect("no panic").push(AtomicPtr::new(std::ptr::from_mut(value).cast()));
    address
}

/// Retains one, and lets go of the handle.
fn retain(alloc: &SmartAlloc, drops: &Drops, id: u64, policy: RetentionPolicy) -> RetainedId<Counted> {
    alloc.frame_retained_value(drops.value(id), policy).id()
}

fn ids(promotions: Promotions) -> Vec<u64> {
    promotions.into_iter().map(|promotion| promotion.downcast::<Counted>().expect("free").id).collect()
}

/// Values made, taken and dropped unread.
fn counts(alloc: &SmartAlloc) -> (u64, u64, u64) {
    let promotions = alloc.thread_stats().promotions;
    (promotions.made(), promotions.taken, promotions.unread)
}

// --- What is promised --------------------------------------------------------------------------------------------

#[test]
fn value_is_made_in_its_destination_and_stays_there() {
    let alloc = small();
    alloc.begin_frame();
    let mut pool = alloc.frame_retained::<[u64; 4]>(PromoteToPool);
    let heap = alloc.frame_retained_value([7u64; 20], PromoteToHeap);
    let stats = alloc.stats();
    assert_eq!(
        (stats.pool_bytes, stats.heap_bytes),
        (32, 160),
        "made at once, and nothing beside them is booked"
    );
    assert_eq!(alloc.thread_stats().bytes_allocated, 0, "none of it in the frame");
    pool[2] = 5;
    let addresses = (address(&*pool), address(&*heap));
    let ids = (pool.id(), heap.id());
    drop((pool, heap));
    let mut promotions = alloc.end_frame_with_promotions();
    assert_eq!(promotions.len(), 2);
    let pool: PoolBox<_> = match promotions.take(ids.0) {
        Some(Promoted::Pool(boxed)) => boxed,
        other => panic!("{other:?}"),
    };
    let heap: HeapBox<_> = match promotions.take(ids.1) {
        Some(Promoted::Heap(boxed)) => boxed,
        other => panic!("{other:?}"),
    };
    assert_eq!((address(&*pool), address(&*heap)), addresses);
    assert_eq!((*pool, *heap), ([0, 0, 5, 0], [7; 20]));
    assert!(promotions.is_empty());
    drop((promotions, alloc));
    assert_eq!(pool[2], 5, "it outlives the allocator");
    thread::spawn(move || assert_eq!((pool[2], heap[3]), (5, 7))).join().expect("no panic");
}

#[test]
fn leaked_value_is_handed_out_once_and_never_dropped() {
    let alloc = leaked();
    let ends = Ends::default();
    alloc.begin_frame();
    let handle = alloc.frame_retained_value(ends.value(), Leak);
    let (id, place) = (handle.id(), address(&*handle));
    let mut promotions = alloc.end_frame_with_promotions();
    assert!(promotions.take(id).is_none(), "the handle has it");
    drop(handle);
    let Some(Promoted::Leaked(value)) = promotions.take(id) else { panic!("not leaked") };
    assert!(promotions.take(id).is_none());
    assert_eq!(keep(value), place);
    drop(promotions);
    assert_eq!(ends.count(), 0);
}

#[test]
fn leaked_value_goes_with_its_handle_if_asked_so() {
    let alloc = leaked();
    let ends = Ends::default();
    let handle = alloc.frame_retained_value(ends.value(), Leak);
    let promotion = alloc.end_frame_with_promotions().into_iter().next().expect("one");
    let promotion = promotion.downcast::<Ending>().expect_err("the handle has it");
    let Promoted::Leaked(value) = handle.into_promoted() else { panic!("not leaked") };
    assert!(promotion.is_empty());
    assert!(promotion.downcast::<Ending>().is_err(), "there is one `&mut` only");
    keep(value);
    assert_eq!(ends.count(), 0);
}

#[test]
#[cfg(not(any(asan, miri)))]
fn leaked_value_that_nobody_takes_is_not_dropped() {
    let alloc = small();
    let ends = Ends::default();
    drop(alloc.frame_retained_value(ends.value(), Leak));
    drop(alloc.end_frame_with_promotions());
    drop(alloc.frame_retained_value(ends.value(), Leak));
    for _ in 0..3 {
        alloc.begin_frame();
        alloc.end_frame();
    }
    let handle = alloc.frame_retained_value(ends.value(), Leak);
    drop(alloc.end_frame_with_promotions());
    drop(handle);
    drop(alloc.frame_retained_value(ends.value(), Leak));
    drop(alloc);
    assert_eq!(ends.count(), 0);
}

#[test]
fn promotion_says_what_it_is_and_under_which_tag() {
    let alloc = small();
    alloc.begin_frame();
    drop(alloc.frame_retained_value(1u16, PromoteToPool));
    alloc.with_tag("promotion tags", |a| {
        drop(a.frame_retained_value(String::new(), PromoteToHeap));
        a.with_tag("inner", |a| drop(a.frame_retained_value([0u8; 3], PromoteToPool)));
    });
    let promotions = alloc.end_frame_with_promotions();
    drop(alloc);
    let seen: Vec<_> = promotions.into_iter().map(|p| (p.policy, p.type_name, p.size, p.tag)).collect();
    assert_eq!(
        seen,
        [
            (PromoteToPool, "u16", 2, None),
            (PromoteToHeap, "alloc::string::String", size_of::<String>(), Some("promotion tags")),
            (PromoteToPool, "[u8; 3]", 3, Some("promotion tags/inner")),
        ]
    );
}

#[test]
fn public_fields_are_only_read() {
    let alloc = small();
    let drops = Drops::default();
    retain(&alloc, &drops, 1, PromoteToPool);
    let mut promotion = alloc.end_frame_with_promotions().into_iter().next().expect("one");
    promotion.policy = Leak;
    promotion.size = 0;
    let promoted = promotion.downcast::<Counted>().expect("free");
    assert_eq!(promoted.policy(), PromoteToPool);
    drop(promoted);
    assert_eq!(drops.alive(), 0);
}

#[test]
fn downcast_to_another_type_gives_the_promotion_back() {
    let alloc = small();
    let drops = Drops::default();
    for policy in OWNED {
        let id = retain(&alloc, &drops, 1, policy);
        let promotion = alloc.end_frame_with_promotions().into_iter().next().expect("one");
        assert!(promotion.is::<Counted>() && !promotion.is::<[u8; size_of::<Counted>()]>());
        assert!(promotion.has_id(id));
        let promotion = promotion.downcast::<u8>().expect_err("another type");
        let promotion = promotion.downcast::<Rc<Counted>>().expect_err("another type");
        assert_eq!(drops.alive(), 1);
        promotion.downcast::<Counted>().expect("its own").check(1);
        assert_eq!(drops.alive(), 0);
    }
    retain(&alloc, &drops, 2, PromoteToPool);
    let promotion = alloc.end_frame_with_promotions().into_iter().next().expect("one");
    drop(promotion.downcast::<u8>());
    assert_eq!(drops.alive(), 0, "dropped with the promotion that came back");
}

#[test]
fn nobody_gets_the_value_while_its_handle_is_alive() {
    let alloc = small();
    let drops = Drops::default();
    for policy in OWNED {
        alloc.begin_frame();
        let mut handle = alloc.frame_retained_value(drops.value(1), policy);
        let id = handle.id();
        let mut promotions = alloc.end_frame_with_promotions();
        assert_eq!(promotions.len(), 1, "listed while the handle lives");
        assert!(promotions.take(id).is_none());
        handle.id = 2;
        handle.check(2);
        let promotion = promotions.into_iter().next().expect("it stays");
        assert!(promotion.is_held() && !promotion.is_empty());
        let promotion = promotion.downcast::<Counted>().expect_err("held");
        drop(handle);
        assert!(!promotion.is_held());
        promotion.downcast::<Counted>().expect("free").check(2);
    }
    assert_eq!((drops.made(), drops.alive()), (2, 0));
}

#[test]
fn whoever_goes_last_drops_the_value() {
    let alloc = small();
    let drops = Drops::default();
    for policy in OWNED {
        let handle = alloc.frame_retained_value(drops.value(1), policy);
        let promotions = alloc.end_frame_with_promotions();
        drop(handle);
        assert_eq!(drops.alive(), 1);
        drop(promotions);
        assert_eq!(drops.alive(), 0);

        let handle = alloc.frame_retained_value(drops.value(2), policy);
        drop(alloc.end_frame_with_promotions());
        for _ in 0..3 {
            alloc.begin_frame();
            alloc.end_frame();
            handle.check(2);
        }
        assert_eq!(drops.alive(), 1);
        drop(handle);
        assert_eq!(drops.alive(), 0);
    }
    let stats = alloc.stats();
    assert_eq!((stats.pool_bytes, stats.heap_bytes), (0, 0));
}

#[test]
fn value_taken_early_is_listed_no_more() {
    let alloc = small();
    let drops = Drops::default();
    alloc.begin_frame();
    let handles: Vec<_> =
        (0..5).map(|id| alloc.frame_retained_value(drops.value(id), PromoteToPool)).collect();
    let mut taken = Vec::new();
    let mut left = Vec::new();
    for handle in handles {
        // The first, the last and one between them.
        if handle.id % 2 == 0 { taken.push(handle.into_promoted()) } else { left.push(handle) }
    }
    drop(left);
    assert_eq!(ids(alloc.end_frame_with_promotions()), [1, 3]);
    assert_eq!(taken.iter().map(|value| value.id).collect::<Vec<_>>(), [0, 2, 4]);
    drop(taken);
    assert_eq!(drops.alive(), 0);
    assert_eq!(counts(&alloc), (5, 5, 0));
}

#[test]
fn value_taken_late_leaves_an_empty_promotion() {
    let alloc = small();
    let drops = Drops::default();
    let first = alloc.frame_retained_value(drops.value(1), PromoteToPool);
    let second = alloc.frame_retained_value(drops.value(2), PromoteToHeap);
    let (first_id, second_id) = (first.id(), second.id());
    let mut promotions = alloc.end_frame_with_promotions();
    let first = first.into_promoted();
    assert_eq!(promotions.len(), 1);
    assert!(promotions.take(first_id).is_none() && promotions.take(second_id).is_none());
    let mut rest = promotions.into_iter();
    let promotion = rest.next().expect("the second");
    assert!(rest.next().is_none());
    let second = second.into_promoted();
    assert!(promotion.is_empty() && !promotion.is_held());
    let promotion = promotion.downcast::<Counted>().expect_err("empty");
    drop(promotion);
    first.check(1);
    second.check(2);
    drop((first, second));
    assert_eq!(drops.alive(), 0);
}

#[test]
fn pending_value_may_be_taken_by_its_handle() {
    let alloc = small();
    let drops = Drops::default();
    let handles: Vec<_> =
        (0..3).map(|id| alloc.frame_retained_value(drops.value(id), PromoteToPool)).collect();
    alloc.begin_frame();
    alloc.end_frame();
    let mut handles = handles.into_iter();
    let (zero, one) = (handles.next(), handles.next());
    drop(handles);
    let one = one.map(FrameRetained::into_promoted);
    drop(zero);
    assert_eq!(ids(alloc.take_promotions()), [0, 2]);
    drop(one);
    assert_eq!((drops.alive(), counts(&alloc)), (0, (3, 3, 0)));
}

#[test]
fn plain_end_keeps_promotions_for_one_frame() {
    let alloc = small();
    let drops = Drops::default();
    alloc.begin_frame();
    retain(&alloc, &drops, 1, PromoteToPool);
    assert!(alloc.take_promotions().is_empty(), "its frame has not ended");
    alloc.end_frame();
    assert_eq!(counts(&alloc), (1, 0, 0));
    alloc.begin_frame();
    retain(&alloc, &drops, 2, PromoteToHeap);
    assert_eq!(ids(alloc.take_promotions()), [1], "until the end of the next frame");
    assert!(alloc.take_promotions().is_empty());
    alloc.end_frame();
    alloc.begin_frame();
    assert_eq!(drops.alive(), 1);
    alloc.end_frame();
    assert_eq!((drops.alive(), counts(&alloc)), (0, (2, 1, 1)));
    alloc.begin_frame();
    retain(&alloc, &drops, 3, PromoteToPool);
    alloc.end_frame();
    alloc.begin_frame();
    retain(&alloc, &drops, 4, PromoteToPool);
    let promotions = alloc.end_frame_with_promotions();
    assert_eq!(drops.alive(), 1, "every end of a frame drops what is pending");
    assert_eq!(ids(promotions), [4]);
    assert_eq!(counts(&alloc), (4, 2, 2));
}

#[test]
fn frames_of_every_kind_promote() {
    let alloc = small();
    let drops = Drops::default();
    {
        let _frame = alloc.frame();
        retain(&alloc, &drops, 1, PromoteToPool);
        {
            let _scope = alloc.frame();
            retain(&alloc, &drops, 2, PromoteToPool);
        }
        assert!(alloc.take_promotions().is_empty(), "a frame within a frame is a scope");
    }
    assert_eq!(ids(alloc.take_promotions()), [1, 2]);
    {
        let _frame = alloc.frame();
        retain(&alloc, &drops, 3, PromoteToPool);
        assert_eq!(ids(alloc.end_frame_with_promotions()), [3]);
        retain(&alloc, &drops, 4, PromoteToPool);
    }
    assert!(alloc.take_promotions().is_empty(), "made when the guard's frame had ended");
    alloc.begin_frame();
    retain(&alloc, &drops, 5, PromoteToPool);
    alloc.begin_frame();
    assert_eq!(ids(alloc.take_promotions()), [4, 5], "begun twice: the first has ended");
    alloc.end_frame();
    assert_eq!(drops.alive(), 0);
}

#[test]
fn outside_any_frame_a_value_belongs_to_the_next_that_ends() {
    let alloc = small();
    let drops = Drops::default();
    retain(&alloc, &drops, 1, PromoteToPool);
    alloc.begin_frame();
    retain(&alloc, &drops, 2, PromoteToPool);
    alloc.end_frame();
    // Without a frame, what was made outside is promoted and nothing is dropped.
    retain(&alloc, &drops, 3, PromoteToPool);
    alloc.end_frame();
    alloc.end_frame();
    retain(&alloc, &drops, 4, PromoteToPool);
    assert_eq!(ids(alloc.end_frame_with_promotions()), [4]);
    assert_eq!(alloc.thread_stats().misuse.ended_without_begin, 3);
    assert_eq!(ids(alloc.take_promotions()), [1, 2, 3]);
    assert!(alloc.end_frame_with_promotions().is_empty());
    assert_eq!(counts(&alloc), (4, 4, 0));
}

#[test]
fn frames_beside_promotions_are_as_ever() {
    let alloc = small();
    let drops = Drops::default();
    let mut start = None;
    for frame in 0..20u64 {
        alloc.begin_frame();
        let boxed = alloc.frame_box([frame; 8]);
        assert_eq!(*start.get_or_insert(address(&*boxed)), address(&*boxed));
        retain(&alloc, &drops, frame, OWNED[frame as usize % 2]);
        drop(boxed);
        if frame % 3 == 0 {
            drop(alloc.end_frame_with_promotions());
        } else {
            alloc.end_frame();
        }
        assert_eq!(alloc.thread_stats().last_frame_bytes, 64);
    }
    assert_eq!((alloc.stats().frames, alloc.stats().parked_bytes), (20, 0));
}

#[test]
fn types_of_every_shape() {
    #[derive(Debug, PartialEq)]
    #[repr(align(256))]
    struct Aligned([u8; 300]);
    impl Default for Aligned {
        fn default() -> Self {
            Self([3; 300])
        }
    }
    #[derive(Debug, PartialEq)]
    struct Huge(Box<u8>, [u64; 4000]);
    impl Default for Huge {
        fn default() -> Self {
            Self(Box::new(4), [5; 4000])
        }
    }
    fn round<T: Default + PartialEq + std::fmt::Debug + 'static>(alloc: &SmartAlloc) {
        for policy in OWNED {
            let handle = alloc.frame_retained::<T>(policy);
            assert!(address(&*handle).is_multiple_of(align_of::<T>()));
            assert_eq!((&*handle, handle.policy()), (&T::default(), policy));
            let id = handle.id();
            drop(handle);
            drop(alloc.frame_retained::<T>(policy));
            let mut promotions = alloc.end_frame_with_promotions();
            let promoted = promotions.take(id).expect("free");
            assert_eq!((&*promoted, promoted.policy()), (&T::default(), policy));
            assert_eq!(promotions.into_iter().next().map(|p| p.size), Some(size_of::<T>()));
        }
    }
    let alloc = small();
    round::<()>(&alloc);
    round::<[Aligned; 0]>(&alloc);
    round::<u8>(&alloc);
    round::<String>(&alloc);
    round::<Aligned>(&alloc);
    round::<Huge>(&alloc);
    let stats = alloc.stats();
    assert_eq!((stats.pool_bytes, stats.heap_bytes), (0, 0));
}

#[test]
fn values_without_size_are_dropped_once_too() {
    thread_local! {
        static ENDS: Cell<u32> = const { Cell::new(0) };
    }
    #[derive(Default)]
    struct Nothing;
    impl Drop for Nothing {
        fn drop(&mut self) {
            ENDS.set(ENDS.get() + 1);
        }
    }
    let alloc = small();
    let one = alloc.frame_retained::<Nothing>(PromoteToPool);
    let two = alloc.frame_retained::<Nothing>(PromoteToHeap);
    assert_ne!(one.id(), two.id());
    drop(alloc.frame_retained::<Nothing>(PromoteToPool));
    drop(one.into_promoted());
    assert_eq!(ENDS.get(), 1);
    drop(alloc.end_frame_with_promotions());
    assert_eq!(ENDS.get(), 2);
    drop(two);
    assert_eq!(ENDS.get(), 3);
}

#[test]
fn ids_are_never_used_again() {
    let mut seen = HashSet::new();
    for _ in 0..3 {
        let (one, other) = (small(), small());
        for alloc in [&one, &other] {
            for _ in 0..rounds(200, 20) {
                assert!(seen.insert(alloc.frame_retained_value((), PromoteToPool).id()));
            }
        }
        let from_threads: Vec<_> =
            (0..4).map(|_| thread::spawn(|| small().frame_retained_value((), PromoteToPool).id())).collect();
        for id in from_threads {
            assert!(seen.insert(id.join().expect("no panic")));
        }
    }
}

#[test]
fn many_ids_in_one_thread_are_different() {
    let alloc = small();
    let mut last = alloc.frame_retained_value((), PromoteToPool).id();
    for _ in 0..rounds(150_000, 10) {
        let handle = alloc.frame_retained_value((), PromoteToPool);
        assert!(handle.id() > last, "a thread's numbers rise");
        last = handle.id();
        drop(handle.into_promoted());
    }
}

#[test]
fn id_finds_nothing_elsewhere() {
    let (one, other) = (small(), small());
    let id = one.frame_retained_value(1u32, PromoteToPool).id();
    drop(other.frame_retained_value(1u32, PromoteToPool));
    let mut elsewhere = other.end_frame_with_promotions();
    assert!(elsewhere.take(id).is_none());
    assert_eq!(elsewhere.len(), 1);
    let mut here = one.end_frame_with_promotions();
    assert_eq!(*here.take(id).expect("here"), 1);
    assert!(here.take(id).is_none());
}

#[test]
fn take_finds_the_first_the_last_and_what_is_between() {
    let alloc = small();
    let drops = Drops::default();
    let all: Vec<_> = (0..6).map(|id| retain(&alloc, &drops, id, OWNED[id as usize % 2])).collect();
    let mut promotions = alloc.end_frame_with_promotions();
    for index in [0, 5, 3] {
        promotions.take(all[index]).expect("there").check(index as u64);
    }
    assert_eq!(promotions.len(), 3);
    assert_eq!(ids(promotions), [1, 2, 4]);
    assert_eq!(drops.alive(), 0);
}

// --- Destructors -------------------------------------------------------------------------------------------------

#[test]
fn unread_promotions_are_dropped_although_one_panics() {
    let alloc = small();
    let drops = Drops::default();
    for policy in OWNED {
        alloc.begin_frame();
        retain(&alloc, &drops, 1, policy);
        drop(alloc.frame_retained_value(OnDrop::new(|| panic!("in a destructor")), policy));
        retain(&alloc, &drops, 2, policy);
        alloc.end_frame();
        alloc.begin_frame();
        retain(&alloc, &drops, 3, policy);
        assert_eq!(panics(|| alloc.end_frame()), "in a destructor");
        assert_eq!(drops.alive(), 1, "both neighbours");
        assert_eq!(ids(alloc.take_promotions()), [3], "the frame had ended");
        alloc.end_frame();
        assert_eq!(alloc.stats().pool_bytes + alloc.stats().heap_bytes, 0);
    }
    assert_eq!(alloc.thread_stats().misuse.ended_without_begin, 2);
}

#[test]
fn panic_at_the_end_of_a_frame_takes_its_promotions_along() {
    let alloc = small();
    let drops = Drops::default();
    drop(alloc.frame_retained_value(OnDrop::new(|| panic!("in a destructor")), PromoteToPool));
    alloc.end_frame();
    alloc.begin_frame();
    retain(&alloc, &drops, 1, PromoteToPool);
    assert_eq!(panics(|| alloc.end_frame_with_promotions()), "in a destructor");
    assert_eq!(drops.alive(), 0);
    alloc.begin_frame();
    alloc.end_frame();
    assert_eq!(counts(&alloc), (2, 1, 1));
}

#[test]
fn promotions_are_dropped_although_one_panics() {
    let alloc = small();
    let drops = Drops::default();
    for consume in [true, false] {
        retain(&alloc, &drops, 1, PromoteToPool);
        drop(alloc.frame_retained_value(OnDrop::new(|| panic!("in a destructor")), PromoteToHeap));
        retain(&alloc, &drops, 2, PromoteToHeap);
        let promotions = alloc.end_frame_with_promotions();
        let message =
            panics(|| if consume { promotions.into_iter().for_each(drop) } else { drop(promotions) });
        assert_eq!((message.as_str(), drops.alive()), ("in a destructor", 0));
    }
    let handle = alloc.frame_retained_value(OnDrop::new(|| panic!("in a destructor")), PromoteToPool);
    drop(alloc.end_frame_with_promotions());
    assert_eq!(panics(|| drop(handle)), "in a destructor");
    let handle = alloc.frame_retained_value(OnDrop::new(|| panic!("in a destructor")), PromoteToPool);
    assert_eq!(panics(|| drop(handle.into_promoted())), "in a destructor");
    assert_eq!((alloc.stats().pool_bytes, alloc.stats().heap_bytes), (0, 0));
}

#[test]
fn frame_guard_whose_end_panics_leaves_nothing_behind() {
    let alloc = small();
    drop(alloc.frame_retained_value(OnDrop::new(|| panic!("in a destructor")), PromoteToPool));
    alloc.end_frame();
    let message = panics(|| {
        let frame = alloc.frame();
        frame.alloc(1);
    });
    assert_eq!(message, "in a destructor");
    assert_eq!((alloc.stats().frames, alloc.stats().parked_bytes), (1, 0));
    alloc.begin_frame();
    assert_eq!(alloc.thread_stats().misuse.begun_twice, 0);
}

#[test]
fn making_that_panics_retains_nothing() {
    struct Fails;
    impl Default for Fails {
        fn default() -> Self {
            panic!("no default")
        }
    }
    let alloc = small();
    for policy in [PromoteToPool, PromoteToHeap, Leak] {
        assert_eq!(panics(|| drop(alloc.frame_retained::<Fails>(policy))), "no default");
    }
    assert!(alloc.end_frame_with_promotions().is_empty());
    assert_eq!((alloc.stats().pool_bytes, alloc.stats().heap_bytes), (0, 0));
}

/// What a destructor may do to the allocator that it runs in.
fn meddle(alloc: &'static SmartAlloc, drops: &Drops, how: usize) {
    match how {
        0 => drop(retain(alloc, drops, 100, PromoteToPool)),
        1 => alloc.end_frame(),
        2 => alloc.begin_frame(),
        3 => drop(alloc.end_frame_with_promotions()),
        4 => drop(alloc.take_promotions()),
        5 => {
            let handle = alloc.frame_retained_value(drops.value(101), PromoteToHeap);
            alloc.begin_frame();
            alloc.end_frame();
            handle.check(101);
        }
        6 => drop(alloc.frame_retained_value(drops.value(102), PromoteToHeap).into_promoted()),
        7 => drop(alloc.frame()),
        8 => drop((alloc.frame_box(1), alloc.scope(), alloc.thread_stats())),
        _ => {
            retain(alloc, drops, 103, PromoteToPool);
            alloc.end_frame();
            alloc.begin_frame();
            alloc.end_frame();
        }
    }
}

#[test]
fn destructors_may_do_what_they_like() {
    for how in 0..10 {
        for way in 0..5 {
            let alloc = leaked();
            let drops = Drops::default();
            alloc.begin_frame();
            for id in 0..3 {
                retain(alloc, &drops, id, OWNED[id as usize % 2]);
                let inner = drops.clone();
                drop(
                    alloc.frame_retained_value(
                        OnDrop::new(move || meddle(alloc, &inner, how)),
                        OWNED[way % 2],
                    ),
                );
            }
            match way {
                0 => drop(alloc.end_frame_with_promotions()),
                1 => alloc.end_frame_with_promotions().into_iter().for_each(drop),
                2 => {
                    alloc.end_frame();
                    drop(alloc.take_promotions());
                }
                3 => {
                    alloc.end_frame();
                    alloc.begin_frame();
                    retain(alloc, &drops, 4, PromoteToPool);
                    alloc.end_frame();
                }
                _ => {
                    alloc.end_frame();
                    drop(alloc.frame());
                }
            }
            // Whatever was retained by destructors, two frames later nothing is left.
            for _ in 0..3 {
                alloc.begin_frame();
                alloc.end_frame();
            }
            assert_eq!(drops.alive(), 0, "how {how}, way {way}");
            let stats = alloc.stats();
            assert_eq!((stats.pool_bytes, stats.heap_bytes, stats.parked_bytes), (0, 0, 0));
            let (made, taken, unread) = counts(alloc);
            assert_eq!(made, taken + unread, "how {how}, way {way}");
        }
    }
}

#[test]
fn destructor_drops_and_takes_other_handles() {
    // Each value's destructor lets go of the handle of another, whose listing is in the same list.
    let alloc = leaked();
    for take in [false, true] {
        for way in 0..3 {
            let drops = Drops::default();
            let others: Rc<RefCell<Vec<FrameRetained<'static, Counted>>>> = Rc::default();
            alloc.begin_frame();
            for id in 0..4 {
                others.borrow_mut().push(alloc.frame_retained_value(drops.value(id), OWNED[id as usize % 2]));
                let others = Rc::clone(&others);
                let policy = OWNED[(id as usize + 1) % 2];
                drop(alloc.frame_retained_value(
                    OnDrop::new(move || {
                        let other = others.borrow_mut().pop();
                        if let Some(other) = other {
                            if take { drop(other.into_promoted()) } else { drop(other) }
                        }
                    }),
                    policy,
                ));
            }
            match way {
                0 => drop(alloc.end_frame_with_promotions()),
                1 => alloc.end_frame_with_promotions().into_iter().for_each(drop),
                _ => {
                    alloc.end_frame();
                    alloc.begin_frame();
                    alloc.end_frame();
                }
            }
            assert!(others.borrow().is_empty());
            assert_eq!(drops.alive(), 0);
        }
    }
}

#[test]
fn value_may_own_a_promotion_of_another_and_the_allocator() {
    let ends = Ends::default();
    {
        let alloc = small();
        drop(alloc.frame_retained_value(ends.value(), PromoteToPool));
        let promotions = alloc.end_frame_with_promotions();
        drop(alloc.frame_retained_value((ends.value(), promotions), PromoteToHeap));
        let promotions = alloc.end_frame_with_promotions();
        drop(alloc.frame_retained_value((ends.value(), promotions, alloc.clone()), PromoteToPool));
        let promotions = alloc.end_frame_with_promotions();
        drop(alloc);
        assert_eq!(ends.count(), 0);
        drop(promotions);
    }
    assert_eq!(ends.count(), 3);
}

#[test]
fn value_that_owns_its_allocator_ends_with_the_thread() {
    let ends = Ends::default();
    let value = ends.value();
    thread::spawn(move || {
        let alloc = small();
        drop(alloc.frame_retained_value((value, alloc.clone()), PromoteToPool));
        drop(alloc);
    })
    .join()
    .expect("no panic");
    assert_eq!(ends.count(), 1);
}

// --- Ends --------------------------------------------------------------------------------------------------------

#[test]
fn allocator_that_goes_takes_along_what_its_last_thread_retained() {
    for policy in OWNED {
        let drops = Drops::default();
        let alloc = small();
        retain(&alloc, &drops, 1, policy);
        alloc.end_frame();
        retain(&alloc, &drops, 2, policy);
        let clone = alloc.clone();
        drop(alloc);
        assert_eq!(drops.alive(), 2);
        drop(clone);
        assert_eq!(drops.alive(), 0);
    }
}

#[test]
fn panic_of_a_value_that_goes_with_its_allocator_comes_out() {
    let drops = Drops::default();
    let alloc = small();
    retain(&alloc, &drops, 1, PromoteToPool);
    drop(alloc.frame_retained_value(OnDrop::new(|| panic!("in a destructor")), PromoteToPool));
    retain(&alloc, &drops, 2, PromoteToPool);
    assert_eq!(panics(|| drop(alloc)), "in a destructor");
    assert_eq!(drops.alive(), 0);
    drop(small().frame_box(1));
}

#[test]
fn last_clone_that_goes_elsewhere_leaves_values_to_their_thread() {
    for ask_again in [false, true] {
        let ends = Ends::default();
        let here = thread::current().id();
        let alloc = small();
        let dropped_on = Arc::new(Mutex::new(Vec::new()));
        for end in [true, false] {
            let (value, log) = (ends.value(), Arc::clone(&dropped_on));
            let value = OnDrop::new(move || {
                log.lock().expect("no panic").push(thread::current().id());
                drop(value);
            });
            drop(alloc.frame_retained_value(value, PromoteToPool));
            if end {
                alloc.end_frame();
            }
        }
        let promotions = {
            let promotions = alloc.take_promotions();
            drop(alloc.frame_retained_value(ends.value(), PromoteToHeap));
            promotions
        };
        thread::spawn(move || drop(alloc)).join().expect("no panic");
        assert_eq!(ends.count(), 0, "not on the thread that dropped the allocator");
        if ask_again {
            // Any way to another allocator's state looks for what has gone.
            let other = small();
            drop(other.frame_box(1));
            assert_eq!(ends.count(), 2);
        }
        drop(promotions);
        assert!(dropped_on.lock().expect("no panic").iter().all(|&thread| thread == here));
        if ask_again {
            assert_eq!(ends.count(), 3);
        }
    }
}

#[test]
fn panic_of_a_value_whose_allocator_has_gone_elsewhere() {
    let ends = Ends::default();
    let alloc = small();
    drop(alloc.frame_retained_value(OnDrop::new(|| panic!("in a destructor")), PromoteToPool));
    drop(alloc.frame_retained_value(ends.value(), PromoteToPool));
    thread::spawn(move || drop(alloc)).join().expect("no panic");
    let other = small();
    assert_eq!(panics(|| drop(other.frame_box(1))), "in a destructor");
    assert_eq!(ends.count(), 1);
    assert_eq!(*other.frame_box(2), 2);
}

#[test]
fn thread_that_ends_drops_what_is_open_and_pending() {
    let alloc = small();
    for in_frame in [false, true] {
        let ends = Ends::default();
        let before = alloc.stats().promotions;
        thread::scope(|s| {
            let work = s.spawn(|| {
                let here = thread::current().id();
                let value = |value: Ending| {
                    OnDrop::new(move || {
                        assert_eq!(thread::current().id(), here);
                        drop(value);
                    })
                };
                alloc.begin_frame();
                drop(alloc.frame_retained_value(value(ends.value()), PromoteToPool));
                alloc.end_frame();
                if in_frame {
                    alloc.begin_frame();
                }
                drop(alloc.frame_retained_value(value(ends.value()), PromoteToHeap));
                ends.count()
            });
            assert_eq!(work.join().expect("no panic"), 0);
        });
        wait_until(|| ends.count() == 2);
        wait_until(|| alloc.stats().pool_bytes + alloc.stats().heap_bytes == 0);
        let now = alloc.stats().promotions;
        assert_eq!((now.made() - before.made(), now.unread - before.unread), (2, 2));
        assert_eq!(now.made(), now.taken + now.unread);
    }
}

/// `thread::scope` returns before the destructors of its threads' thread-local variables have run.
fn wait_until(done: impl Fn() -> bool) {
    while !done() {
        thread::yield_now();
    }
}

#[test]
fn thread_that_ends_survives_a_destructor_that_panics() {
    let ends = Ends::default();
    let alloc = leaked();
    let value = ends.value();
    thread::spawn(move || {
        drop(alloc.frame_retained_value(OnDrop::new(|| panic!("at the thread's end")), PromoteToPool));
        drop(alloc.frame_retained_value(value, PromoteToPool));
    })
    .join()
    .expect("its own work is done");
    assert_eq!(ends.count(), 1);
    assert_eq!(alloc.stats().pool_bytes, 0);
}

/// Runs what was put into it when the thread ends.
struct AtExit(RefCell<Vec<Box<dyn FnOnce()>>>);

impl Drop for AtExit {
    fn drop(&mut self) {
        for work in self.0.borrow_mut().drain(..) {
            work();
        }
    }
}

thread_local! {
    static AT_EXIT: AtExit = const { AtExit(RefCell::new(Vec::new())) };
}

fn at_exit(work: impl FnOnce() + 'static) {
    AT_EXIT.with(|list| list.0.borrow_mut().push(Box::new(work)));
}

/// Runs `work` on a new thread that registers a destructor of its own before or after the library's.
fn in_thread(late: bool, alloc: &'static SmartAlloc, work: impl FnOnce() + Send + 'static) {
    let thread = thread::spawn(move || {
        if late {
            // Destructors run last registered first.
            at_exit(|| ());
        }
        alloc.begin_frame();
        alloc.end_frame();
        work();
    });
    thread.join().expect("no panic");
}

#[test]
fn handles_and_promotions_outlive_what_the_thread_has_of_the_allocator() {
    let alloc = leaked();
    for late in [false, true] {
        for with_promotions in [false, true] {
            for take in [false, true] {
                let ends = Ends::default();
                let (value, more) = (ends.value(), ends.value());
                in_thread(late, alloc, move || {
                    let handle = alloc.frame_retained_value(value, PromoteToPool);
                    let promotions = with_promotions.then(|| alloc.end_frame_with_promotions());
                    let other = alloc.frame_retained_value(more, PromoteToHeap);
                    at_exit(move || {
                        let handle = if take { Ok(handle.into_promoted()) } else { Err(handle) };
                        drop(promotions);
                        drop(handle);
                        drop(other);
                    });
                });
                assert_eq!(ends.count(), 2);
                let stats = alloc.stats();
                assert_eq!((stats.pool_bytes, stats.heap_bytes), (0, 0));
            }
        }
    }
}

#[test]
fn destructors_of_thread_locals_may_retain() {
    let alloc = leaked();
    for late in [false, true] {
        for how in 0..5 {
            let ends = Ends::default();
            let value = ends.value();
            let (sender, receiver) = mpsc::channel();
            in_thread(late, alloc, move || {
                at_exit(move || {
                    let listed = match how {
                        0 => {
                            drop(alloc.frame_retained_value(value, PromoteToPool));
                            None
                        }
                        1 => {
                            drop(alloc.frame_retained_value(value, PromoteToHeap));
                            Some(alloc.end_frame_with_promotions().len())
                        }
                        2 => {
                            alloc.begin_frame();
                            let handle = alloc.frame_retained_value(value, PromoteToPool);
                            let promotions = alloc.end_frame_with_promotions();
                            drop(handle);
                            Some(promotions.len())
                        }
                        3 => {
                            drop(alloc.frame_retained_value(value, PromoteToPool).into_promoted());
                            None
                        }
                        _ => {
                            let frame = alloc.frame();
                            let handle = alloc.frame_retained_value(value, PromoteToPool);
                            drop(frame);
                            drop(handle);
                            Some(alloc.take_promotions().len())
                        }
                    };
                    sender.send(listed).expect("somebody waits");
                });
            });
            let listed = receiver.recv().expect("it ran");
            if let Some(listed) = listed {
                assert_eq!(listed, usize::from(!late), "past the table there is no list, how {how}");
            }
            assert_eq!(ends.count(), 1, "late {late}, how {how}");
            assert_eq!((alloc.stats().pool_bytes, alloc.stats().heap_bytes), (0, 0));
        }
    }
}

#[test]
fn values_that_end_with_the_thread_may_use_the_allocator() {
    let alloc = leaked();
    for how in 0..10 {
        let ends = Ends::default();
        let value = ends.value();
        in_thread(how % 2 == 0, alloc, move || {
            let value = OnDrop::new(move || {
                let drops = Drops::default();
                meddle(alloc, &drops, how);
                drop(alloc.frame_box(1));
                drop(value);
            });
            drop(alloc.frame_retained_value(value, PromoteToPool));
        });
        assert_eq!(ends.count(), 1, "how {how}");
        let stats = alloc.stats();
        assert_eq!((stats.pool_bytes, stats.heap_bytes, stats.parked_bytes), (0, 0, 0), "how {how}");
    }
}

#[test]
fn state_that_is_inherited_has_no_promotions() {
    let alloc = small();
    for _ in 0..3 {
        thread::scope(|s| {
            s.spawn(|| {
                assert!(alloc.take_promotions().is_empty());
                assert!(alloc.end_frame_with_promotions().is_empty());
                alloc.begin_frame();
                drop(alloc.frame_retained_value(1, PromoteToPool));
                alloc.end_frame();
                drop(alloc.frame_retained_value(2, PromoteToPool));
            });
        });
    }
    wait_until(|| alloc.stats().promotions.unread == 6);
}

#[test]
fn forgotten_handle_keeps_its_value_as_a_forgotten_box_does() {
    let alloc = leaked();
    let ends = Ends::default();
    forget(alloc.frame_retained_value(ends.value(), PromoteToPool));
    for promotion in alloc.end_frame_with_promotions() {
        let promotion = promotion.downcast::<Ending>().expect_err("held for ever");
        assert!(promotion.is_held());
        // A leak checker finds the rest from here.
        keep(Box::leak(Box::new(promotion)));
    }
    assert_eq!(ends.count(), 0);
}

// --- Two allocators, budgets, numbers ----------------------------------------------------------------------------

#[test]
fn two_allocators_in_one_thread_share_nothing() {
    let drops = Drops::default();
    let (one, two) = (small(), small());
    one.begin_frame();
    two.begin_frame();
    for id in 0..6 {
        retain(if id % 2 == 0 { &one } else { &two }, &drops, id, PromoteToPool);
    }
    assert_eq!(ids(one.end_frame_with_promotions()), [0, 2, 4]);
    two.end_frame();
    one.begin_frame();
    one.end_frame();
    drop(one);
    assert_eq!(ids(two.take_promotions()), [1, 3, 5]);
    assert_eq!(drops.alive(), 0);
}

#[test]
fn promotions_outlive_their_allocator_and_each_other() {
    let drops = Drops::default();
    let mut kept = Vec::new();
    for id in 0..5 {
        let alloc = small();
        retain(&alloc, &drops, id, OWNED[id as usize % 2]);
        kept.push(alloc.end_frame_with_promotions());
    }
    let last = kept.pop();
    for (id, promotions) in kept.into_iter().enumerate() {
        assert_eq!(ids(promotions), [id as u64]);
    }
    assert_eq!(drops.alive(), 1);
    drop(last);
    assert_eq!(drops.alive(), 0);
}

#[test]
fn budgets_and_limits_speak_up_at_the_call() {
    let alloc = SmartAlloc::new(config().with_heap_limit(kilobytes(4)));
    alloc.set_thread_pool_budget(1024);
    let drops = Drops::default();
    let fits = alloc.frame_retained_value([0u8; 1024], PromoteToPool);
    alloc.begin_frame();
    let error = alloc.try_frame_retained_value(drops.value(1), PromoteToPool).expect_err("no room");
    assert_eq!((error.kind(), error.left()), (AllocErrorKind::ThreadPoolBudget, 0));
    for policy in [PromoteToHeap, Leak] {
        let error = alloc.try_frame_retained_value([0u8; 5000], policy).expect_err("no room");
        assert_eq!((error.kind(), error.requested()), (AllocErrorKind::HeapLimit, 5000));
    }
    assert_eq!(drops.alive(), 0, "a value that is refused is dropped");

    #[derive(Debug)]
    struct Unmade([u8; 4]);
    impl Default for Unmade {
        fn default() -> Self {
            panic!("made though there is no place for it")
        }
    }
    let error = alloc.try_frame_retained::<Unmade>(PromoteToPool).expect_err("no room");
    assert_eq!(error.requested(), 16);
    let message = panics(|| alloc.with_tag("level", |a| a.frame_retained::<Unmade>(PromoteToPool).0));
    assert!(message.contains("pool budget") && message.contains("`level`"), "{message}");
    assert!(alloc.end_frame_with_promotions().is_empty() || counts(&alloc).0 == 1);
    drop(fits);
}

#[test]
fn budget_callback_may_end_the_frame_and_retain() {
    let alloc = leaked_with_callback();
    alloc.set_thread_pool_budget(64);
    let drops = Drops::default();
    alloc.begin_frame();
    retain(alloc, &drops, 1, PromoteToPool);
    let kept: Vec<_> = (0..4).map(|id| alloc.frame_retained_value(drops.value(id), PromoteToPool)).collect();
    kept.iter().zip(0..).for_each(|(value, id)| value.check(id));
    drop(kept);
    drop(alloc.end_frame_with_promotions());
    drop(alloc.take_promotions());
    alloc.begin_frame();
    alloc.end_frame();
    alloc.begin_frame();
    alloc.end_frame();
    assert_eq!(drops.alive(), 0);
}

/// Its callback begins and ends frames and retains values itself.
fn leaked_with_callback() -> &'static SmartAlloc {
    use std::sync::OnceLock;
    static ALLOC: OnceLock<SmartAlloc> = OnceLock::new();
    ALLOC.get_or_init(|| {
        SmartAlloc::new(config().with_budget_policy(framealloc::BudgetPolicy::Warn).with_budget_callback(
            |_| {
                if let Some(alloc) = ALLOC.get() {
                    alloc.end_frame();
                    drop(alloc.frame_retained_value(5u8, PromoteToHeap));
                    alloc.begin_frame();
                }
            },
        ))
    })
}

#[test]
fn statistics_count_by_policy_and_tag() {
    let alloc = leaked();
    alloc.begin_frame();
    alloc.with_tag("level", |a| {
        drop(a.frame_retained_value([0u8; 100], PromoteToPool));
        a.with_tag("mesh", |a| {
            drop(a.frame_retained_value([0u8; 30], PromoteToHeap));
            keep(match a.frame_retained_value([0u8; 7], Leak).into_promoted() {
                Promoted::Leaked(value) => value,
                other => panic!("{other:?}"),
            });
        });
    });
    drop(alloc.frame_retained_value([0u8; 1000], PromoteToHeap));
    let none = PromotionStats::default();
    assert_ne!(alloc.stats().promotions, none);
    let mesh = alloc.tag_stats("level/mesh").expect("used").promotions;
    assert_eq!((mesh.made(), mesh.to_heap, mesh.leaked, mesh.taken, mesh.bytes), (2, 1, 1, 1, 37));
    alloc.end_frame();
    let level = alloc.tag_stats("level").expect("used").promotions;
    assert_eq!((level.made(), level.to_pool, level.to_heap, level.leaked), (3, 1, 1, 1));
    assert_eq!((level.bytes, level.taken, level.unread), (137, 1, 0));
    alloc.begin_frame();
    alloc.end_frame();
    let all = alloc.thread_stats().promotions;
    assert_eq!((all.made(), all.to_pool, all.to_heap, all.leaked), (4, 1, 2, 1));
    assert_eq!((all.bytes, all.taken, all.unread), (1137, 1, 3));
    assert_eq!(alloc.stats().promotions, all);
    assert_eq!(alloc.tag_stats("level").expect("used").promotions.unread, 2);
    assert_eq!(alloc.phase_stats().len(), 0);
}

#[test]
fn only_the_value_itself_is_booked_under_its_tag() {
    let alloc = small();
    alloc.begin_frame();
    alloc.with_tag("level", |a| {
        drop(a.frame_retained_value([0u8; 100], PromoteToPool));
        drop(a.frame_retained_value([0u8; 32], PromoteToHeap));
    });
    let level = alloc.tag_stats("level").expect("used");
    assert_eq!((level.bytes_allocated, level.pool_allocations, level.heap_allocations), (0, 1, 1));
    assert_eq!((level.pool_bytes, level.heap_bytes), (112, 32));
}

// --- At random ---------------------------------------------------------------------------------------------------

/// What is expected of one value.
#[derive(Debug)]
struct Model {
    policy: RetentionPolicy,
    /// In the hands of the program: its handle, its promotion by itself, the promotions it is in.
    handle: bool,
    listing: bool,
}

#[test]
fn random_programs_drop_each_value_once() {
    for seed in 0..rounds(300, 2) as u64 {
        random_program(seed);
    }
}

fn random_program(seed: u64) {
    let mut random = Random::new(seed);
    let drops = Drops::default();
    let mut allocs = [Some(small()), Some(small())];
    let mut promotions: Vec<Promotions> = Vec::new();
    let mut single: Vec<Promotion> = Vec::new();
    let mut taken: Vec<Promoted<Counted>> = Vec::new();
    let mut models: BTreeMap<u64, Model> = BTreeMap::new();
    let mut next = 0;
    for which in [0, 1, 0, 1] {
        let Some(alloc) = &allocs[which] else { continue };
        let mut handles: Vec<FrameRetained<'_, Counted>> = Vec::new();
        for _ in 0..60 {
            match random.below(14) {
                0..=3 => {
                    let policy = OWNED[random.below(2)];
                    handles.push(alloc.frame_retained_value(drops.value(next), policy));
                    models.insert(next, Model { policy, handle: true, listing: true });
                    next += 1;
                }
                4 => alloc.begin_frame(),
                5 => alloc.end_frame(),
                6 => promotions.push(alloc.end_frame_with_promotions()),
                7 => promotions.push(alloc.take_promotions()),
                8 if !handles.is_empty() => {
                    let handle = handles.swap_remove(random.below(handles.len()));
                    let id = handle.id;
                    handle.check(id);
                    drop(handle);
                    models.get_mut(&id).expect("known").handle = false;
                }
                9 if !handles.is_empty() => {
                    let promoted = handles.swap_remove(random.below(handles.len())).into_promoted();
                    let model = models.remove(&promoted.id).expect("nobody had it");
                    assert_eq!(promoted.policy(), model.policy);
                    assert!(model.handle);
                    taken.push(promoted);
                }
                10 if !promotions.is_empty() => {
                    let index = random.below(promotions.len());
                    single.extend(promotions.swap_remove(index));
                }
                11 if !promotions.is_empty() => {
                    let index = random.below(promotions.len());
                    drop(promotions.swap_remove(index));
                }
                12 if !promotions.is_empty() && !handles.is_empty() => {
                    let index = random.below(promotions.len());
                    let id = handles[random.below(handles.len())].id();
                    assert!(promotions[index].take(id).is_none(), "its handle is alive");
                }
                _ if !single.is_empty() => {
                    let promotion = single.swap_remove(random.below(single.len()));
                    let held = promotion.is_held();
                    let empty = promotion.is_empty();
                    match promotion.downcast::<Counted>() {
                        Ok(promoted) => {
                            assert!(!held && !empty);
                            let model = models.remove(&promoted.id).expect("nobody had it");
                            assert!(!model.handle && model.listing);
                            taken.push(promoted);
                        }
                        Err(promotion) => {
                            assert!(held || empty);
                            if random.one_in(2) { drop(promotion) } else { single.push(promotion) }
                        }
                    }
                }
                _ => {}
            }
            for handle in &handles {
                handle.check(handle.id);
            }
            assert!(drops.alive() >= handles.len() + taken.len());
        }
        for value in &taken {
            value.check(value.id);
        }
        drop(handles);
        for model in models.values_mut() {
            model.handle = false;
        }
        if random.one_in(3) {
            allocs[which] = None;
        }
    }
    for alloc in allocs.iter().flatten() {
        let (made, taken, unread) = counts(alloc);
        assert!(made >= taken + unread, "seed {seed}");
    }
    drop((allocs, promotions, single));
    assert_eq!(drops.alive(), taken.len(), "seed {seed}");
    drop(taken);
    assert_eq!(drops.alive(), 0, "seed {seed}");
}

#[test]
fn a_destructor_that_begins_a_frame_while_one_is_begun_leaves_the_count_of_frames_right() {
    let alloc = leaked();
    alloc.begin_frame();
    drop(alloc.frame_retained_value(OnDrop::new(|| alloc.begin_frame()), PromoteToPool));
    alloc.end_frame();
    alloc.begin_frame();
    // Ends the second frame, with which the value goes, whose destructor begins the third.
    alloc.begin_frame();
    assert_eq!(alloc.thread_stats().frames, 2);
    let bytes = alloc.frame_slice_copy(&[1u8; 64]);
    drop(bytes);
    alloc.end_frame();
    assert_eq!(alloc.thread_stats().frames, 3);
    assert_eq!(alloc.thread_stats().misuse.begun_twice, 1);
    alloc.begin_frame();
    alloc.end_frame();
    assert_eq!((alloc.thread_stats().frames, alloc.snapshot().frame), (4, 4));
}
