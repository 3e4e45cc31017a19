//! Who is near whom: the agents sorted into cells.

use allocator_api2::alloc::Allocator;
use allocator_api2::vec;
use allocator_api2::vec::Vec;

use crate::math::Vec2;

/// The side of a cell: about as far as an agent looks, so that a look takes in few cells and few strangers.
const CELL: f32 = 2.0;

/// An agent in its cell, with its position at hand: looking it up would cost a cache miss for each neighbour.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) position: Vec2,
    pub(crate) agent: u32,
}

/// The agents of every cell. The map is bounded, so a cell's hash is its number, row by row: none collide.
pub(crate) struct SpatialHash<A: Allocator> {
    /// Cells in a row.
    side: u32,
    /// Where a cell's entries begin; the next cell's beginning is their end.
    starts: Vec<u32, A>,
    /// All agents, cell by cell, and by number within a cell.
    entries: Vec<Entry, A>,
}

impl<A: Allocator + Clone> SpatialHash<A> {
    /// Sorts the agents of a square map into their cells, by counting.
    pub(crate) fn build(map_width: f32, positions: &[Vec2], alloc: A) -> Self {
        let side = (map_width / CELL).ceil() as u32;
        let mut cells = Vec::with_capacity_in(positions.len(), alloc.clone());
        cells.extend(positions.iter().map(|position| {
            let (column, row) = column_and_row(side, *position);
            row * side + column
        }));

        // How many are in each cell, and from that where each cell ends.
        let mut starts = vec![in alloc.clone(); 0_u32; (side * side) as usize + 1];
        cells.iter().for_each(|cell| starts[*cell as usize] += 1);
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }

        // Filled from its end, a cell's end becomes its beginning.
        let mut entries = vec![in alloc; Entry::default(); positions.len()];
        for (agent, (position, cell)) in positions.iter().zip(&cells).enumerate().rev() {
            let slot = &mut starts[*cell as usize];
            *slot -= 1;
            entries[*slot as usize] = Entry { position: *position, agent: agent as u32 };
        }
        Self { side, starts, entries }
    }
}

impl<A: Allocator> SpatialHash<A> {
    /// Calls `visit` with every agent closer to `centre` than `radius` and its squared distance, always in the same
    /// order.
    pub(crate) fn each_near(&self, centre: Vec2, radius: f32, mut visit: impl FnMut(&Entry, f32)) {
        let reach = Vec2::new(radius, radius);
        let (first_column, first_row) = column_and_row(self.side, centre - reach);
        let (last_column, last_row) = column_and_row(self.side, centre + reach);
        for row in first_row..=last_row {
            // The cells of a row lie side by side, and so do their entries.
            let first = (row * self.side + first_column) as usize;
            let last = (row * self.side + last_column) as usize;
            for entry in &self.entries[self.starts[first] as usize..self.starts[last + 1] as usize] {
                let distance_squared = (entry.position - centre).length_squared();
                if distance_squared < radius * radius {
                    visit(entry, distance_squared);
                }
            }
        }
    }
}

/// The cell of a point, on a map with `side` cells in a row; the nearest one for a point off the map.
fn column_and_row(side: u32, point: Vec2) -> (u32, u32) {
    // A cast of a float saturates, so that a point left of the map is in column 0.
    let along = |at: f32| ((at / CELL) as u32).min(side - 1);
    (along(point.x), along(point.y))
}

#[cfg(test)]
mod tests {
    use allocator_api2::alloc::Global;

    use super::*;
    use crate::random::Random;

    #[test]
    fn finds_what_a_search_through_all_finds() {
        let mut random = Random::new(9);
        let positions: Vec<Vec2> =
            (0..2000).map(|_| Vec2::new(random.between(0.0, 64.0), random.between(0.0, 64.0))).collect();
        let hash = SpatialHash::build(64.0, &positions, Global);
        for centre in &positions[..200] {
            let mut found = Vec::new();
            hash.each_near(*centre, 2.5, |entry, _| found.push(entry.agent));
            found.sort_unstable();
            let near = |at: &Vec2| (*at - *centre).length_squared() < 2.5 * 2.5;
            let expected: Vec<u32> =
                (0..).zip(&positions).filter(|(_, at)| near(at)).map(|(agent, _)| agent).collect();
            assert_eq!(found, expected);
        }
    }
}
