// Frames end plainly, and the promotions are taken afterwards by another part of the crate.
use framealloc::{Promoted, RetentionPolicy, SmartAlloc};

mod bake {
    use super::*;

    #[derive(Default)]
    pub struct Probe {
        pub light: Vec<f32>,
    }

    pub fn probe(alloc: &SmartAlloc, rays: usize) -> usize {
        let mut probe = alloc.frame_retained::<Probe>(RetentionPolicy::PromoteToHeap);
        probe.light.resize(rays, 0.5);
        probe.light.len()
    }

    pub fn fixed(alloc: &SmartAlloc) -> u64 {
        let value = alloc.frame_retained_value([7u64; 4], RetentionPolicy::PromoteToPool);
        value[0]
    }
}

mod store {
    use super::*;

    #[derive(Default)]
    pub struct Store {
        pub probes: Vec<f32>,
    }

    impl Store {
        pub fn collect(&mut self, alloc: &SmartAlloc) {
            for promotion in alloc.take_promotions() {
                if let Ok(Promoted::Heap(probe)) = promotion.downcast::<bake::Probe>() {
                    self.probes.push(probe.light.iter().sum());
                }
            }
        }
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut store = store::Store::default();
    for rays in 1..5 {
        alloc.begin_frame();
        let traced = bake::probe(&alloc, rays);
        println!("{traced} {}", bake::fixed(&alloc));
        alloc.end_frame();
        store.collect(&alloc);
    }
    println!("{:?}", store.probes);
}
