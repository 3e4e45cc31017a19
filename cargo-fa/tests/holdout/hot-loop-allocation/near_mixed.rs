// Depends on the loop through a binding; kept through a struct; done once before; made in the frames' own loop.
use framealloc::{FrameVec, PoolBox, SmartAlloc};

struct Draw<'f> {
    material: u16,
    instances: FrameVec<'f, u32>,
}

struct Pending {
    job: PoolBox<[u8; 64]>,
    priority: u8,
}

fn sort_draws(alloc: &SmartAlloc, materials: &[u16]) -> usize {
    let frame = alloc.frame();
    let mut draws = frame.vec();
    for (index, material) in materials.iter().enumerate() {
        let mut instances = alloc.frame_vec();
        instances.push(index as u32);
        draws.push(Draw { material: *material, instances });
    }
    draws.sort_by_key(|draw: &Draw<'_>| draw.material);
    let mut longest = 0;
    for draw in draws.iter() {
        let wanted = draw.instances.len() * 2;
        let sorted = alloc.frame_vec_with_capacity::<u32>(wanted);
        longest = longest.max(sorted.capacity());
    }
    longest
}

fn enqueue(alloc: &SmartAlloc, queue: &mut Vec<Pending>, sizes: &[u8]) {
    alloc.begin_frame();
    for size in sizes {
        let job = alloc.pool_box([*size; 64]);
        let pending = Pending { job, priority: size / 2 };
        queue.push(pending);
    }
    alloc.end_frame();
    for pending in queue.iter().filter(|pending| pending.priority > 3) {
        let copy = alloc.pool_box(*pending.job);
        println!("{}", copy[0]);
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut queue = Vec::new();
    for turn in 0..5u8 {
        enqueue(&alloc, &mut queue, &[turn, 2, 9]);
        println!("{}", sort_draws(&alloc, &[u16::from(turn), 1, 7]));
    }
}
