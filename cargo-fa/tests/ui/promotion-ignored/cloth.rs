//! Cloth whose solved states are retained.
use framealloc::{FrameRetained, RetentionPolicy, SmartAlloc};
use std::sync::Arc;

#[derive(Default)]
struct State {
    points: Vec<[f32; 3]>,
}

struct Cloth {
    alloc: Arc<SmartAlloc>,
    size: usize,
}

impl Cloth {
    fn fill(&self, state: &mut FrameRetained<'_, State>) {
        state.points.resize(self.size * self.size, [0.0; 3]);
    }

    fn solve(&self) -> usize {
        let mut state = self.alloc.with_tag("cloth", |a| a.frame_retained(RetentionPolicy::PromoteToPool)); //~ FA604
        self.fill(&mut state);
        let policy = if self.size > 16 { RetentionPolicy::PromoteToHeap } else { RetentionPolicy::PromoteToPool };
        let border = self.alloc.frame_retained_value([self.size; 4], policy); //~ FA604
        state.points.len() + border[0]
    }
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let cloths = [Cloth { alloc: alloc.clone(), size: 8 }, Cloth { alloc: alloc.clone(), size: 32 }];
    let mut turn = 0;
    while turn < 10 {
        alloc.begin_frame();
        println!("{}", cloths.iter().map(Cloth::solve).sum::<usize>());
        alloc.end_frame();
        turn += 1;
    }
}
