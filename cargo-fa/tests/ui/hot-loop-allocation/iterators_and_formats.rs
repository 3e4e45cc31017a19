// Loops in the shape of iterator adapters' neighbours: `for` over maps and zips, formats that say the same each time.
use framealloc::{AllocConfig, FrameMap, SmartAlloc, frame_format};
use std::collections::HashMap;

struct Hud {
    alloc: &'static SmartAlloc,
    scores: HashMap<u32, i64>,
    width: usize,
}

impl Hud {
    fn draw(&mut self) -> usize {
        let _frame = self.alloc.frame();
        let mut columns = 0;
        for (player, score) in &self.scores {
            let label = frame_format!(self.alloc, "{:>width$}", "score", width = self.width); //~ FA602
            let text = frame_format!(self.alloc, "{player}: {score}");
            columns += label.len() + text.len();
        }
        for (index, (_, score)) in self.scores.iter().enumerate().filter(|(_, (_, score))| **score > 0) {
            let mut digits = self.alloc.frame_string(); //~ FA602
            digits.extend_from(index, *score);
            columns += digits.len();
        }
        columns
    }

    fn summary(&self) -> usize {
        let _frame = self.alloc.frame();
        let header = frame_format!(self.alloc, "{:>width$}", "score", width = self.width);
        let mut lines = self.alloc.frame_vec();
        for (player, score) in &self.scores {
            lines.push(frame_format!(self.alloc, "{player} {score}"));
        }
        let mut best: FrameMap<'_, u32, i64> = self.alloc.frame_map();
        for (player, score) in &self.scores {
            best.insert(*player, score.abs());
        }
        header.len() + lines.iter().map(|line| line.len()).sum::<usize>() + best.len()
    }
}

trait Digits {
    fn extend_from(&mut self, index: usize, score: i64);
}

impl Digits for framealloc::FrameString<'_> {
    fn extend_from(&mut self, index: usize, score: i64) {
        for place in 0..3 {
            self.push(char::from(b'0' + ((score.unsigned_abs() as usize + index + place) % 10) as u8));
        }
    }
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let mut hud = Hud { alloc, scores: HashMap::from([(1, 10), (2, -4)]), width: 12 };
    for _ in 0..4 {
        println!("{} {}", hud.draw(), hud.summary());
    }
}
