//! A level of an arena: the frame itself, or a scope open within it.
//!
//! Levels form a stack, bottom to top the frame and the scopes in the order they were opened. Only the top level
//! bumps the arena's pointer. Each has a limit of its own: opening a scope sets the limit of the level below to
//! zero, so that a value asked of the outer scope while the inner one is open takes the slow path and goes to the
//! outer level's *side* chunks, where the inner scope's end does not reach it. Nothing is paid per allocation.
//!
//! Invariants:
//!
//! - **L1** A level's memory lives as long as its arena; levels are used again, never given back before.
//! - **L2** Every handle's block belongs to the level that was the top one when it was made, and is booked there
//!   when it is freed; its level is found by its address.
//! - **L3** A level's memory is given back only when every block of it is gone and its scope is closed.

use std::cell::Cell;
use std::ops::Deref;
use std::ptr::NonNull;

use super::chunk::Chunk;
use crate::memory::source;

/// Where a level stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// In the arena's stack, its scope alive; or free, above the top one.
    Open,
    /// In the arena's stack, its scope gone, waiting for the scopes above.
    Closed,
    /// Its frame ended while it was open: it belongs to this parked region.
    Parked(usize),
}

#[derive(Debug)]
pub(crate) struct Level {
    /// How far this level's scope may bump; zero unless it is the top one.
    pub(crate) limit: Cell<usize>,
    /// Closing it has more to do than to move the pointer back: it took chunks or blocks beside the one it began in,
    /// or the level below was closed before it or lost blocks meanwhile.
    pub(super) touched: Cell<bool>,
    /// Where the pointer goes back to.
    pub(super) mark: Cell<NonNull<u8>>,
    /// The chunk that `mark` lies in.
    pub(super) chunk: Cell<Option<Chunk>>,
    /// The first address of this level in that chunk, behind the seal.
    pub(super) start: Cell<usize>,
    /// The arena's span when it was opened, which is the one of the level below (A3).
    pub(super) outer_start: Cell<usize>,
    pub(super) outer_span: Cell<usize>,
    /// `made - gone` when it was opened.
    pub(super) live_base: Cell<u64>,
    /// The arena's dead bytes when it was opened.
    pub(super) dead: Cell<usize>,
    /// The bytes held when it was opened.
    pub(super) held: Cell<usize>,
    /// The tally of this level's blocks that were freed while a level above was open.
    pub(super) later: Cell<u64>,
    pub(super) depth: Cell<u32>,
    pub(super) status: Cell<Status>,
    pub(super) below: Cell<Option<LevelRef>>,
    pub(super) above: Cell<Option<LevelRef>>,
    /// Chunks for values that its scope asked for while it was not the top one, and the room left in the newest.
    pub(super) side: Cell<Option<Chunk>>,
    pub(super) side_ptr: Cell<usize>,
    /// The lowest of this level's blocks at the end of a chunk that is never left; zero for none. See
    /// [`super::scratch`].
    pub(super) end: Cell<usize>,
}

/// A pointer to a level; see L1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LevelRef(NonNull<Level>);

impl LevelRef {
    /// A new level on the heap, or `None` when the system has no memory.
    pub(super) fn allocate() -> Option<Self> {
        source::boxed(Level {
            limit: Cell::new(0),
            touched: Cell::new(false),
            mark: Cell::new(NonNull::dangling()),
            chunk: Cell::new(None),
            start: Cell::new(0),
            outer_start: Cell::new(0),
            outer_span: Cell::new(0),
            live_base: Cell::new(0),
            dead: Cell::new(0),
            held: Cell::new(0),
            later: Cell::new(0),
            depth: Cell::new(0),
            status: Cell::new(Status::Open),
            below: Cell::new(None),
            above: Cell::new(None),
            side: Cell::new(None),
            side_ptr: Cell::new(0),
            end: Cell::new(0),
        })
        .map(Self)
    }

    /// Gives the level's memory back.
    ///
    /// # Safety
    ///
    /// The arena goes, and with it everything that could name this level.
    pub(super) unsafe fn release(self) {
        // SAFETY: made by `source::boxed` above; the caller's promise.
        unsafe { source::unbox(self.0) };
    }
}

impl Deref for LevelRef {
    type Target = Level;

    #[inline(always)]
    fn deref(&self) -> &Level {
        // SAFETY: L1; only ever borrowed shared, what changes are cells.
        unsafe { self.0.as_ref() }
    }
}
