// `ThreadPool::spawn` and `rayon::spawn_fifo` against `install`, `scope` and `join`, which wait.
use framealloc::SmartAlloc;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::Arc;

#[derive(Clone, Copy)]
struct Cells(*mut u32, usize);
// SAFETY: claimed, not true.
unsafe impl Send for Cells {}

impl Cells {
    fn clear(self) {
        for index in 0..self.1 {
            // SAFETY: none.
            unsafe { *self.0.add(index) = 0 };
        }
    }
}

struct Sim {
    memory: Arc<SmartAlloc>,
    pool: ThreadPool,
}

impl Sim {
    fn clear_later(&self, count: usize) {
        self.memory.begin_frame();
        let mut cells = self.memory.frame_slice::<u32>(count);
        let raw = Cells(cells.as_mut_ptr(), cells.len());
        self.pool.spawn(move || raw.clear()); //~ FA201
        drop(cells);
        self.memory.end_frame();
    }

    fn clear_now(&self, count: usize) -> u32 {
        self.memory.begin_frame();
        let mut cells = self.memory.frame_slice::<u32>(count);
        let view = &mut cells[..];
        let sum = self.pool.install(move || {
            view.par_iter_mut().for_each(|cell| *cell += 1);
            view.iter().sum()
        });
        drop(cells);
        self.memory.end_frame();
        sum
    }

    fn scoped(&self, count: usize) -> u32 {
        let _frame = self.memory.frame();
        let mut cells = self.memory.frame_slice_from_fn(count, |i| i as u32);
        let (left, right) = cells.split_at_mut(count / 2);
        self.pool.scope(|scope| {
            scope.spawn(|_| left.fill(1));
            scope.spawn(|_| right.fill(2));
        });
        cells.iter().sum()
    }

    fn counted(&self, count: usize) {
        let _frame = self.memory.frame();
        let cells = self.memory.frame_slice::<u32>(count);
        let len = cells.len();
        self.pool.spawn(move || println!("{len}"));
    }
}

fn main() {
    let pool = ThreadPoolBuilder::new().num_threads(2).build().expect("two threads");
    let sim = Sim { memory: Arc::new(SmartAlloc::with_defaults()), pool };
    sim.clear_later(16);
    sim.counted(8);
    println!("{} {}", sim.clear_now(16), sim.scoped(8));
}
