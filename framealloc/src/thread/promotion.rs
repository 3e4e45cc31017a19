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

use std::alloc::Layout;
use std::any::{TypeId, type_name};
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use super::current;
use super::state::ThreadState;
use crate::attribution::NodeRef;
use crate::config::RetentionPolicy;
use crate::error::AllocError;
use crate::memory::source;
use crate::pool::PoolHeap;

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

    #[inline]
    pub(crate) fn is<T: 'static>(&self) -> bool {
        (self.0.kind.type_id)() == TypeId::of::<T>()
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

/// Listings that left the thread's lists, in the order in which their values were made. Owns their shares.
#[derive(Debug)]
pub(crate) struct Chain {
    /// Linked by `next`; the last one's is null.
    first: *const Links,
}

impl Default for Chain {
    #[inline(always)]
    fn default() -> Self {
        Self { first: std::ptr::null() }
    }
}

impl Chain {
    /// The first of its records.
    #[inline(always)]
    fn first(&self) -> Option<RecordRef> {
        NonNull::new(self.first.cast_mut()).map(|links| RecordRef(links.cast()))
    }

    /// The records, in order; none may leave meanwhile.
    fn records(&self) -> impl Iterator<Item = RecordRef> {
        let next = |record: &RecordRef| NonNull::new(record.links.next.get().cast_mut());
        std::iter::successors(self.first(), move |record| next(record).map(|links| RecordRef(links.cast())))
    }

    /// Listings, those left out whose handles have taken the values along.
    pub(crate) fn len(&self) -> usize {
        self.records().filter(|record| !record.has(EMPTY)).count()
    }

    /// The first listing, which leaves the chain.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Listed> {
        let first = self.first()?;
        self.first = first.links.next.get();
        Some(Listed(first))
    }

    /// The listing of the value with this number, which leaves the chain if it is `wanted`.
    pub(crate) fn find(&mut self, id: u64, wanted: impl FnOnce(&Listed) -> bool) -> Option<Listed> {
        let mut before = None;
        let record = self.records().find(|record| {
            let found = record.id == id;
            if !found {
                before = Some(*record);
            }
            found
        })?;
        // The chain has the share until it leaves.
        let listed = ManuallyDrop::new(Listed(record));
        if !wanted(&listed) {
            return None;
        }
        let next = record.links.next.get();
        match before {
            Some(before) => before.links.next.set(next),
            None => self.first = next,
        }
        Some(ManuallyDrop::into_inner(listed))
    }
}

impl Drop for Chain {
    #[inline]
    fn drop(&mut self) {
        if !self.first.is_null() {
            self.drop_all();
        }
    }
}

impl Chain {
    fn drop_all(&mut self) {
        /// Goes on when a value's destructor panics.
        struct Rest<'a>(&'a mut Chain);
        impl Drop for Rest<'_> {
            fn drop(&mut self) {
                while self.0.pop().is_some() {}
            }
        }
        while let Some(listed) = self.pop() {
            let rest = Rest(self);
            drop(listed);
            std::mem::forget(rest);
        }
    }
}

/// Listings of this thread's lists, in the order in which their values were made, linked both ways to the ring itself.
#[derive(Debug)]
struct Ring(Links);

impl Ring {
    /// A ring that is yet to be closed.
    fn open() -> Self {
        Self(Links::none())
    }

    #[inline(always)]
    fn ends(&self) -> *const Links {
        &raw const self.0
    }

    /// Closes the ring around nothing. It must stay where it is from here on.
    #[inline(always)]
    fn close(&self) {
        self.0.next.set(self.ends());
        self.0.previous.set(self.ends());
    }

    #[inline(always)]
    fn is_empty(&self) -> bool {
        std::ptr::eq(self.0.next.get(), self.ends())
    }

    /// Links the end to a record that is about to be written, with the links that are returned.
    #[inline(always)]
    fn reserve(&self, record: NonNull<Record>) -> Links {
        let links = record.as_ptr().cast_const().cast::<Links>();
        let last = self.0.previous.replace(links);
        // SAFETY: R4: the last of the ring, or the ring itself.
        unsafe { (*last).next.set(links) };
        Links { next: Cell::new(self.ends()), previous: Cell::new(last) }
    }

    /// Puts all that is here at the end of `other`.
    fn pass_to(&self, other: &Self) {
        if self.is_empty() {
            return;
        }
        let (first, last) = (self.0.next.get(), self.0.previous.get());
        let before = other.0.previous.replace(last);
        // SAFETY: R4: `first` and `last` stand here, `before` is the last of `other` or that itself.
        unsafe {
            (*first).previous.set(before);
            (*before).next.set(first);
            (*last).next.set(other.ends());
        }
        self.close();
    }

    /// Calls `action` with each record, which may leave by it.
    #[inline]
    fn for_each(&self, mut action: impl FnMut(RecordRef)) {
        let mut links = self.0.next.get();
        while !std::ptr::eq(links, self.ends()) {
            // SAFETY: R4: what stands in a ring and is not the ring is a record, whose links come first.
            let record = unsafe { RecordRef(NonNull::new_unchecked(links.cast_mut()).cast()) };
            links = record.links.next.get();
            action(record);
        }
    }

    /// Makes a chain of all that is here. `note` is told of each record.
    #[inline]
    fn take_out(&self, note: impl Fn(&Record)) -> Chain {
        if self.is_empty() {
            return Chain::default();
        }
        self.for_each(|record| {
            record.shares.set(record.shares.get() & !OURS);
            note(&record);
        });
        let (first, last) = (self.0.next.get(), self.0.previous.get());
        self.close();
        // SAFETY: the last record, which exists (R4).
        unsafe { (*last).next.set(std::ptr::null()) };
        Chain { first }
    }
}

/// What a thread has retained with one allocator and not handed out.
#[derive(Debug)]
pub(crate) struct Lists {
    /// Values of the frame that is open, and those made outside any frame since the last one ended.
    open: Ring,
    /// Values of the last frame that ended, which nobody has asked for.
    pending: Ring,
}

/// The lists, owned by what the thread knows of the allocator. When this goes, so do the values.
#[derive(Debug)]
pub(super) struct OwnedLists(NonNull<Lists>);

impl OwnedLists {
    /// Empty lists, or `None` when the system has no memory for them.
    pub(super) fn new() -> Option<Self> {
        let lists = source::boxed(Lists { open: Ring::open(), pending: Ring::open() })?;
        // SAFETY: just made.
        let rings = unsafe { lists.as_ref() };
        rings.open.close();
        rings.pending.close();
        Some(Self(lists))
    }

    pub(super) fn pointer(&self) -> NonNull<Lists> {
        self.0
    }
}

impl Drop for OwnedLists {
    fn drop(&mut self) {
        // SAFETY: there until it is given back below.
        let lists = unsafe { self.0.as_ref() };
        // The state, and the tags in it, may have gone (R4), so nothing is counted.
        let (pending, open) = (lists.pending.take_out(|_| ()), lists.open.take_out(|_| ()));
        // SAFETY: made by `source::boxed`; nobody points to it any more (R5), no record either.
        unsafe { source::unbox(self.0) };
        drop((pending, open));
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

impl ThreadState {
    /// Retains a value: its handle's share, while the thread's lists have the other one.
    ///
    /// A thread past its table has no lists, so there the handle is the only owner.
    #[inline(always)]
    pub(crate) fn retain(&self, value: Value) -> Result<Held, AllocError> {
        match self.lists() {
            Some(lists) => match current::spares(Spares::take) {
                Some(spare) => Ok(self.list(lists, spare, value)),
                None => self.retain_slow(value),
            },
            None => self.retain_slow(value),
        }
    }

    /// Makes a record in `spare`, which is memory for one, and lists it.
    #[inline(always)]
    fn list(&self, lists: &Lists, spare: NonNull<Record>, value: Value) -> Held {
        let tag = self.tags.current();
        tag.promoted.note(value.policy, value.kind.size);
        self.set_retained(true);
        let (links, shares) = (lists.open.reserve(spare), HELD | LISTED | OURS);
        Record::write(spare, links, value, tag, shares)
    }

    /// Like [`ThreadState::retain`], where there are no lists or no spare record.
    #[cold]
    #[inline(never)]
    fn retain_slow(&self, value: Value) -> Result<Held, AllocError> {
        let lists = match self.lists.get() {
            None => current::make_lists(self)?,
            lists => lists,
        };
        let spare = match current::spares(Spares::take) {
            Some(spare) => spare,
            None => match source::allocate(Layout::new::<Record>()) {
                Some(memory) => memory.cast(),
                None => return Err(AllocError::out_of_memory(size_of::<Record>())),
            },
        };
        if lists.is_some()
            && let Some(lists) = self.lists()
        {
            return Ok(self.list(lists, spare, value));
        }
        let held = Record::write(spare, Links::none(), value, self.tags.current(), HELD);
        self.done();
        Ok(held)
    }

    #[inline(always)]
    fn lists(&self) -> Option<&Lists> {
        // SAFETY: R5.
        self.lists.get().map(|lists| unsafe { &*lists.as_ptr() })
    }

    /// Ends the frame as [`ThreadState::end_frame`] does, while something is listed: what the frame has retained becomes
    /// pending, and what was pending is dropped. Without an open frame nothing is dropped.
    #[cold]
    #[inline(never)]
    pub(super) fn end_frame_and_list(&self) {
        let unread = self.end_frame_and(|lists| lists.open.pass_to(&lists.pending));
        drop(unread);
    }

    /// Ends the frame; what it has retained.
    #[inline]
    pub(crate) fn end_frame_with_promotions(&self) -> Chain {
        if !self.has_retained() {
            self.end_frame();
            return Chain::default();
        }
        let mut promoted = Chain::default();
        let unread = self.end_frame_and(|lists| {
            promoted = lists.open.take_out(Record::hand_out);
        });
        drop(unread);
        promoted
    }

    /// Ends the frame while something is listed, and lets `list` say what becomes of what the frame has retained. What
    /// was pending is the caller's to drop, when all else is done: that runs user code.
    fn end_frame_and(&self, list: impl FnOnce(&Lists)) -> Chain {
        let mut unread = Chain::default();
        let lists = self.lists();
        if let Some(lists) = lists {
            if self.in_frame() {
                unread = lists.pending.take_out(|record| record.tag.promoted.unread.add(1));
            }
            list(lists);
        }
        self.set_retained(false);
        self.end_frame();
        if lists.is_some_and(|lists| !lists.pending.is_empty()) {
            self.set_retained(true);
        }
        unread
    }

    /// What frames have retained that ended in the plain way, unless another has ended since.
    pub(crate) fn take_promotions(&self) -> Chain {
        let Some(lists) = self.lists() else { return Chain::default() };
        let pending = lists.pending.take_out(Record::hand_out);
        self.set_retained(!lists.open.is_empty());
        pending
    }

    /// The thread gives the state up, and keeps the lists for a moment. Runs no user code.
    pub(super) fn forget_lists(&self) {
        self.set_retained(false);
        if let Some(lists) = self.lists() {
            for ring in [&lists.open, &lists.pending] {
                ring.for_each(|record| record.tag.promoted.unread.add(1));
            }
        }
        self.lists.set(None);
    }
}
