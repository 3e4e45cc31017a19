//! Two allocators take turns: what one frame makes is read in the next, and ends after that.
use framealloc::{AllocConfig, SmartAlloc, kilobytes};

struct Buffers {
    sides: [SmartAlloc; 2],
    turn: usize,
}

impl Buffers {
    fn new() -> Self {
        let side = || SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(128)));
        Self { sides: [side(), side()], turn: 0 }
    }

    fn simulate(&mut self, state: &mut Vec<f32>) -> f32 {
        let side = &self.sides[self.turn % 2];
        side.begin_frame();
        let next = side.frame_slice_from_fn(state.len(), |index| state[index] * 0.5 + 1.0);
        state.clear();
        state.extend_from_slice(&next);
        let sum = next.iter().sum();
        drop(next);
        side.end_frame();
        self.turn += 1;
        sum
    }
}

fn compare(left: &SmartAlloc, right: &SmartAlloc, values: &[f32]) -> usize {
    left.begin_frame();
    right.begin_frame();
    let a = left.frame_slice_copy(values);
    let b = right.frame_slice_copy(values);
    let same = a.iter().zip(b.iter()).filter(|(a, b)| a == b).count();
    drop(b);
    right.end_frame();
    drop(a);
    left.end_frame();
    same
}

fn main() {
    let mut buffers = Buffers::new();
    let mut state = vec![1.0; 64];
    for _ in 0..10 {
        println!("{}", buffers.simulate(&mut state));
    }
    let [left, right] = &buffers.sides;
    println!("{}", compare(left, right, &state));
}
