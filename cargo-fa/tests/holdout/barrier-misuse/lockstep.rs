// Lockstep simulation: a replay mode waits before it signals; a spectator has nothing to do with the barrier.
use framealloc::{AllocConfig, FrameBarrier, SmartAlloc};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

struct Peer {
    memory: &'static SmartAlloc,
    barrier: Arc<FrameBarrier>,
    inputs: Vec<u8>,
}

impl Peer {
    fn apply(&self, turn: usize) -> u32 {
        let _frame = self.memory.frame();
        let window = self.memory.frame_slice_copy(&self.inputs[..turn.min(self.inputs.len())]);
        window.iter().map(|input| u32::from(*input)).sum()
    }

    fn live(&self, out: &Sender<u32>) {
        for turn in 0..self.inputs.len() {
            let hash = self.apply(turn);
            self.barrier.signal_frame_complete();
            self.barrier.wait_all();
            if out.send(hash).is_err() {
                return;
            }
        }
    }

    fn replay(&self, out: &Sender<u32>) {
        for turn in 0..self.inputs.len() {
            self.barrier.wait_all(); //~ FA202
            let hash = self.apply(turn);
            self.barrier.signal_frame_complete();
            self.barrier.wait_all();
            let _ = out.send(hash);
        }
    }
}

fn spectate(hashes: Receiver<u32>) -> u32 {
    hashes.iter().fold(0, u32::wrapping_add)
}

fn main() {
    let memory = SmartAlloc::leaked(AllocConfig::default());
    let barrier = Arc::new(FrameBarrier::new(2));
    let (send, hashes) = channel();
    let spectator = thread::spawn(move || spectate(hashes));
    let inputs = vec![1, 2, 3];
    let live = Peer { memory, barrier: barrier.clone(), inputs: inputs.clone() };
    let other = Peer { memory, barrier, inputs };
    let out = send.clone();
    let a = thread::spawn(move || live.live(&out));
    let b = thread::spawn(move || other.replay(&send));
    let _ = (a.join(), b.join());
    println!("{:?}", spectator.join().ok());
}
