// Temporaries inside local structs' place, consumed by `into_inner`, returned by reference's copy; owners that stay.
use framealloc::{PoolBox, SmartAlloc};
use std::cell::RefCell;
use std::sync::LazyLock;

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

thread_local! {
    static SPARE: RefCell<Vec<PoolBox<[u8; 64]>>> = const { RefCell::new(Vec::new()) };
}

#[derive(Clone, Copy)]
struct Hit {
    at: [f32; 3],
    body: u32,
}

fn cast(bodies: &[[f32; 3]]) -> Option<u32> {
    MEMORY.begin_frame();
    let hit = MEMORY.pool_box(Hit { at: [0.0; 3], body: 7 }); //~ FA606
    let nearest = bodies.iter().position(|body| body[0] >= hit.at[0]).map(|at| at as u32 + hit.body);
    drop(hit);
    MEMORY.end_frame();
    nearest
}

fn copied(bodies: &[[f32; 3]]) -> Hit {
    let _frame = MEMORY.frame();
    let hit = MEMORY.pool_box(Hit { at: bodies[0], body: 1 }); //~ FA606
    *hit
}

fn recycled(byte: u8) -> usize {
    MEMORY.begin_frame();
    let block = MEMORY.pool_box([byte; 64]);
    SPARE.with_borrow_mut(|spare| spare.push(block));
    let count = SPARE.with_borrow(Vec::len);
    MEMORY.end_frame();
    count
}

fn reused() -> usize {
    let _frame = MEMORY.frame();
    let block = SPARE.with_borrow_mut(Vec::pop).unwrap_or_else(|| MEMORY.pool_box([0; 64]));
    let len = block.len();
    SPARE.with_borrow_mut(|spare| spare.push(block));
    len
}

fn boxed_in_arm(kind: u8) -> f32 {
    let _frame = MEMORY.frame();
    match kind {
        0 => 0.0,
        1 => {
            let curve = MEMORY.heap_box([0.5f32; 16]); //~ FA606
            curve.iter().sum()
        }
        _ => 1.0,
    }
}

fn main() {
    let bodies = [[1.0; 3], [2.0; 3]];
    println!("{:?} {} {}", cast(&bodies), copied(&bodies).body, recycled(3));
    println!("{} {}", reused(), boxed_in_arm(1));
}
