//! Who gives a heap back: its owner that leaves, the thread that frees its last block, or the end of the allocator.

use std::alloc::Layout;
use std::ptr::NonNull;
use std::sync::Arc;

use loom::thread;

use crate::check;
use crate::heap::{BlockRef, HeapRef, NO_OWNER, PoolHeap, PoolRefused, PoolShared};

const OWNER: u64 = 1;
const OTHER: u64 = 2;

fn leave(heap: HeapRef) {
    // SAFETY: called by the owner, once.
    unsafe { PoolHeap::abandon(heap.0) };
}

fn free(heap: HeapRef, block: BlockRef) {
    block.write(7);
    // SAFETY: a living block, freed once.
    unsafe { PoolHeap::free_remote(heap.0, block) };
}

/// Every block came back once and the heap was given back once.
fn end(shared: &Arc<PoolShared>, heap: HeapRef, blocks: &[BlockRef]) {
    assert_eq!(shared.destroyed(), 1, "the heap is given back once");
    let mut orphans = 0;
    shared.registry.for_each_orphan(|_| orphans += 1);
    assert_eq!(orphans, 0, "what was given back is on no list");
    assert_eq!(Arc::strong_count(shared), 1, "nobody holds what the heaps share");
    for block in blocks {
        assert_eq!(block.times_returned(), 1, "a block is lost, or came back twice");
        block.release();
    }
    heap.release();
}

#[test]
fn owner_leaves_while_last_block_is_freed_and_allocator_goes() {
    check(|| {
        let shared = PoolShared::new(None);
        let heap = HeapRef::new(&shared, OWNER, 1);
        let block = BlockRef::new();
        let owner = thread::spawn(move || leave(heap));
        let freer = thread::spawn(move || free(heap, block));
        shared.close();
        owner.join().expect("no panic");
        freer.join().expect("no panic");
        end(&shared, heap, &[block]);
    });
}

#[test]
fn owner_leaves_a_closed_allocator_while_two_blocks_are_freed() {
    check(|| {
        let shared = PoolShared::new(None);
        let heap = HeapRef::new(&shared, OWNER, 2);
        let blocks = [BlockRef::new(), BlockRef::new()];
        shared.close();
        let freers = blocks.map(|block| thread::spawn(move || free(heap, block)));
        leave(heap);
        for freer in freers {
            freer.join().expect("no panic");
        }
        end(&shared, heap, &blocks);
    });
}

#[test]
fn blocks_of_an_orphan_are_freed_while_allocator_goes() {
    check(|| {
        let shared = PoolShared::new(None);
        let heap = HeapRef::new(&shared, OWNER, 2);
        let blocks = [BlockRef::new(), BlockRef::new()];
        leave(heap);
        let freers = blocks.map(|block| thread::spawn(move || free(heap, block)));
        shared.close();
        for freer in freers {
            freer.join().expect("no panic");
        }
        end(&shared, heap, &blocks);
    });
}

#[test]
fn orphan_is_adopted_while_its_block_is_freed() {
    check(|| {
        let shared = PoolShared::new(None);
        let heap = HeapRef::new(&shared, OWNER, 1);
        let block = BlockRef::new();
        leave(heap);
        let freer = thread::spawn(move || free(heap, block));
        let heir = PoolHeap::adopt(&shared, OTHER).expect("an orphan");
        assert!(heir == heap && heir.get().is_owned_by(OTHER));
        heir.get().drain();
        if let Some(block) = heir.get().take() {
            assert_eq!(block.read(), 7, "what the freeing thread wrote");
            block.write(8);
            heir.get().put(block);
        }
        leave(heir);
        freer.join().expect("no panic");
        assert!(block.times_returned() == 1 || block.times_returned() == 2, "taken again by the heir or not");
        shared.close();
        assert_eq!(shared.destroyed(), 1);
        block.release();
        heap.release();
    });
}

#[test]
fn heir_leaves_while_block_is_freed_and_allocator_goes() {
    check(|| {
        let shared = PoolShared::new(None);
        let heap = HeapRef::new(&shared, OWNER, 1);
        let block = BlockRef::new();
        leave(heap);
        let heir = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                if let Some(heir) = PoolHeap::adopt(&shared, OTHER) {
                    leave(heir);
                }
                drop(shared);
            })
        };
        let freer = thread::spawn(move || free(heap, block));
        heir.join().expect("no panic");
        shared.close();
        freer.join().expect("no panic");
        end(&shared, heap, &[block]);
    });
}

#[test]
fn only_one_thread_adopts_an_orphan() {
    check(|| {
        let shared = PoolShared::new(None);
        let heap = HeapRef::new(&shared, OWNER, 0);
        leave(heap);
        let other = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let heir = PoolHeap::adopt(&shared, OTHER);
                drop(shared);
                heir
            })
        };
        let mine = PoolHeap::adopt(&shared, OWNER);
        let other = other.join().expect("no panic");
        assert!(mine.is_some() != other.is_some());
        let heir = mine.or(other).expect("one of them");
        leave(heir);
        shared.close();
        end(&shared, heap, &[]);
    });
}

#[test]
fn orphan_is_worked_on_under_the_lock_while_its_block_is_freed() {
    check(|| {
        let shared = PoolShared::new(None);
        let heap = HeapRef::new(&shared, OWNER, 1);
        let block = BlockRef::new();
        leave(heap);
        let freer = thread::spawn(move || free(heap, block));
        let mut orphans = 0;
        shared.registry.for_each_orphan(|orphan| orphans += usize::from(orphan.is_owned_by(NO_OWNER)));
        assert_eq!(orphans, 1);
        let again = shared.registry.with_orphan(|orphan| orphan.and_then(PoolHeap::take));
        freer.join().expect("no panic");
        match again {
            Some(again) => {
                assert_eq!(again.read(), 7);
                shared.close();
                assert_eq!(shared.destroyed(), 0, "a block is alive");
                free(heap, again);
            }
            None => shared.close(),
        }
        assert_eq!(shared.destroyed(), 1);
        block.release();
        heap.release();
    });
}

#[test]
fn heap_that_could_not_be_made_is_withdrawn() {
    check(|| {
        let shared = PoolShared::new(None);
        assert!(shared.registry.enroll());
        shared.registry.withdraw();
        let heap = HeapRef::new(&shared, NO_OWNER, 0);
        leave(heap);
        shared.close();
        end(&shared, heap, &[]);
    });
}

// --- Large blocks ----------------------------------------------------------------------------------------------

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, 1).expect("small")
}

fn make_big(heap: HeapRef, size: usize) -> NonNull<u8> {
    heap.get().allocate_big(layout(size), false).expect("memory")
}

/// Another thread gives a large block back.
fn free_big(heap: HeapRef, block: NonNull<u8>, size: usize) {
    // SAFETY: a living block, freed once.
    unsafe { PoolHeap::free_big(heap.0, OTHER, block, layout(size)) };
}

#[test]
fn large_blocks_are_freed_while_the_owner_counts() {
    check(|| {
        let shared = PoolShared::new(Some(1000));
        let heap = HeapRef::new(&shared, OWNER, 0);
        let freers = [16, 32].map(|size| {
            let block = make_big(heap, size);
            thread::spawn(move || free_big(heap, block, size))
        });
        heap.get().collect_big();
        assert!(heap.get().big_live_bytes() <= 48, "the difference never runs below zero");
        for freer in freers {
            freer.join().expect("no panic");
        }
        heap.get().collect_big();
        assert_eq!(heap.get().big_live_bytes(), 0);
        assert_eq!(heap.get().meters.large_made.get(), crate::memory::tally::sum(2, 48));
        shared.close();
        leave(heap);
        end(&shared, heap, &[]);
    });
}

#[test]
fn owner_leaves_while_last_large_block_is_freed_and_allocator_goes() {
    check(|| {
        let shared = PoolShared::new(None);
        let heap = HeapRef::new(&shared, OWNER, 0);
        let block = make_big(heap, 16);
        let owner = thread::spawn(move || leave(heap));
        let freer = thread::spawn(move || free_big(heap, block, 16));
        shared.close();
        owner.join().expect("no panic");
        freer.join().expect("no panic");
        end(&shared, heap, &[]);
    });
}

#[test]
fn orphan_is_adopted_while_its_large_block_is_freed() {
    check(|| {
        let shared = PoolShared::new(None);
        let heap = HeapRef::new(&shared, OWNER, 0);
        let block = make_big(heap, 16);
        leave(heap);
        let freer = thread::spawn(move || free_big(heap, block, 16));
        let heir = PoolHeap::adopt(&shared, OTHER + 1).expect("an orphan");
        heir.get().collect_big();
        leave(heir);
        freer.join().expect("no panic");
        shared.close();
        end(&shared, heap, &[]);
    });
}

#[test]
fn one_large_block_too_many_is_refused() {
    check(|| {
        let shared = PoolShared::new(Some(20));
        let heap = HeapRef::new(&shared, OWNER, 0);
        let block = make_big(heap, 16);
        let other = thread::spawn(move || free_big(heap, block, 16));
        match heap.get().allocate_big(layout(8), true) {
            Ok(block) => {
                // SAFETY: a living block, freed once, by the owner.
                unsafe { PoolHeap::free_big(heap.0, OWNER, block, layout(8)) };
            }
            Err(PoolRefused::Limit { left }) => assert_eq!(left, 4),
            Err(PoolRefused::Budget { left }) => panic!("no budget is set, yet {left} bytes are left of one"),
            Err(PoolRefused::OutOfMemory) => panic!("there is memory"),
        }
        other.join().expect("no panic");
        heap.get().set_big_budget(8);
        assert!(matches!(heap.get().allocate_big(layout(9), false), Err(PoolRefused::Budget { left: 8 })));
        shared.close();
        leave(heap);
        end(&shared, heap, &[]);
    });
}
