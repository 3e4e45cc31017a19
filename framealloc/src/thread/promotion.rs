//! Retained values: made where they will stay, listed when their frame ends, and owned by two until then and after:
//! the handle that the program got, and the frame's list, which becomes a promotion.
//!
//! Each value has a record of its own beside it, which both owners point to. All of it belongs to one thread.
//!
//! Invariants:
//!
//! - **R1** A record is reached by its handle ([`Held`]), by one listing ([`Listed`], or a place in one [`Chain`]) and
//!   by its neighbours in that chain; none of them leaves the thread that made it.
//! - **R2** `held` says that the handle exists, `listed` that the listing does. Whoever clears the second of them gives
//!   the record's memory back and touches it no more.
//! - **R3** While `held` is set the value is there and the handle's alone: nobody else touches it. Otherwise it is who
//!   takes it out of the record, which happens once.
//! - **R4** `home` is the chain of this thread's [`Lists`] that the record stands in, and nothing for one that was
//!   handed out. While a borrow of the allocator exists and `home` is set, the record's `tag` exists.
//! - **R5** The lists of a state are reached by its thread alone, which frees them when it gives the state up; by then
//!   the state no longer points to them, or has gone itself.
//!
//! User code runs here in one way only, by dropping a [`Value`], and then no record that it belonged to is left.

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
    pub(crate) fn into_parts(self) -> (NonNull<()>, NonNull<PoolHeap>, RetentionPolicy) {
        let this = ManuallyDrop::new(self);
        (this.place, this.heap, this.policy)
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        // SAFETY: the parts of an owned value of this kind, which goes.
        unsafe { (self.kind.discard)(self.place, self.heap, self.policy) };
    }
}

/// What handle and listing of one value share.
pub(crate) struct Record {
    /// Where it stands in its chain; `next` also links records that nobody uses.
    next: Cell<Option<NonNull<Record>>>,
    previous: Cell<Option<NonNull<Record>>>,
    home: Cell<Option<NonNull<Chain>>>,
    value: Cell<Option<Value>>,
    kind: &'static Kind,
    policy: RetentionPolicy,
    held: Cell<bool>,
    listed: Cell<bool>,
    id: u64,
    tag: NodeRef,
    text: &'static str,
}

/// A record that exists; see R1 and R2.
#[derive(Clone, Copy, Debug)]
struct RecordRef(NonNull<Record>);

impl std::ops::Deref for RecordRef {
    type Target = Record;

    #[inline(always)]
    fn deref(&self) -> &Record {
        // SAFETY: R2: who has one is the handle or the listing, or stands beside it in a chain. Borrowed shared only.
        unsafe { self.0.as_ref() }
    }
}

impl RecordRef {
    /// What follows the end of the handle's or the listing's share: if that was the last one, the value goes too.
    #[inline]
    fn released(self) {
        if self.held.get() || self.listed.get() {
            return;
        }
        let value = self.value.take();
        let is_leaked = self.policy == RetentionPolicy::Leak;
        self.free();
        if is_leaked {
            std::mem::forget(value);
        } else {
            drop(value);
        }
    }

    /// Gives the record's memory back.
    #[inline]
    fn free(self) {
        debug_assert!(!self.held.get() && !self.listed.get());
        current::spares(|spares| spares.put(self.0));
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
    pub(crate) fn into_value(self) -> Value {
        let record = ManuallyDrop::new(self).0;
        let value = record.value.take();
        record.held.set(false);
        if let Some(home) = record.home.get() {
            // SAFETY: R4, R5: a chain of this thread's lists, in which the record stands.
            let home = unsafe { home.as_ref() };
            if home.is_open {
                record.note_promoted();
            }
            record.tag.promoted.taken.add(1);
            home.remove(record);
            record.listed.set(false);
        }
        if !record.listed.get() {
            record.free();
        }
        match value {
            Some(value) => value,
            None => unreachable!("the value is there while its handle is"),
        }
    }
}

impl Drop for Held {
    #[inline]
    fn drop(&mut self) {
        self.0.held.set(false);
        self.0.released();
    }
}

/// The listing's share of a record, on its own.
#[derive(Debug)]
pub(crate) struct Listed(RecordRef);

impl Listed {
    pub(crate) fn id(&self) -> u64 {
        self.0.id
    }

    pub(crate) fn policy(&self) -> RetentionPolicy {
        self.0.policy
    }

    pub(crate) fn type_name(&self) -> &'static str {
        (self.0.kind.type_name)()
    }

    pub(crate) fn size(&self) -> usize {
        self.0.kind.size
    }

    pub(crate) fn tag(&self) -> Option<&'static str> {
        Some(self.0.text).filter(|text| !text.is_empty())
    }

    #[inline]
    pub(crate) fn is<T: 'static>(&self) -> bool {
        (self.0.kind.type_id)() == TypeId::of::<T>()
    }

    /// Whether the handle is alive.
    pub(crate) fn is_held(&self) -> bool {
        self.0.held.get()
    }

    /// Whether the handle has taken the value along.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the value.
    ///
    /// # Errors
    ///
    /// This, while the handle is alive, or when that has taken the value along.
    #[inline]
    pub(crate) fn into_value(self) -> Result<Value, Self> {
        if self.0.held.get() {
            return Err(self);
        }
        let Some(value) = self.0.value.take() else { return Err(self) };
        let record = ManuallyDrop::new(self).0;
        record.listed.set(false);
        record.free();
        Ok(value)
    }
}

impl Drop for Listed {
    #[inline]
    fn drop(&mut self) {
        self.0.listed.set(false);
        self.0.released();
    }
}

impl Record {
    /// Counts that the value's frame has ended, or that its handle has promoted it before. R4 holds.
    fn note_promoted(&self) {
        self.tag.promoted.note(self.policy, self.kind.size);
    }

    /// Whether the value has gone along with the handle.
    fn is_empty(&self) -> bool {
        // SAFETY: the cell belongs to this thread (R1), and nothing is called while it is looked at.
        !self.held.get() && unsafe { (*self.value.as_ptr()).is_none() }
    }
}

/// Listings in the order in which their values were made. Each record in it is listed (R2).
#[derive(Debug, Default)]
pub(crate) struct Chain {
    first: Cell<Option<NonNull<Record>>>,
    last: Cell<Option<NonNull<Record>>>,
    /// Whether it is that of values whose frame has not ended.
    is_open: bool,
}

impl Chain {
    /// Puts a record, which is in no chain, at the end. Its `home` is the caller's to set.
    #[inline]
    fn append(&self, record: RecordRef) {
        let last = self.last.replace(Some(record.0));
        record.previous.set(last);
        record.next.set(None);
        match last {
            Some(last) => RecordRef(last).next.set(Some(record.0)),
            None => self.first.set(Some(record.0)),
        }
    }

    /// Takes out a record that stands in this chain.
    #[inline]
    fn remove(&self, record: RecordRef) {
        let (previous, next) = (record.previous.get(), record.next.get());
        match previous {
            Some(previous) => RecordRef(previous).next.set(next),
            None => self.first.set(next),
        }
        match next {
            Some(next) => RecordRef(next).previous.set(previous),
            None => self.last.set(previous),
        }
    }

    /// The records, in order; nothing may be dropped meanwhile.
    fn records(&self) -> impl Iterator<Item = RecordRef> {
        std::iter::successors(self.first.get().map(RecordRef), |record| record.next.get().map(RecordRef))
    }

    /// Moves the values of a frame that ends to those that are pending; both are chains of one [`Lists`].
    fn pass_to(&self, pending: &Self) {
        let mut next = self.first.take().map(RecordRef);
        self.last.set(None);
        while let Some(record) = next {
            next = record.next.get().map(RecordRef);
            record.note_promoted();
            pending.append(record);
            record.home.set(Some(NonNull::from(pending)));
        }
    }

    /// Makes a chain of its own of all that is in this one, which is one of [`Lists`]. `note` is told of each record.
    #[inline]
    fn take_out(&self, note: impl Fn(&Record)) -> Self {
        for record in self.records() {
            record.home.set(None);
            note(&record);
        }
        Self { first: Cell::new(self.first.take()), last: Cell::new(self.last.take()), is_open: false }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.get().is_none()
    }

    /// Listings, those left out whose handles have taken the values along.
    pub(crate) fn len(&self) -> usize {
        self.records().filter(|record| !record.is_empty()).count()
    }

    /// The first listing, which leaves the chain. This chain is none of [`Lists`].
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Listed> {
        let first = RecordRef(self.first.get()?);
        self.remove(first);
        Some(Listed(first))
    }

    /// The listing of the value with this number, which leaves the chain if it is `wanted`. As [`Chain::pop`].
    pub(crate) fn find(&mut self, id: u64, wanted: impl FnOnce(&Listed) -> bool) -> Option<Listed> {
        let record = self.records().find(|record| record.id == id)?;
        // Not dropped unless it leaves the chain, which has the share until then.
        let listed = ManuallyDrop::new(Listed(record));
        if !wanted(&listed) {
            return None;
        }
        self.remove(record);
        Some(ManuallyDrop::into_inner(listed))
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
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

/// What a thread has retained with one allocator and not handed out.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    /// Values of the frame that is open, and those made outside any frame since the last one ended.
    open: Chain,
    /// Values of the last frame that ended, which nobody has asked for.
    pending: Chain,
}

/// The lists, owned by what the thread knows of the allocator. When this goes, so do the values.
#[derive(Debug)]
pub(super) struct OwnedLists(NonNull<Lists>);

impl OwnedLists {
    /// Empty lists, or `None` when the system has no memory for them.
    pub(super) fn new() -> Option<Self> {
        let mut lists = Lists::default();
        lists.open.is_open = true;
        source::boxed(lists).map(Self)
    }

    pub(super) fn pointer(&self) -> NonNull<Lists> {
        self.0
    }
}

impl Drop for OwnedLists {
    fn drop(&mut self) {
        /// Gives the memory back also when a value's destructor panics.
        struct Memory(NonNull<Lists>);
        impl Drop for Memory {
            fn drop(&mut self) {
                // SAFETY: made by `source::boxed`; nobody points to it any more (R5), the records in it neither.
                unsafe { source::unbox(self.0) };
            }
        }
        let memory = Memory(self.0);
        // SAFETY: there until `memory` goes.
        let lists = unsafe { memory.0.as_ref() };
        // The state, and the tags in it, may have gone (R4), so nothing is counted.
        let (pending, open) = (lists.pending.take_out(|_| ()), lists.open.take_out(|_| ()));
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
    #[inline]
    fn take(&self) -> Option<NonNull<Record>> {
        let spare = self.first.get()?;
        // SAFETY: a spare is a record's memory that nobody else points to.
        self.first.set(unsafe { spare.as_ref() }.next.get());
        self.room.set(self.room.get() + 1);
        Some(spare)
    }

    /// Takes a record whose value is out and that nobody points to.
    #[inline]
    fn put(&self, record: NonNull<Record>) {
        if self.room.get() == 0 {
            // SAFETY: every record comes from `source::boxed`.
            return unsafe { source::unbox(record) };
        }
        self.room.set(self.room.get() - 1);
        // SAFETY: nobody else points to it.
        unsafe { record.as_ref() }.next.set(self.first.replace(Some(record)));
    }

    /// Gives back what it has. A thread that ends keeps none from here on.
    pub(super) fn shed(&self, ends: bool) {
        while let Some(spare) = self.take() {
            // SAFETY: as in `put`.
            unsafe { source::unbox(spare) };
        }
        if ends {
            self.room.set(0);
        }
    }

    /// A number that no value had and none will have, and that is not zero.
    #[inline]
    fn fresh_id(&self) -> u64 {
        let mut id = self.next_id.get();
        if id.is_multiple_of(IDS) {
            // 2^48 times before it comes round.
            id = NEXT_IDS.fetch_add(1, Ordering::Relaxed) * IDS;
        }
        self.next_id.set(id + 1);
        id
    }

    /// Makes a record of the parts.
    #[inline]
    fn record(&self, make: impl FnOnce(u64) -> Record) -> Option<RecordRef> {
        let Some(place) = self.take() else { return source::boxed(make(self.fresh_id())).map(RecordRef) };
        // SAFETY: a spare has room for a record, and what it held needs no drop: the value was taken out.
        unsafe { place.write(make(self.fresh_id())) };
        Some(RecordRef(place))
    }
}

impl ThreadState {
    /// Retains a value: its handle's share, while the thread's lists have the other one.
    ///
    /// A thread past its table has no lists, so there the handle is the only owner.
    #[inline]
    pub(crate) fn retain(&self, value: Value) -> Result<Held, AllocError> {
        let lists = match self.lists.get() {
            Some(lists) => Some(lists),
            None => current::make_lists(self)?,
        };
        let tag = self.tags.current();
        let out_of_memory = || AllocError::out_of_memory(size_of::<Record>());
        let text = tag.text().ok_or_else(out_of_memory)?;
        let (kind, policy) = (value.kind, value.policy);
        let record = current::spares(|spares| {
            spares.record(|id| Record {
                next: Cell::new(None),
                previous: Cell::new(None),
                home: Cell::new(None),
                value: Cell::new(Some(value)),
                kind,
                policy,
                held: Cell::new(true),
                listed: Cell::new(false),
                id,
                tag,
                text,
            })
        });
        let record = record.ok_or_else(out_of_memory)?;
        if let Some(lists) = lists {
            // SAFETY: R5.
            let open = unsafe { &lists.as_ref().open };
            open.append(record);
            record.home.set(Some(NonNull::from(open)));
            record.listed.set(true);
            tag.promoted.made.add(1);
            self.set_retained(true);
        }
        self.done();
        Ok(Held(record))
    }

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
            promoted = lists.open.take_out(|record| {
                record.note_promoted();
                record.tag.promoted.taken.add(1);
            });
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
        let pending = lists.pending.take_out(|record| record.tag.promoted.taken.add(1));
        self.set_retained(!lists.open.is_empty());
        pending
    }

    /// The thread gives the state up, and keeps the lists for a moment. Runs no user code.
    pub(super) fn forget_lists(&self) {
        self.set_retained(false);
        let lists = self.lists();
        self.lists.set(None);
        if let Some(lists) = lists {
            lists.open.records().for_each(|record| record.note_promoted());
            for record in lists.open.records().chain(lists.pending.records()) {
                record.tag.promoted.unread.add(1);
            }
        }
    }
}
