//! The interface of a strategy game: text, lists and maps that live for one call.

use std::collections::HashMap;

use framealloc::SmartAlloc;

pub struct Unit {
    name: &'static str,
    owner: u32,
    health: f32,
}

pub struct Hud<'e> {
    alloc: &'e SmartAlloc,
    title: String,
    log: Vec<String>,
    drawn: usize,
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

impl Hud<'_> {
    fn weakest(&self, units: &[Unit]) -> Option<u32> {
        let mut sorted: Vec<&Unit> = units.iter().filter(|unit| unit.health > 0.0).collect(); //~ FA608
        sorted.sort_by(|one, other| one.health.total_cmp(&other.health));
        sorted.first().map(|unit| unit.owner)
    }

    fn owners(&self, units: &[Unit]) -> usize {
        let mut counts = HashMap::new(); //~ FA608
        for unit in units {
            *counts.entry(unit.owner).or_insert(0_usize) += 1;
        }
        counts.values().copied().max().unwrap_or(0)
    }

    pub fn draw(&mut self, units: &[Unit]) -> usize {
        self.alloc.begin_frame();
        let label = format!("{} units", units.len()); //~ FA608
        self.drawn += width(&label);
        if let Some(owner) = self.weakest(units) {
            self.title = format!("player {owner} is in trouble");
        }
        let most = self.owners(units);
        self.alloc.end_frame();
        most
    }

    pub fn graph(&mut self, units: &[Unit]) -> f32 {
        let _frame = self.alloc.frame();
        let mut bars = vec![0.0_f32; 16]; //~ FA608
        for (unit, slot) in units.iter().zip((0..16_usize).cycle()) {
            bars[slot] += unit.health;
        }
        self.log.push(units.iter().map(|unit| unit.name).collect());
        bars.iter().copied().fold(0.0, f32::max)
    }
}

/// Start-up code: no frame runs.
pub fn titles(units: &[Unit]) -> usize {
    let names: Vec<String> = units.iter().map(|unit| unit.name.to_uppercase()).collect();
    names.iter().map(|name| width(name)).sum()
}
