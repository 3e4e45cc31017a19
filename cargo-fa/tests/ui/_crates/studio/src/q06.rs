//! The server's threads: only the streamer says how much it may take.

use std::io;
use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};

use framealloc::{PoolBox, SmartAlloc, kilobytes, megabytes};

pub struct Region {
    corners: [[f32; 2]; 4],
}

fn limit(alloc: &SmartAlloc, bytes: usize) {
    alloc.set_thread_frame_budget(bytes);
    alloc.set_thread_pool_budget(bytes / 4);
}

fn mix(alloc: &SmartAlloc, frames: usize) -> f32 {
    let mut peak = 0.0_f32;
    for frame in 0..frames {
        alloc.begin_frame();
        let buffer = alloc.frame_slice_from_fn(256, |i| ((i * frame) as f32).sin());
        peak = buffer.iter().copied().fold(peak, f32::max);
        alloc.end_frame();
    }
    peak
}

pub struct Server {
    alloc: SmartAlloc,
    regions: Sender<PoolBox<Region>>,
}

impl Server {
    fn streamer(&self, frames: usize) -> JoinHandle<f32> {
        let alloc = self.alloc.clone();
        thread::spawn(move || {
            limit(&alloc, megabytes(2));
            mix(&alloc, frames)
        })
    }

    fn mixer(&self, frames: usize) -> io::Result<JoinHandle<f32>> {
        let alloc = self.alloc.clone();
        thread::Builder::new().stack_size(kilobytes(512)).spawn(move || mix(&alloc, frames)) //~ FA302
    }

    fn navigator(&self) -> JoinHandle<()> {
        let (alloc, regions) = (self.alloc.clone(), self.regions.clone());
        thread::spawn(move || { //~ FA302
            let region = alloc.pool_box(Region { corners: [[0.0; 2]; 4] });
            if let Err(refused) = regions.send(region) {
                alloc.pool_free(refused.0);
            }
        })
    }

    /// Allocates nothing.
    fn watchdog(&self) -> JoinHandle<u64> {
        let alloc = self.alloc.clone();
        thread::spawn(move || alloc.stats().parked_bytes as u64)
    }

    pub fn start(&self, frames: usize) -> io::Result<f32> {
        let (streamer, mixer) = (self.streamer(frames), self.mixer(frames)?);
        let (navigator, watchdog) = (self.navigator(), self.watchdog());
        let peak = streamer.join().unwrap_or(0.0).max(mixer.join().unwrap_or(0.0));
        let parked = watchdog.join().unwrap_or(0);
        if navigator.join().is_err() || parked > 1024 { Ok(0.0) } else { Ok(peak) }
    }
}
