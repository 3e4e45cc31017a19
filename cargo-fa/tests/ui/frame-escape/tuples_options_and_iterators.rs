// Parts of tuples and options, collected iterators and closures' results, read after the frame's end.
use framealloc::{FrameVec, SmartAlloc};
use std::sync::Arc;

struct Sim {
    memory: Arc<SmartAlloc>,
    speeds: Vec<f32>,
}

impl Sim {
    fn split(&self) -> (FrameVec<'_, f32>, usize) {
        let mut fast = self.memory.frame_vec();
        fast.extend(self.speeds.iter().copied().filter(|speed| *speed > 1.0));
        let count = fast.len();
        (fast, count)
    }

    fn average(&self) -> f32 {
        self.memory.begin_frame();
        let (fast, count) = self.split();
        self.memory.end_frame();
        let sum: f32 = fast.iter().sum(); //~ FA601
        sum / count as f32
    }

    fn count(&self) -> usize {
        self.memory.begin_frame();
        let (fast, count) = self.split();
        drop(fast);
        self.memory.end_frame();
        count
    }

    fn last(&self) -> Option<f32> {
        self.memory.begin_frame();
        let sorted = if self.speeds.is_empty() {
            None
        } else {
            let mut sorted = self.memory.frame_slice_copy(&self.speeds);
            sorted.sort_by(f32::total_cmp);
            Some(sorted)
        };
        self.memory.end_frame();
        sorted.and_then(|sorted| sorted.last().copied()) //~ FA601
    }

    fn first(&self) -> Option<f32> {
        self.memory.begin_frame();
        let smallest = self.memory.with_tag("stats", |m| {
            let mut sorted = m.frame_slice_copy(&self.speeds);
            sorted.sort_by(f32::total_cmp);
            sorted.first().copied()
        });
        self.memory.end_frame();
        smallest
    }

    fn buckets(&self) -> usize {
        self.memory.begin_frame();
        let buckets = self.memory.with_tag("stats", |m| {
            let mut buckets = m.frame_map::<u32, u32>();
            for speed in &self.speeds {
                *buckets.entry(*speed as u32).or_insert(0) += 1;
            }
            buckets
        });
        let names = buckets.keys().copied().collect::<Vec<_>>();
        self.memory.end_frame();
        if names.len() > 2 {
            return names.len();
        }
        buckets.values().filter(|count| **count > 1).count() //~ FA601
    }
}

fn main() {
    let sim = Sim { memory: Arc::new(SmartAlloc::with_defaults()), speeds: vec![0.5, 2.5, 2.0] };
    println!("{} {} {:?}", sim.average(), sim.count(), sim.last());
    println!("{:?} {}", sim.first(), sim.buckets());
}
