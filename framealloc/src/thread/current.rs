//! Which state is mine? The thread-local variables that lead to a thread's states.
//!
//! `CURRENT` remembers the state of the allocator that this thread used last: finding it again is one comparison
//! of ids. It has no destructor, so it can be read at any time in a thread's life. `TABLE` knows the states of all
//! allocators that the thread has used, and gives them up when the thread ends.

use std::cell::{Cell, RefCell};
use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::lane::Lane;
use super::promotion::{Lists, OwnedLists, Spares};
use super::shared::Shared;
use super::state::ThreadState;
use crate::error::AllocError;
use crate::memory::tracking;
use crate::pool::PoolHeap;

/// What a thread has of the allocator it used last.
struct Current {
    /// The allocator's id; zero for none.
    id: Cell<u64>,
    state: Cell<*const ThreadState>,
    heap: Cell<*const PoolHeap>,
    /// The thread's own token; zero until it needs one.
    token: Cell<u64>,
    /// The shared frame that the thread allocated in last, zero for none, and the thread's part of it.
    serial: Cell<u64>,
    lane: Cell<*const Lane>,
    spares: Spares,
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
            serial: Cell::new(0),
            lane: Cell::new(std::ptr::null()),
            spares: Spares::new(),
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

/// The calling thread's spare records of retained values.
#[inline(always)]
pub(super) fn spares<R>(action: impl FnOnce(&Spares) -> R) -> R {
    CURRENT.with(|current| action(&current.spares))
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

/// The calling thread's lane in the shared frame with this serial, if it is the one used last.
#[inline(always)]
pub(crate) fn lane_fast(serial: u64) -> Option<NonNull<Lane>> {
    CURRENT.with(|current| {
        // SAFETY: a serial that is not zero stands beside a pointer that is not null.
        (current.serial.get() == serial)
            .then(|| unsafe { NonNull::new_unchecked(current.lane.get().cast_mut()) })
    })
}

/// `lane` is the calling thread's in the shared frame with this serial, until the thread gives its state up.
pub(super) fn remember_lane(serial: u64, lane: &Lane) {
    CURRENT.with(|current| {
        current.serial.set(serial);
        current.lane.set(lane);
    });
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

/// Whether the calling thread has this heap, if only to look at its address.
pub(super) fn owns(heap: NonNull<PoolHeap>) -> bool {
    let known = TABLE.try_with(|table| table.borrow().entries.iter().any(|entry| entry.heap == heap));
    known.unwrap_or(false)
}

/// Runs `work` on the calling thread's heap of the allocator that it used last, if it has one.
pub(super) fn with_heap(work: impl FnOnce(&PoolHeap)) {
    let heap = CURRENT.with(|current| current.heap.get());
    // SAFETY: not null, so the table has an entry for it: the thread owns the heap.
    if let Some(heap) = unsafe { heap.as_ref() } {
        work(heap);
    }
}

struct Table {
    entries: Vec<Entry>,
}

/// What a thread has of one allocator.
struct Entry {
    id: NonZeroU64,
    state: NonNull<ThreadState>,
    heap: NonNull<PoolHeap>,
    /// What the thread has retained; the state points to it.
    lists: Option<OwnedLists>,
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

    /// The thread gives up what it has of this allocator. What it has retained goes last: that runs user code, so the
    /// table must not be borrowed.
    fn leave(self) {
        let lists = self.lists;
        // SAFETY: the entry is the only one who says that this thread owns the state and the heap, and it goes.
        unsafe {
            self.shared.states.leave(self.state);
            PoolHeap::abandon(self.heap);
        }
        drop(lists);
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        forget_current();
        CURRENT.with(|current| current.ending.set(true));
        for entry in self.entries.drain(..) {
            // A panic would end the program here. There is nobody left to tell of it but the hook, which has been.
            let outcome = catch_unwind(AssertUnwindSafe(|| entry.leave()));
            // What was thrown may have a destructor of its own.
            std::mem::forget(catch_unwind(AssertUnwindSafe(|| drop(outcome))));
        }
        spares(|spares| spares.shed(true));
    }
}

fn forget_current() {
    CURRENT.with(|current| {
        current.id.set(0);
        current.state.set(std::ptr::null());
        current.heap.set(std::ptr::null());
        current.serial.set(0);
        current.lane.set(std::ptr::null());
    });
}

/// What a look into the table came to.
enum Found {
    State(NonNull<ThreadState>),
    /// Something that must go first, and not while the table is borrowed.
    Closed(Entry),
}

/// The calling thread's state of `shared`'s allocator, made if it has none.
///
/// What the thread has retained with allocators that have gone is dropped, which runs user code.
///
/// # Errors
///
/// When the system has no memory for it.
#[cold]
#[inline(never)]
pub(crate) fn state_slow(shared: &Arc<Shared>) -> Result<NonNull<ThreadState>, AllocError> {
    let token = make_token();
    loop {
        match tracking::uncounted(|| TABLE.try_with(|table| table.borrow_mut().state(shared, token))) {
            Ok(Ok(Found::State(state))) => return Ok(state),
            Ok(Ok(Found::Closed(entry))) => entry.leave(),
            Ok(Err(error)) => return Err(error),
            // A destructor of another thread-local variable, after the table's own: this thread can own nothing any
            // more. What it still asks for comes from a state that is found by its token each time.
            Err(_) => {
                return tracking::uncounted(|| shared.states.enter_late(shared, token))
                    .ok_or_else(no_memory_for_state);
            }
        }
    }
}

fn no_memory_for_state() -> AllocError {
    AllocError::out_of_memory(size_of::<ThreadState>())
}

/// The lists of the calling thread's `state`, made if it has none. `None` for a thread past its table.
///
/// # Errors
///
/// When the system has no memory for them.
#[cold]
#[inline(never)]
pub(super) fn make_lists(state: &ThreadState) -> Result<Option<NonNull<Lists>>, AllocError> {
    let made = TABLE.try_with(|table| {
        let mut table = table.borrow_mut();
        let own = NonNull::from(state);
        let Some(entry) = table.entries.iter_mut().find(|entry| entry.state == own) else { return Ok(None) };
        if entry.lists.is_none() {
            entry.lists = OwnedLists::new();
        }
        let lists = entry.lists.as_ref().map(OwnedLists::pointer);
        state.lists.set(lists);
        lists.map(Some).ok_or_else(|| AllocError::out_of_memory(size_of::<Lists>()))
    });
    made.unwrap_or(Ok(None))
}

/// The allocator with this id has gone, and so does what the calling thread had of it.
///
/// What the thread has retained with it is dropped, which runs user code.
pub(crate) fn forget(id: NonZeroU64) {
    let found = TABLE.try_with(|table| {
        let mut table = table.borrow_mut();
        let index = table.entries.iter().position(|entry| entry.id == id)?;
        let entry = table.entries.swap_remove(index);
        if table.entries.is_empty() {
            spares(|spares| spares.shed(false));
        }
        Some(entry)
    });
    if let Ok(Some(entry)) = found {
        forget_current();
        entry.leave();
    }
}

impl Table {
    fn state(&mut self, shared: &Arc<Shared>, token: u64) -> Result<Found, AllocError> {
        if let Some(index) = self.entries.iter().position(|entry| entry.shared.states.is_closed()) {
            forget_current();
            return Ok(Found::Closed(self.entries.swap_remove(index)));
        }
        if let Some(entry) = self.entries.iter().find(|entry| entry.id == shared.id) {
            entry.make_current();
            return Ok(Found::State(entry.state));
        }
        self.entries.try_reserve(1).map_err(|_| no_memory_for_state())?;
        let heap = PoolHeap::adopt_or_new(&shared.pool, token).ok_or_else(no_memory_for_state)?;
        let Some(state) = shared.states.enter(shared, heap) else {
            // SAFETY: adopted for this thread a moment ago and used by nobody.
            unsafe { PoolHeap::abandon(heap) };
            return Err(no_memory_for_state());
        };
        let entry = Entry { id: shared.id, state, heap, lists: None, shared: Arc::clone(shared) };
        entry.make_current();
        self.entries.push(entry);
        Ok(Found::State(state))
    }
}
