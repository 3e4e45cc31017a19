//! Allocators behind traits, wrappers, statics and thread-locals; what is lent is given back in time.
use framealloc::{AllocConfig, Frame, FrameBox, FrameVec, ScratchAllocator, SmartAlloc, kilobytes};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{LazyLock, OnceLock, RwLock};

static ENGINE: OnceLock<SmartAlloc> = OnceLock::new();
static CACHE: LazyLock<RwLock<HashMap<u32, Vec<u8>>>> = LazyLock::new(RwLock::default);

thread_local! {
    static LOCAL: OnceCell<SmartAlloc> = const { OnceCell::new() };
    static LAST: RefCell<Option<u32>> = const { RefCell::new(None) };
}

fn engine() -> &'static SmartAlloc {
    ENGINE.get_or_init(|| SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64))))
}

trait Memory {
    fn memory(&self) -> &SmartAlloc;

    fn in_frame<R>(&self, work: impl FnOnce(&Frame<'_>) -> R) -> R {
        let frame = self.memory().frame();
        work(&frame)
    }
}

struct World {
    alloc: SmartAlloc,
    ids: Vec<u32>,
}

impl Memory for World {
    fn memory(&self) -> &SmartAlloc {
        &self.alloc
    }
}

/// Dereferences to the allocator.
struct Handle(&'static SmartAlloc);

impl Deref for Handle {
    type Target = SmartAlloc;

    fn deref(&self) -> &SmartAlloc {
        self.0
    }
}

fn with_handle(handle: &Handle, items: &[u32]) -> u32 {
    handle.begin_frame();
    let copy = handle.frame_slice_copy(items);
    let sum = copy.iter().sum();
    drop(copy);
    handle.end_frame();
    sum
}

fn by_trait(world: &mut World) -> usize {
    let best = world.in_frame(|frame| {
        let ids = frame.alloc_slice_copy(&world.ids);
        ids.sort_unstable();
        ids.first().copied()
    });
    world.ids.extend(best);
    world.ids.len()
}

fn cached(key: u32) -> usize {
    if let Some(bytes) = CACHE.read().unwrap().get(&key) {
        return bytes.len();
    }
    let alloc = engine();
    alloc.begin_frame();
    let mut bytes = alloc.frame_vec::<u8>();
    bytes.extend(key.to_le_bytes());
    let length = bytes.len();
    CACHE.write().unwrap().insert(key, bytes.to_vec());
    LAST.with(|last| last.replace(bytes.first().map(|byte| u32::from(*byte))));
    drop(bytes);
    alloc.end_frame();
    length
}

fn local(n: u32) -> u32 {
    LOCAL.with(|alloc| {
        let alloc = alloc.get_or_init(SmartAlloc::with_defaults);
        let _frame = alloc.frame();
        let value = alloc.frame_box(n);
        LAST.set(Some(*value));
        *value + 1
    })
}

/// An iterator over what a frame holds.
struct Rows<'f> {
    cells: FrameVec<'f, u32>,
    width: usize,
    at: usize,
}

impl Iterator for Rows<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let row = self.cells.get(self.at..self.at + self.width)?;
        self.at += self.width;
        Some(row.iter().sum())
    }
}

fn rows<'f>(alloc: &'f SmartAlloc, cells: &[u32]) -> Rows<'f> {
    let mut copy = alloc.frame_vec_with_capacity(cells.len());
    copy.extend_from_slice(cells);
    Rows { cells: copy, width: 2, at: 0 }
}

fn sums(alloc: &SmartAlloc, cells: &[u32], out: &mut Vec<u32>) {
    alloc.begin_frame();
    out.extend(rows(alloc, cells));
    for sum in rows(alloc, cells) {
        out.push(sum);
    }
    let largest = rows(alloc, cells).max();
    out.extend(largest);
    alloc.end_frame();
}

fn even<'f>(values: &'f FrameBox<'_, [u32]>) -> impl Iterator<Item = u32> + 'f {
    values.iter().copied().filter(|value| value % 2 == 0)
}

fn evens(alloc: &SmartAlloc, items: &[u32]) -> Vec<u32> {
    let _frame = alloc.frame();
    let values = alloc.frame_slice_copy(items);
    even(&values).map(|value| value / 2).collect()
}

fn scratch(scratch: &mut ScratchAllocator, items: &[u32]) -> (u32, Vec<u32>) {
    scratch.with_scope(|scope| {
        let sorted = scope.alloc_slice_copy(items);
        sorted.sort_unstable();
        let inner = scope.with_scope(|inner| inner.alloc_slice_copy(sorted).iter().sum());
        (inner, sorted.to_vec())
    })
}

fn main() {
    let mut world = World { alloc: engine().clone(), ids: vec![2, 1] };
    println!("{} {}", with_handle(&Handle(engine()), &[1]), by_trait(&mut world));
    println!("{} {} {:?}", cached(3), local(2), LAST.take());
    let mut out = Vec::new();
    sums(&world.alloc, &[1, 2, 3, 4], &mut out);
    println!("{out:?} {:?}", evens(&world.alloc, &[2, 3]));
    let mut memory = world.alloc.create_scratch_allocator(kilobytes(16));
    println!("{:?}", scratch(&mut memory, &[2, 1]));
}
