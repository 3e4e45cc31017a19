//! Every trait and method of the three boxes.
//!
//! fa: allow(FA607) -- values and guards that are forgotten are tried

use std::borrow::{Borrow, BorrowMut};
use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::iter::FusedIterator;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};
use std::thread;

use framealloc::{FrameBox, HeapBox, PoolBox, SmartAlloc};

/// Writes the tests once for each kind of box.
macro_rules! tests {
    ($module:ident, $make:ident) => {
        mod $module {
            use super::*;

            #[test]
            fn deref_and_deref_mut_reach_the_value() {
                let alloc = SmartAlloc::with_defaults();
                let mut boxed = alloc.$make(vec![1, 2, 3]);
                boxed.push(4);
                assert_eq!(boxed.deref().len(), 4);
                boxed.deref_mut().clear();
                assert!(boxed.is_empty());
                *boxed = vec![9];
                assert_eq!(*boxed, [9]);
            }

            #[test]
            fn as_ref_as_mut_borrow_and_borrow_mut_reach_the_value() {
                let alloc = SmartAlloc::with_defaults();
                let mut boxed = alloc.$make(String::from("text"));
                let by_ref: &String = boxed.as_ref();
                let by_borrow: &String = boxed.borrow();
                assert!(std::ptr::eq(by_ref, by_borrow) && std::ptr::eq(by_ref, &*boxed));
                AsMut::<String>::as_mut(&mut boxed).push('!');
                BorrowMut::<String>::borrow_mut(&mut boxed).push('?');
                assert_eq!(*boxed, "text!?");
            }

            #[test]
            fn debug_display_and_pointer_print_what_the_value_prints() {
                let alloc = SmartAlloc::with_defaults();
                let boxed = alloc.$make(1.5f32);
                assert_eq!(
                    (format!("{boxed:?}"), format!("{boxed:6.2}")),
                    ("1.5".to_owned(), "  1.50".to_owned())
                );
                let text = alloc.$make("a\n");
                assert_eq!(
                    (format!("{text}"), format!("{text:?}")),
                    ("a\n".to_owned(), "\"a\\n\"".to_owned())
                );
                assert_eq!(format!("{:p}", boxed), format!("{:p}", std::ptr::from_ref(&*boxed)));
            }

            #[test]
            fn comparison_is_that_of_the_values() {
                let alloc = SmartAlloc::with_defaults();
                let (one, two, other) = (alloc.$make(1), alloc.$make(2), alloc.$make(1));
                assert!(one == other && one != two && one < two && two >= other);
                assert_eq!((one.cmp(&two), one.partial_cmp(&other)), (Ordering::Less, Some(Ordering::Equal)));
                let nan = alloc.$make(f64::NAN);
                assert!(nan != alloc.$make(f64::NAN));
                assert_eq!(nan.partial_cmp(&alloc.$make(1.0)), None);
            }

            #[test]
            fn boxes_are_keys_that_are_found_by_their_values() {
                let alloc = SmartAlloc::with_defaults();
                let state = RandomState::new();
                assert_eq!(state.hash_one(alloc.$make(77u64)), state.hash_one(77u64));
                let mut map = HashMap::new();
                map.insert(alloc.$make(5u32), "five");
                assert_eq!(map.get(&5), Some(&"five"));
                let mut tree = BTreeMap::new();
                for key in [3u32, 1, 2] {
                    tree.insert(alloc.$make(key), key);
                }
                assert_eq!(tree.get(&2), Some(&2));
                assert!(tree.into_values().eq([1, 2, 3]));
            }

            #[test]
            fn a_boxed_iterator_is_an_iterator() {
                fn fused(iterator: impl FusedIterator<Item = i32>) -> i32 {
                    iterator.sum()
                }
                let alloc = SmartAlloc::with_defaults();
                let mut boxed = alloc.$make([1, 2, 3, 4, 5, 6].into_iter());
                assert_eq!((boxed.len(), boxed.size_hint()), (6, (6, Some(6))));
                assert_eq!((boxed.next(), boxed.next_back(), boxed.nth(1)), (Some(1), Some(6), Some(3)));
                assert_eq!(fused(boxed), 9);
                // `nth` is the value's own, which may be faster than stepping.
                let mut skips = alloc.$make((0u64..).skip(0));
                assert_eq!(skips.nth(1 << 40), Some(1 << 40));
            }

            #[test]
            fn a_boxed_error_is_an_error_with_its_source() {
                let alloc = SmartAlloc::with_defaults();
                let boxed = alloc.$make(Outer(Inner));
                fn through(error: &dyn Error) -> (String, Option<String>) {
                    (error.to_string(), error.source().map(ToString::to_string))
                }
                assert_eq!(through(&boxed), ("outer".to_owned(), Some("inner".to_owned())));
            }

            #[test]
            fn a_boxed_future_is_a_future() {
                let alloc = SmartAlloc::with_defaults();
                let mut boxed = alloc.$make(CountDown(2));
                let mut context = Context::from_waker(Waker::noop());
                assert_eq!(Pin::new(&mut boxed).poll(&mut context), Poll::Pending);
                assert_eq!(Pin::new(&mut boxed).poll(&mut context), Poll::Pending);
                assert_eq!(Pin::new(&mut boxed).poll(&mut context), Poll::Ready("lift-off"));
            }

            #[test]
            fn into_inner_moves_the_value_out_and_gives_the_memory_back() {
                let alloc = SmartAlloc::with_defaults();
                alloc.begin_frame();
                let dropped = Rc::new(Cell::new(0));
                let boxed = alloc.$make((Dropped(Rc::clone(&dropped)), String::from("kept")));
                let (guard, text) = boxed.into_inner();
                assert_eq!((dropped.get(), text.as_str()), (0, "kept"));
                drop(guard);
                assert_eq!(dropped.get(), 1);
                alloc.end_frame();
                let stats = alloc.stats();
                assert_eq!((stats.parked_bytes, stats.pool_bytes, stats.heap_bytes), (0, 0, 0));
            }

            #[test]
            fn clone_in_copies_into_another_allocator_and_thread() {
                let alloc = SmartAlloc::with_defaults();
                let other = SmartAlloc::with_defaults();
                let boxed = alloc.$make(vec![1, 2, 3]);
                let mut copy = boxed.clone_in(&other);
                copy.push(4);
                assert_eq!((boxed.len(), copy.len()), (3, 4));
                thread::scope(|s| {
                    s.spawn(|| {
                        // A box that is `Sync` may be read, and so copied, by another thread.
                        let mine = boxed.clone_in(&alloc);
                        assert_eq!(*mine, [1, 2, 3]);
                    });
                });
                drop(boxed);
                assert_eq!(*copy, [1, 2, 3, 4]);
            }

            #[test]
            fn the_value_is_dropped_once_and_where_it_lies() {
                struct Placed<'a>(&'a Cell<usize>, &'a Cell<u32>);
                impl Drop for Placed<'_> {
                    fn drop(&mut self) {
                        assert_eq!(std::ptr::from_ref(self).addr(), self.0.get());
                        self.1.set(self.1.get() + 1);
                    }
                }
                let (address, count) = (Cell::new(0), Cell::new(0));
                let alloc = SmartAlloc::with_defaults();
                let boxed = alloc.$make(Placed(&address, &count));
                address.set(std::ptr::from_ref(&*boxed).addr());
                let moved = Some([boxed]);
                drop(moved);
                assert_eq!(count.get(), 1);
            }

            #[test]
            fn a_box_of_a_box() {
                let alloc = SmartAlloc::with_defaults();
                let nested = alloc.$make(alloc.$make(alloc.$make(5)));
                assert_eq!(***nested, 5);
                assert_eq!(nested.into_inner().into_inner().into_inner(), 5);
            }

            #[test]
            fn swapped_and_replaced_values_stay_apart() {
                let alloc = SmartAlloc::with_defaults();
                let (mut one, mut two) = (alloc.$make([1u64; 20]), alloc.$make([2u64; 20]));
                std::mem::swap(&mut *one, &mut *two);
                assert_eq!((*one, *two), ([2; 20], [1; 20]));
                std::mem::swap(&mut one, &mut two);
                assert_eq!((*one, *two), ([1; 20], [2; 20]));
                assert_eq!(std::mem::replace(&mut *one, [3; 20]), [1; 20]);
                drop(two);
                assert_eq!(*one, [3; 20]);
            }
        }
    };
}

tests!(of_the_frame, frame_box);
tests!(of_the_pool, pool_box);
tests!(of_the_heap, heap_box);

#[derive(Debug)]
struct Inner;
#[derive(Debug)]
struct Outer(Inner);

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("inner")
    }
}

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("outer")
    }
}

impl Error for Inner {}

impl Error for Outer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

struct CountDown(u32);

impl Future for CountDown {
    type Output = &'static str;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<&'static str> {
        if self.0 == 0 {
            return Poll::Ready("lift-off");
        }
        self.0 -= 1;
        Poll::Pending
    }
}

struct Dropped(Rc<Cell<u32>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn handles_are_as_small_as_promised() {
    let word = size_of::<usize>();
    assert_eq!((size_of::<PoolBox<[u64; 100]>>(), size_of::<Option<PoolBox<u8>>>()), (word, word));
    assert_eq!((size_of::<FrameBox<'_, u8>>(), size_of::<Option<FrameBox<'_, u8>>>()), (2 * word, 2 * word));
    assert_eq!((size_of::<HeapBox<u8>>(), size_of::<HeapBox<[u8]>>()), (2 * word, 3 * word));
}

// --- Of one kind only --------------------------------------------------------------------------------------------

#[test]
fn map_makes_a_box_of_another_type() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let boxed = alloc.frame_box(21u8).map(|number| [u64::from(number) * 2; 40]);
    assert_eq!(*boxed, [42; 40]);
    let text = boxed.map(|numbers| format!("{}", numbers[39]));
    assert_eq!(*text, "42");
    drop(text.map(drop));
    let died = catch_unwind(AssertUnwindSafe(|| {
        let _never = alloc.frame_box(String::from("lost")).map(|_| -> u8 { panic!("in map") });
    }));
    assert!(died.is_err());
    alloc.end_frame();
    assert_eq!(alloc.stats().parked_bytes, 0);
}

#[test]
fn a_place_is_written_later() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let dropped = Rc::new(Cell::new(0));
    let place = alloc.frame_uninit::<(Dropped, [u64; 10])>();
    let address = std::ptr::from_ref(&*place).addr();
    let boxed = place.write((Dropped(Rc::clone(&dropped)), [5; 10]));
    assert_eq!((std::ptr::from_ref(&*boxed).addr(), boxed.1), (address, [5; 10]));
    drop(boxed);
    assert_eq!(dropped.get(), 1);
    // Nothing is dropped in a place that was never written.
    drop(alloc.frame_uninit::<Dropped>());
    alloc.end_frame();
    let pool = alloc.pool_box(std::mem::MaybeUninit::<Dropped>::uninit()).write(Dropped(Rc::clone(&dropped)));
    let heap = alloc.heap_box(std::mem::MaybeUninit::<Dropped>::uninit()).write(Dropped(Rc::clone(&dropped)));
    drop((pool, heap));
    assert_eq!(dropped.get(), 3);
    let stats = alloc.stats();
    assert_eq!((stats.parked_bytes, stats.pool_bytes, stats.heap_bytes), (0, 0, 0));
}

#[test]
fn arrays_become_slices_and_slices_arrays() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let array = alloc.frame_box([String::from("a"), String::from("b")]);
    let slice: FrameBox<'_, [String]> = array.into();
    assert_eq!((slice.len(), slice[1].as_str()), (2, "b"));
    let slice = <FrameBox<'_, [String; 3]>>::try_from(slice).expect_err("it has two");
    let array = <FrameBox<'_, [String; 2]>>::try_from(slice).expect("it has two");
    let [a, b] = array.into_inner();
    assert_eq!((a.as_str(), b.as_str()), ("a", "b"));
    let none: FrameBox<'_, [String]> = alloc.frame_box([]).into();
    assert!(none.is_empty() && <FrameBox<'_, [String; 0]>>::try_from(none).is_ok());
    // fa: allow(FA606) -- blocks are taken and given back to see them counted
    let heap: HeapBox<[u16]> = alloc.heap_box([1u16, 2, 3]).into();
    assert_eq!(*heap, [1, 2, 3]);
    drop(heap);
    alloc.end_frame();
    assert_eq!((alloc.stats().parked_bytes, alloc.stats().heap_bytes), (0, 0));
}

#[test]
fn a_slice_becomes_a_vector_of_the_same_memory() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let slice = alloc.frame_slice_from_fn(100, |i| i.to_string());
    let address = slice.as_ptr().addr();
    let mut vec = slice.into_vec();
    assert_eq!((vec.as_ptr().addr(), vec.len(), vec.capacity()), (address, 100, 100));
    vec.push(String::from("more"));
    vec.drain(..50);
    assert_eq!((vec[0].as_str(), vec[50].as_str()), ("50", "more"));
    drop(vec);
    let mut units = alloc.frame_slice::<()>(7).into_vec();
    units.push(());
    assert_eq!(units.len(), 8);
    let mut empty = alloc.frame_slice::<u64>(0).into_vec();
    empty.push(1);
    assert_eq!(*empty, [1]);
    drop(empty);
    alloc.end_frame();
    assert_eq!(alloc.stats().parked_bytes, 0);
}

#[test]
fn slices_are_iterated_by_value_and_by_reference() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let dropped = Rc::new(Cell::new(0));
    let slice = alloc.frame_slice_from_fn(10, |_| Dropped(Rc::clone(&dropped)));
    let mut iterator = slice.into_iter();
    assert_eq!(iterator.len(), 10);
    drop((iterator.next(), iterator.next_back()));
    assert_eq!(dropped.get(), 2);
    drop(iterator);
    assert_eq!(dropped.get(), 10, "what was not taken is dropped with the iterator");
    let mut numbers = alloc.frame_slice_copy(&[1, 2, 3]);
    for number in &mut numbers {
        *number *= 2;
    }
    assert_eq!((&numbers).into_iter().sum::<i32>(), 12);
    assert!(numbers.into_iter().rev().eq([6, 4, 2]));
    let mut heap = alloc.heap_slice::<u8>(3);
    for (index, byte) in (&mut heap).into_iter().enumerate() {
        *byte = index as u8;
    }
    assert!((&heap).into_iter().eq(&[0, 1, 2]));
    alloc.end_frame();
    assert_eq!(alloc.stats().parked_bytes, 0);
}

#[test]
fn slices_and_text_have_the_traits_too() {
    let alloc = SmartAlloc::with_defaults();
    let slice = alloc.frame_slice_copy(&[3u8, 1, 2]);
    let text = alloc.frame_str("text");
    let heap = {
        let mut heap = alloc.heap_slice::<u8>(3);
        heap.copy_from_slice(&[3, 1, 2]);
        heap
    };
    assert_eq!((format!("{slice:?}"), format!("{heap:?}")), ("[3, 1, 2]".to_owned(), "[3, 1, 2]".to_owned()));
    assert_eq!((format!("{text}"), format!("{text:>6?}")), ("text".to_owned(), "\"text\"".to_owned()));
    assert!(slice == alloc.frame_slice_copy(&[3, 1, 2]) && slice > alloc.frame_slice_copy(&[3, 1]));
    let mut map = HashMap::new();
    map.insert(text, 1);
    assert_eq!(map.get("text"), Some(&1));
    let mut map = HashMap::new();
    map.insert(slice, 1);
    assert_eq!(map.get([3u8, 1, 2].as_slice()), Some(&1));
    let copy = map.into_keys().next().map(|slice| slice.clone_in(&alloc));
    assert_eq!(copy.as_deref(), Some([3u8, 1, 2].as_slice()));
    let text = alloc.frame_str("grüße").clone_in(&alloc);
    assert_eq!((&*text, text.len()), ("grüße", 7));
    assert_eq!(*text.into_bytes(), *"grüße".as_bytes());
}

#[test]
fn clone_in_of_a_slice_drops_what_it_made_when_a_clone_panics() {
    struct Fragile<'a>(&'a Cell<i32>, &'a Cell<i32>);
    impl Clone for Fragile<'_> {
        fn clone(&self) -> Self {
            assert!(self.1.get() > 0, "no more clones");
            self.1.set(self.1.get() - 1);
            self.0.set(self.0.get() + 1);
            Self(self.0, self.1)
        }
    }
    impl Drop for Fragile<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() - 1);
        }
    }
    let (alive, left) = (Cell::new(0), Cell::new(5));
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let slice = alloc.frame_slice_from_fn(10, |_| {
        alive.set(alive.get() + 1);
        Fragile(&alive, &left)
    });
    assert!(catch_unwind(AssertUnwindSafe(|| slice.clone_in(&alloc))).is_err());
    assert_eq!((alive.get(), left.get()), (10, 0));
    drop(slice);
    assert_eq!(alive.get(), 0);
    alloc.end_frame();
    assert_eq!(alloc.stats().parked_bytes, 0);
}

/// A future that must not move, as those of `async` blocks are.
async fn doubles(number: u32) -> u32 {
    let kept = number;
    let by_ref = &kept;
    YieldOnce(false).await;
    *by_ref * 2
}

struct YieldOnce(bool);

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

fn poll_twice<F: Future>(mut pinned: Pin<impl DerefMut<Target = F>>) -> Option<F::Output> {
    let mut context = Context::from_waker(Waker::noop());
    assert!(pinned.as_mut().poll(&mut context).is_pending());
    match pinned.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

#[test]
fn futures_that_must_not_move_are_pinned_in_their_box() {
    static ALLOC: OnceLock<SmartAlloc> = OnceLock::new();
    let for_ever = ALLOC.get_or_init(SmartAlloc::with_defaults);
    let alloc = SmartAlloc::with_defaults();
    for_ever.begin_frame();
    assert_eq!(poll_twice(for_ever.frame_box(doubles(4)).into_pin()), Some(8));
    for_ever.end_frame();
    assert_eq!(for_ever.stats().parked_bytes, 0);
    assert_eq!(poll_twice(alloc.pool_box(doubles(5)).into_pin()), Some(10));
    assert_eq!(poll_twice(alloc.heap_box(doubles(6)).into_pin()), Some(12));
    // One that does not mind, in any frame.
    let mut pinned = alloc.frame_box(CountDown(1)).into_pin_unpin();
    pinned.as_mut().get_mut().0 = 7;
    assert_eq!(pinned.0, 7);
}

#[test]
fn a_pinned_box_that_is_forgotten_keeps_its_value_where_it_is() {
    static ALLOC: OnceLock<SmartAlloc> = OnceLock::new();
    let alloc = ALLOC.get_or_init(SmartAlloc::with_defaults);
    thread_local! {
        static ADDRESSES: RefCell<Vec<&'static [u64; 32]>> = const { RefCell::new(Vec::new()) };
    }
    alloc.begin_frame();
    let pinned = alloc.frame_box([7u64; 32]).into_pin();
    let address = std::ptr::from_ref(&*pinned).addr();
    std::mem::forget(pinned);
    for _ in 0..10 {
        alloc.end_frame();
        alloc.begin_frame();
        let next = alloc.frame_box([9u64; 32]);
        let at = std::ptr::from_ref(&*next).addr();
        assert!(at.abs_diff(address) >= 256, "the forgotten value's memory is used again");
    }
    alloc.end_frame();
    assert!(alloc.stats().parked_bytes >= 256);
}

#[test]
fn leaked_frame_values_stay_while_the_allocator_is_borrowed() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let leaked = alloc.frame_box([1u64; 16]).leak();
    let text = alloc.frame_str("stays").leak();
    for round in 0..20 {
        alloc.end_frame();
        alloc.begin_frame();
        drop(alloc.frame_slice_from_fn(1000, |i| i as u64 + round));
        leaked[0] += 1;
    }
    assert_eq!((leaked[0], leaked[15], &*text), (21, 1, "stays"));
    alloc.end_frame();
}

#[test]
fn a_frame_box_of_a_sync_value_is_read_by_scoped_threads() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let boxed = alloc.frame_slice_from_fn(1000, |i| i as u64);
    let sum: u64 = thread::scope(|s| {
        let workers: Vec<_> = (0..4)
            .map(|part| {
                let boxed = &boxed;
                s.spawn(move || boxed[part * 250..(part + 1) * 250].iter().sum::<u64>())
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().expect("reads")).sum()
    });
    assert_eq!(sum, 499_500);
    drop(boxed);
    alloc.end_frame();
}

#[test]
fn boxes_need_not_be_moved_to_be_hashed_or_compared_by_reference() {
    fn hash_of<T: Hash + ?Sized>(value: &T) -> u64 {
        static STATE: OnceLock<RandomState> = OnceLock::new();
        STATE.get_or_init(RandomState::new).hash_one(value)
    }
    let alloc = SmartAlloc::with_defaults();
    let slice: FrameBox<'_, [u8]> = alloc.frame_slice_copy(&[1, 2]);
    assert_eq!(hash_of(&slice), hash_of(&[1u8, 2][..]));
    assert_eq!(hash_of(&alloc.frame_str("x")), hash_of("x"));
}
