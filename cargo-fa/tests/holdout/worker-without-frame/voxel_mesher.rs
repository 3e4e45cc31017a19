// Voxel meshing in scoped workers: two stages are methods of one trait, one of which opens its frame in a helper.
use framealloc::{AllocConfig, FrameBox, SmartAlloc, kilobytes};
use std::thread;

struct Chunk {
    blocks: [u8; 64],
}

trait Mesher: Sync {
    fn memory(&self) -> &SmartAlloc;
    fn mesh(&self, chunk: &Chunk) -> usize;
}

struct Greedy {
    memory: SmartAlloc,
}

struct Naive {
    memory: SmartAlloc,
}

fn mask<'m>(memory: &'m SmartAlloc, chunk: &Chunk) -> FrameBox<'m, [bool]> {
    memory.frame_slice_from_fn(64, |i| chunk.blocks[i] > 0)
}

fn faces<'m>(memory: &'m SmartAlloc, chunk: &Chunk) -> FrameBox<'m, [u8]> {
    memory.frame_slice_copy(&chunk.blocks) //~ FA204
}

impl Greedy {
    fn enter<R>(&self, work: impl FnOnce(&SmartAlloc) -> R) -> R {
        let _frame = self.memory.frame();
        work(&self.memory)
    }
}

impl Mesher for Greedy {
    fn memory(&self) -> &SmartAlloc {
        &self.memory
    }

    fn mesh(&self, chunk: &Chunk) -> usize {
        self.enter(|memory| mask(memory, chunk).iter().filter(|solid| **solid).count())
    }
}

impl Mesher for Naive {
    fn memory(&self) -> &SmartAlloc {
        &self.memory
    }

    fn mesh(&self, chunk: &Chunk) -> usize {
        faces(self.memory(), chunk).iter().filter(|block| **block > 0).count()
    }
}

fn main() {
    let memory = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)));
    let (greedy, naive) = (Greedy { memory: memory.clone() }, Naive { memory });
    let chunk = Chunk { blocks: [1; 64] };
    let meshed = thread::scope(|scope| {
        let a = scope.spawn(|| greedy.mesh(&chunk));
        let b = scope.spawn(|| naive.mesh(&chunk));
        (a.join().ok(), b.join().ok())
    });
    println!("{meshed:?} {}", greedy.memory().stats().parked_bytes);
}
