//! The stack of blocks that other threads gave back.

use std::rc::Rc;

use loom::thread;

use crate::check;
use crate::heap::BlockRef;
use crate::remote::{Refused, RemoteStack, Taken};

/// Gives a block back as another thread does, after writing to it.
fn free(stack: &RemoteStack, block: BlockRef, value: u64) -> Result<usize, Refused> {
    block.write(value);
    // SAFETY: the block is this thread's until it is pushed.
    unsafe { stack.push(block.link(), usize::MAX) }
}

/// Books the blocks as returned; what was written to them must be there.
fn receive(taken: Taken) -> usize {
    taken
        .map(|link| {
            let block = BlockRef::from_link(link);
            assert_ne!(block.read(), 0, "the freeing thread's last write is not seen");
            block.note_returned();
        })
        .count()
}

fn end(blocks: &[BlockRef]) {
    for block in blocks {
        assert_eq!(block.times_returned(), 1, "a block is lost, or came back twice");
        block.release();
    }
}

#[test]
fn two_threads_push_while_the_owner_takes() {
    check(|| {
        let stack = Rc::new(RemoteStack::new());
        let blocks = [BlockRef::new(), BlockRef::new()];
        let freers = blocks.map(|block| {
            let stack = Rc::clone(&stack);
            thread::spawn(move || {
                let depth = free(&stack, block, 7).expect("open");
                assert!(depth == 1 || depth == 2);
            })
        });
        let mut count = receive(stack.take());
        count += receive(stack.take());
        for freer in freers {
            freer.join().expect("no panic");
        }
        assert_eq!(stack.depth(), 2 - count);
        count += receive(stack.take());
        assert_eq!(count, 2);
        assert!(!stack.has_waiting());
        end(&blocks);
    });
}

#[test]
fn one_thread_pushes_several_while_the_owner_takes() {
    check(|| {
        let stack = Rc::new(RemoteStack::new());
        let blocks = [BlockRef::new(), BlockRef::new(), BlockRef::new()];
        let freer = {
            let stack = Rc::clone(&stack);
            thread::spawn(move || {
                for block in blocks {
                    free(&stack, block, 7).expect("open");
                }
            })
        };
        let mut count = receive(stack.take());
        count += receive(stack.take());
        freer.join().expect("no panic");
        count += receive(stack.take());
        assert_eq!(count, 3);
        end(&blocks);
    });
}

/// Two threads push under a bound of one block.
pub(crate) fn push_under_a_bound(push: fn(&RemoteStack, BlockRef) -> Result<usize, Refused>) {
    check(move || {
        let stack = Rc::new(RemoteStack::new());
        let blocks = [BlockRef::new(), BlockRef::new()];
        let freers = blocks.map(|block| {
            let stack = Rc::clone(&stack);
            thread::spawn(move || {
                block.write(7);
                push(&stack, block)
            })
        });
        let first = receive(stack.take());
        assert!(first <= 1, "more are waiting than the bound allows");
        let mut refused = 0;
        for (freer, block) in freers.into_iter().zip(blocks) {
            if freer.join().expect("no panic") == Err(Refused::Full) {
                refused += 1;
                block.note_returned();
            }
        }
        let second = receive(stack.take());
        assert!(second <= 1, "more are waiting than the bound allows");
        assert_eq!(first + second + refused, 2);
        end(&blocks);
    });
}

#[test]
fn pushes_under_a_bound_never_pass_it() {
    push_under_a_bound(|stack, block| {
        // SAFETY: the block is this thread's unless it is taken.
        unsafe { stack.push(block.link(), 1) }
    });
}

#[test]
fn pushes_while_the_owner_closes_are_taken_or_refused() {
    check(|| {
        let stack = Rc::new(RemoteStack::new());
        let blocks = [BlockRef::new(), BlockRef::new()];
        let freers = blocks.map(|block| {
            let stack = Rc::clone(&stack);
            thread::spawn(move || free(&stack, block, 7))
        });
        let taken = receive(stack.close());
        let mut refused = 0;
        for (freer, block) in freers.into_iter().zip(blocks) {
            if freer.join().expect("no panic") == Err(Refused::Closed) {
                refused += 1;
                block.note_returned();
            }
        }
        assert_eq!(taken + refused, 2);
        assert_eq!(stack.depth(), 0);
        end(&blocks);
    });
}

#[test]
fn closed_stack_opens_again_while_blocks_are_pushed() {
    check(|| {
        let stack = Rc::new(RemoteStack::new());
        let block = BlockRef::new();
        assert_eq!(receive(stack.close()), 0);
        let freer = {
            let stack = Rc::clone(&stack);
            thread::spawn(move || free(&stack, block, 7))
        };
        stack.open();
        let mut count = receive(stack.take());
        if freer.join().expect("no panic") == Err(Refused::Closed) {
            block.note_returned();
            count += 1;
        }
        count += receive(stack.take());
        assert_eq!(count, 1);
        end(&[block]);
    });
}

#[test]
fn closed_stack_has_nothing_waiting() {
    check(|| {
        let stack = RemoteStack::new();
        assert_eq!(receive(stack.close()), 0);
        assert!(!stack.has_waiting(), "only the mark that says closed");
        assert_eq!(receive(stack.take()), 0);
        let block = BlockRef::new();
        assert_eq!(free(&stack, block, 7), Err(Refused::Closed), "taking must not open it");
        block.release();
    });
}
