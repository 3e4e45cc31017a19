//! What a watched thread asks of the program's global allocator while a frame of it is open: plain `Vec`s, `Box`es and the
//! rest, by sampled calls.
//!
//! Nothing hands down a location there, so the stack is read, as far as the program's own line. What its addresses mean
//! is looked up at the frame's end, once for each: until then a stack that is not understood waits.
//!
//! A call to the global allocator borrows no allocator of this library, so one may go meanwhile, with its states, on another
//! thread. So a thread reaches its states by *ears*, which it owns:
//!
//! - **E1** An ear is among its thread's from when a frame of the state begins until that ends, or the thread gives the
//!   state up.
//! - **E2** A state's ear is emptied before the state goes, and locked while the state is used by way of it.

use std::cell::{OnceCell, RefCell};
use std::ptr::NonNull;
use std::sync::{Arc, Mutex};

use hashbrown::HashTable;

use super::lock;
use super::records::{Caller, Records};
use crate::attribution::{FoundPlace, Meaning, NodeRef, Origin, Place, read_stack};
use crate::memory::address::spread;
use crate::memory::{sampling, stack, tracking};
use crate::thread::state::ThreadState;

/// How far out the program's own line is looked for.
const DEEPEST: usize = 64;
/// Stacks that wait for the frame's end.
const MOST_WAITING: usize = 32;
/// Addresses that a thread knows the meaning of without asking the others.
const MOST_KNOWN: usize = 1 << 14;

thread_local! {
    /// Of the states of whose frames the thread's calls are noted: one for each allocator that watches it.
    static EARS: RefCell<Vec<Arc<Ear>>> = const { RefCell::new(Vec::new()) };
}

/// Leads from a thread to a state of its own, if that still exists (E2).
#[derive(Debug)]
struct Ear {
    state: Mutex<Option<NonNull<ThreadState>>>,
}

// SAFETY: the state is used by the thread alone that has it (E1), and under the lock.
unsafe impl Send for Ear {}
// SAFETY: as above.
unsafe impl Sync for Ear {}

/// What a watched thread keeps of its calls to the global allocator. Only the thread itself touches it.
#[derive(Debug, Default)]
pub(super) struct Sampled {
    ear: OnceCell<Arc<Ear>>,
    seen: RefCell<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    known: HashTable<(usize, Meaning)>,
    waiting: Vec<Waiting>,
    /// Calls for which there was no room.
    missed: u64,
}

/// A sampled call.
#[derive(Clone, Copy, Debug)]
struct Call {
    bytes: u64,
    stands_for: u64,
    tag: NodeRef,
    phase: NodeRef,
}

/// A call whose stack is not understood yet.
#[derive(Debug)]
struct Waiting {
    call: Call,
    stack: [usize; DEEPEST],
    depth: usize,
}

/// What the stack says of a call.
#[derive(Debug)]
enum Verdict {
    At(&'static FoundPlace),
    /// Not the program's, or without lines that could be named.
    Nobody {
        is_missed: bool,
    },
}

/// Goes along a stack from the inside.
#[derive(Debug, Default)]
struct Search {
    dependency: Option<&'static FoundPlace>,
}

impl Search {
    /// What is known after one more address, if that settles it.
    fn step(&mut self, meaning: Meaning) -> Option<Verdict> {
        match meaning {
            Meaning::Between => None,
            Meaning::Dependency(place) => {
                self.dependency.get_or_insert(place);
                None
            }
            Meaning::Program(place) => Some(Verdict::At(place)),
            // Code of a dependency that the library has called.
            Meaning::Library if self.dependency.is_some() => None,
            Meaning::Library => Some(Verdict::Nobody { is_missed: false }),
        }
    }

    /// What is known at the stack's end.
    fn end(self) -> Verdict {
        self.dependency.map_or(Verdict::Nobody { is_missed: true }, Verdict::At)
    }
}

impl Seen {
    fn meaning(&self, address: usize) -> Option<Meaning> {
        self.known.find(spread(address), |&(known, _)| known == address).map(|&(_, meaning)| meaning)
    }

    fn learn(&mut self, address: usize, meaning: Meaning) {
        let hash = |&(address, _): &(usize, Meaning)| spread(address);
        if self.known.len() < MOST_KNOWN && self.known.try_reserve(1, hash).is_ok() {
            self.known.insert_unique(spread(address), (address, meaning), hash);
        }
    }

    /// Reads the stack of the call that is being made; none while some of it is not understood: then it waits.
    fn read(&mut self, call: Call) -> Option<Verdict> {
        let mut search = Search::default();
        let mut verdict = None;
        // What was passed before something unknown counts too: for what it calls, and for crates on the way.
        let (mut stack, mut depth, mut unknown) = ([0; DEEPEST], 0, false);
        stack::walk(|address| {
            stack[depth] = address;
            depth += 1;
            match self.meaning(address) {
                None => unknown = true,
                Some(meaning) if !unknown => verdict = search.step(meaning),
                // Enough to go on with.
                Some(Meaning::Program(_)) => return false,
                Some(_) => {}
            }
            verdict.is_none() && depth < DEEPEST
        });
        if !unknown {
            return Some(verdict.unwrap_or_else(|| search.end()));
        }
        if self.waiting.len() < MOST_WAITING && self.waiting.try_reserve_exact(MOST_WAITING).is_ok() {
            self.waiting.push(Waiting { call, stack, depth });
        } else {
            self.missed += call.stands_for;
        }
        None
    }

    /// Finds out what a stack says, whatever it takes.
    fn understand(&mut self, stack: &[usize]) -> Verdict {
        let (mut search, mut verdict) = (Search::default(), None);
        read_stack(stack, |address, meaning| {
            if self.meaning(address).is_none() {
                self.learn(address, meaning);
            }
            verdict = search.step(meaning);
            verdict.is_none()
        });
        verdict.unwrap_or_else(|| search.end())
    }
}

impl ThreadState {
    /// A frame is open and the thread is watched: about so many of its calls to the global allocator are noted.
    #[cold]
    #[inline(never)]
    pub(super) fn hear_calls(&self, most: u32) {
        if most == 0 || !tracking::is_installed() {
            return;
        }
        let new = || Arc::new(Ear { state: Mutex::new(Some(NonNull::from(self))) });
        let is_heard = tracking::uncounted(|| {
            let ear = self.behavior.sampled.ear.get_or_init(new);
            let add = |ears: &mut Vec<Arc<Ear>>| {
                if !ears.iter().any(|known| Arc::ptr_eq(known, ear)) {
                    ears.push(Arc::clone(ear));
                }
            };
            // A thread that is past its variables hears nothing.
            EARS.try_with(|ears| add(&mut ears.borrow_mut())).is_ok()
        });
        if is_heard {
            sampling::begin(heard, most, self.published.last_frame_global_calls.get());
        }
    }

    /// The frame ends, or the thread is no longer watched.
    #[cold]
    #[inline(never)]
    pub(super) fn end_hearing(&self) {
        tracking::uncounted(|| {
            self.stop_hearing();
            self.note_waiting_calls();
        });
    }

    fn stop_hearing(&self) {
        let Some(own) = self.behavior.sampled.ear.get() else { return };
        let left = EARS.try_with(|ears| {
            let mut ears = ears.borrow_mut();
            // And those whose states have gone.
            ears.retain(|ear| !Arc::ptr_eq(ear, own) && lock(&ear.state).is_some());
            ears.len()
        });
        if left.unwrap_or(0) == 0 {
            sampling::end();
        }
    }

    /// The state goes: the last thing that is done with it.
    pub(crate) fn empty_ear(&self) {
        if let Some(ear) = self.behavior.sampled.ear.get() {
            *lock(&ear.state) = None;
        }
    }

    /// Calls whose stacks had to wait are noted in the frame that is open.
    fn note_waiting_calls(&self) {
        let Ok(mut seen) = self.behavior.sampled.seen.try_borrow_mut() else { return };
        let missed = std::mem::take(&mut seen.missed);
        let mut waiting = std::mem::take(&mut seen.waiting);
        for Waiting { call, stack, depth } in waiting.drain(..) {
            let verdict = seen.understand(&stack[..depth]);
            self.note_call(call, &verdict);
        }
        // Its memory serves the next frame.
        seen.waiting = waiting;
        if missed != 0 {
            self.behavior.with(|records| records.note_missed(missed));
        }
    }

    fn note_call(&self, call: Call, verdict: &Verdict) {
        let now = self.moment();
        self.behavior.with(|records: &mut Records| match *verdict {
            Verdict::At(place) => {
                let Call { tag, phase, bytes, stands_for } = call;
                let caller = Caller { place: Place::Found(place), origin: Origin::GLOBAL, tag, phase };
                records.note_sampled(caller, bytes, stands_for, now);
            }
            Verdict::Nobody { is_missed: true } => records.note_missed(call.stands_for),
            Verdict::Nobody { .. } => {}
        });
    }
}

/// The calling thread asks for memory; see [`sampling`].
fn heard(bytes: u64, stands_for: u64) {
    let hear = |ear: &Arc<Ear>| {
        let state = lock(&ear.state);
        // SAFETY: the calling thread's own (E1), which does not go before the lock does (E2).
        let Some(state) = state.map(|state| unsafe { state.as_ref() }) else { return };
        let call = Call { bytes, stands_for, tag: state.tags.current(), phase: state.phases.current() };
        let Ok(mut seen) = state.behavior.sampled.seen.try_borrow_mut() else { return };
        if let Some(verdict) = seen.read(call) {
            state.note_call(call, &verdict);
        }
    };
    // Borrowed while an ear is put there or taken away: then the call is the library's.
    let _ = EARS.try_with(|ears| ears.try_borrow().map(|ears| ears.iter().for_each(hear)));
}
