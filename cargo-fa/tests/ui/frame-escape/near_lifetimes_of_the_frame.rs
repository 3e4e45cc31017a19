// Visitors, builders and contexts that are made in the frame and go with it; references into them do no harm.
use framealloc::{FrameBox, FrameMap, FrameVec, SmartAlloc};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Solid,
    Water,
}

struct Visitor<'f, 'w> {
    alloc: &'f SmartAlloc,
    world: &'w [Kind],
    found: FrameVec<'f, usize>,
    by_kind: FrameMap<'f, u8, FrameVec<'f, usize>>,
    best: Option<FrameBox<'f, [usize]>>,
}

impl<'f> Visitor<'f, '_> {
    fn visit(&mut self, at: usize) {
        let kind = self.world[at];
        self.found.push(at);
        let alloc = self.alloc;
        self.by_kind.entry(kind as u8).or_insert_with(|| alloc.frame_vec()).push(at);
        if self.found.len() % 4 == 0 {
            self.best = Some(self.alloc.frame_slice_copy(&self.found));
        }
    }

    fn finish(self) -> FrameVec<'f, usize> {
        let mut out = self.found;
        out.retain(|at| self.world[*at] == Kind::Water);
        out
    }
}

fn scan(alloc: &SmartAlloc, world: &[Kind]) -> usize {
    alloc.begin_frame();
    let found = alloc.frame_vec();
    let mut visitor = Visitor { alloc, world, found, by_kind: alloc.frame_map(), best: None };
    for at in 0..world.len() {
        visitor.visit(at);
    }
    let longest = visitor.by_kind.values().map(|list| list.len()).max().unwrap_or(0);
    let best = visitor.best.as_ref().map_or(0, |best| best.len());
    let water = visitor.finish();
    let total = water.len() + longest + best;
    drop(water);
    alloc.end_frame();
    total
}

fn nested(alloc: &SmartAlloc, world: &[Kind]) -> usize {
    let _frame = alloc.frame();
    let mut rows: FrameVec<'_, FrameVec<'_, Kind>> = alloc.frame_vec();
    for row in world.chunks(4) {
        let mut copy = alloc.frame_vec_with_capacity(row.len());
        copy.extend_from_slice(row);
        rows.push(copy);
    }
    let mut longest: Option<&FrameVec<'_, Kind>> = None;
    for row in &rows {
        if longest.is_none_or(|longest| row.len() > longest.len()) {
            longest = Some(row);
        }
    }
    longest.map_or(0, |longest| longest.len())
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let world = [Kind::Solid, Kind::Water, Kind::Water, Kind::Solid, Kind::Water];
    for _ in 0..3 {
        println!("{} {}", scan(&alloc, &world), nested(&alloc, &world));
    }
}
