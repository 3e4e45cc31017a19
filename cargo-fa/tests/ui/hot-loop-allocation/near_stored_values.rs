// Everything that a loop makes is stored beyond the turn, or depends on it.
use framealloc::{FrameBox, FrameMap, FrameVec, PoolBox, SmartAlloc};
use std::collections::BTreeMap;

struct Order {
    unit: u32,
    goal: [i32; 2],
}

struct Units {
    by_id: BTreeMap<u32, PoolBox<Order>>,
    newest: Option<PoolBox<Order>>,
}

fn issue(alloc: &SmartAlloc, units: &mut Units, goals: &[[i32; 2]]) -> usize {
    alloc.begin_frame();
    for (unit, goal) in goals.iter().enumerate() {
        let order = alloc.pool_box(Order { unit: unit as u32, goal: *goal });
        units.by_id.insert(order.unit, order);
    }
    for goal in goals {
        let slot = units.by_id.entry(goal[0] as u32);
        slot.or_insert_with(|| alloc.pool_box(Order { unit: 0, goal: *goal }));
    }
    let mut groups: FrameMap<'_, i32, FrameVec<'_, u32>> = alloc.frame_map();
    for (unit, goal) in goals.iter().enumerate() {
        groups.entry(goal[0]).or_insert_with(|| alloc.frame_vec()).push(unit as u32);
    }
    let mut paths: FrameVec<'_, FrameBox<'_, [i32]>> = alloc.frame_vec();
    for goal in goals {
        paths.push(alloc.frame_slice_from_fn(8, |step| goal[0] * step as i32));
        let copied = alloc.frame_slice_copy(goal);
        let cost = alloc.frame_box(goal[0].pow(2) + copied[1].pow(2));
        paths[0][0] += *cost;
    }
    for goal in goals {
        units.newest = Some(alloc.pool_box(Order { unit: 9, goal: *goal }));
    }
    let count = groups.len() + paths.len();
    drop((groups, paths));
    alloc.end_frame();
    count
}

fn first_free(alloc: &SmartAlloc, taken: &[u32]) -> Option<PoolBox<Order>> {
    let _frame = alloc.frame();
    for (index, unit) in taken.iter().enumerate() {
        if *unit != index as u32 {
            return Some(alloc.pool_box(Order { unit: index as u32, goal: [0, 0] }));
        }
    }
    None
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut units = Units { by_id: BTreeMap::new(), newest: None };
    println!("{}", issue(&alloc, &mut units, &[[1, 2], [3, 4]]));
    println!("{:?}", first_free(&alloc, &[0, 2]).map(|order| order.goal));
}
