//! The states of one allocator's threads: their birth, their inheritance by later threads, and their end.
//!
//! Invariants:
//!
//! - **T1** A state belongs to one thread at a time, which alone touches it, apart from the counters that others
//!   may read. It changes hands only under the lock.
//! - **T2** A state exists until the allocator is closed, which happens when no borrow of it is left; so whoever
//!   holds a handle or a reference to the allocator may reach it.
//! - **T3** A state that is idle has nothing alive and nothing that refers to it, apart from what lies in its lanes,
//!   where a shared frame may be open (N2).

use std::ptr::NonNull;
use std::sync::{Arc, Mutex};

use super::shared::Shared;
use super::state::ThreadState;
use crate::memory::copied::copied;
use crate::memory::source;
use crate::pool::PoolHeap;

#[derive(Debug, Default)]
struct Inner {
    closed: bool,
    all: Vec<NonNull<ThreadState>>,
    /// Those that no thread has; there is room for all.
    idle: Vec<NonNull<ThreadState>>,
}

/// The states of one allocator.
#[derive(Debug)]
pub(crate) struct States {
    inner: Mutex<Inner>,
}

// SAFETY: the pointers stand for states that only their threads touch (T1); the lists are reached under the lock.
unsafe impl Send for States {}
// SAFETY: as above.
unsafe impl Sync for States {}

impl States {
    pub(crate) fn new() -> Self {
        Self { inner: Mutex::default() }
    }

    /// A state for the calling thread, which has none of this allocator: an idle one if there is one, else new.
    pub(crate) fn enter(
        &self,
        shared: &Arc<Shared>,
        heap: NonNull<PoolHeap>,
    ) -> Option<NonNull<ThreadState>> {
        self.with(|inner| {
            let state = inner.idle_or_new(shared)?;
            // SAFETY: T1: idle or fresh, so it is this thread's now.
            unsafe { state.as_ref() }.enter(Some(heap));
            Some(state)
        })
    }

    /// The state of a thread whose table is gone already; see [`ThreadState::enter_late`].
    pub(crate) fn enter_late(&self, shared: &Arc<Shared>, token: u64) -> Option<NonNull<ThreadState>> {
        self.with(|inner| {
            // SAFETY: T2: states on the list exist, and who a late state belongs to is guarded by the lock.
            let mine = inner.all.iter().find(|state| unsafe { state.as_ref() }.late_token() == token);
            if let Some(&state) = mine {
                return Some(state);
            }
            let state = inner.idle_or_new(shared)?;
            // SAFETY: T1: idle or fresh, so it is this thread's now.
            unsafe { state.as_ref() }.enter_late(token);
            Some(state)
        })
    }

    /// The calling thread ends, or the allocator has gone: the thread gives the state up.
    ///
    /// # Safety
    ///
    /// The state is the calling thread's, which does not use it again unless it holds handles from it.
    pub(crate) unsafe fn leave(&self, state: NonNull<ThreadState>) {
        self.with(|inner| {
            if inner.closed {
                // The state has gone with the allocator.
                return;
            }
            // SAFETY: T1, T2.
            if unsafe { state.as_ref() }.retire() {
                inner.idle.push(state);
            }
        });
    }

    /// Nothing of a state whose thread had left is alive any more.
    ///
    /// # Safety
    ///
    /// The state is the calling thread's, retired, not idle yet, and nothing refers to it.
    pub(crate) unsafe fn reclaim(&self, state: NonNull<ThreadState>) {
        self.with(|inner| {
            // SAFETY: T1, T2.
            unsafe { state.as_ref() }.forget_late_owner();
            inner.idle.push(state);
        });
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.with(|inner| inner.closed)
    }

    /// The allocator goes, and with it every state.
    pub(crate) fn close(&self) {
        let all = self.with(|inner| {
            inner.closed = true;
            inner.idle.clear();
            std::mem::take(&mut inner.all)
        });
        for state in all {
            // SAFETY: T2.
            #[cfg(feature = "call-sites")]
            unsafe {
                state.as_ref().empty_ear();
            }
            // SAFETY: T2: no handle and no reference to the allocator is left; a thread that leaves finds it closed.
            unsafe { source::unbox(state) };
        }
    }

    /// Every state, of which only the shared counters may be read. A thread that enters waits for no more than the copy.
    pub(crate) fn list(&self) -> Vec<NonNull<ThreadState>> {
        copied(&self.inner, |inner| &inner.all, |&state| state)
    }

    /// Calls `read` with every state, of which only the shared counters may be read.
    pub(crate) fn for_each(&self, mut read: impl FnMut(NonNull<ThreadState>)) {
        self.with(|inner| inner.all.iter().for_each(|&state| read(state)));
    }

    fn with<R>(&self, action: impl FnOnce(&mut Inner) -> R) -> R {
        // No user code runs under the lock, so it is never poisoned by one.
        action(&mut self.inner.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

impl Inner {
    fn idle_or_new(&mut self, shared: &Arc<Shared>) -> Option<NonNull<ThreadState>> {
        if let Some(state) = self.idle.pop() {
            return Some(state);
        }
        self.all.try_reserve(1).ok()?;
        let total = self.all.len() + 1;
        self.idle.try_reserve(total - self.idle.len()).ok()?;
        let state = ThreadState::allocate(shared, self.all.len() as u64)?;
        self.all.push(state);
        Some(state)
    }
}
