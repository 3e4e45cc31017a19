// Temporaries from an allocator behind an accessor, an `Option` and a parameter of a closure.
use framealloc::{PoolBox, SmartAlloc};
use std::sync::Arc;

#[derive(Default)]
struct Caches {
    memory: Option<Arc<SmartAlloc>>,
    kept: Vec<PoolBox<[u16; 8]>>,
}

impl Caches {
    fn memory(&self) -> Option<&SmartAlloc> {
        self.memory.as_deref()
    }

    fn probe(&self) -> u16 {
        let Some(memory) = &self.memory else { return 0 };
        memory.begin_frame();
        let block = memory.pool_box([3u16; 8]); //~ FA606
        let sum = block.iter().sum();
        memory.pool_free(block);
        memory.end_frame();
        sum
    }

    fn fill(&mut self) -> usize {
        let Some(memory) = self.memory.clone() else { return 0 };
        let _frame = memory.frame();
        for value in 0..4u16 {
            self.kept.push(memory.pool_box([value; 8]));
        }
        self.kept.len()
    }

    fn longest(&self, values: &[u16]) -> u16 {
        let Some(memory) = self.memory() else { return 0 };
        let _frame = memory.frame();
        let sorted = memory.heap_slice::<u16>(values.len()); //~ FA606
        sorted[0].max(values[0])
    }
}

fn in_frame<R>(memory: &SmartAlloc, work: impl FnOnce(&SmartAlloc) -> R) -> R {
    let _frame = memory.frame();
    work(memory)
}

fn main() {
    let memory = Arc::new(SmartAlloc::with_defaults());
    let mut caches = Caches { memory: Some(Arc::clone(&memory)), kept: Vec::new() };
    println!("{} {} {}", caches.probe(), caches.fill(), caches.longest(&[1, 2]));
    let kept = in_frame(&memory, |m| m.pool_box([1u8; 4]));
    println!("{}", kept.len());
}
