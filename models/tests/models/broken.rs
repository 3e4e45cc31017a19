//! Copies of the library's code with one mistake each. A model that does not catch its mistake proves nothing, so
//! each of these must fail.

use std::rc::Rc;

use loom::thread;

use crate::check;
use crate::handover::Owned;
use crate::heap::{BlockRef, HeapRef, PoolHeap, PoolShared};
use crate::remote::{Link, Refused};
use crate::shared_frames::Lane;
use crate::stack::push_under_a_bound;
use crate::sync::{AtomicPtr, AtomicU64, Mutex, Ordering};

/// The mark of a closed stack, as in the library.
const CLOSED: usize = 1;

/// The remote stack without depths, with the orderings and the closing as each test has them.
struct Stack {
    head: AtomicPtr<Link>,
    push: Ordering,
    take: Ordering,
}

impl Stack {
    fn new(push: Ordering, take: Ordering) -> Rc<Self> {
        Rc::new(Self { head: AtomicPtr::new(std::ptr::null_mut()), push, take })
    }

    fn push(&self, block: BlockRef) -> Result<(), Refused> {
        let link = block.link();
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            if head.addr() == CLOSED {
                return Err(Refused::Closed);
            }
            // SAFETY: the block is this thread's until it is pushed.
            unsafe { (*link).set_next(head) };
            match self.head.compare_exchange_weak(head, link, self.push, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(now) => head = now,
            }
        }
    }

    fn take(&self) -> usize {
        Self::receive(self.head.swap(std::ptr::null_mut(), self.take))
    }

    fn close(&self) -> usize {
        Self::receive(self.head.swap(std::ptr::without_provenance_mut(CLOSED), self.take))
    }

    /// The mistake: what is pushed between the two steps is lost.
    fn close_in_two_steps(&self) -> usize {
        let head = self.head.load(Ordering::Acquire);
        self.head.store(std::ptr::without_provenance_mut(CLOSED), Ordering::Release);
        Self::receive(head)
    }

    fn receive(mut link: *mut Link) -> usize {
        let mut count = 0;
        while !link.is_null() {
            let block = BlockRef::from_link(link);
            assert_eq!(block.read(), 7);
            // SAFETY: taken, so it is this thread's.
            link = unsafe { (*link).next() };
            count += 1;
        }
        count
    }
}

fn push_and_take(push: Ordering, take: Ordering) {
    check(move || {
        let stack = Stack::new(push, take);
        let block = BlockRef::new();
        let freer = {
            let stack = Rc::clone(&stack);
            thread::spawn(move || {
                block.write(7);
                stack.push(block).expect("open");
            })
        };
        let mut count = stack.take();
        freer.join().expect("no panic");
        count += stack.take();
        assert_eq!(count, 1);
        block.release();
    });
}

#[test]
fn the_copy_without_a_mistake_passes() {
    push_and_take(Ordering::Release, Ordering::AcqRel);
    push_and_close(Stack::close);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn push_that_releases_nothing_is_caught() {
    push_and_take(Ordering::Relaxed, Ordering::AcqRel);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn take_that_acquires_nothing_is_caught() {
    push_and_take(Ordering::Release, Ordering::Relaxed);
}

fn push_and_close(close: fn(&Stack) -> usize) {
    check(move || {
        let stack = Stack::new(Ordering::Release, Ordering::AcqRel);
        let block = BlockRef::new();
        let freer = {
            let stack = Rc::clone(&stack);
            thread::spawn(move || {
                block.write(7);
                usize::from(stack.push(block).is_err())
            })
        };
        let taken = close(&stack);
        let refused = freer.join().expect("no panic");
        assert_eq!(taken + refused, 1, "a block is lost");
        block.release();
    });
}

#[test]
#[should_panic(expected = "a block is lost")]
fn close_in_two_steps_is_caught() {
    push_and_close(Stack::close_in_two_steps);
}

/// The mistake: another thread may push between the look and the push.
#[test]
#[should_panic(expected = "more are waiting than the bound allows")]
fn looking_at_the_depth_before_pushing_is_caught() {
    push_under_a_bound(|stack, block| {
        if stack.depth() >= 1 {
            return Err(Refused::Full);
        }
        // SAFETY: the block is this thread's until it is pushed.
        unsafe { stack.push(block.link(), usize::MAX) }
    });
}

// --- Hand-over -------------------------------------------------------------------------------------------------

/// The registry of one heap, with the mistakes that a test asks for.
struct Registry {
    heaps: Mutex<(bool, Option<HeapRef>)>,
    mistake: Mistake,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mistake {
    None,
    /// Leaving looks whether the allocator has gone, lets go of the lock, and only then joins the orphans.
    LookThenJoin,
    /// Freeing lets go of the lock before it looks whether that was the last block.
    FreeThenLook,
    /// Freeing at an open entrance reads the heap once more after the push.
    TouchAfterPush,
}

impl Registry {
    fn with<R>(&self, action: impl FnOnce(&mut (bool, Option<HeapRef>)) -> R) -> R {
        action(&mut self.heaps.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    fn destroy(heap: HeapRef) {
        // SAFETY: that this is not always so is what the tests look for; memory stays until the model ends.
        unsafe { PoolHeap::destroy(heap.0) };
    }

    fn abandon(&self, heap: HeapRef) {
        let dead = self.with(|(closed, orphan)| {
            heap.get().close();
            let dead = *closed && heap.get().is_empty();
            if !dead && self.mistake != Mistake::LookThenJoin {
                *orphan = Some(heap);
            }
            dead
        });
        if !dead && self.mistake == Mistake::LookThenJoin {
            self.with(|(_, orphan)| *orphan = Some(heap));
        }
        if dead {
            Self::destroy(heap);
        }
    }

    fn free(&self, heap: HeapRef, block: BlockRef) {
        loop {
            // SAFETY: the block is this thread's until it is pushed.
            if unsafe { heap.get().remote.push(block.link(), usize::MAX) }.is_ok() {
                if self.mistake == Mistake::TouchAfterPush {
                    heap.get().remote.depth();
                }
                return;
            }
            let look = |closed: bool, orphan: &mut Option<HeapRef>| {
                let last = closed && heap.get().is_empty();
                if last {
                    *orphan = None;
                }
                last
            };
            let (found, mut last) = self.with(|(closed, orphan)| {
                let found = orphan.is_some();
                if found {
                    heap.get().put(block);
                }
                (found, found && self.mistake != Mistake::FreeThenLook && look(*closed, orphan))
            });
            if found && self.mistake == Mistake::FreeThenLook {
                last = self.with(|(closed, orphan)| look(*closed, orphan));
            }
            if last {
                Self::destroy(heap);
            }
            if found {
                return;
            }
            thread::yield_now();
        }
    }

    fn close(&self) {
        let dead = self.with(|(closed, orphan)| {
            *closed = true;
            orphan.take_if(|orphan| orphan.get().is_empty())
        });
        if let Some(heap) = dead {
            Self::destroy(heap);
        }
    }
}

/// The owner leaves, its last block is freed and the allocator goes.
fn hand_over(mistake: Mistake) {
    check(move || {
        let shared = PoolShared::new(None);
        let heap = HeapRef::new(&shared, 1, 1);
        let block = BlockRef::new();
        let registry = Rc::new(Registry { heaps: Mutex::new((false, None)), mistake });
        let owner = {
            let registry = Rc::clone(&registry);
            thread::spawn(move || registry.abandon(heap))
        };
        let freer = {
            let registry = Rc::clone(&registry);
            thread::spawn(move || registry.free(heap, block))
        };
        registry.close();
        owner.join().expect("no panic");
        freer.join().expect("no panic");
        assert_eq!(shared.destroyed(), 1, "the heap is given back once");
        assert_eq!(block.times_returned(), 1);
        block.release();
        heap.release();
    });
}

#[test]
fn the_registry_without_a_mistake_passes() {
    hand_over(Mistake::None);
}

#[test]
#[should_panic(expected = "the heap is given back once")]
fn leaving_in_two_steps_is_caught() {
    hand_over(Mistake::LookThenJoin);
}

#[test]
#[should_panic(expected = "given back twice")]
fn freeing_in_two_steps_is_caught() {
    hand_over(Mistake::FreeThenLook);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn reading_the_heap_after_the_push_is_caught() {
    hand_over(Mistake::TouchAfterPush);
}

// --- Large blocks ----------------------------------------------------------------------------------------------

/// Set in the count of large blocks of a heap without an owner, as in the library.
const NO_ENTRANCE: u64 = 1 << 63;

#[test]
#[should_panic(expected = "a large block is lost")]
fn counting_a_large_block_without_looking_is_caught() {
    check(|| {
        let count = Rc::new(AtomicU64::new(0));
        let freer = {
            let count = Rc::clone(&count);
            thread::spawn(move || {
                // The mistake: the entrance may close between the two.
                if count.load(Ordering::Relaxed) & NO_ENTRANCE == 0 {
                    count.fetch_add(1, Ordering::AcqRel);
                    0
                } else {
                    1
                }
            })
        };
        let taken = count.swap(NO_ENTRANCE, Ordering::AcqRel) & !NO_ENTRANCE;
        let refused = freer.join().expect("no panic");
        assert_eq!(taken + refused, 1, "a large block is lost");
    });
}

// --- Frame clocks ----------------------------------------------------------------------------------------------

/// One thread reads what a worker has allocated in a shared frame and ends it; the worker comes by meanwhile. The
/// clock's orderings, and whether the frame ends before it is read, are as each test has them.
fn end_a_frame(stop: Ordering, look: Ordering, stop_first: bool) {
    check(move || {
        let shows = Rc::new(AtomicU64::new(1));
        let lane = Lane::new();
        lane.fill(1);
        let worker = {
            let (shows, lane) = (Rc::clone(&shows), Rc::clone(&lane));
            thread::spawn(move || {
                if shows.load(look) != 1 {
                    lane.fill(2);
                }
            })
        };
        if stop_first {
            shows.store(0, stop);
            lane.read(1);
        } else {
            lane.read(1);
            shows.store(0, stop);
        }
        worker.join().expect("no panic");
    });
}

#[test]
fn the_clock_without_a_mistake_passes() {
    end_a_frame(Ordering::Release, Ordering::Acquire, false);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn clock_that_stops_without_releasing_is_caught() {
    end_a_frame(Ordering::Relaxed, Ordering::Acquire, false);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn worker_that_looks_without_acquiring_is_caught() {
    end_a_frame(Ordering::Release, Ordering::Relaxed, false);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn frame_that_ends_before_it_is_read_is_caught() {
    end_a_frame(Ordering::Release, Ordering::Acquire, true);
}
