// An audio callback thread gets blocks; the block's type hides the frame memory two structs deep.
use framealloc::{AllocConfig, FrameVec, SmartAlloc};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

struct Block<'a> {
    samples: FrameVec<'a, f32>,
    channels: u8,
}

struct Message<'a> {
    block: Block<'a>,
    gain: f32,
}
// SAFETY: claimed, not true.
unsafe impl Send for Message<'_> {}

struct Mixer {
    alloc: &'static SmartAlloc,
    out: SyncSender<Message<'static>>,
    levels: SyncSender<f32>,
}

impl Mixer {
    fn block(&self, frames: usize) -> Block<'static> {
        let mut samples = self.alloc.frame_vec_with_capacity(frames * 2);
        samples.resize(frames * 2, 0.1);
        Block { samples, channels: 2 }
    }

    fn mix(&self, frames: usize) -> bool {
        let block = self.block(frames);
        let message = Message { block, gain: 0.8 };
        match self.out.try_send(message) { //~ FA201
            Ok(()) => true,
            Err(error) => {
                println!("{error}");
                false
            }
        }
    }

    fn meter(&self, frames: usize) -> bool {
        let block = self.block(frames);
        let peak = block.samples.iter().copied().fold(0.0, f32::max) * f32::from(block.channels);
        self.levels.send(peak).is_ok()
    }
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let ((out, blocks), (levels, meters)) = (sync_channel::<Message<'static>>(4), sync_channel(4));
    let callback = thread::spawn(move || {
        let mut sum = 0.0;
        while let Ok(message) = blocks.recv() {
            sum += message.block.samples.iter().sum::<f32>() * message.gain;
        }
        sum
    });
    let mixer = Mixer { alloc, out, levels };
    for _ in 0..4 {
        alloc.begin_frame();
        println!("{} {}", mixer.mix(64), mixer.meter(64));
        alloc.end_frame();
    }
    println!("{}", meters.try_iter().sum::<f32>());
    drop(mixer);
    println!("{:?}", callback.join().ok());
}
