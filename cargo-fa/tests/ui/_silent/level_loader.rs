// A loader with scratch memory, pools that stay, and tests below `cfg(test)` which are read only when asked for.
use framealloc::{AllocConfig, HeapBox, PoolBox, SmartAlloc, kilobytes, megabytes};
use std::collections::HashMap;
use std::str::FromStr;

#[derive(Debug, PartialEq)]
enum Tile {
    Wall,
    Floor,
    Spawn(u8),
}

impl FromStr for Tile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "#" => Ok(Self::Wall),
            "." => Ok(Self::Floor),
            digit => digit.parse().map(Self::Spawn).map_err(|error| format!("{digit}: {error}")),
        }
    }
}

struct Level {
    width: usize,
    tiles: Vec<PoolBox<Tile>>,
    light: HeapBox<[f32]>,
}

struct Loader {
    alloc: SmartAlloc,
    levels: HashMap<String, Level>,
}

impl Loader {
    fn load(&mut self, name: &str, text: &str) -> Result<usize, String> {
        let width = text.lines().next().map_or(0, str::len);
        let mut tiles = Vec::with_capacity(text.len());
        for line in text.lines() {
            for index in 0..line.len() {
                let tile = line[index..=index].parse()?;
                tiles.push(self.alloc.pool_box(tile));
            }
        }
        let light = self.alloc.heap_slice(tiles.len());
        let level = Level { width, tiles, light };
        let reachable = self.reachable(&level);
        self.levels.insert(name.to_owned(), level);
        Ok(reachable)
    }

    fn reachable(&self, level: &Level) -> usize {
        let scratch = self.alloc.create_scratch_allocator(kilobytes(64));
        scratch.with_scope(|s| {
            let seen = s.alloc_slice::<u8>(level.tiles.len());
            let mut open = s.vec();
            open.extend(level.tiles.iter().position(|tile| matches!(**tile, Tile::Spawn(_))));
            while let Some(at) = open.pop() {
                if seen[at] != 0 || *level.tiles[at] == Tile::Wall {
                    continue;
                }
                seen[at] = 1;
                for next in [at.wrapping_sub(1), at + 1, at.wrapping_sub(level.width), at + level.width] {
                    if next < seen.len() {
                        open.push(next);
                    }
                }
            }
            seen.iter().map(|seen| usize::from(*seen)).sum()
        })
    }

    fn play(&mut self, name: &str) -> Option<f32> {
        let level = self.levels.get_mut(name)?;
        self.alloc.begin_frame();
        let glow = self.alloc.frame_slice_from_fn(level.light.len(), |i| i as f32 * 0.01);
        for (light, glow) in level.light.iter_mut().zip(glow.iter()) {
            *light += glow;
        }
        let sum = level.light.iter().sum();
        drop(glow);
        self.alloc.end_frame();
        Some(sum)
    }
}

fn main() -> Result<(), String> {
    let alloc = SmartAlloc::new(AllocConfig::default().with_pool_size(megabytes(1)));
    let mut loader = Loader { alloc, levels: HashMap::new() };
    println!("{} tiles", loader.load("one", "####\n#1.#\n####")?);
    println!("{:?} {:?}", loader.play("one"), loader.play("two"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_frame_in_a_test_is_not_read() {
        let alloc = SmartAlloc::with_defaults();
        alloc.begin_frame();
        let kept = alloc.frame_box(1);
        alloc.end_frame();
        assert_eq!(*kept, 1);
    }
}
