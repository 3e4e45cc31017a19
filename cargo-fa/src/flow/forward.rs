//! Data flow of what a lint itself wants to know.

use std::collections::BTreeSet;

use super::body::{BlockId, Body, Op, OpId};

/// Rounds over a body beyond this are not expected; what is known by then is used.
const MOST_ROUNDS: usize = 64;

/// The facts at the beginning of each block of a body; `None` if it is not reached. A path adds to what is known on
/// another: facts are a set.
pub fn forward<F: Clone + Ord>(
    body: &Body,
    start: BTreeSet<F>,
    mut step: impl FnMut(&BTreeSet<F>, OpId, &Op) -> Option<BTreeSet<F>>,
) -> Vec<Option<BTreeSet<F>>> {
    let mut entries: Vec<Option<BTreeSet<F>>> = vec![None; body.blocks.len()];
    let Some(first) = entries.first_mut() else { return entries };
    *first = Some(start);
    let mut rounds = vec![0usize; body.blocks.len()];
    let mut work = BTreeSet::from([BlockId(0)]);
    while let Some(block) = work.pop_first() {
        let number = block.0 as usize;
        rounds[number] += 1;
        let Some(mut facts) = entries[number].clone().filter(|_| rounds[number] <= MOST_ROUNDS) else {
            continue;
        };
        for (index, op) in body.block(block).ops.iter().enumerate() {
            if let Some(after) = step(&facts, OpId { block, index: index as u32 }, op) {
                facts = after;
            }
        }
        for &next in &body.block(block).next {
            let news = match &mut entries[next.0 as usize] {
                Some(known) => {
                    let size = known.len();
                    known.extend(facts.iter().cloned());
                    known.len() > size
                }
                empty => {
                    *empty = Some(facts.clone());
                    true
                }
            };
            if news {
                work.insert(next);
            }
        }
    }
    entries
}
