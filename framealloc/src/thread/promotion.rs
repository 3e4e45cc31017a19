//! Retained values: made where they will stay, listed when their frame ends, and owned by two until then and after:
//! the handle that the program got, and the frame's list, which becomes a promotion.
//!
//! Each value has a record of its own beside it, which both owners point to. All of it belongs to one thread.
//!
//! Invariants:
//!
//! - **R1** A record is reached by its handle ([`Held`]), by one listing ([`Listed`], or a place in one [`Ring`] or
//!   [`Chain`]) and by its neighbours there; none of them leaves the thread that made it.
//! - **R2** [`HELD`] is set while the handle exists, [`LISTED`] while the listing does. Whoever clears the second of
//!   them gives the record's memory back and touches it no more.
//! - **R3** The record owns the value unless [`EMPTY`] is set. While the handle exists nobody but it touches the value;
//!   later the listing may take it out, once, since the record ends with that.
//! - **R4** [`OURS`] is set while the listing stands in a ring of this thread's [`Lists`], so that its neighbours exist;
//!   those rings are emptied before they go. While that is so and the allocator is borrowed, the record's `tag` exists.
//! - **R5** The lists of a state are reached by its thread alone, which frees them when it gives the state up; by then
//!   the state no longer points to them, or has gone itself.
//!
//! User code runs here in one way only, by dropping a [`Value`], and then no record that it belonged to is left.

mod lists;

use std::alloc::Layout;
use std::any::{TypeId, type_name};
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use super::current;
use crate::attribution::NodeRef;
use crate::config::RetentionPolicy;
use crate::memory::source;
use crate::pool::PoolHeap;

pub(super) use lists::OwnedLists;
pub(crate) use lists::{Chain, Lists};

/// What is known of a type whose name has been forgotten.
#[derive(Debug)]
pub(crate) struct Kind {
    type_id: fn() -> TypeId,
    type_name: fn() -> &'static str,
    size: usize,
    discard: Discard,
}

/// Drops a value of one type and gives its memory back, given the parts of a [`Value`] that is used no more.
type Discard = unsafe fn(NonNull<()>, NonNull<PoolHeap>, RetentionPolicy);

impl Kind {
    /// # Safety
    ///
    /// `discard` may be called with the parts of every [`Value`] that is made with this kind.
    pub(crate) const unsafe fn of<T: 'static>(discard: Discard) -> Self {
        Self { type_id: TypeId::of::<T>, type_name: type_name::<T>, size: size_of::<T>(), discard }
    }
}

/// A value in its destination, owned, whatever its type.
#[derive(Debug)]
pub(crate) struct Value {
    place: NonNull<()>,
    /// Who counts a block of the heap; means nothing for one of the pool.
    heap: NonNull<PoolHeap>,
    kind: &'static Kind,
    policy: RetentionPolicy,
}

impl Value {
    /// # Safety
    ///
    /// The parts are those of a box that owns a value of the type that `kind` is of, and that is given up.
    #[inline(always)]
    pub(crate) unsafe fn new(
        place: NonNull<()>,
        heap: NonNull<PoolHeap>,
        kind: &'static Kind,
        policy: RetentionPolicy,
    ) -> Self {
        Self { place, heap, kind, policy }
    }

    /// The parts it was made of, which the caller owns.
    #[inline(always)]
    pub(crate) fn into_parts(self) -> (NonNull<()>, NonNull<PoolHeap>, &'static Kind, RetentionPolicy) {
        let this = ManuallyDrop::new(self);
        (this.place, this.heap, this.kind, this.policy)
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        // SAFETY: the parts of an owned value of this kind, which goes.
        unsafe { (self.kind.discard)(self.place, self.heap, self.policy) };
    }
}

/// The handle exists.
const HELD: u8 = 1;
/// The listing exists.
const LISTED: u8 = 2;
/// The listing stands in a ring.
const OURS: u8 = 4;
/// The handle has taken the value along.
const EMPTY: u8 = 8;

/// The neighbours of a record, or the ends of a ring.
#[repr(C)]
#[derive(Debug)]
struct Links {
    next: Cell<*const Links>,
    /// In a ring only.
    previous: Cell<*const Links>,
}

/// What handle and listing of one value share.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Record {
    /// First, so that a pointer to the links is one to the record.
    links: Links,
    place: NonNull<()>,
    heap: NonNull<PoolHeap>,
    kind: &'static Kind,
    id: u64,
    tag: NodeRef,
    /// The tag's path; only known once the value was handed out.
    text: Cell<&'static str>,
    policy: RetentionPolicy,
    shares: Cell<u8>,
}

/// A record that exists; see R1 and R2.
#[derive(Clone, Copy, Debug)]
struct RecordRef(NonNull<Record>);

impl std::ops::Deref for RecordRef {
    type Target = Record;

    #[inline(always)]
    fn deref(&self) -> &Record {
        // SAFETY: R2: who has one is the handle or the listing, or has found it in a ring or chain. Borrowed shared only.
        unsafe { self.0.as_ref() }
    }
}

impl Links {
    fn none() -> Self {
        Self { next: Cell::new(std::ptr::null()), previous: Cell::new(std::ptr::null()) }
    }
}

impl Record {
    /// Makes a record with the handle's share, in memory that nobody else has.
    #[inline(always)]
    fn write(memory: NonNull<Self>, links: Links, value: Value, tag: NodeRef, shares: u8) -> Held {
        let (place, heap, kind, policy) = value.into_parts();
        let record = Self {
            links,
            place,
            heap,
            kind,
            id: current::spares(Spares::fresh_id),
            tag,
            text: Cell::new(""),
            policy,
            shares: Cell::new(shares),
        };
        // SAFETY: memory for a record that nobody else has.
        unsafe { memory.write(record) };
        Held(RecordRef(memory))
    }

    #[inline(always)]
    fn has(&self, shares: u8) -> bool {
        self.shares.get() & shares != 0
    }

    /// The value, which the record owns no more.
    ///
    /// # Safety
    ///
    /// The caller may take it (R3), and sets [`EMPTY`] or ends the record.
    #[inline(always)]
    unsafe fn value(&self) -> Value {
        // SAFETY: the parts of the value that the record was made for, which it gives up.
        unsafe { Value::new(self.place, self.heap, self.kind, self.policy) }
    }

    /// Leaves the ring that it stands in.
    #[inline(always)]
    fn unlink(&self) {
        debug_assert!(self.has(OURS));
        let (next, previous) = (self.links.next.get(), self.links.previous.get());
        // SAFETY: R4: both neighbours exist, records or the ring itself.
        unsafe {
            (*previous).next.set(next);
            (*next).previous.set(previous);
        }
    }

    /// The listing leaves this thread's lists for the program's hands. The allocator is borrowed (R4).
    #[inline]
    fn hand_out(&self) {
        self.tag.promoted.taken.add(1);
        // Without memory for the path, the promotion goes without.
        self.text.set(self.tag.text().unwrap_or(""));
    }
}

impl RecordRef {
    /// Gives the record's memory back: both shares have ended, and its value is out.
    #[inline(always)]
    fn free(self) {
        current::spares(|spares| spares.put(self.0));
    }

    /// Ends record and value: both shares have ended, and the value is still there.
    #[inline]
    fn end(self) {
        // SAFETY: R3: nobody else may touch it any more, and the record ends.
        let value = unsafe { self.value() };
        let is_leaked = self.policy == RetentionPolicy::Leak;
        self.free();
        if is_leaked {
            std::mem::forget(value);
        } else {
            drop(value);
        }
    }
}

/// The handle's share of a record.
#[derive(Debug)]
pub(crate) struct Held(RecordRef);

impl Held {
    /// The number that this value alone has. Any thread that sees the handle may ask.
    #[inline]
    pub(crate) fn id(&self) -> u64 {
        // SAFETY: the record is there while the handle is (R2); the field never changes. No reference to the rest of
        // it is made, which its own thread may be writing to.
        unsafe { (*self.0.0.as_ptr()).id }
    }

    /// Where the value was made.
    pub(crate) fn policy(&self) -> RetentionPolicy {
        // SAFETY: as in `id`.
        unsafe { (*self.0.0.as_ptr()).policy }
    }

    /// Takes the value along. The caller borrows the allocator.
    #[inline]
    pub(crate) fn into_value(self) -> Value {
        let record = ManuallyDrop::new(self).0;
        // SAFETY: R3: the handle's, which ends; the record ends too or is marked as empty.
        let value = unsafe { record.value() };
        if record.has(OURS) {
            record.unlink();
            record.tag.promoted.taken.add(1);
        } else if record.has(LISTED) {
            record.shares.set(LISTED | EMPTY);
            return value;
        }
        record.free();
        value
    }
}

impl Drop for Held {
    #[inline]
    fn drop(&mut self) {
        let left = self.0.shares.get() & !HELD;
        self.0.shares.set(left);
        if left & LISTED == 0 {
            self.0.end();
        }
    }
}

/// The listing's share of a record that stands in no ring.
#[derive(Debug)]
pub(crate) struct Listed(RecordRef);

impl Listed {
    pub(crate) fn id(&self) -> u64 {
        self.0.id
    }

    #[inline]
    pub(crate) fn policy(&self) -> RetentionPolicy {
        self.0.policy
    }

    #[inline]
    pub(crate) fn type_name(&self) -> &'static str {
        (self.0.kind.type_name)()
    }

    #[inline]
    pub(crate) fn size(&self) -> usize {
        self.0.kind.size
    }

    #[inline]
    pub(crate) fn tag(&self) -> Option<&'static str> {
        Some(self.0.text.get()).filter(|text| !text.is_empty())
    }

    /// Whether the value is of that kind's type.
    #[inline]
    pub(crate) fn is(&self, kind: &'static Kind) -> bool {
        // A type may have several of them in memory; one is of one type only.
        std::ptr::eq(self.0.kind, kind) || (self.0.kind.type_id)() == (kind.type_id)()
    }

    /// Whether the handle is alive.
    pub(crate) fn is_held(&self) -> bool {
        self.0.has(HELD)
    }

    /// Whether the handle has taken the value along.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.has(EMPTY)
    }

    /// Takes the value.
    ///
    /// # Errors
    ///
    /// This, while the handle is alive, or when that has taken the value along.
    #[inline]
    pub(crate) fn into_value(self) -> Result<Value, Self> {
        if self.0.has(HELD | EMPTY) {
            return Err(self);
        }
        let record = ManuallyDrop::new(self).0;
        // SAFETY: R3: the handle has gone without it, and the record ends.
        let value = unsafe { record.value() };
        record.free();
        Ok(value)
    }
}

impl Drop for Listed {
    #[inline]
    fn drop(&mut self) {
        let left = self.0.shares.get() & !LISTED;
        self.0.shares.set(left);
        if left & EMPTY != 0 {
            self.0.free();
        } else if left & HELD == 0 {
            self.0.end();
        }
    }
}

/// Memory of records that nobody uses, and the numbers of those to come; a thread has one.
#[derive(Debug)]
pub(super) struct Spares {
    first: Cell<Option<NonNull<Record>>>,
    /// How many more it keeps.
    room: Cell<u32>,
    next_id: Cell<u64>,
}

/// How many spare records a thread keeps: none where a tool is to see each one's end.
const KEPT: u32 = if cfg!(any(asan, miri)) { 0 } else { 64 };

/// Numbers that a thread takes at once.
const IDS: u64 = 1 << 16;

static NEXT_IDS: AtomicU64 = AtomicU64::new(1);

impl Spares {
    pub(super) const fn new() -> Self {
        Self { first: Cell::new(None), room: Cell::new(KEPT), next_id: Cell::new(0) }
    }

    /// Memory for a record; what it holds means nothing.
    #[inline(always)]
    fn take(&self) -> Option<NonNull<Record>> {
        let spare = self.first.get()?;
        // SAFETY: a spare is a record's memory that nobody else points to, with a link to the next.
        let next = unsafe { spare.as_ref() }.links.next.get();
        self.first.set(NonNull::new(next.cast_mut()).map(NonNull::cast));
        self.room.set(self.room.get() + 1);
        Some(spare)
    }

    /// Takes a record whose value is out and that nobody points to.
    #[inline(always)]
    fn put(&self, record: NonNull<Record>) {
        let room = self.room.get();
        if room == 0 {
            return release(record);
        }
        self.room.set(room - 1);
        let next = self.first.replace(Some(record)).map_or(std::ptr::null(), |next| next.as_ptr());
        // SAFETY: nobody else points to it.
        unsafe { record.as_ref() }.links.next.set(next.cast());
    }

    /// Gives back what it has. A thread that ends keeps none from here on.
    pub(super) fn shed(&self, ends: bool) {
        while let Some(spare) = self.take() {
            release(spare);
        }
        if ends {
            self.room.set(0);
        }
    }

    /// A number that no value had and none will have, and that is not zero.
    #[inline(always)]
    fn fresh_id(&self) -> u64 {
        let mut id = self.next_id.get();
        if id.is_multiple_of(IDS) {
            id = more_ids();
        }
        self.next_id.set(id + 1);
        id
    }
}

#[cold]
#[inline(never)]
fn more_ids() -> u64 {
    // 2^48 times before it comes round.
    NEXT_IDS.fetch_add(1, Ordering::Relaxed) * IDS
}

/// Gives the memory of a record back that nobody points to.
#[cold]
#[inline(never)]
fn release(record: NonNull<Record>) {
    // SAFETY: every record's memory comes from `room`; nothing in it needs a drop.
    unsafe { source::release(record.cast(), Layout::new::<Record>()) };
}
