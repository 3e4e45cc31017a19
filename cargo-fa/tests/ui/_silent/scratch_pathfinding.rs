//! A* in scratch memory: nested scopes within loops, outside of every frame.
use framealloc::{PoolBox, ScratchAllocator, ScratchScope, SmartAlloc, kilobytes};
use std::cmp::Reverse;

type Cell = (u32, u32);

struct Grid {
    width: u32,
    walls: Vec<Cell>,
}

struct Route {
    cells: Vec<Cell>,
    tried: usize,
}

impl Grid {
    fn around(&self, (x, y): Cell) -> impl Iterator<Item = Cell> + '_ {
        let steps = [(x + 1, y), (x, y + 1), (x.wrapping_sub(1), y), (x, y.wrapping_sub(1))];
        steps.into_iter().filter(|(x, y)| *x < self.width && *y < self.width).filter(|cell| !self.walls.contains(cell))
    }
}

fn search(s: &ScratchScope<'_>, grid: &Grid, from: Cell, to: Cell) -> Option<Route> {
    let index = |(x, y): Cell| (y * grid.width + x) as usize;
    let came = s.alloc_slice_from_fn((grid.width * grid.width) as usize, |_| None::<Cell>);
    let mut open = s.vec();
    open.push((Reverse(0u32), from));
    let mut tried = 0;
    while let Some((Reverse(cost), cell)) = open.pop() {
        tried += 1;
        if cell == to {
            let mut cells = vec![to];
            while let Some(before) = came[index(*cells.last()?)] {
                if before == from {
                    break;
                }
                cells.push(before);
            }
            return Some(Route { cells, tried });
        }
        for next in grid.around(cell) {
            if came[index(next)].is_none() {
                came[index(next)] = Some(cell);
                open.push((Reverse(cost + 1), next));
            }
        }
        open.sort_unstable();
    }
    None
}

fn plan(alloc: &SmartAlloc, scratch: &ScratchAllocator, grid: &Grid, goals: &[Cell]) -> Vec<PoolBox<Route>> {
    let mut routes = Vec::new();
    for goal in goals {
        if let Some(route) = scratch.with_scope(|s| search(s, grid, (0, 0), *goal)) {
            routes.push(alloc.pool_box(route));
        }
    }
    routes
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let scratch = alloc.create_scratch_allocator(kilobytes(256));
    let grid = Grid { width: 16, walls: vec![(1, 1), (2, 1)] };
    let routes = plan(&alloc, &scratch, &grid, &[(3, 3), (9, 2)]);
    for route in &routes {
        println!("{} cells, {} tried", route.cells.len(), route.tried);
    }
}
