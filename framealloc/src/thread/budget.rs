//! Budgets: how much a thread or a tag may hold, and what happens when it wants more.
//!
//! A budget on frame memory is a cap on what the arena holds, which is a lower limit for its pointer: it costs
//! nothing until it is reached. What reaches it comes here.

use std::alloc::Layout;
use std::cell::Cell;
use std::panic::Location;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::state::ThreadState;
use crate::attribution::{NodeRef, Origin, Ticket, Tree};
use crate::config::{BudgetEvent, BudgetPolicy};
use crate::error::{AllocError, AllocErrorKind};
use crate::frame::{LevelRef, Refused};
use crate::memory::{size_class, tracking};
use crate::pool::{PoolHeap, PoolRefused};

/// A budget, which its thread sets and any thread may read.
#[derive(Debug)]
struct Budget(AtomicUsize);

impl Budget {
    fn none() -> Self {
        Self(AtomicUsize::new(usize::MAX))
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, bytes: usize) {
        self.0.store(bytes, Ordering::Relaxed);
    }
}

/// The budgets of one thread.
#[derive(Debug)]
pub(crate) struct Budgets {
    frame: Budget,
    pool: Budget,
    heap: Budget,
    /// The interval in which a budget was exceeded under a warning policy: it is lifted for the rest of it.
    frame_lifted_in: Cell<u64>,
    pool_lifted_in: Cell<u64>,
    heap_lifted_in: Cell<u64>,
    /// Whether the callback is running.
    calling: Cell<bool>,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            frame: Budget::none(),
            pool: Budget::none(),
            heap: Budget::none(),
            frame_lifted_in: Cell::new(u64::MAX),
            pool_lifted_in: Cell::new(u64::MAX),
            heap_lifted_in: Cell::new(u64::MAX),
            calling: Cell::new(false),
        }
    }
}

impl Budgets {
    /// The thread ends; its budgets do not bind the next one.
    pub(super) fn reset(&self) {
        self.frame.set(usize::MAX);
        self.pool.set(usize::MAX);
        self.heap.set(usize::MAX);
    }
}

/// How many warnings one request may give. Each callback may begin another frame, in which the budgets that were
/// lifted before hold again, so without a bound two of them could take turns for ever.
const MOST_WARNINGS: u32 = 3;

/// What was exceeded, and by how much.
pub(super) struct Excess {
    pub(super) kind: AllocErrorKind,
    tag: Option<NodeRef>,
    pub(super) budget: usize,
    pub(super) requested: usize,
    pub(super) left: usize,
}

impl ThreadState {
    pub(crate) fn set_frame_budget(&self, budget: usize) {
        self.budgets.frame.set(budget);
        self.budgets.frame_lifted_in.set(u64::MAX);
        self.refresh();
        self.done();
    }

    pub(crate) fn set_pool_budget(&self, budget: usize) {
        self.budgets.pool.set(budget);
        self.budgets.pool_lifted_in.set(u64::MAX);
        self.refresh();
        self.done();
    }

    pub(crate) fn set_heap_budget(&self, budget: usize) {
        self.budgets.heap.set(budget);
        self.budgets.heap_lifted_in.set(u64::MAX);
        self.refresh();
        self.done();
    }

    /// The budgets for frame, pool and heap, where they are bounded; any thread may ask.
    pub(crate) fn budgets(&self) -> [Option<usize>; 3] {
        [&self.budgets.frame, &self.budgets.pool, &self.budgets.heap]
            .map(|budget| Some(budget.get()).filter(|&bytes| bytes != usize::MAX))
    }

    pub(super) fn has_budgets(&self) -> bool {
        self.has_tag_budgets()
            || [&self.budgets.frame, &self.budgets.pool, &self.budgets.heap]
                .iter()
                .any(|budget| budget.get() != usize::MAX)
    }

    /// Looks up the budgets of all tags again.
    pub(crate) fn read_tag_budgets(&self) {
        let shared = self.shared();
        let any = shared.has_tag_budgets();
        if any || self.has_tag_budgets() {
            let mut read = |node: NodeRef| node.budget.set(shared.tag_budget(node.path()));
            self.tags.root().for_each(&mut read);
        }
        if any && !self.has_tag_budgets() {
            let (held, taken) = (self.arena.held(), self.arena.taken_tally());
            self.tags.begin_held_all(held, taken, self.interval(), self.second.get());
        }
        self.set_tag_budgets(any);
    }

    pub(super) fn budget_new_tag(&self, node: NodeRef) {
        if self.has_tag_budgets() {
            node.budget.set(self.shared().tag_budget(node.path()));
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn slow_tag_opened(&self, ticket: Ticket) -> Ticket {
        self.opened_slowly(&self.tags);
        if self.has_tag_budgets() {
            self.tags.begin_held(self.arena.held(), self.interval(), self.second.get());
            self.apply_budgets();
        }
        ticket.slow()
    }

    #[cold]
    #[inline(never)]
    pub(super) fn tag_closes(&self, ticket: Ticket) {
        if self.tags.is_current(ticket) {
            Tree::end_held(self.tags.current(), self.arena.held());
        }
    }

    /// Sets the limits that the budgets mean as things stand.
    pub(super) fn apply_budgets(&self) {
        let interval = self.interval();
        let mut cap = self.frame_cap();
        if self.has_tag_budgets()
            && let Some((_, tag)) = self.tags.tightest(interval)
        {
            cap = cap.min(tag);
        }
        self.arena.set_cap(cap);
        if let Some(heap) = self.heap() {
            let unless_lifted = |budget: &Budget, lifted: &Cell<u64>| {
                if lifted.get() == interval { usize::MAX } else { budget.get() }
            };
            heap.set_budget(unless_lifted(&self.budgets.pool, &self.budgets.pool_lifted_in));
            heap.set_big_budget(unless_lifted(&self.budgets.heap, &self.budgets.heap_lifted_in));
        }
    }

    // --- Slow paths to memory ----------------------------------------------------------------------------------

    /// A block of the frame when the fast path found no room.
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub(crate) fn refill(
        &self,
        size: usize,
        align: usize,
        origin: &'static Origin,
    ) -> Result<NonNull<u8>, AllocError> {
        if let Some(block) = self.take_watched(size, align, origin, Location::caller()) {
            return Ok(block);
        }
        self.insist(size, origin, Location::caller(), || self.arena.refill(size, align))
    }

    /// A block for a scope's value when the fast path found no room below the scope's limit.
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub(crate) fn refill_scope(
        &self,
        level: LevelRef,
        size: usize,
        align: usize,
        origin: &'static Origin,
    ) -> Result<NonNull<u8>, AllocError> {
        if self.arena.is_top(level)
            && let Some(block) = self.take_watched(size, align, origin, Location::caller())
        {
            return Ok(block);
        }
        self.insist(size, origin, Location::caller(), || {
            if self.arena.is_top(level) {
                self.arena.refill(size, align)
            } else {
                self.arena.take_aside(level, size, align)
            }
        })
    }

    /// Tries until there is memory or a reason that there is none.
    fn insist(
        &self,
        size: usize,
        origin: &'static Origin,
        location: &'static Location<'static>,
        attempt: impl Fn() -> Result<NonNull<u8>, Refused>,
    ) -> Result<NonNull<u8>, AllocError> {
        self.look_for_filter();
        let block = self.insist_with(attempt, |refused, aloud| match refused {
            Refused::Cap { left } => self.frame_exceeded(size, left, aloud),
            other => Err(self.refusal(other, size)),
        })?;
        if self.is_watched() {
            tracking::uncounted(|| self.note_block(block.addr().get(), size, origin, location));
        }
        Ok(block)
    }

    /// Like [`ThreadState::insist`]; `forgive` says whether another attempt is worth while, and may tell the callback
    /// if its second argument says so.
    pub(super) fn insist_with(
        &self,
        attempt: impl Fn() -> Result<NonNull<u8>, Refused>,
        forgive: impl Fn(Refused, bool) -> Result<(), AllocError>,
    ) -> Result<NonNull<u8>, AllocError> {
        let mut warnings = 0;
        loop {
            match tracking::uncounted(&attempt) {
                Ok(block) => {
                    self.publish_arena();
                    return Ok(block);
                }
                Err(refused) => forgive(refused, warnings < MOST_WARNINGS)?,
            }
            warnings += 1;
        }
    }

    /// The error for a refusal that no budget is the reason of.
    pub(super) fn refusal(&self, refused: Refused, requested: usize) -> AllocError {
        match refused {
            Refused::Cap { left } | Refused::Limit { left } => {
                self.error(AllocErrorKind::FrameLimit, requested, left)
            }
            Refused::OutOfMemory => self.error(AllocErrorKind::OutOfMemory, requested, 0),
            Refused::Overflow => AllocError::overflow(),
        }
    }

    fn error(&self, kind: AllocErrorKind, requested: usize, left: usize) -> AllocError {
        AllocError::new(kind, requested, left, self.tags.current().path())
    }

    /// The arena's cap was reached: `Ok` when the budget has been lifted and it is worth another attempt.
    ///
    /// The callback is told if `aloud`.
    fn frame_exceeded(&self, requested: usize, left: usize, aloud: bool) -> Result<(), AllocError> {
        let interval = self.interval();
        let thread = self.frame_cap();
        let thread_binds = thread != usize::MAX;
        let tag = if self.has_tag_budgets() { self.tags.tightest(interval) } else { None };
        match tag {
            Some((node, cap)) if !thread_binds || cap <= thread => {
                node.exceeded.add(1);
                let budget = node.budget.get();
                let excess =
                    Excess { kind: AllocErrorKind::TagBudget, tag: Some(node), budget, requested, left };
                self.exceeded(&excess, aloud, |interval| node.lifted_in.set(interval))
            }
            _ => self.thread_frame_exceeded(requested, left, aloud),
        }
    }

    /// Like [`ThreadState::frame_exceeded`], where no tag has a say.
    pub(super) fn thread_frame_exceeded(
        &self,
        requested: usize,
        left: usize,
        aloud: bool,
    ) -> Result<(), AllocError> {
        let budget = self.frame_cap();
        if budget == usize::MAX {
            return Err(self.refusal(Refused::Cap { left }, requested));
        }
        let kind = AllocErrorKind::ThreadFrameBudget;
        let excess = Excess { kind, tag: None, budget, requested, left };
        self.exceeded(&excess, aloud, |interval| self.budgets.frame_lifted_in.set(interval))
    }

    /// The thread's own bound on a frame as things stand.
    pub(super) fn frame_cap(&self) -> usize {
        if self.budgets.frame_lifted_in.get() == self.interval() {
            usize::MAX
        } else {
            self.budgets.frame.get()
        }
    }

    /// Counts the excess, tells the callback, and lifts the budget or refuses, as the policy has it.
    ///
    /// `lift` is told the interval for the rest of which the budget is lifted.
    fn exceeded(&self, excess: &Excess, aloud: bool, lift: impl Fn(u64)) -> Result<(), AllocError> {
        self.published.budgets_exceeded.add(1);
        let refused = self.shared().policy == BudgetPolicy::Fail;
        let tag = excess.tag.unwrap_or(self.tags.current());
        if refused {
            self.tell_excess(excess, tag, refused);
            return Err(AllocError::new(excess.kind, excess.requested, excess.left, tag.path()));
        }
        lift(self.interval());
        self.apply_budgets();
        if aloud {
            self.tell_excess(excess, tag, refused);
        }
        // The callback may have begun another frame; the request that is being served has been warned of.
        lift(self.interval());
        self.apply_budgets();
        Ok(())
    }

    /// Tells the log, and calls the callback unless it is already running. They may do anything, the end of the frame
    /// included.
    fn tell_excess(&self, excess: &Excess, tag: NodeRef, refused: bool) {
        struct Done<'a>(&'a Cell<bool>);
        impl Drop for Done<'_> {
            fn drop(&mut self) {
                self.0.set(false);
            }
        }
        self.log_excess(excess, tag, refused);
        let Some(callback) = self.shared().callback() else { return };
        if self.budgets.calling.replace(true) {
            return;
        }
        // Memory for the tag's text may be what is missing; then the event goes without.
        let mut text = String::new();
        if text.try_reserve_exact(tag.path().len()).is_ok() {
            text.push_str(tag.path());
        }
        let event = BudgetEvent {
            kind: excess.kind,
            tag: text,
            budget: excess.budget,
            requested: excess.requested,
            left: excess.left,
            refused,
        };
        self.pinned(|| {
            let _done = Done(&self.budgets.calling);
            callback(&event);
        });
    }

    /// A pool block when the list of its class is empty.
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub(crate) fn refill_pool(
        &self,
        class: usize,
        origin: &'static Origin,
    ) -> Result<NonNull<u8>, AllocError> {
        let location = Location::caller();
        self.look_for_filter();
        let size = size_class::SIZES[class];
        if let Some(block) = self.heap().and_then(|heap| heap.take_recorded(class)) {
            self.note_outside_block(block, size, false, origin, location);
            return Ok(block);
        }
        let block = self.insist_on_pool(class);
        if let (true, Ok(block)) = (self.is_watched(), &block) {
            tracking::uncounted(|| self.note_outside_block(*block, size, false, origin, location));
        }
        self.done();
        block
    }

    #[cold]
    #[inline(never)]
    fn insist_on_pool(&self, class: usize) -> Result<NonNull<u8>, AllocError> {
        let size = size_class::SIZES[class];
        loop {
            let refused = match self.heap() {
                Some(heap) => match heap.refill(class) {
                    Ok(()) => match heap.take(class) {
                        Some(block) => return Ok(block),
                        None => continue,
                    },
                    Err(refused) => refused,
                },
                None => match self.with_late_heap(|heap| heap.refill(class).map(|()| heap.take(class)))? {
                    Ok(Some(block)) => return Ok(block),
                    Ok(None) => continue,
                    Err(refused) => refused,
                },
            };
            self.pool_refused(refused, size)?;
        }
    }

    /// A large block, and the heap that counts it.
    #[cold]
    #[inline(never)]
    #[track_caller]
    pub(crate) fn allocate_big(
        &self,
        layout: Layout,
        zeroed: bool,
        origin: &'static Origin,
    ) -> Result<(NonNull<u8>, NonNull<PoolHeap>), AllocError> {
        let location = Location::caller();
        self.look_for_filter();
        if let Some(heap) = self.heap()
            && let Some(block) = heap.allocate_big_recorded(layout, zeroed)
        {
            self.note_outside_block(block, layout.size(), true, origin, location);
            return Ok((block, heap.pointer()));
        }
        let watched = self.is_watched();
        // The program's, and noted here.
        let big = if watched {
            tracking::unheard(|| self.insist_on_big(layout, zeroed))
        } else {
            self.insist_on_big(layout, zeroed)
        };
        if let (true, Ok((block, _))) = (watched, &big) {
            let note = || self.note_outside_block(*block, layout.size(), true, origin, location);
            tracking::uncounted(note);
        }
        self.done();
        big
    }

    #[cold]
    #[inline(never)]
    fn insist_on_big(
        &self,
        layout: Layout,
        zeroed: bool,
    ) -> Result<(NonNull<u8>, NonNull<PoolHeap>), AllocError> {
        loop {
            let allocate =
                |heap: &PoolHeap| heap.allocate_big(layout, zeroed).map(|block| (block, heap.pointer()));
            let outcome = match self.heap() {
                Some(heap) => allocate(heap),
                None => self.with_late_heap(allocate)?,
            };
            match outcome {
                Ok(big) => return Ok(big),
                Err(refused) => self.big_refused(refused, layout.size())?,
            }
        }
    }

    /// Works on an orphan under the registry's lock, for a thread that can own no heap any more.
    fn with_late_heap<R>(&self, work: impl FnOnce(&PoolHeap) -> R) -> Result<R, AllocError> {
        let pool = &self.shared().pool;
        let mut work = Some(work);
        loop {
            if !PoolHeap::ensure_orphan(pool) {
                return Err(AllocError::out_of_memory(size_of::<PoolHeap>()));
            }
            let done = pool
                .registry
                .with_orphan(|orphan| orphan.and_then(|heap| work.take().map(|work| work(heap))));
            // Another thread may have adopted the orphan in between.
            if let Some(done) = done {
                return Ok(done);
            }
        }
    }

    fn pool_refused(&self, refused: PoolRefused, requested: usize) -> Result<(), AllocError> {
        match refused {
            PoolRefused::Budget { left } => {
                let budget = self.budgets.pool.get();
                let kind = AllocErrorKind::ThreadPoolBudget;
                let excess = Excess { kind, tag: None, budget, requested, left };
                self.exceeded(&excess, true, |interval| self.budgets.pool_lifted_in.set(interval))
            }
            PoolRefused::Limit { left } => Err(self.error(AllocErrorKind::PoolLimit, requested, left)),
            PoolRefused::OutOfMemory => Err(self.error(AllocErrorKind::OutOfMemory, requested, 0)),
        }
    }

    fn big_refused(&self, refused: PoolRefused, requested: usize) -> Result<(), AllocError> {
        match refused {
            PoolRefused::Budget { left } => {
                let budget = self.budgets.heap.get();
                let kind = AllocErrorKind::ThreadHeapBudget;
                let excess = Excess { kind, tag: None, budget, requested, left };
                self.exceeded(&excess, true, |interval| self.budgets.heap_lifted_in.set(interval))
            }
            PoolRefused::Limit { left } => Err(self.error(AllocErrorKind::HeapLimit, requested, left)),
            PoolRefused::OutOfMemory => Err(self.error(AllocErrorKind::OutOfMemory, requested, 0)),
        }
    }
}
