// What a guard gave is read through a raw pointer after the guard has gone, and right after `drop` of the guard.
use framealloc as fa;

struct Agent {
    id: u32,
    energy: i32,
}

fn strongest(alloc: &fa::SmartAlloc, agents: &[Agent]) -> u32 {
    let frame = alloc.frame();
    let ranks = frame.alloc_slice_from_fn(agents.len(), |i| (agents[i].energy, agents[i].id));
    ranks.sort_unstable();
    let first: *const (i32, u32) = ranks.as_ptr();
    drop(frame);
    // SAFETY: none; this is the mistake.
    unsafe { (*first).1 } //~ FA601
}

fn weakest(alloc: &fa::SmartAlloc, agents: &[Agent]) -> u32 {
    let frame = alloc.frame();
    let mut ids = alloc.frame_vec_with_capacity::<u32>(agents.len());
    ids.extend(agents.iter().filter(|agent| agent.energy < 0).map(|agent| agent.id));
    drop(frame);
    ids.len() as u32 //~ FA601
}

fn total(alloc: &fa::SmartAlloc, agents: &[Agent]) -> i32 {
    let sum = {
        let frame = alloc.frame();
        let energies = frame.alloc_slice_from_fn(agents.len(), |i| agents[i].energy);
        energies.iter().sum()
    };
    let boxed = alloc.frame_box(sum);
    *boxed
}

fn boosted(alloc: &fa::SmartAlloc, agents: &[Agent]) -> i32 {
    let frame = alloc.frame();
    let best = alloc.frame_box(agents.iter().map(|agent| agent.energy).max().unwrap_or(0));
    let copy = *best;
    drop(best);
    drop(frame);
    copy + 1
}

fn main() {
    let alloc = fa::SmartAlloc::with_defaults();
    let agents = [Agent { id: 1, energy: 5 }, Agent { id: 2, energy: -3 }];
    println!("{} {}", strongest(&alloc, &agents), weakest(&alloc, &agents));
    println!("{} {}", total(&alloc, &agents), boosted(&alloc, &agents));
}
