// Asset threads: one through a struct's method with an alias, one in a nested closure, one that begins late in a helper.
use framealloc::{FrameSet, SmartAlloc};
use std::sync::Arc;
use std::thread;

type Memory = Arc<SmartAlloc>;

struct Importer {
    memory: Memory,
    seen: Vec<u64>,
}

impl Importer {
    fn unique(&self) -> usize {
        let mut set: FrameSet<'_, u64> = self.memory.frame_set(); //~ FA204
        set.extend(self.seen.iter().copied());
        let order = self.memory.frame_slice_copy(&self.seen);
        set.len() + order.len()
    }

    fn launch(self) -> thread::JoinHandle<usize> {
        thread::spawn(move || {
            let twice = || self.unique() + self.unique();
            twice()
        })
    }
}

fn in_frame<R>(memory: &SmartAlloc, work: impl FnOnce(&SmartAlloc) -> R) -> R {
    memory.begin_frame();
    let result = work(memory);
    memory.end_frame();
    result
}

fn thumbnails(memory: &Memory, sizes: &[usize]) -> usize {
    thread::scope(|scope| {
        let workers: Vec<_> = sizes
            .iter()
            .map(|size| {
                scope.spawn(move || {
                    let pixels = memory.frame_slice_from_fn(*size, |i| i as u8); //~ FA204
                    pixels.iter().map(|pixel| usize::from(*pixel)).sum::<usize>()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or(0)).sum()
    })
}

fn mips(memory: &Memory) -> usize {
    let memory = Arc::clone(memory);
    let worker = thread::spawn(move || in_frame(&memory, |m| m.frame_slice_copy(&[1u8, 2, 3]).len()));
    worker.join().unwrap_or(0)
}

fn main() {
    let memory: Memory = Arc::default();
    let importer = Importer { memory: memory.clone(), seen: vec![1, 2, 2] };
    println!("{:?} {} {}", importer.launch().join().ok(), thumbnails(&memory, &[4, 9]), mips(&memory));
}
