// `try_` twins, a block of its own, a match, and a binding that is moved before it dies.
use framealloc::{AllocError, HeapBox, PoolBox, SmartAlloc, frame_format};

struct Job {
    cost: u32,
}

fn plan(alloc: &SmartAlloc, costs: &[u32]) -> Result<u32, AllocError> {
    let frame = alloc.frame();
    let total = {
        let job = alloc.try_pool_box(Job { cost: costs.len() as u32 })?; //~ FA606
        job.cost + frame.alloc_slice_copy(costs).iter().sum::<u32>()
    };
    Ok(total)
}

fn describe(alloc: &SmartAlloc, job: &Job) -> usize {
    alloc.begin_frame();
    let text = match alloc.try_heap_box([job.cost; 8]) { //~ FA606
        Ok(table) => frame_format!(alloc, "{:?}", &table[..2]),
        Err(_) => frame_format!(alloc, "no memory"),
    };
    let len = text.len();
    drop(text);
    alloc.end_frame();
    len
}

fn renamed(alloc: &SmartAlloc) -> u32 {
    let _frame = alloc.frame();
    let first = alloc.pool_box(Job { cost: 4 }); //~ FA606
    let second = first;
    let cost = second.cost;
    drop(second);
    cost
}

fn maybe_kept(alloc: &SmartAlloc, best: &mut Option<PoolBox<Job>>, cost: u32) {
    let _frame = alloc.frame();
    let job = alloc.pool_box(Job { cost });
    if best.as_ref().is_none_or(|old| old.cost > job.cost) {
        *best = Some(job);
    }
}

fn handed_out(alloc: &SmartAlloc, cost: u32) -> Option<HeapBox<Job>> {
    let _frame = alloc.frame();
    let job = alloc.heap_box(Job { cost });
    if cost == 0 { None } else { Some(job) }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut best = None;
    maybe_kept(&alloc, &mut best, 9);
    println!("{:?} {}", plan(&alloc, &[1, 2]).ok(), describe(&alloc, &Job { cost: 1 }));
    println!("{} {}", renamed(&alloc), handed_out(&alloc, 2).is_some());
}
