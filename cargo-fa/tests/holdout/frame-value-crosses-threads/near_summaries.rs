// Threads get sums, copies, pool boxes and what a scope lends them; a channel within one thread gets numbers.
use framealloc::{AllocConfig, PoolBox, SmartAlloc};
use rayon::prelude::*;
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::thread::{self, JoinHandle};

#[derive(Clone, Copy, Default)]
struct Stats {
    least: f32,
    most: f32,
}

struct Analysis {
    memory: &'static SmartAlloc,
    stats: Sender<Stats>,
    blocks: Sender<PoolBox<[f32; 8]>>,
}

impl Analysis {
    fn stats(&self, samples: &[f32]) -> Stats {
        let sorted = self.memory.frame_slice_copy(samples);
        let least = sorted.iter().copied().fold(f32::MAX, f32::min);
        Stats { least, most: sorted.iter().copied().fold(f32::MIN, f32::max) }
    }

    fn publish(&self, samples: &[f32]) -> bool {
        let stats = self.stats(samples);
        let window = self.memory.frame_slice_from_fn(8, |i| samples[i % samples.len()]);
        let mut block = self.memory.pool_alloc::<[f32; 8]>();
        block.copy_from_slice(&window);
        self.stats.send(stats).is_ok() && self.blocks.send(block).is_ok()
    }

    fn detached(&self, samples: &[f32]) -> JoinHandle<usize> {
        let peaks = self.memory.frame_slice_from_fn(samples.len(), |i| samples[i] > 0.5);
        let peaks: Vec<usize> = peaks.iter().enumerate().filter(|(_, peak)| **peak).map(|(i, _)| i).collect();
        let memory = self.memory;
        thread::spawn(move || {
            let frame = memory.frame();
            frame.alloc_slice_copy(&peaks).len()
        })
    }

    fn lent(&self, samples: &[f32]) -> f32 {
        let mut copy = self.memory.frame_slice_copy(samples);
        let halves = copy.split_at_mut(samples.len() / 2);
        thread::scope(|scope| {
            scope.spawn(|| halves.0.sort_by(f32::total_cmp));
            thread::Builder::new().spawn_scoped(scope, || halves.1.sort_by(f32::total_cmp)).is_ok()
        });
        copy.par_iter().sum()
    }
}

fn main() {
    let memory = SmartAlloc::leaked(AllocConfig::default());
    let ((stats, read), (blocks, taken)) = (channel(), channel());
    let analysis = Analysis { memory, stats, blocks };
    let (numbers, counted) = sync_channel(4);
    memory.begin_frame();
    let list = memory.frame_slice_copy(&[0.1, 0.9, 0.4]);
    println!("{} {}", analysis.publish(&list), analysis.lent(&list));
    let _ = numbers.send(list.len());
    let detached = analysis.detached(&list);
    drop(list);
    memory.end_frame();
    println!("{:?} {:?} {}", detached.join().ok(), counted.recv().ok(), taken.try_iter().count());
    println!("{}", read.try_iter().map(|stats| stats.most - stats.least).sum::<f32>());
}
