// Single files as modules: twins, threads, clones and tags in arms.
use framealloc::{AllocConfig, SmartAlloc};

mod save;
mod streaming;

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default());
    let loaded = streaming::load(&alloc, &["a", "bb"]) + streaming::background(&alloc);
    let mut slot = save::Slot::new(alloc.clone());
    let written = slot.write(&[1, 2, 3], save::Kind::Quick) + slot.write(&[4], save::Kind::Full);
    println!("{loaded} {written} {}", slot.copies);
}
