//! Terrain in levels of detail: a quadtree is walked each frame, patches are built once and kept.

use std::collections::HashMap;

use framealloc::{
    AllocConfig, FrameVec, PoolBox, Promoted, RetentionPolicy, ScratchAllocator, SmartAlloc, kilobytes, megabytes,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Node {
    x: u32,
    z: u32,
    level: u8,
}

impl Node {
    fn children(self) -> [Self; 4] {
        let (x, z, level) = (self.x * 2, self.z * 2, self.level + 1);
        [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dz)| Self { x: x + dx, z: z + dz, level })
    }

    fn distance(self, eye: [f32; 2]) -> f32 {
        let size = 1024.0 / (1u32 << self.level) as f32;
        let (x, z) = ((self.x as f32 + 0.5) * size, (self.z as f32 + 0.5) * size);
        (x - eye[0]).hypot(z - eye[1]) / size
    }
}

#[derive(Clone, Copy, framealloc::Zeroable)]
struct Patch {
    heights: [f32; 81],
    error: f32,
}

#[derive(Default)]
struct Journal {
    splits: Vec<u8>,
    merges: u32,
}

fn select<'a>(alloc: &'a SmartAlloc, eye: [f32; 2]) -> FrameVec<'a, Node> {
    let mut chosen = alloc.frame_vec();
    let mut open = alloc.frame_vec_with_capacity::<Node>(64);
    open.push(Node { x: 0, z: 0, level: 0 });
    while let Some(node) = open.pop() {
        if node.level < 5 && node.distance(eye) < 1.5 {
            open.extend(node.children());
        } else {
            chosen.push(node);
        }
    }
    chosen
}

struct Terrain {
    alloc: &'static SmartAlloc,
    scratch: ScratchAllocator,
    patches: HashMap<Node, PoolBox<Patch>>,
    journal: Option<Promoted<Journal>>,
    last: Vec<Node>,
}

impl Terrain {
    fn new(alloc: &'static SmartAlloc) -> Self {
        let scratch = alloc.create_scratch_allocator(kilobytes(64));
        Self { alloc, scratch, patches: HashMap::new(), journal: None, last: Vec::new() }
    }

    fn build(&self, node: Node) -> PoolBox<Patch> {
        let mut patch = self.alloc.pool_alloc::<Patch>();
        self.scratch.with_scope(|s| {
            let noise = s.alloc_slice::<f32>(81);
            for (i, height) in noise.iter_mut().enumerate() {
                *height = ((node.x * 9 + i as u32 % 9) as f32 * 0.3).sin() * (node.z as f32 + 1.0);
            }
            patch.heights.copy_from_slice(noise);
        });
        patch.error = patch.heights.iter().fold(0.0, |worst, height| height.abs().max(worst));
        patch
    }

    /// One frame; the number of patches in it.
    fn frame(&mut self, eye: [f32; 2]) -> usize {
        let alloc = self.alloc;
        alloc.begin_frame();
        let count = alloc.with_tag("render", |a| {
            let nodes = select(a, eye);
            for &node in &nodes {
                if !self.patches.contains_key(&node) {
                    let patch = self.build(node);
                    self.patches.insert(node, patch);
                }
            }
            for cascade in 0..4 {
                let _tag = a.tag("shadows");
                let mut casters = a.frame_vec::<Node>();
                casters.extend(nodes.iter().filter(|node| node.level >= cascade));
                casters.sort_unstable();
            }
            let mut journal = a.frame_retained::<Journal>(RetentionPolicy::PromoteToHeap);
            journal.splits.extend(nodes.iter().map(|node| node.level));
            journal.merges = self.last.len().saturating_sub(nodes.len()) as u32;
            self.last.clear();
            self.last.extend_from_slice(&nodes);
            nodes.len()
        });
        for promotion in alloc.end_frame_with_promotions() {
            if let Ok(journal) = promotion.downcast::<Journal>() {
                self.journal = Some(journal);
            }
        }
        count
    }
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default().with_frame_size(megabytes(2)));
    let mut terrain = Terrain::new(alloc);
    // Warm up what is seen at the start, before the first frame.
    for node in (Node { x: 0, z: 0, level: 0 }).children() {
        let patch = terrain.build(node);
        if patch.error > 0.0 {
            terrain.patches.insert(node, patch);
        }
    }
    let mut most = 0;
    for step in 0..100 {
        most = most.max(terrain.frame([step as f32 * 10.0, 512.0]));
    }
    let splits = terrain.journal.as_ref().map_or(0, |journal| journal.splits.len());
    println!("{most} patches at most, {} built, {splits} in the journal", terrain.patches.len());
}
