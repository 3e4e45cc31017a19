// What a refused request makes is nothing; what a closure is given varies; what is leaked has no frame.
use framealloc::{AllocConfig, Scope, SharedFrame, SmartAlloc, kilobytes};
use std::sync::mpsc::{Sender, channel};

struct Level {
    alloc: SmartAlloc,
    sizes: Vec<usize>,
}

impl Level {
    fn full(&self) -> bool {
        let _frame = self.alloc.frame();
        let heap = self.alloc.try_heap_slice::<u8>(kilobytes(64)).is_err();
        heap && self.alloc.try_pool_box([0u8; 512]).is_err()
    }

    fn closed(&self) -> bool {
        self.alloc.try_frame_box_for_transfer([0u8; 64]).is_err()
    }

    fn rows(&self) {
        let frame = self.alloc.frame();
        (0..40usize).for_each(|n| println!("{}", frame.alloc(n)));
        self.sizes.iter().copied().for_each(|size| println!("{}", self.alloc.frame_slice::<u8>(size).len()));
        self.sizes.iter().enumerate().for_each(|(n, _)| println!("{}", self.alloc.frame_box(n)));
    }
}

fn filled<'f>(shared: &'f SharedFrame<'_>, len: usize) -> &'f mut [u8] {
    shared.alloc_slice_from_fn(len, |i| i as u8)
}

fn give<'f>(shared: &'f SharedFrame<'_>, out: &Sender<&'f mut [u8]>) {
    out.send(filled(shared, 16)).ok();
}

fn lent<'s>(scope: &'s Scope<'_>, len: usize) -> &'s mut [u8] {
    scope.alloc_slice_from_fn(len, |i| i as u8)
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_heap_limit(kilobytes(16)));
    let level = Level { alloc, sizes: vec![1, 2, 3] };
    println!("{} {}", level.full(), level.closed());
    level.rows();
    let shared = level.alloc.shared_frame();
    let (out, taken) = channel();
    give(&shared, &out);
    println!("{}", taken.try_iter().map(|bytes| bytes.len()).sum::<usize>());
    let scope = level.alloc.scope();
    println!("{}", lent(&scope, 3).len());
}
