//! A schedule of systems, each in a phase.
use framealloc::SmartAlloc;
use std::collections::BTreeMap;

type System = fn(&SmartAlloc, &mut Store) -> bool;

#[derive(Default)]
struct Store {
    positions: BTreeMap<u32, [f32; 2]>,
    dirty: Vec<u32>,
}

fn movement(alloc: &SmartAlloc, store: &mut Store) -> bool {
    alloc.begin_phase("movement");
    let deltas = alloc.frame_slice_from_fn(store.positions.len(), |index| index as f32);
    for (position, delta) in store.positions.values_mut().zip(deltas.iter()) {
        position[0] += delta;
    }
    drop(deltas);
    alloc.end_phase();
    true
}

fn tracking(alloc: &SmartAlloc, store: &mut Store) -> bool {
    alloc.begin_phase("tracking"); //~ FA805
    store.dirty.extend(store.positions.keys());
    !store.dirty.is_empty()
}

fn cleaning(alloc: &SmartAlloc, store: &mut Store) -> bool {
    while let Some(id) = store.dirty.pop() {
        alloc.begin_phase("cleaning");
        let Some(position) = store.positions.get_mut(&id) else {
            continue; //~ FA805
        };
        if position[0] < 0.0 {
            alloc.end_phase();
            break;
        }
        position[1] = 0.0;
        alloc.end_phase();
    }
    store.dirty.is_empty()
}

fn checking(alloc: &SmartAlloc, store: &mut Store) -> bool {
    alloc.begin_phase("checking");
    'all: for (id, position) in &store.positions {
        for axis in position {
            if axis.is_nan() {
                println!("{id} is nowhere");
                break 'all;
            }
        }
    }
    alloc.end_phase();
    store.positions.values().all(|position| {
        if position[0] > 1e6 {
            return false;
        }
        true
    })
}

fn saving(alloc: &SmartAlloc, store: &mut Store) -> bool {
    alloc.begin_phase("saving");
    if store.positions.contains_key(&u32::MAX) {
        unreachable!("no entity has this id"); //~ FA805
    }
    let (first, second) = match store.positions.len() {
        0 => {
            alloc.end_phase();
            return false;
        }
        1 => (1, 0),
        many => (many / 2, many - many / 2),
    };
    alloc.end_phase();
    first >= second
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let systems: [(&str, System); 5] =
        [("move", movement), ("track", tracking), ("clean", cleaning), ("check", checking), ("save", saving)];
    let mut store = Store::default();
    store.positions.insert(1, [0.0; 2]);
    for _ in 0..10 {
        alloc.begin_frame();
        for (name, system) in systems {
            if !system(&alloc, &mut store) {
                println!("{name} failed");
            }
        }
        alloc.end_frame();
    }
}
