// Unknown tags in a branch, a match arm, a worker and on a clone; a `with_tag` of an own type beside them.
use framealloc::{AllocConfig, SmartAlloc};
use std::collections::HashMap;
use std::thread;

#[derive(Default)]
struct Index {
    tags: HashMap<String, u32>,
}

impl Index {
    fn with_tag(&mut self, tag: &str, weight: u32) -> &mut Self {
        self.tags.insert(tag.to_owned(), weight);
        self
    }

    fn tag(&self, tag: &str) -> u32 {
        self.tags.get(tag).copied().unwrap_or(0)
    }
}

enum Asset {
    Mesh(usize),
    Sound(usize),
}

fn load(alloc: &SmartAlloc, asset: &Asset) -> usize {
    match asset {
        Asset::Mesh(size) => alloc.with_tag("loading", |a| a.frame_slice_from_fn(8, |i| i * size).len()),
        Asset::Sound(size) => alloc.with_tag("sounds", |a| a.frame_slice_from_fn(8, |i| i * size).len()), //~ FA802
    }
}

fn stream(alloc: &SmartAlloc, quick: bool) -> usize {
    let clone = alloc.clone();
    let worker = thread::spawn(move || {
        let _frame = clone.frame();
        let own = clone.with_tag("streaming", |a| a.frame_slice::<u8>(32).len());
        own + clone.with_tag("steaming", |a| a.frame_slice::<u8>(32).len()) //~ FA802
    });
    if quick {
        let _tag = alloc.tag("Streaming"); //~ FA802
        return alloc.pool_box(3usize).saturating_add(1);
    }
    worker.join().unwrap_or(0)
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default());
    let mut index = Index::default();
    index.with_tag("enemy", 3).with_tag("boss", 9);
    println!("{} {}", index.tag("enemy"), load(&alloc, &Asset::Mesh(4)) + load(&alloc, &Asset::Sound(2)));
    println!("{} {}", stream(&alloc, false), stream(&alloc, true));
}
