//! Ways over a grid.

use framealloc::{FrameVec, ScratchAllocator, SmartAlloc, kilobytes};

use super::Agent;
use crate::memory::Alloc;

pub type Route<'f> = FrameVec<'f, (u32, u32)>;

pub struct PathFinder {
    alloc: &'static Alloc,
    scratch: ScratchAllocator,
    side: u32,
}

impl PathFinder {
    pub fn new(alloc: &'static Alloc, side: u32) -> Self {
        Self { alloc, scratch: alloc.create_scratch_allocator(kilobytes(256)), side }
    }

    /// A way of straight lines.
    pub fn route<'f>(&self, alloc: &'f SmartAlloc, from: (u32, u32), to: (u32, u32)) -> Route<'f> {
        let mut route = alloc.frame_vec_with_capacity((from.0.abs_diff(to.0) + from.1.abs_diff(to.1)) as usize);
        let (mut x, mut y) = from;
        while x != to.0 {
            x = if x < to.0 { x + 1 } else { x - 1 };
            route.push((x, y));
        }
        while y != to.1 {
            y = if y < to.1 { y + 1 } else { y - 1 };
            route.push((x, y));
        }
        route
    }

    /// The cost of the cheapest way; all that it needs is gone after it.
    pub fn cost(&self, from: (u32, u32), to: (u32, u32)) -> u32 {
        self.scratch.with_scope(|s| {
            let mut open = s.vec::<((u32, u32), u32)>();
            let seen = s.alloc_slice::<bool>((self.side * self.side) as usize);
            open.push((from, 0));
            while let Some((at, cost)) = open.pop() {
                if at == to {
                    return cost;
                }
                let index = (at.1 * self.side + at.0) as usize;
                if index >= seen.len() || seen[index] {
                    continue;
                }
                seen[index] = true;
                open.push(((at.0 + 1, at.1), cost + 1));
                open.push(((at.0, at.1 + 1), cost + 1));
            }
            u32::MAX
        })
    }

    /// Gives an agent its way.
    pub fn assign(&self, agent: &mut Agent, to: (u32, u32)) {
        let route = self.route(self.alloc, (0, 0), to);
        agent.cost = route.len() as u32;
        agent.route = Some(route); //~ FA601
    }

    /// Gives an agent a copy of its way.
    pub fn assign_copy(&self, agent: &mut Agent, to: (u32, u32)) {
        let route = self.route(self.alloc, (0, 0), to);
        agent.steps.clear();
        agent.steps.extend_from_slice(&route);
    }
}
