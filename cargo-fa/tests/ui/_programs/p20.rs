//! Audio on its own threads: voices, reverb and a meter meet at a barrier with the main thread each block.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use framealloc::{AllocConfig, FrameBarrier, FrameBox, PoolBox, SmartAlloc, kilobytes, megabytes};

const BLOCK: usize = 128;
const BLOCKS: u32 = 50;

struct Meter {
    peaks: [AtomicU32; 3],
}

impl Meter {
    fn note(&self, lane: usize, block: &[f32]) {
        let peak = block.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        self.peaks[lane].fetch_max((peak * 1000.0) as u32, Ordering::Relaxed);
    }
}

/// A block of an engine: `start` begins the frame, `finish` ends it.
struct Block {
    alloc: Arc<SmartAlloc>,
    number: u32,
}

impl Block {
    fn start(&mut self, number: u32) {
        self.number = number;
        self.alloc.begin_frame();
    }

    fn sine<'a>(alloc: &'a SmartAlloc, number: u32, hertz: f32) -> FrameBox<'a, [f32]> {
        alloc.frame_slice_from_fn(BLOCK, |i| ((number as usize * BLOCK + i) as f32 * hertz / 48_000.0).sin())
    }

    fn finish(&mut self) {
        self.alloc.end_frame();
    }
}

/// A frame that its drop ends.
struct Ending<'a>(&'a SmartAlloc);

impl<'a> Ending<'a> {
    fn begin(alloc: &'a SmartAlloc) -> Self {
        alloc.begin_frame();
        Self(alloc)
    }
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.end_frame();
    }
}

struct Reverb {
    line: Option<PoolBox<[f32; 512]>>,
    at: usize,
}

impl Reverb {
    fn process(&mut self, alloc: &SmartAlloc, number: u32) -> Option<f32> {
        let _ending = Ending::begin(alloc);
        let _tag = alloc.tag("audio");
        let dry = Block::sine(alloc, number, 220.0);
        // Made in the first block, kept from then on.
        let line = self.line.get_or_insert_with(|| alloc.pool_alloc());
        let mut last = *dry.first()?;
        for sample in dry.iter() {
            let delayed = line[self.at];
            line[self.at] = sample + delayed * 0.5;
            self.at = (self.at + 1) % line.len();
            last = delayed;
        }
        Some(last)
    }
}

fn voices(alloc: Arc<SmartAlloc>, barrier: Arc<FrameBarrier>, meter: Arc<Meter>) {
    alloc.set_thread_frame_budget(kilobytes(256));
    let mut block = Block { alloc: alloc.clone(), number: 0 };
    for number in 0..BLOCKS {
        block.start(number);
        alloc.with_tag("audio", |a| {
            let mut bus = a.frame_slice::<f32>(BLOCK);
            for voice in 0..6u8 {
                let sine = a.with_tag("mix", |a| Block::sine(a, block.number, 110.0 * f32::from(voice + 1)));
                bus.iter_mut().zip(sine.iter()).for_each(|(bus, sample)| *bus += sample / 6.0);
            }
            meter.note(0, &bus);
        });
        block.finish();
        barrier.signal_frame_complete();
        barrier.wait_all();
    }
}

fn reverb(alloc: Arc<SmartAlloc>, barrier: Arc<FrameBarrier>, meter: Arc<Meter>) {
    alloc.set_thread_frame_budget(kilobytes(128));
    let mut reverb = Reverb { line: None, at: 0 };
    for number in 0..BLOCKS {
        if let Some(last) = reverb.process(&alloc, number) {
            meter.note(1, &[last]);
        }
        barrier.signal_frame_complete();
        // What does not need the others goes here.
        thread::yield_now();
        barrier.wait_all();
    }
}

fn meet(barrier: &FrameBarrier) {
    barrier.wait_all();
}

fn main() {
    let alloc = Arc::new(SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(1))));
    alloc.set_tag_budget("audio", megabytes(1));
    alloc.set_thread_frame_budget(kilobytes(256));
    let meter = Arc::new(Meter { peaks: [const { AtomicU32::new(0) }; 3] });
    // Two workers and this thread.
    let barrier = Arc::new(FrameBarrier::new(3));
    let workers = [
        thread::spawn({
            let (alloc, barrier, meter) = (alloc.clone(), barrier.clone(), meter.clone());
            move || voices(alloc, barrier, meter)
        }),
        thread::spawn({
            let (alloc, barrier, meter) = (alloc.clone(), barrier.clone(), meter.clone());
            move || reverb(alloc, barrier, meter)
        }),
    ];
    for number in 0..BLOCKS {
        {
            let _frame = alloc.frame();
            let _phase = alloc.phase("meter");
            let _tag = alloc.tag("audio/mix");
            meter.note(2, &Block::sine(&alloc, number, 440.0));
        }
        barrier.signal_frame_complete();
        meet(&barrier);
    }
    let joined = workers.into_iter().filter_map(|worker| worker.join().ok()).count();
    println!("{joined} workers, peaks {:?}", meter.peaks.each_ref().map(|peak| peak.load(Ordering::Relaxed)));
}
