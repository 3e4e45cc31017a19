// A city builder: districts in pools, routes in scratch memory, overlays in frames, advice that is promoted.
use framealloc::{
    AllocConfig, FrameVec, HeapBox, PoolBox, Promoted, RetentionPolicy, ScratchAllocator, SmartAlloc,
    frame_format, kilobytes, megabytes,
};
use std::collections::{BTreeMap, VecDeque};

const SIDE: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Tile {
    Grass,
    Road,
    House(u8),
}

#[derive(Default)]
struct Advice {
    text: String,
    severity: u8,
}

struct District {
    center: usize,
    people: u32,
}

struct City {
    alloc: SmartAlloc,
    scratch: ScratchAllocator,
    tiles: HeapBox<[u8]>,
    districts: BTreeMap<usize, PoolBox<District>>,
    advice: VecDeque<PoolBox<Advice>>,
}

fn tile(code: u8) -> Tile {
    match code {
        0 => Tile::Grass,
        1 => Tile::Road,
        level => Tile::House(level - 2),
    }
}

impl City {
    fn reachable(&self, from: usize) -> usize {
        self.scratch.with_scope(|s| {
            let seen = s.alloc_slice::<bool>(self.tiles.len());
            let mut open = s.vec();
            open.push(from);
            let mut count = 0;
            while let Some(at) = open.pop() {
                if std::mem::replace(&mut seen[at], true) || tile(self.tiles[at]) == Tile::Grass {
                    continue;
                }
                count += 1;
                let next = [at.checked_sub(1), at.checked_sub(SIDE), Some(at + 1), Some(at + SIDE)];
                open.extend(next.into_iter().flatten().filter(|next| *next < self.tiles.len()));
            }
            count
        })
    }

    fn found(&mut self, center: usize, people: u32) -> bool {
        let alloc = &self.alloc;
        if people == 0 {
            return false;
        }
        self.districts.entry(center / 4).or_insert_with(|| alloc.pool_box(District { center, people }));
        true
    }

    fn overlay(&self) -> FrameVec<'_, (usize, u32)> {
        let mut overlay = self.alloc.frame_vec_with_capacity(self.districts.len());
        for district in self.districts.values() {
            overlay.push((district.center, district.people));
        }
        overlay.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
        overlay
    }

    fn advise(&self, empty: usize) {
        let mut advice = self.alloc.frame_retained::<Advice>(RetentionPolicy::PromoteToPool);
        advice.severity = empty.min(9) as u8;
        advice.text.push_str("build roads");
    }

    fn month(&mut self) -> usize {
        self.alloc.begin_frame();
        let reached = self.reachable(SIDE + 1);
        {
            let overlay = self.overlay();
            for (rank, (center, people)) in overlay.iter().enumerate() {
                let line = frame_format!(self.alloc, "{rank}: {people} people around {center}");
                println!("{line}");
            }
        }
        if reached < 20 {
            self.advise(20 - reached);
        }
        let mut promotions = 0;
        for promotion in self.alloc.end_frame_with_promotions() {
            promotions += 1;
            if let Ok(Promoted::Pool(advice)) = promotion.downcast::<Advice>() {
                self.advice.push_back(advice);
            }
        }
        while self.advice.len() > 3 {
            self.advice.pop_front();
        }
        promotions
    }
}

fn main() {
    let alloc =
        SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(1)).with_pool_size(kilobytes(64)));
    let mut tiles = alloc.heap_slice::<u8>(SIDE * SIDE);
    for at in SIDE..SIDE * 2 {
        tiles[at] = 1 + (at % 3) as u8;
    }
    let scratch = alloc.create_scratch_allocator(kilobytes(16));
    let mut city = City { alloc, scratch, tiles, districts: BTreeMap::new(), advice: VecDeque::new() };
    for center in 0..12 {
        city.found(center, center as u32 % 5);
    }
    for _ in 0..4 {
        println!("{} promotions", city.month());
    }
    println!(
        "{:?}",
        city.advice.iter().map(|advice| (advice.text.as_str(), advice.severity)).collect::<Vec<_>>()
    );
}
