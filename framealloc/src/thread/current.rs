//! Which state is mine? The thread-local variables that lead to a thread's states.
//!
//! `CURRENT` remembers the state of the allocator that this thread used last: finding it again is one comparison
//! of ids. It has no destructor, so it can be read at any time in a thread's life. `TABLE` knows the states of all
//! allocators that the thread has used, and gives them up when the thread ends.

use std::cell::{Cell, RefCell};
use std::num::NonZeroU64;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::shared::Shared;
use super::state::ThreadState;
use crate::error::AllocError;
use crate::pool::PoolHeap;

/// What a thread has of the allocator it used last.
struct Current {
    /// The allocator's id; zero for none.
    id: Cell<u64>,
    state: Cell<*const ThreadState>,
    heap: Cell<*const PoolHeap>,
    /// The thread's own token; zero until it needs one.
    token: Cell<u64>,
    /// The table has gone.
    ending: Cell<bool>,
}

thread_local! {
    static CURRENT: Current = const {
        Current {
            id: Cell::new(0),
            state: Cell::new(std::ptr::null()),
            heap: Cell::new(std::ptr::null()),
            token: Cell::new(0),
            ending: Cell::new(false),
        }
    };

    static TABLE: RefCell<Table> = const { RefCell::new(Table { entries: Vec::new() }) };
}

static NEXT_TOKEN: AtomicU64 = AtomicU64::new(1);

/// The calling thread's token, or zero if it has never needed one; then it owns nothing.
#[inline(always)]
pub(crate) fn token() -> u64 {
    CURRENT.with(|current| current.token.get())
}

/// Whether the calling thread ends and has given up what it had of all allocators. A thread that never had anything
/// cannot tell.
pub(crate) fn is_ending() -> bool {
    CURRENT.with(|current| current.ending.get())
}

/// The calling thread's token; never zero and never another thread's, past or present.
fn make_token() -> u64 {
    CURRENT.with(|current| {
        if current.token.get() == 0 {
            current.token.set(NEXT_TOKEN.fetch_add(1, Ordering::Relaxed));
        }
        current.token.get()
    })
}

/// The calling thread's state of the allocator with this id, if it is the one used last.
#[inline(always)]
pub(crate) fn state_fast(id: NonZeroU64) -> Option<NonNull<ThreadState>> {
    CURRENT.with(|current| {
        // SAFETY: an id that is not zero stands beside pointers that are not null.
        (current.id.get() == id.get())
            .then(|| unsafe { NonNull::new_unchecked(current.state.get().cast_mut()) })
    })
}

/// The calling thread's heap of the allocator with this id, if that is the one used last.
#[inline(always)]
pub(crate) fn heap_fast(id: NonZeroU64) -> Option<NonNull<PoolHeap>> {
    CURRENT.with(|current| {
        // SAFETY: as above.
        (current.id.get() == id.get())
            .then(|| unsafe { NonNull::new_unchecked(current.heap.get().cast_mut()) })
    })
}

/// The calling thread's state of the allocator that `other`, which may belong to another thread, is a state of.
///
/// # Errors
///
/// When it has none and the system has no memory for it.
pub(crate) fn state_beside(other: &ThreadState) -> Result<&ThreadState, AllocError> {
    let state = match state_fast(other.shared().id) {
        Some(state) => state,
        None => state_slow(&other.shared_arc())?,
    };
    // SAFETY: the calling thread's own (T1), and alive while the allocator is borrowed (T2).
    Ok(unsafe { &*state.as_ptr() })
}

struct Table {
    entries: Vec<Entry>,
}

/// What a thread has of one allocator.
struct Entry {
    id: NonZeroU64,
    state: NonNull<ThreadState>,
    heap: NonNull<PoolHeap>,
    /// Its memory; that the allocator is still there is another matter.
    shared: Arc<Shared>,
}

impl Entry {
    fn make_current(&self) {
        CURRENT.with(|current| {
            current.id.set(self.id.get());
            current.state.set(self.state.as_ptr());
            current.heap.set(self.heap.as_ptr());
        });
    }

    /// The thread gives up what it has of this allocator.
    fn leave(self) {
        // SAFETY: the entry is the only one who says that this thread owns the state and the heap, and it goes.
        unsafe {
            self.shared.states.leave(self.state);
            PoolHeap::abandon(self.heap);
        }
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        forget_current();
        CURRENT.with(|current| current.ending.set(true));
        for entry in self.entries.drain(..) {
            entry.leave();
        }
    }
}

fn forget_current() {
    CURRENT.with(|current| {
        current.id.set(0);
        current.state.set(std::ptr::null());
        current.heap.set(std::ptr::null());
    });
}

/// The calling thread's state of `shared`'s allocator, made if it has none.
///
/// # Errors
///
/// When the system has no memory for it.
#[cold]
#[inline(never)]
pub(crate) fn state_slow(shared: &Arc<Shared>) -> Result<NonNull<ThreadState>, AllocError> {
    let token = make_token();
    let out_of_memory = || AllocError::out_of_memory(size_of::<ThreadState>());
    let found = TABLE.try_with(|table| {
        let mut table = table.borrow_mut();
        table.forget_closed();
        if let Some(entry) = table.entries.iter().find(|entry| entry.id == shared.id) {
            entry.make_current();
            return Ok(entry.state);
        }
        table.entries.try_reserve(1).map_err(|_| out_of_memory())?;
        let heap = PoolHeap::adopt_or_new(&shared.pool, token).ok_or_else(out_of_memory)?;
        let Some(state) = shared.states.enter(shared, heap) else {
            // SAFETY: adopted for this thread a moment ago and used by nobody.
            unsafe { PoolHeap::abandon(heap) };
            return Err(out_of_memory());
        };
        let entry = Entry { id: shared.id, state, heap, shared: Arc::clone(shared) };
        entry.make_current();
        table.entries.push(entry);
        Ok(state)
    });
    match found {
        Ok(state) => state,
        // A destructor of another thread-local variable, after the table's own: this thread can own nothing any
        // more. What it still asks for comes from a state that is found by its token each time.
        Err(_) => shared.states.enter_late(shared, token).ok_or_else(out_of_memory),
    }
}

impl Table {
    /// Gives up what belongs to allocators that have gone.
    fn forget_closed(&mut self) {
        let mut index = 0;
        while index < self.entries.len() {
            if self.entries[index].shared.states.is_closed() {
                forget_current();
                self.entries.swap_remove(index).leave();
            } else {
                index += 1;
            }
        }
    }
}
