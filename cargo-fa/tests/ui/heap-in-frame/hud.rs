//! A HUD that makes its texts and lists on the global heap.
use framealloc::{SmartAlloc, frame_format};
use std::collections::HashMap;

struct Unit {
    name: String,
    team: u8,
    health: f32,
}

struct Hud {
    alloc: SmartAlloc,
    lines: Vec<String>,
    scratch: Vec<f32>,
    best: Option<String>,
}

impl Hud {
    fn new(alloc: SmartAlloc) -> Self {
        // Before the first frame.
        let title = format!("{} {}", "a", "game");
        let lines: Vec<String> = vec![title];
        Self { alloc, lines, scratch: Vec::with_capacity(64), best: None }
    }

    fn names(&self, units: &[Unit]) -> usize {
        let mut length = 0;
        for unit in units {
            let line = format!("{}: {:.0}", unit.name, unit.health); //~ FA608
            length += line.len();
        }
        length
    }

    fn teams(&self, units: &[Unit]) -> usize {
        let mut counts: HashMap<u8, usize> = HashMap::new(); //~ FA608
        for unit in units {
            *counts.entry(unit.team).or_default() += 1;
        }
        counts.values().copied().max().unwrap_or(0)
    }

    fn median(&mut self, units: &[Unit]) -> f32 {
        self.scratch.clear();
        self.scratch.extend(units.iter().map(|unit| unit.health));
        self.scratch.sort_by(f32::total_cmp);
        self.scratch.get(units.len() / 2).copied().unwrap_or(0.0)
    }

    fn weakest(&mut self, units: &[Unit]) -> usize {
        let mut order: Vec<usize> = (0..units.len()).collect(); //~ FA608
        order.sort_by(|a, b| units[*a].health.total_cmp(&units[*b].health));
        if let Some(first) = order.first() {
            self.best = Some(format!("weakest: {}", units[*first].name));
        }
        order.len()
    }

    fn log(&mut self, frame: u32) {
        self.lines.push(format!("frame {frame}"));
        let shown = frame_format!(self.alloc, "{} lines", self.lines.len());
        println!("{shown}");
    }
}

fn main() {
    let mut hud = Hud::new(SmartAlloc::with_defaults());
    let units = vec![Unit { name: "orc".to_owned(), team: 1, health: 5.0 }];
    for frame in 0..60 {
        hud.alloc.begin_frame();
        println!("{} {}", hud.names(&units), hud.teams(&units));
        println!("{} {}", hud.median(&units), hud.weakest(&units));
        hud.log(frame);
        hud.alloc.end_frame();
    }
    println!("{:?}", hud.best);
}
