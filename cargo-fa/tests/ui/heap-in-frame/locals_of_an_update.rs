// Vectors, strings, boxes and maps on the global heap that die in the update that makes them.
use framealloc::SmartAlloc;
use std::collections::{BTreeMap, HashMap, HashSet};

struct Unit {
    team: u8,
    position: [f32; 2],
    health: f32,
}

struct Battle {
    alloc: SmartAlloc,
    units: Vec<Unit>,
    counts: [usize; 4],
    log: Vec<String>,
}

impl Battle {
    fn update(&mut self) {
        self.alloc.begin_frame();
        let mut dead = Vec::new(); //~ FA608
        for (index, unit) in self.units.iter().enumerate() {
            if unit.health <= 0.0 {
                dead.push(index);
            }
        }
        for index in dead.iter().rev() {
            self.units.swap_remove(*index);
        }
        let mut teams: HashMap<u8, usize> = HashMap::new(); //~ FA608
        for unit in &self.units {
            *teams.entry(unit.team).or_insert(0) += 1;
        }
        for (team, count) in &teams {
            self.counts[usize::from(*team) % 4] = *count;
        }
        let near: Vec<f32> = self.units.iter().map(|unit| unit.position[0]).collect(); //~ FA608
        self.counts[3] += near.len();
        self.alloc.end_frame();
    }

    fn describe(&mut self) {
        let _frame = self.alloc.frame();
        let title = format!("{} units", self.units.len()); //~ FA608
        println!("{title}");
        let weights = vec![1.0f32; self.units.len()]; //~ FA608
        let sum: f32 = weights.iter().sum();
        let seen: HashSet<u8> = self.units.iter().map(|unit| unit.team).collect(); //~ FA608
        let grid: BTreeMap<i32, usize> = BTreeMap::new(); //~ FA608
        let tile = Box::new([sum; 16]); //~ FA608
        self.counts[0] = seen.len() + grid.len() + tile.len();
        self.log.push(format!("{} teams", seen.len()));
    }
}

fn main() {
    let units = vec![Unit { team: 1, position: [0.0; 2], health: 3.0 }];
    let mut battle = Battle { alloc: SmartAlloc::with_defaults(), units, counts: [0; 4], log: Vec::new() };
    for _ in 0..3 {
        battle.update();
        battle.describe();
    }
    println!("{:?} {}", battle.counts, battle.log.len());
}
