//! The listings of retained values: those of a thread, and those in the program's hands.
//!
//! The invariants are those of the module above.

use std::alloc::Layout;
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use super::super::current;
use super::super::state::ThreadState;
use super::{EMPTY, HELD, Held, LISTED, Links, Listed, OURS, Record, RecordRef, Spares, Value};
use crate::error::AllocError;
use crate::memory::source;

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
pub(in crate::thread) struct OwnedLists(NonNull<Lists>);

impl OwnedLists {
    /// Empty lists, or `None` when the system has no memory for them.
    pub(in crate::thread) fn new() -> Option<Self> {
        let lists = source::boxed(Lists { open: Ring::open(), pending: Ring::open() })?;
        // SAFETY: just made.
        let rings = unsafe { lists.as_ref() };
        rings.open.close();
        rings.pending.close();
        Some(Self(lists))
    }

    pub(in crate::thread) fn pointer(&self) -> NonNull<Lists> {
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
        let allocate = || source::allocate(Layout::new::<Record>()).map(NonNull::cast);
        let Some(spare) = current::spares(Spares::take).or_else(allocate) else {
            self.done();
            return Err(AllocError::out_of_memory(size_of::<Record>()));
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
    pub(in crate::thread) fn end_frame_and_list(&self) {
        match self.lists() {
            Some(lists) => drop(self.end_frame_and(lists, || lists.open.pass_to(&lists.pending))),
            None => debug_assert!(false, "what is listed stands in lists"),
        }
    }

    /// Ends the frame; what it has retained.
    #[inline]
    pub(crate) fn end_frame_with_promotions(&self) -> Chain {
        match self.lists() {
            Some(lists) if self.has_retained() => self.end_frame_and_hand_out(lists),
            _ => {
                self.end_frame();
                Chain::default()
            }
        }
    }

    fn end_frame_and_hand_out(&self, lists: &Lists) -> Chain {
        if !lists.pending.is_empty() {
            return self.end_frame_and_drop(lists);
        }
        let promoted = lists.open.take_out(Record::hand_out);
        self.set_retained(false);
        self.end_frame();
        promoted
    }

    #[cold]
    #[inline(never)]
    fn end_frame_and_drop(&self, lists: &Lists) -> Chain {
        let mut promoted = Chain::default();
        let unread = self.end_frame_and(lists, || promoted = lists.open.take_out(Record::hand_out));
        drop(unread);
        promoted
    }

    /// Ends the frame while something is listed, and lets `list` say what becomes of what the frame has retained. What
    /// was pending is the caller's to drop, when all else is done: that runs user code.
    fn end_frame_and(&self, lists: &Lists, list: impl FnOnce()) -> Chain {
        let mut unread = Chain::default();
        if self.in_frame() {
            unread = lists.pending.take_out(|record| record.tag.promoted.unread.add(1));
        }
        list();
        self.set_retained(false);
        self.end_frame();
        self.set_retained(!lists.pending.is_empty());
        unread
    }

    /// What frames have retained that ended in the plain way, unless another has ended since.
    pub(crate) fn take_promotions(&self) -> Chain {
        let Some(lists) = self.lists() else {
            self.done();
            return Chain::default();
        };
        let pending = lists.pending.take_out(Record::hand_out);
        self.set_retained(!lists.open.is_empty());
        pending
    }

    /// The thread gives the state up, and keeps the lists for a moment. Runs no user code.
    pub(in crate::thread) fn forget_lists(&self) {
        self.set_retained(false);
        if let Some(lists) = self.lists() {
            for ring in [&lists.open, &lists.pending] {
                ring.for_each(|record| record.tag.promoted.unread.add(1));
            }
        }
        self.lists.set(None);
    }
}
