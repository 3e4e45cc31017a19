//! A level that is loaded with pools, and ticked.
use framealloc::{AllocError, HeapBox, PoolBox, SmartAlloc, Zeroable};
use std::collections::HashMap;

#[derive(Clone, Copy, Zeroable)]
struct Cell {
    cost: u32,
    flags: u32,
}

struct Actor {
    id: u32,
    route: Vec<u32>,
}

struct Level {
    alloc: SmartAlloc,
    actors: Vec<PoolBox<Actor>>,
    tiles: HashMap<u32, HeapBox<[Cell; 64]>>,
    spawned: u32,
}

impl Level {
    /// Before the first frame: pools are for this.
    fn load(alloc: &SmartAlloc, count: u32) -> Self {
        let mut actors = Vec::new();
        for id in 0..count {
            actors.push(alloc.pool_box(Actor { id, route: vec![id; 4] }));
        }
        Self { alloc: alloc.clone(), actors, tiles: HashMap::new(), spawned: count }
    }

    fn stream(&mut self, wanted: &[u32]) {
        for tile in wanted {
            self.tiles.entry(*tile).or_insert_with(|| self.alloc.heap_alloc::<[Cell; 64]>());
        }
    }

    fn plan(&self) -> Result<u32, AllocError> {
        let mut total = 0;
        for actor in &self.actors {
            let grid = self.alloc.try_frame_slice::<Cell>(4096)?; //~ FA602
            let open = self.alloc.try_frame_vec_with_capacity::<u32>(actor.route.len())?;
            total += grid[actor.id as usize % grid.len()].cost + open.capacity() as u32;
        }
        Ok(total)
    }

    fn talk(&self) -> usize {
        let mut letters = 0;
        let mut index = 0;
        while index < self.actors.len() {
            let actor = &self.actors[index];
            let name = framealloc::frame_format!(self.alloc, "actor {}", actor.id);
            let mut seen = self.alloc.frame_set::<u32>(); //~ FA602
            seen.extend(actor.route.iter().copied());
            letters += name.len() + seen.len();
            index += 1;
        }
        letters
    }

    fn spawn(&mut self, born: usize) {
        'born: for _ in 0..born {
            let actor = self.alloc.pool_box(Actor { id: self.spawned, route: Vec::new() });
            if self.actors.len() > 500 {
                break 'born;
            }
            self.spawned += 1;
            self.actors.push(actor);
        }
    }
}

fn main() -> Result<(), AllocError> {
    let alloc = SmartAlloc::with_defaults();
    let mut level = Level::load(&alloc, 20);
    for turn in 0..100u32 {
        let _frame = alloc.frame();
        level.stream(&[turn, turn + 1]);
        level.spawn(turn as usize % 3);
        let flags = level.tiles.values().map(|tile| tile[0].flags).sum::<u32>();
        println!("{} {} {flags}", level.plan()?, level.talk());
        for actor in level.actors.iter() {
            let probe = alloc.heap_box([actor.id; 16]); //~ FA602
            println!("{}", probe[3]);
        }
    }
    Ok(())
}
