// Freed in each arm of a match; freed with `heap_free`; freed only when nobody wants it.
use framealloc::{PoolBox, SmartAlloc};

enum Verdict {
    Hit,
    Miss,
    Graze(f32),
}

fn judge(alloc: &SmartAlloc, verdict: &Verdict) -> f32 {
    alloc.begin_frame();
    let trace = alloc.pool_box([1.0f32, 2.0, 3.0]); //~ FA606
    let value = match verdict {
        Verdict::Hit => {
            let value = trace[0];
            alloc.pool_free(trace);
            value
        }
        Verdict::Graze(by) => {
            let value = trace[1] * by;
            drop(trace);
            value
        }
        Verdict::Miss => {
            alloc.pool_free(trace);
            0.0
        }
    };
    alloc.end_frame();
    value
}

fn score(alloc: &SmartAlloc, hits: &[f32]) -> f32 {
    let frame = alloc.frame();
    let table = alloc.heap_slice::<f32>(64); //~ FA606
    let sum = frame.alloc_slice_copy(hits).iter().sum::<f32>() + table[0];
    alloc.heap_free(table);
    sum
}

fn wanted(alloc: &SmartAlloc, list: &mut Vec<PoolBox<[f32; 3]>>, verdict: &Verdict) {
    alloc.begin_frame();
    let trace = alloc.pool_box([0.0f32; 3]);
    match verdict {
        Verdict::Hit | Verdict::Graze(_) => list.push(trace),
        Verdict::Miss => alloc.pool_free(trace),
    }
    alloc.end_frame();
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut list = Vec::new();
    wanted(&alloc, &mut list, &Verdict::Hit);
    println!("{} {}", judge(&alloc, &Verdict::Graze(0.5)), judge(&alloc, &Verdict::Miss));
    println!("{} {}", score(&alloc, &[1.0]), list.len());
}
