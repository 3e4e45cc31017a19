// A crowd's update in modules: `while` with an index, `loop` with a break by count, pools that stay and pools that go.
use framealloc::SmartAlloc;

mod crowd {
    use framealloc::{PoolBox, SmartAlloc};

    #[derive(Default)]
    pub struct Crowd {
        pub agents: Vec<[f32; 2]>,
        pub groups: Vec<Option<PoolBox<[u32; 8]>>>,
    }

    impl Crowd {
        pub fn avoid(&mut self, alloc: &SmartAlloc) -> f32 {
            let mut total = 0.0;
            let mut index = 0;
            while index < self.agents.len() {
                let mut samples = alloc.frame_alloc::<[f32; 16]>(); //~ FA602
                samples[0] = self.agents[index][0];
                total += samples.iter().sum::<f32>();
                index += 1;
            }
            total
        }

        pub fn regroup(&mut self, alloc: &SmartAlloc) {
            for slot in &mut self.groups {
                if slot.is_none() {
                    *slot = Some(alloc.pool_box([0; 8]));
                }
            }
        }

        pub fn settle(&mut self, alloc: &SmartAlloc) -> usize {
            let mut rounds = 0;
            loop {
                let order = alloc.heap_slice::<u32>(self.agents.len()); //~ FA602
                rounds += 1;
                if rounds == order.len() || rounds > 20 {
                    return rounds;
                }
                self.agents.rotate_left(1);
            }
        }
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut crowd = crowd::Crowd::default();
    crowd.agents.resize(12, [1.0, 2.0]);
    crowd.groups.resize_with(4, || None);
    for _ in 0..3 {
        alloc.begin_frame();
        let avoided = alloc.with_tag("crowd", |a| crowd.avoid(a));
        crowd.regroup(&alloc);
        println!("{avoided} {}", crowd.settle(&alloc));
        alloc.end_frame();
    }
}
