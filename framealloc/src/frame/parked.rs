//! Regions: what frames used that ended while something in them was alive.
//!
//! A region's memory is untouched until its last handle is dropped and its last scope closed. A handle knows
//! nothing of regions; the region is found by the block's address.

use super::arena::{Arena, Cold, flag};
use super::chunk::{Chunk, LINE};
use super::level::{LevelRef, Status};
use crate::memory::{address, poison};

/// One stretch of memory that belongs to a region.
#[derive(Debug)]
struct Segment {
    from: usize,
    to: usize,
    region: usize,
    chunk: Chunk,
}

#[derive(Debug, Default)]
struct Region {
    /// The tally of its handles and open scopes; zero when nothing is alive.
    live: u64,
    bytes: usize,
    /// The lowest of the levels that were open when its frame ended.
    levels: Option<LevelRef>,
}

/// The regions of one arena and the memory that belongs to them.
#[derive(Debug, Default)]
pub(super) struct ParkedTable {
    /// Sorted by address; they do not overlap.
    segments: Vec<Segment>,
    regions: Vec<Region>,
    /// Indices of `regions` that are not in use.
    free: Vec<usize>,
    bytes: usize,
}

impl ParkedTable {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn regions(&self) -> usize {
        self.regions.len() - self.free.len()
    }

    /// The region that the block at `position` lies in.
    pub(super) fn region_of(&self, position: usize) -> Option<usize> {
        let after = self.segments.partition_point(|segment| segment.from <= position);
        let segment = &self.segments[after.checked_sub(1)?];
        (position < segment.to).then_some(segment.region)
    }

    /// The largest room in `chunk` that no region has, if it is of `needed` bytes: where it begins and ends.
    fn gap_in(&self, chunk: Chunk, needed: usize) -> Option<(usize, usize)> {
        let mut from = chunk.data().addr().get();
        let first = self.segments.partition_point(|segment| segment.from < from);
        let mut largest = (0, 0);
        let mut consider = |from: usize, to: usize| {
            if to.saturating_sub(from) > largest.1 - largest.0 {
                largest = (from, to);
            }
        };
        for segment in self.segments[first..].iter().take_while(|segment| segment.chunk == chunk) {
            // A line before the next segment, so that a sealed tip stays short of it (A3).
            consider(from, (segment.from & !(LINE - 1)).saturating_sub(LINE));
            from = address::round_up(segment.to + 1, LINE);
        }
        consider(from, chunk.data_end());
        (largest.1 - largest.0 >= needed).then_some(largest)
    }

    /// Books `word` as gone; whether that was the last of its region.
    pub(super) fn book(&mut self, region: usize, word: u64) -> bool {
        let region = &mut self.regions[region];
        region.live = region.live.wrapping_sub(word);
        region.live == 0
    }

    /// Makes sure that a region of so many segments can be entered without asking for memory.
    fn try_reserve(&mut self, segments: usize) -> bool {
        self.segments.try_reserve(segments).is_ok()
            && self.regions.try_reserve(1).is_ok()
            && self.free.try_reserve(self.regions.len() + 1).is_ok()
    }

    fn open(&mut self, live: u64) -> usize {
        let region = Region { live, bytes: 0, levels: None };
        if let Some(index) = self.free.pop() {
            self.regions[index] = region;
            return index;
        }
        self.regions.push(region);
        self.regions.len() - 1
    }

    fn add(&mut self, region: usize, chunk: Chunk, from: usize, to: usize) {
        let at = self.segments.partition_point(|segment| segment.from < from);
        self.segments.insert(at, Segment { from, to, region, chunk });
        self.regions[region].bytes += to - from;
        self.bytes += to - from;
        let header = chunk.header();
        header.regions.set(header.regions.get() + 1);
    }
}

impl Arena {
    /// Turns what the interval has used into a region and goes on behind it.
    ///
    /// `false` when the system has no memory to note the region: then all stays as it is, and what is alive is
    /// carried into the next interval.
    pub(super) fn park(&self) -> bool {
        let mut cold = self.cold.borrow_mut();
        let current = self.chunk.get();
        let base = self.base.chunk.get();
        let mut segments = cold.blocks.len();
        let mut chunk = current;
        while let Some(part) = chunk {
            segments += 1;
            chunk = if base == Some(part) { None } else { part.header().prev.get() };
        }
        if !cold.parked.try_reserve(segments) {
            return false;
        }
        let live = self.live_in_all_levels();
        let region = cold.parked.open(live);
        let mut chunk = current;
        while let Some(part) = chunk {
            let from = if base == Some(part) { self.base.start.get() } else { part.data().addr().get() };
            let to = if current == Some(part) {
                self.ptr.get().addr().get()
            } else {
                part.header().used_end.get()
            };
            // The pointer may stand in the tail, behind a seal.
            cold.parked.add(region, part, from, to.min(part.limit()).max(from));
            part.header().in_frame.set(false);
            chunk = if base == Some(part) { None } else { part.header().prev.get() };
        }
        while let Some(block) = cold.blocks.pop() {
            cold.parked.add(region, block, block.data().addr().get(), block.header().used_end.get());
            block.header().in_frame.set(false);
        }
        cold.parked.regions[region].levels = self.detach_levels(region);
        drop(cold);
        self.go_on_behind(current);
        true
    }

    /// The tally of everything that is alive in the interval, open scopes included.
    fn live_in_all_levels(&self) -> u64 {
        let mut live = self.made.get().wrapping_sub(self.gone.get());
        let mut level = self.top.get();
        loop {
            live = live.wrapping_sub(level.later.replace(0));
            if level != self.base && level.status.get() == Status::Closed {
                live = live.wrapping_sub(1);
            }
            match level.below.get() {
                Some(below) => level = below,
                None => return live,
            }
        }
    }

    /// Takes the levels above the base off the stack and gives them to `region`; the lowest of them.
    fn detach_levels(&self, region: usize) -> Option<LevelRef> {
        let top = self.top.get();
        if top == self.base {
            return None;
        }
        let lowest = self.base.above.get()?;
        let mut level = Some(lowest);
        while let Some(each) = level {
            each.limit.set(0);
            if each.status.get() == Status::Open {
                each.status.set(Status::Parked(region));
            }
            level = if each == top { None } else { each.above.get() };
        }
        let rest = top.above.take();
        lowest.below.set(None);
        self.base.above.set(rest);
        if let Some(rest) = rest {
            rest.below.set(Some(self.base));
        }
        self.top.set(self.base);
        self.live_base.set(0);
        self.renumber();
        Some(lowest)
    }

    /// Gives every level above the top one the depth of its place.
    fn renumber(&self) {
        let mut level = self.top.get();
        while let Some(above) = level.above.get() {
            above.depth.set(level.depth.get() + 1);
            level = above;
        }
    }

    /// Begins the next interval behind what was parked, or elsewhere when too little room is left there.
    fn go_on_behind(&self, current: Option<Chunk>) {
        let ptr = self.ptr.get();
        self.forget_chunk();
        let Some(chunk) = current else { return };
        let position = ptr.addr().get();
        // A little more than this frame needed: paddings fall differently elsewhere.
        let needed = (self.peak.get() as usize / 8 * 9).max(LINE);
        let sealed = address::round_up(position + 1, LINE);
        let gap = if self.has(flag::RETIRED) {
            None
        } else if chunk.limit().saturating_sub(sealed) >= needed {
            Some((sealed, chunk.limit()))
        } else {
            self.cold.borrow().parked.gap_in(chunk, needed)
        };
        let Some((from, to)) = gap else { return };
        chunk.header().in_frame.set(true);
        chunk.header().prev.set(None);
        chunk.header().depth.set(0);
        self.begin_at(chunk, chunk.at(from), to);
    }

    /// Makes `front` in `chunk` the place where the frame begins; there it may go up to `bound`.
    pub(super) fn begin_at(&self, chunk: Chunk, front: std::ptr::NonNull<u8>, bound: usize) {
        chunk.set_bound(bound);
        self.enter(chunk, front);
        self.base.chunk.set(Some(chunk));
        self.base.mark.set(front);
        self.base.start.set(front.addr().get());
        self.origin.set(front);
    }

    /// Gives a region's memory back: its last handle is gone and its last scope closed.
    pub(super) fn release_region(&self, cold: &mut Cold, region: usize) {
        let mut index = 0;
        while index < cold.parked.segments.len() {
            if cold.parked.segments[index].region != region {
                index += 1;
                continue;
            }
            let Segment { from, to, chunk, .. } = cold.parked.segments.remove(index);
            // SAFETY: nothing of the region is alive.
            unsafe { poison::hide(chunk.at(from), to - from) };
            let header = chunk.header();
            header.regions.set(header.regions.get() - 1);
            if header.regions.get() == 0 {
                if header.in_frame.get() {
                    // The frame may begin at the front again.
                    self.set(flag::UNTIDY);
                } else {
                    self.spare(cold, chunk);
                }
            }
        }
        let done = std::mem::take(&mut cold.parked.regions[region]);
        cold.parked.bytes -= done.bytes;
        cold.parked.free.push(region);
        if let Some(lowest) = done.levels {
            self.reattach_levels(cold, lowest);
        }
    }

    /// Puts the levels of a finished region back among those that scopes may use.
    fn reattach_levels(&self, cold: &mut Cold, lowest: LevelRef) {
        let mut highest = lowest;
        loop {
            highest.status.set(Status::Open);
            highest.touched.set(false);
            self.drop_side(cold, &highest);
            match highest.above.get() {
                Some(above) => highest = above,
                None => break,
            }
        }
        let top = self.top.get();
        let rest = top.above.replace(Some(lowest));
        lowest.below.set(Some(top));
        highest.above.set(rest);
        if let Some(rest) = rest {
            rest.below.set(Some(highest));
        }
        self.renumber();
    }
}
