// A tower defence's update in modules: targets sorted on the heap, waves that stay, text shown and dropped.
use framealloc::{AllocConfig, SmartAlloc};

mod towers {
    use framealloc::SmartAlloc;

    pub struct Tower {
        pub at: [f32; 2],
        pub target: Option<usize>,
    }

    pub fn aim(towers: &mut [Tower], creeps: &[[f32; 2]]) {
        for tower in towers {
            let distance = |creep: &[f32; 2]| (creep[0] - tower.at[0]).abs();
            let mut by_distance: Vec<(usize, f32)> = creeps.iter().map(distance).enumerate().collect(); //~ FA608
            by_distance.sort_by(|a, b| a.1.total_cmp(&b.1));
            tower.target = by_distance.first().map(|(index, _)| *index);
        }
    }

    pub fn show(memory: &SmartAlloc, towers: &[Tower]) -> usize {
        let mut text = String::from("towers:"); //~ FA608
        for tower in towers {
            text.push(if tower.target.is_some() { '!' } else { '.' });
        }
        memory.frame_str(&text).len()
    }
}

struct Game {
    memory: SmartAlloc,
    towers: Vec<towers::Tower>,
    waves: Vec<Vec<[f32; 2]>>,
}

impl Game {
    fn next_wave(&mut self) {
        let mut wave = Vec::new();
        for index in 0..4 {
            wave.push([index as f32, 0.0]);
        }
        self.waves.push(wave);
    }

    fn update(&mut self) -> usize {
        let memory = self.memory.clone();
        let _frame = memory.frame();
        self.next_wave();
        if let Some(creeps) = self.waves.last() {
            towers::aim(&mut self.towers, creeps);
        }
        towers::show(&memory, &self.towers)
    }
}

fn main() {
    let towers = vec![towers::Tower { at: [1.0, 0.0], target: None }];
    let memory = SmartAlloc::new(AllocConfig::default());
    let mut game = Game { memory, towers, waves: Vec::new() };
    for _ in 0..3 {
        println!("{}", game.update());
    }
}
