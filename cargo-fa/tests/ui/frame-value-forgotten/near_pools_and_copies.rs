// Leaks of pool and heap boxes, of std values, of copies; `ManuallyDrop` of handles that are no frame's.
use framealloc::{AllocConfig, HeapBox, PoolBox, RetentionPolicy, SmartAlloc};
use std::fs::File;
use std::mem::{ManuallyDrop, forget};

struct Handle {
    raw: u32,
}

struct Registry {
    names: Vec<&'static str>,
    table: Option<&'static mut [u32; 4]>,
    locked: ManuallyDrop<PoolBox<Handle>>,
}

fn register(alloc: &SmartAlloc, registry: &mut Registry, name: &str) -> usize {
    alloc.begin_frame();
    let upper = alloc.frame_str(name);
    let owned: Box<str> = upper.to_uppercase().into_boxed_str();
    registry.names.push(Box::leak(owned));
    drop(upper);
    alloc.end_frame();
    let table: PoolBox<[u32; 4]> = alloc.pool_box([0; 4]);
    registry.table = Some(table.leak());
    let big: HeapBox<[u8; 128]> = alloc.heap_alloc();
    let big = HeapBox::leak(big);
    big.len()
}

fn descriptors(alloc: &SmartAlloc) -> usize {
    let _frame = alloc.frame();
    let numbers = alloc.frame_slice_from_fn(4, |i| i);
    let last = numbers[3];
    if let Ok(file) = File::open("/dev/null") {
        forget(file);
    }
    let copy = *alloc.frame_box(Some(last));
    forget(copy);
    last
}

fn retained(alloc: &SmartAlloc) -> usize {
    alloc.begin_frame();
    let kept = alloc.frame_retained_value(vec![1u8; 16], RetentionPolicy::Leak);
    let len = kept.len();
    drop(kept);
    alloc.end_frame_with_promotions().len() + len
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let locked = ManuallyDrop::new(alloc.pool_box(Handle { raw: 4 }));
    let mut registry = Registry { names: Vec::new(), table: None, locked };
    println!("{} {}", register(alloc, &mut registry, "ui"), descriptors(alloc));
    println!("{} {} {}", retained(alloc), registry.locked.raw, registry.table.is_some());
}
