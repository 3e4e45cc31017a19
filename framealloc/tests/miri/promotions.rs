//! Values that are retained and promoted.
//!
//! fa: allow(FA604) -- promotions that nobody takes are tried

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use framealloc::RetentionPolicy::{Leak, PromoteToHeap, PromoteToPool};
use framealloc::{FrameRetained, Promoted, Promotions, SmartAlloc};

use crate::common::{leaked, small};

/// Runs its closure at its end.
struct AtEnd(Option<Box<dyn FnOnce()>>);

impl AtEnd {
    fn new(work: impl FnOnce() + 'static) -> Self {
        Self(Some(Box::new(work)))
    }
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.0.take().expect("dropped once")();
    }
}

fn counting(count: &Rc<Cell<u32>>) -> AtEnd {
    let count = Rc::clone(count);
    AtEnd::new(move || count.set(count.get() + 1))
}

#[test]
fn handle_and_listing_go_in_either_order() {
    let alloc = small();
    let ends = Rc::new(Cell::new(0));
    for policy in [PromoteToPool, PromoteToHeap] {
        let mut handles: Vec<_> =
            (0..4).map(|_| alloc.frame_retained_value((counting(&ends), [0u8; 9]), policy)).collect();
        alloc.begin_frame();
        let mut promotions = alloc.end_frame_with_promotions();
        for handle in &mut handles {
            handle.1[8] = 3;
            assert!(promotions.take(handle.id()).is_none());
        }
        let id = handles[2].id();
        drop(handles.swap_remove(2));
        assert_eq!(promotions.take(id).map(|value| value.1[8]), Some(3));
        let taken = handles.swap_remove(0).into_promoted();
        let mut rest = promotions.into_iter();
        drop((rest.next(), handles.pop()));
        drop(rest);
        assert_eq!((taken.1[8], handles[0].1[8]), (3, 3));
    }
    assert_eq!(ends.get(), 8);
}

#[test]
fn listed_values_are_taken_from_everywhere_in_the_lists() {
    let alloc = small();
    let ends = Rc::new(Cell::new(0));
    for taken in 0..5 {
        let make = || alloc.frame_retained_value(counting(&ends), PromoteToPool);
        let mut handles: Vec<_> = (0..5).map(|_| Some(make())).collect();
        if taken % 2 == 0 {
            alloc.end_frame();
            handles.push(Some(make()));
        }
        let one = handles[taken].take().map(FrameRetained::into_promoted);
        drop(handles);
        alloc.begin_frame();
        alloc.end_frame();
        drop(one);
        let pending = alloc.take_promotions();
        assert_eq!(pending.len(), if taken % 2 == 0 { 1 } else { 4 });
    }
    assert_eq!(ends.get(), 28);
}

#[test]
fn leaked_value_has_one_owner_at_a_time() {
    // What is leaked keeps the heap that counts it.
    let alloc = leaked();
    let mut handle = alloc.frame_retained_value(5u32, Leak);
    let id = handle.id();
    let mut promotions = alloc.end_frame_with_promotions();
    *handle += 1;
    assert!(promotions.take(id).is_none());
    drop(handle);
    let Some(Promoted::Leaked(value)) = promotions.take(id) else { panic!("not leaked") };
    drop(promotions);
    *value += 1;
    assert_eq!(*value, 7);
    keep(value);
    let handle = alloc.frame_retained_value(5u32, Leak);
    let promotions = alloc.end_frame_with_promotions();
    let Promoted::Leaked(value) = handle.into_promoted() else { panic!("not leaked") };
    *value += 1;
    drop(promotions);
    assert_eq!(*value, 6);
    keep(value);
}

/// Kept where a leak checker looks.
fn keep(value: &'static mut u32) {
    static KEPT: Mutex<Vec<&'static mut u32>> = Mutex::new(Vec::new());
    KEPT.lock().expect("no panic while it is held").push(value);
}

#[test]
fn destructors_use_the_lists_they_are_dropped_from() {
    let alloc = leaked();
    let ends = Rc::new(Cell::new(0));
    let others: Rc<RefCell<Vec<FrameRetained<'static, AtEnd>>>> = Rc::default();
    alloc.begin_frame();
    for round in 0..4 {
        others.borrow_mut().push(alloc.frame_retained_value(counting(&ends), PromoteToPool));
        let (others, ends) = (Rc::clone(&others), Rc::clone(&ends));
        drop(alloc.frame_retained_value(
            AtEnd::new(move || {
                let other = others.borrow_mut().remove(0);
                match round {
                    0 => drop(other),
                    1 => drop(other.into_promoted()),
                    2 => {
                        drop(alloc.frame_retained_value(counting(&ends), PromoteToHeap));
                        alloc.end_frame();
                    }
                    _ => drop((alloc.take_promotions(), alloc.frame(), other)),
                }
            }),
            PromoteToHeap,
        ));
    }
    for _ in 0..4 {
        alloc.end_frame();
        alloc.begin_frame();
    }
    alloc.end_frame();
    assert_eq!(ends.get(), 5);
}

#[test]
fn panics_drop_the_rest() {
    let alloc = small();
    let ends = Rc::new(Cell::new(0));
    for _ in 0..2 {
        drop(alloc.frame_retained_value(counting(&ends), PromoteToPool));
        drop(alloc.frame_retained_value(AtEnd::new(|| panic!("expected")), PromoteToPool));
        drop(alloc.frame_retained_value(counting(&ends), PromoteToHeap));
        let promotions = alloc.end_frame_with_promotions();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(promotions)));
        assert!(outcome.is_err());
    }
    assert_eq!(ends.get(), 4);
}

#[test]
fn threads_end_with_promotions_of_every_kind() {
    thread_local! {
        static KEPT: RefCell<Vec<(Promotions, FrameRetained<'static, Ending>)>> = const { RefCell::new(Vec::new()) };
    }
    struct Ending(Arc<AtomicUsize>);
    impl Drop for Ending {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let alloc = leaked();
    let ends = Arc::new(AtomicUsize::new(0));
    for late in [false, true] {
        let ends = Arc::clone(&ends);
        let work = move || {
            if late {
                KEPT.with_borrow_mut(Vec::clear);
            }
            let make = |policy| alloc.frame_retained_value(Ending(Arc::clone(&ends)), policy);
            drop(make(PromoteToPool));
            let kept = make(PromoteToHeap);
            let promotions = alloc.end_frame_with_promotions();
            drop(make(PromoteToPool));
            alloc.end_frame();
            drop(make(PromoteToHeap));
            KEPT.with_borrow_mut(|list| list.push((promotions, kept)));
        };
        thread::spawn(work).join().expect("no panic");
    }
    assert_eq!(ends.load(Ordering::Relaxed), 8);
}

#[test]
fn last_clone_goes_here_or_elsewhere() {
    for elsewhere in [false, true] {
        let ends = Rc::new(Cell::new(0));
        let alloc: SmartAlloc = small();
        drop(alloc.frame_retained_value(counting(&ends), PromoteToPool));
        alloc.end_frame();
        drop(alloc.frame_retained_value((counting(&ends), alloc.take_promotions()), PromoteToHeap));
        if elsewhere {
            thread::spawn(move || drop(alloc)).join().expect("no panic");
            assert_eq!(ends.get(), 0);
            drop(small().frame_box(1));
        } else {
            drop(alloc);
        }
        assert_eq!(ends.get(), 2);
    }
}

#[test]
fn another_thread_reads_while_the_frame_ends() {
    let alloc = small();
    let handle = alloc.frame_retained_value(5u64, PromoteToPool);
    let other = alloc.frame_retained_value(6u64, PromoteToPool);
    thread::scope(|s| {
        let reader = s.spawn(|| (*handle, handle.id()));
        alloc.end_frame();
        drop(other);
        alloc.begin_frame();
        drop(alloc.end_frame_with_promotions());
        assert_eq!(reader.join().expect("no panic"), (5, handle.id()));
    });
    assert_eq!(*handle.into_promoted(), 5);
}
