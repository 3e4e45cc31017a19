//! The stack on which other threads leave blocks for their owner: the freed block is the node, so giving a block
//! back needs no memory and one compare-and-swap.
//!
//! Anyone pushes; only the owner takes, and takes everything, so there is no pop of a single node and no ABA. The
//! word at the head also holds how many are waiting. A stack whose owner has gone is *closed* and refuses pushes:
//! then [`super::handover`] says who takes the block.
//!
//! Ordering: a push releases the link it wrote (and all the freer did to the block before), taking acquires it.
//!
//! Modelled with loom in the crate `models`, which includes this very file.

use crate::sync::{AtomicPtr, Ordering, UnsafeCell};

/// The first word of a block that is free.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct Link {
    next: UnsafeCell<*mut Link>,
}

impl Link {
    #[inline(always)]
    pub(crate) const fn new(next: *mut Link) -> Self {
        Self { next: UnsafeCell::new(next) }
    }

    /// What follows this link.
    ///
    /// # Safety
    ///
    /// The caller owns the block that the link is in.
    #[inline(always)]
    pub(crate) unsafe fn next(&self) -> *mut Link {
        // SAFETY: nobody else reaches a block that the caller owns.
        self.next.with(|next| unsafe { *next })
    }

    /// Sets what follows this link.
    ///
    /// # Safety
    ///
    /// As for [`Link::next`].
    #[inline(always)]
    pub(crate) unsafe fn set_next(&self, to: *mut Link) {
        // SAFETY: nobody else reaches a block that the caller owns.
        self.next.with_mut(|next| unsafe { *next = to });
    }
}

/// The head of a stack that is closed. Not the address of any block: those are multiples of 16.
const CLOSED: usize = 1;

#[cfg(target_pointer_width = "64")]
const DEPTH_SHIFT: u32 = 48;
#[cfg(target_pointer_width = "64")]
const ADDRESS: usize = (1 << DEPTH_SHIFT) - 1;
/// The depth stops counting here.
#[cfg(target_pointer_width = "64")]
pub(crate) const MAX_DEPTH: usize = (1 << (usize::BITS - DEPTH_SHIFT)) - 1;

/// Narrow addresses leave no room beside them: the depth is not known.
#[cfg(not(target_pointer_width = "64"))]
const ADDRESS: usize = usize::MAX;
#[cfg(not(target_pointer_width = "64"))]
pub(crate) const MAX_DEPTH: usize = 0;

#[cfg(target_pointer_width = "64")]
fn depth_of(head: *mut Link) -> usize {
    head.addr() >> DEPTH_SHIFT
}

#[cfg(target_pointer_width = "64")]
fn with_depth(link: *mut Link, depth: usize) -> *mut Link {
    link.map_addr(|address| address | (depth << DEPTH_SHIFT))
}

#[cfg(not(target_pointer_width = "64"))]
fn depth_of(_: *mut Link) -> usize {
    0
}

#[cfg(not(target_pointer_width = "64"))]
fn with_depth(link: *mut Link, _: usize) -> *mut Link {
    link
}

fn without_depth(head: *mut Link) -> *mut Link {
    head.map_addr(|address| address & ADDRESS)
}

/// Why a stack does not take a block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Its owner has gone.
    Closed,
    /// As many as the pusher allows are waiting.
    Full,
}

/// Blocks that other threads have given back and their owner has not yet taken.
#[derive(Debug)]
pub(crate) struct RemoteStack {
    head: AtomicPtr<Link>,
}

impl RemoteStack {
    pub(crate) fn new() -> Self {
        Self { head: AtomicPtr::new(std::ptr::null_mut()) }
    }

    /// Leaves a block for the owner, unless `most` are waiting already; answers how many are waiting now. The depth
    /// stops at [`MAX_DEPTH`], so a larger `most` is no bound.
    ///
    /// # Safety
    ///
    /// `link` is in a block of the stack's owner that the caller owns and gives up, unless it is refused.
    pub(crate) unsafe fn push(&self, link: *mut Link, most: usize) -> Result<usize, Refused> {
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            if head.addr() == CLOSED {
                return Err(Refused::Closed);
            }
            if depth_of(head) >= most {
                return Err(Refused::Full);
            }
            // SAFETY: the block is still the caller's.
            unsafe { (*link).set_next(head) };
            let depth = (depth_of(head) + 1).min(MAX_DEPTH);
            let pushed = with_depth(link, depth);
            match self.head.compare_exchange_weak(head, pushed, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return Ok(depth),
                Err(now) => head = now,
            }
        }
    }

    /// Takes all that is waiting: nothing on a closed stack. Only the owner calls this, or who acts for it.
    #[inline]
    pub(crate) fn take(&self) -> Taken {
        if !self.has_waiting() {
            return Taken { next: std::ptr::null_mut() };
        }
        self.swap(std::ptr::null_mut())
    }

    /// Whether something is waiting, on an open stack.
    #[inline(always)]
    pub(crate) fn has_waiting(&self) -> bool {
        self.head.load(Ordering::Relaxed).addr() > CLOSED
    }

    /// Closes the stack and takes what was waiting.
    pub(crate) fn close(&self) -> Taken {
        self.swap(std::ptr::without_provenance_mut(CLOSED))
    }

    /// Opens a closed stack for its new owner.
    pub(crate) fn open(&self) {
        debug_assert_eq!(self.head.load(Ordering::Relaxed).addr(), CLOSED);
        self.head.store(std::ptr::null_mut(), Ordering::Release);
    }

    /// How many are waiting; stops at [`MAX_DEPTH`].
    pub(crate) fn depth(&self) -> usize {
        let head = self.head.load(Ordering::Relaxed);
        if head.addr() == CLOSED { 0 } else { depth_of(head) }
    }

    fn swap(&self, to: *mut Link) -> Taken {
        let head = self.head.swap(to, Ordering::AcqRel);
        debug_assert_ne!(head.addr(), CLOSED);
        Taken { next: without_depth(head) }
    }
}

/// Blocks taken off a stack, which are the taker's now.
#[derive(Debug)]
pub(crate) struct Taken {
    next: *mut Link,
}

impl Iterator for Taken {
    type Item = *mut Link;

    fn next(&mut self) -> Option<*mut Link> {
        if self.next.is_null() {
            return None;
        }
        let link = self.next;
        // SAFETY: taking the stack made its blocks ours.
        self.next = without_depth(unsafe { (*link).next() });
        Some(link)
    }
}
