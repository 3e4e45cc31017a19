// Boxes from pools and the heap that serve one frame, and those that stay.
use framealloc::{HeapBox, PoolBox, SmartAlloc};
use std::sync::mpsc::Sender;

struct Renderer {
    alloc: SmartAlloc,
    camera: Option<PoolBox<[f32; 16]>>,
    frames: u64,
}

impl Renderer {
    fn frame(&mut self, yaw: f32) -> f32 {
        self.alloc.begin_frame();
        let matrix = self.alloc.pool_box([yaw; 16]); //~ FA606
        let depth = matrix[0];
        self.alloc.pool_free(matrix);
        let sorted = self.alloc.heap_slice::<u32>(64); //~ FA606
        let depth = depth + sorted.len() as f32;
        drop(sorted);
        self.alloc.end_frame();
        depth
    }

    fn look(&mut self, yaw: f32) {
        self.alloc.begin_frame();
        let matrix = self.alloc.pool_box([yaw; 16]);
        self.camera = Some(matrix);
        self.alloc.end_frame();
    }

    fn maybe_look(&mut self, yaw: f32) {
        let _frame = self.alloc.frame();
        let matrix = self.alloc.pool_box([yaw; 16]);
        if yaw > 0.0 {
            self.camera = Some(matrix);
        }
    }

    fn inline(&mut self) -> f32 {
        let _frame = self.alloc.frame();
        self.frames += 1;
        sum(&self.alloc.pool_box([1.0; 16])) //~ FA606
    }

    fn zeroed(&self) -> Result<usize, framealloc::AllocError> {
        let _frame = self.alloc.frame();
        let scratch = self.alloc.try_pool_alloc::<[u8; 64]>()?; //~ FA606
        Ok(scratch.iter().filter(|byte| **byte == 0).count())
    }

    fn outside(&self) -> usize {
        let scratch = self.alloc.heap_box([0u8; 512]);
        scratch.len()
    }

    fn before(&self) -> usize {
        let table = self.alloc.heap_box([1u8; 64]);
        let _frame = self.alloc.frame();
        self.alloc.frame_slice_copy(&table[..]).len()
    }

    fn across(&self) -> u8 {
        self.alloc.begin_frame();
        let table = self.alloc.pool_box([1u8; 64]);
        self.alloc.end_frame();
        table[0]
    }

    fn update(&mut self) -> usize {
        let _frame = self.alloc.frame();
        visibility(&self.alloc) + reflected(&self.alloc).len()
    }
}

fn visibility(alloc: &SmartAlloc) -> usize {
    let bits = alloc.pool_alloc::<[u64; 4]>(); //~ FA606
    bits.iter().map(|word| word.count_ones() as usize).sum()
}

fn reflected(alloc: &SmartAlloc) -> PoolBox<[u8; 4]> {
    alloc.pool_box([1; 4])
}

fn sum(matrix: &PoolBox<[f32; 16]>) -> f32 {
    matrix.iter().sum()
}

fn sent(alloc: &SmartAlloc, out: &Sender<HeapBox<[u8]>>) {
    let _frame = alloc.frame();
    let page = alloc.heap_slice::<u8>(32);
    out.send(page).ok();
}

fn converted(alloc: &SmartAlloc) -> u32 {
    let _frame = alloc.frame();
    let score = alloc.pool_box(7u32); //~ FA606
    let doubled = *score * 2;
    match doubled {
        0 => 1,
        n => n + *score,
    }
}

struct Query {
    hits: PoolBox<[u32; 8]>,
    len: usize,
}

fn wrapped(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let query = Query { hits: alloc.pool_alloc(), len: 3 }; //~ FA606
    let hits = query.hits[..query.len].iter().sum();
    drop(query);
    alloc.end_frame();
    hits
}

fn tagged(alloc: &SmartAlloc) -> usize {
    let frame = alloc.frame();
    let names = alloc.with_tag("names", |a| a.heap_box([0u8; 32])); //~ FA606
    frame.alloc_slice_copy(&names[..]).len()
}

fn leaked(alloc: &SmartAlloc) -> &'static mut u32 {
    let _frame = alloc.frame();
    PoolBox::leak(alloc.pool_box(1))
}

fn main() {
    let mut renderer = Renderer { alloc: SmartAlloc::with_defaults(), camera: None, frames: 0 };
    println!("{}", renderer.frame(1.0));
    renderer.look(1.0);
    renderer.maybe_look(1.0);
    println!("{} {}", renderer.inline(), renderer.zeroed().is_ok());
    println!("{} {} {}", renderer.outside(), renderer.before(), renderer.across());
    println!("{} {}", renderer.update(), renderer.camera.is_some());
    let (out, pages) = std::sync::mpsc::channel();
    sent(&renderer.alloc, &out);
    println!("{} {}", pages.try_iter().count(), converted(&renderer.alloc));
    println!("{} {} {}", wrapped(&renderer.alloc), tagged(&renderer.alloc), leaked(&renderer.alloc));
}
