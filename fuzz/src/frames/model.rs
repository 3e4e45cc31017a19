//! Runs a program and knows what must be true after each step.

use std::alloc::Layout;
use std::mem::ManuallyDrop;

use framealloc::allocator_api2::alloc::Allocator;
use framealloc::{
    AllocConfig, AllocError, BudgetPolicy, Frame, FrameAllocator, FrameBox, FrameVec, PhaseGuard, Scope,
    SmartAlloc, TagGuard,
};

use super::program::{Action, Kind, Program, Settings, Size};
use super::value::{Checked, Empty, Ends, Lined, Nested, Paged, Value, alive, pattern};

const NAMES: [&str; 4] = ["physics", "contacts", "audio", "render"];

/// More handles than this are not kept at a time.
const MOST_HANDLES: usize = 300;
/// Nor more bytes asked for in one program.
const MOST_BYTES: usize = 8 << 20;

/// A handle, with what it holds.
enum Handle {
    Value(Box<dyn Owned>),
    Bytes(FrameBox<'static, [u8]>, u32),
    Text(FrameBox<'static, str>, u32),
    Vec(FrameVec<'static, u8>, u32),
    Words(FrameVec<'static, u64>, u32),
    Aligned(Raw),
}

/// A box of a type that is not named here.
trait Owned {
    fn check(&self);
    fn range(&self) -> (usize, usize);
    /// How many counted values go with it.
    fn count(&self) -> i64;
    fn forget(self: Box<Self>);
}

struct Boxed<T: Checked>(FrameBox<'static, T>, u32);

impl<T: Checked + 'static> Owned for Boxed<T> {
    fn check(&self) {
        assert!(std::ptr::from_ref(&*self.0).is_aligned());
        self.0.check(self.1);
    }

    fn range(&self) -> (usize, usize) {
        (std::ptr::from_ref(&*self.0).addr(), size_of::<T>())
    }

    fn count(&self) -> i64 {
        self.0.count()
    }

    fn forget(self: Box<Self>) {
        std::mem::forget(self.0);
    }
}

/// A block straight from the allocator, of any alignment, which grows and shrinks and changes its alignment.
struct Raw {
    block: std::ptr::NonNull<u8>,
    layout: Layout,
    seed: u32,
    allocator: FrameAllocator<'static>,
}

impl Raw {
    fn bytes(&self) -> &[u8] {
        // SAFETY: the block is this handle's and was filled.
        unsafe { std::slice::from_raw_parts(self.block.as_ptr(), self.layout.size()) }
    }

    fn fill(&mut self, from: usize) {
        for index in from..self.layout.size() {
            // SAFETY: within the block.
            unsafe { self.block.as_ptr().add(index).write(pattern(self.seed, index)) };
        }
    }

    fn resize(&mut self, layout: Layout) {
        let had = self.layout.size();
        // SAFETY: the block is this handle's, of that layout.
        let moved = unsafe {
            if layout.size() >= had {
                self.allocator.grow(self.block, self.layout, layout)
            } else {
                self.allocator.shrink(self.block, self.layout, layout)
            }
        };
        if let Ok(block) = moved {
            assert_eq!(block.len(), layout.size(), "exactly what was asked for");
            self.block = block.cast();
            self.layout = layout;
            self.fill(had);
        }
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: the block is this handle's, of that layout.
        unsafe { self.allocator.deallocate(self.block, self.layout) };
    }
}

impl Handle {
    fn check(&self) {
        let bytes = |bytes: &[u8], seed: u32| {
            for (index, &byte) in bytes.iter().enumerate() {
                assert_eq!(byte, pattern(seed, index), "contents of bytes");
            }
        };
        match self {
            Self::Value(value) => value.check(),
            Self::Bytes(slice, seed) => bytes(slice, *seed),
            Self::Text(text, seed) => assert!(text.bytes().all(|byte| byte == b'a' + (seed % 26) as u8)),
            Self::Vec(vec, seed) => bytes(vec, *seed),
            Self::Words(vec, seed) => {
                assert!(vec.as_ptr().is_aligned());
                for (index, &word) in vec.iter().enumerate() {
                    assert_eq!(word, u64::from(*seed) << 32 | index as u64, "contents of words");
                }
            }
            Self::Aligned(raw) => {
                assert!(raw.block.addr().get().is_multiple_of(raw.layout.align()));
                bytes(raw.bytes(), raw.seed);
            }
        }
    }

    /// Where its memory begins and how much that is.
    fn range(&self) -> (usize, usize) {
        match self {
            Self::Value(value) => value.range(),
            Self::Bytes(slice, _) => (slice.as_ptr().addr(), slice.len()),
            Self::Text(text, _) => (text.as_ptr().addr(), text.len()),
            Self::Vec(vec, _) => (vec.as_ptr().addr(), vec.capacity()),
            Self::Words(vec, _) => (vec.as_ptr().addr(), vec.capacity() * 8),
            Self::Aligned(raw) => (raw.block.addr().get(), raw.layout.size()),
        }
    }

    fn forget(self) {
        match self {
            Self::Value(value) => value.forget(),
            other => std::mem::forget(other),
        }
    }
}

/// A scope or a frame guard, and the values made in it; those are plain bytes that borrow it.
struct Opened {
    // Before the guard, since they borrow it.
    values: Vec<(&'static mut [u8], u32)>,
    guard: Guard,
}

enum Guard {
    Scope(Box<Scope<'static>>),
    Frame(Box<Frame<'static>>),
}

impl Opened {
    fn scope(&self) -> &'static Scope<'static> {
        let scope: &Scope<'static> = match &self.guard {
            Guard::Scope(scope) => scope,
            Guard::Frame(frame) => frame,
        };
        // SAFETY: the values go before the guard, whose box does not move.
        unsafe { &*std::ptr::from_ref(scope) }
    }

    fn check(&self) {
        for (bytes, seed) in &self.values {
            for (index, &byte) in bytes.iter().enumerate() {
                assert_eq!(byte, pattern(*seed, index), "contents of a scope's value");
            }
        }
    }
}

/// One allocator and all that is alive of it.
struct Side {
    // Guards and handles before the allocator.
    tags: Vec<TagGuard<'static>>,
    phases: Vec<PhaseGuard<'static>>,
    handles: Vec<Handle>,
    opened: Vec<Opened>,
    alloc: &'static SmartAlloc,
    owner: ManuallyDrop<Box<SmartAlloc>>,
    /// Whether something was forgotten, so that its memory stays.
    forgot: bool,
    /// The most that the thread holds when nothing has happened for a while.
    keeps_at_most: u64,
}

pub(crate) struct Model {
    sides: [Side; 2],
    seed: u32,
    bytes: usize,
    forgotten_values: i64,
    /// Memory of others, among the allocators' chunks: AddressSanitizer says when it is marked as nobody's.
    others: Vec<Box<[u8]>>,
}

fn frame_size(settings: &Settings) -> usize {
    4096 << (settings.frame_size % 5)
}

fn config(settings: &Settings) -> AllocConfig {
    let frame_size = frame_size(settings);
    let mut config = AllocConfig::default()
        .with_frame_size(frame_size)
        .with_pool_size(0)
        .with_shrink_after(u64::from(settings.shrink_after % 8) + 1)
        .with_budget_policy(if settings.warns { BudgetPolicy::Warn } else { BudgetPolicy::Fail });
    if settings.limited {
        config = config.with_frame_limit(frame_size * 4);
    }
    config
}

impl Side {
    fn new(settings: &Settings) -> Self {
        let owner = Box::new(SmartAlloc::new(config(settings)));
        // SAFETY: the box is given back after everything that borrows the allocator.
        let alloc: &'static SmartAlloc = unsafe { &*std::ptr::from_ref(&*owner) };
        Self {
            tags: Vec::new(),
            phases: Vec::new(),
            handles: Vec::new(),
            opened: Vec::new(),
            alloc,
            owner: ManuallyDrop::new(owner),
            forgot: false,
            // Below a ceiling there may be no room for the smaller chunk beside the larger.
            keeps_at_most: frame_size(settings) as u64 * if settings.limited { 4 } else { 1 },
        }
    }

    fn choose(&self, number: u8) -> Option<usize> {
        (!self.handles.is_empty()).then(|| usize::from(number) % self.handles.len())
    }

    fn check(&self) {
        self.handles.iter().for_each(Handle::check);
        self.opened.iter().for_each(Opened::check);
        let mut ranges: Vec<(usize, usize)> = self.handles.iter().map(Handle::range).collect();
        let values = self.opened.iter().flat_map(|opened| &opened.values);
        ranges.extend(values.map(|(bytes, _)| (bytes.as_ptr().addr(), bytes.len())));
        ranges.retain(|&(_, size)| size != 0);
        ranges.sort_unstable();
        for pair in ranges.windows(2) {
            assert!(pair[0].0 + pair[0].1 <= pair[1].0, "two values overlap: {pair:x?}");
        }
        let held: usize = ranges.iter().map(|(_, size)| size).sum();
        let stats = self.alloc.stats();
        assert!(stats.reserved_bytes >= held as u64, "more is alive than is reserved");
        assert!(stats.parked_bytes <= stats.reserved_bytes);
        assert!(stats.parked_frames != 0 || stats.parked_bytes == 0);
        let thread = self.alloc.thread_stats();
        assert_eq!(thread.reserved_bytes, stats.reserved_bytes, "there is one thread");
        assert!(thread.total_bytes >= thread.bytes_allocated);
        assert!(thread.total_allocations >= thread.allocations);
    }

    /// All handles and guards go, the allocator last.
    fn end(mut self) {
        self.tags.clear();
        self.phases.clear();
        self.handles.clear();
        while let Some(opened) = self.opened.pop() {
            drop(opened);
        }
        let alloc = self.alloc;
        alloc.end_frame();
        alloc.set_thread_frame_budget(usize::MAX);
        for name in NAMES {
            alloc.set_tag_budget(name, usize::MAX);
        }
        let stats = alloc.stats();
        if !self.forgot {
            assert_eq!((stats.parked_bytes, stats.parked_frames), (0, 0), "everything is gone");
            for _ in 0..12 {
                alloc.begin_frame();
                alloc.end_frame();
            }
            let least = alloc.stats().reserved_bytes;
            assert!(least <= self.keeps_at_most, "spikes are given back: {least}");
            first_address(alloc);
            assert_eq!(first_address(alloc), first_address(alloc), "every frame begins at the same address");
            alloc.begin_frame();
            assert!(alloc.try_frame_slice::<u8>(2000).is_ok(), "memory that was given back can be had again");
            alloc.end_frame();
        }
        // SAFETY: nothing borrows the allocator any more.
        drop(unsafe { ManuallyDrop::take(&mut self.owner) });
    }
}

/// Where a frame begins.
fn first_address(alloc: &SmartAlloc) -> Option<usize> {
    alloc.begin_frame();
    let first = alloc.try_frame_box(1u64).map(|boxed| std::ptr::from_ref(&*boxed).addr());
    alloc.end_frame();
    first.ok()
}

impl Model {
    pub(crate) fn run(program: &Program) {
        let before = alive();
        let sides = [Side::new(&program.settings[0]), Side::new(&program.settings[1])];
        let mut model = Self { sides, seed: 0, bytes: 0, forgotten_values: 0, others: Vec::new() };
        for step in &program.steps {
            model.step(usize::from(step.second), &step.action);
            model.touch_others();
        }
        model.sides.iter().for_each(Side::check);
        let forgotten = model.forgotten_values;
        let [first, second] = model.sides;
        first.end();
        second.end();
        assert_eq!(alive() - before, forgotten, "destructors run once");
    }

    /// Nobody but this model uses what it got from the system; a little of it is exchanged each time.
    fn touch_others(&mut self) {
        let size = [64, 192, 448, 4096, 16 << 10][self.seed as usize % 5];
        let fresh = vec![self.seed as u8; size].into_boxed_slice();
        if self.others.len() < 16 {
            self.others.push(fresh);
        } else {
            self.others[self.seed as usize % 16] = fresh;
        }
        for block in &self.others {
            let first = block[0];
            assert!(block.iter().step_by(8).all(|&byte| byte == first), "memory of others");
        }
    }

    /// Whether so much more may be asked for: programs stay small.
    fn afford(&mut self, bytes: usize) -> bool {
        if bytes >= isize::MAX as usize {
            return true;
        }
        self.bytes += bytes;
        self.bytes <= MOST_BYTES
    }

    fn step(&mut self, side: usize, action: &Action) {
        self.seed = self.seed.wrapping_add(1);
        match *action {
            Action::BeginFrame => self.sides[side].alloc.begin_frame(),
            Action::EndFrame => self.sides[side].alloc.end_frame(),
            Action::Look => self.sides[side].check(),
            Action::IdleFrames(count) => {
                for _ in 0..count % 16 {
                    self.sides[side].alloc.begin_frame();
                    self.sides[side].alloc.end_frame();
                }
            }
            Action::OpenGuard
            | Action::OpenScope
            | Action::CloseScope(_)
            | Action::ForgetScope(_)
            | Action::ScopeValue(..) => self.scope_step(side, action),
            Action::Tag(_)
            | Action::CloseTag
            | Action::CloseOuterTag(_)
            | Action::BeginPhase(_)
            | Action::EndPhase
            | Action::FrameBudget(_)
            | Action::TagBudget(..)
            | Action::LiftBudgets => self.name_step(side, action),
            Action::Box(kind) => self.make_box(side, kind),
            _ => self.handle_step(side, action),
        }
    }

    fn scope_step(&mut self, side: usize, action: &Action) {
        let seed = self.seed;
        let affordable = match *action {
            Action::ScopeValue(_, size) => self.afford(size.bytes()),
            _ => true,
        };
        let side = &mut self.sides[side];
        let choose = |number: u8, len: usize| (len != 0).then(|| usize::from(number) % len);
        match *action {
            Action::OpenGuard if side.opened.len() < 40 => {
                let guard = Guard::Frame(Box::new(side.alloc.frame()));
                side.opened.push(Opened { values: Vec::new(), guard });
            }
            Action::OpenScope if side.opened.len() < 40 => {
                let guard = Guard::Scope(Box::new(side.alloc.scope()));
                side.opened.push(Opened { values: Vec::new(), guard });
            }
            Action::CloseScope(number) => {
                if let Some(index) = choose(number, side.opened.len()) {
                    let opened = side.opened.remove(side.opened.len() - 1 - index);
                    opened.check();
                }
            }
            Action::ForgetScope(number) => {
                // Now and then: a forgotten scope keeps its frame's memory for good.
                if number % 16 == 0
                    && let Some(opened) = side.opened.pop()
                {
                    side.forgot = true;
                    match opened.guard {
                        Guard::Scope(scope) => std::mem::forget(*scope),
                        Guard::Frame(frame) => std::mem::forget(*frame),
                    }
                }
            }
            Action::ScopeValue(number, size) if affordable => {
                let Some(index) = choose(number, side.opened.len()) else { return };
                let index = side.opened.len() - 1 - index;
                let scope = side.opened[index].scope();
                if let Ok(bytes) = scope.try_alloc_slice_from_fn(size.bytes(), |index| pattern(seed, index)) {
                    side.opened[index].values.push((bytes, seed));
                }
            }
            _ => {}
        }
    }

    fn name_step(&mut self, side: usize, action: &Action) {
        let side = &mut self.sides[side];
        let name = |number: u8| NAMES[usize::from(number) % NAMES.len()];
        match *action {
            Action::Tag(number) if side.tags.len() < 20 => side.tags.push(side.alloc.tag(name(number))),
            Action::CloseTag => drop(side.tags.pop()),
            Action::CloseOuterTag(number) if !side.tags.is_empty() => {
                let index = usize::from(number) % side.tags.len();
                drop(side.tags.remove(index));
            }
            Action::BeginPhase(number) if number % 2 == 0 => side.alloc.begin_phase(name(number)),
            Action::BeginPhase(number) if side.phases.len() < 20 => {
                side.phases.push(side.alloc.phase(name(number)));
            }
            Action::EndPhase => {
                if side.phases.pop().is_none() {
                    side.alloc.end_phase();
                }
            }
            Action::FrameBudget(size) => side.alloc.set_thread_frame_budget(size.bytes()),
            Action::TagBudget(number, size) => side.alloc.set_tag_budget(name(number), size.bytes()),
            Action::LiftBudgets => {
                side.alloc.set_thread_frame_budget(usize::MAX);
                NAMES.iter().for_each(|name| side.alloc.set_tag_budget(name, usize::MAX));
            }
            _ => {}
        }
    }

    fn make_box(&mut self, side: usize, kind: Kind) {
        fn keep<T: Checked + 'static>(
            side: &mut Side,
            seed: u32,
            made: Result<FrameBox<'static, T>, AllocError>,
        ) {
            if let Ok(boxed) = made {
                side.handles.push(Handle::Value(Box::new(Boxed(boxed, seed))));
            }
        }
        if self.sides[side].handles.len() >= MOST_HANDLES || !self.afford(6000) {
            return;
        }
        let seed = self.seed;
        let side = &mut self.sides[side];
        let alloc = side.alloc;
        match kind {
            Kind::Empty => keep(side, seed, alloc.try_frame_box(Empty::new())),
            Kind::Byte => keep(side, seed, alloc.try_frame_box(Value::<1>::new(seed))),
            Kind::Word => keep(side, seed, alloc.try_frame_box(Value::<4>::new(seed))),
            Kind::Line => keep(side, seed, alloc.try_frame_box(Lined(Value::new(seed)))),
            Kind::Wide => keep(side, seed, alloc.try_frame_box(Value::<300>::new(seed))),
            Kind::Page => keep(side, seed, alloc.try_frame_box(Paged(Value::new(seed)))),
            Kind::Big => keep(side, seed, alloc.try_frame_box(Value::<5000>::new(seed))),
            Kind::Owner => keep(side, seed, alloc.try_frame_box(Value::<64>::new(seed))),
            Kind::Ends => keep(side, seed, alloc.try_frame_box(Ends { alloc, value: Value::new(seed) })),
            Kind::Nested => {
                let inner = alloc.try_frame_box(Value::new(seed)).ok();
                keep(side, seed, alloc.try_frame_box(Nested { inner, seed }));
            }
        }
    }

    fn handle_step(&mut self, side: usize, action: &Action) {
        let seed = self.seed;
        let full = self.sides[side].handles.len() >= MOST_HANDLES;
        let affordable = match *action {
            Action::Slice(size)
            | Action::Text(size)
            | Action::VecOf(size)
            | Action::Extend(_, size)
            | Action::Reserve(_, size)
            | Action::Aligned(size) => self.afford(size.bytes()),
            _ => true,
        };
        if !affordable {
            return;
        }
        let alloc = self.sides[side].alloc;
        let made = match *action {
            Action::Slice(size) if !full => alloc
                .try_frame_slice_from_fn(size.bytes(), |index| pattern(seed, index))
                .ok()
                .map(|slice| Handle::Bytes(slice, seed)),
            Action::Text(size) if !full && !matches!(size, Size::Absurd) => {
                let text = String::from_utf8(vec![b'a' + (seed % 26) as u8; size.bytes()]).expect("ASCII");
                alloc.try_frame_str(&text).ok().map(|text| Handle::Text(text, seed))
            }
            Action::Vec if !full => {
                Some(Handle::Words(FrameVec::new_in(alloc.frame_allocator_fallible()), seed))
            }
            Action::VecOf(size) if !full => {
                let mut vec = FrameVec::new_in(alloc.frame_allocator_fallible());
                vec.try_reserve_exact(size.bytes()).ok().map(|()| Handle::Vec(vec, seed))
            }
            Action::Aligned(size) if !full && !matches!(size, Size::None | Size::Absurd) => {
                let layout = Layout::from_size_align(size.bytes().max(1), 1 << (seed % 10)).expect("small");
                let allocator = alloc.frame_allocator_fallible();
                allocator.allocate(layout).ok().map(|block| {
                    assert_eq!(block.len(), layout.size(), "exactly what was asked for");
                    let mut raw = Raw { block: block.cast(), layout, seed, allocator };
                    raw.fill(0);
                    Handle::Aligned(raw)
                })
            }
            _ => None,
        };
        if let Some(made) = made {
            self.sides[side].handles.push(made);
            return;
        }
        self.change_handle(side, action);
    }

    fn change_handle(&mut self, side: usize, action: &Action) {
        let seed = self.seed;
        let side = &mut self.sides[side];
        match *action {
            Action::Push(number, count) => {
                for _ in 0..count % 64 {
                    extend(side, number, 1);
                }
            }
            Action::Extend(number, size) => extend(side, number, size.bytes()),
            Action::Truncate(number, len) => {
                let Some(index) = side.choose(number) else { return };
                match &mut side.handles[index] {
                    Handle::Vec(vec, _) => vec.truncate(usize::from(len)),
                    Handle::Words(vec, _) => vec.truncate(usize::from(len)),
                    Handle::Aligned(raw) => {
                        let size = raw.layout.size().min(usize::from(len) + 1);
                        raw.resize(Layout::from_size_align(size, 1 << (seed % 8)).expect("small"));
                    }
                    _ => {}
                }
            }
            Action::Shrink(number) => {
                let Some(index) = side.choose(number) else { return };
                match &mut side.handles[index] {
                    Handle::Vec(vec, _) => vec.shrink_to_fit(),
                    Handle::Words(vec, _) => vec.shrink_to_fit(),
                    _ => {}
                }
            }
            Action::Reserve(number, size) => {
                let Some(index) = side.choose(number) else { return };
                let _unless_refused = match &mut side.handles[index] {
                    Handle::Vec(vec, _) => vec.try_reserve(size.bytes()).is_ok(),
                    Handle::Words(vec, _) => vec.try_reserve_exact(size.bytes()).is_ok(),
                    _ => false,
                };
            }
            Action::Drop(number) => {
                if let Some(index) = side.choose(number) {
                    let handle = side.handles.swap_remove(index);
                    handle.check();
                }
            }
            Action::DropNewest => {
                if let Some(handle) = side.handles.pop() {
                    handle.check();
                }
            }
            Action::Forget(number) => {
                if number % 16 == 0
                    && let Some(handle) = side.handles.pop()
                {
                    side.forgot = true;
                    if let Handle::Value(value) = &handle {
                        self.forgotten_values += value.count();
                    }
                    handle.forget();
                }
            }
            Action::Move(number) => {
                let Some(index) = side.choose(number) else { return };
                let handle = side.handles.remove(index);
                side.handles.push(handle);
            }
            _ => {}
        }
    }
}

/// Adds so many elements, or bytes, to a handle that can grow.
fn extend(side: &mut Side, number: u8, count: usize) {
    let Some(index) = side.choose(number) else { return };
    match &mut side.handles[index] {
        Handle::Vec(vec, seed) => {
            if vec.try_reserve(count).is_ok() {
                let (from, seed) = (vec.len(), *seed);
                vec.extend((from..from + count).map(|index| pattern(seed, index)));
            }
        }
        Handle::Words(vec, seed) => {
            if count < 100_000 && vec.try_reserve(count).is_ok() {
                let (from, seed) = (vec.len(), *seed);
                vec.extend((from..from + count).map(|index| u64::from(seed) << 32 | index as u64));
            }
        }
        Handle::Aligned(raw) if count < 100_000 => {
            let align = raw.layout.align() << (count % 3);
            let size = raw.layout.size() + count;
            raw.resize(Layout::from_size_align(size, align.min(8192)).expect("small"));
        }
        _ => {}
    }
}
