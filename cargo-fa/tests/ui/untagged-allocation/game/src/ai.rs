//! Decisions.
use framealloc::{PoolBox, SmartAlloc};

#[derive(Default)]
pub struct Brain {
    memories: Vec<PoolBox<usize>>,
}

impl Brain {
    pub fn think(&mut self, alloc: &SmartAlloc, input: &[u8]) -> usize {
        let seen = alloc.frame_slice_copy(input); //~ FA803
        self.remember(alloc, seen.len());
        alloc.with_tag("ai", |a| {
            let mut options = a.frame_vec_with_capacity::<usize>(input.len());
            options.extend(0..input.len());
            self.weigh(a, &options) + seen.len()
        })
    }

    /// Only called under the tag.
    fn weigh(&self, alloc: &SmartAlloc, options: &[usize]) -> usize {
        let weights = alloc.frame_slice_from_fn(options.len(), |index| options[index] * 2);
        weights.len() + self.memories.len()
    }

    fn remember(&mut self, alloc: &SmartAlloc, what: usize) {
        let _tag = alloc.tag("ai/memory");
        self.memories.push(alloc.pool_box(what));
    }
}
