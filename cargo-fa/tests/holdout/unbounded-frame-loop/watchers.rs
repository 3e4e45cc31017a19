// A file watcher, a simulation of workers that stops by a flag, and a labelled loop.
use framealloc::{FrameString, SmartAlloc};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

struct Watcher {
    stop: Arc<AtomicBool>,
    changes: Receiver<String>,
}

fn normalised(path: &str) -> FrameString<'static> {
    let mut text = MEMORY.frame_string(); //~ FA301
    text.push_str(path.trim_start_matches("./"));
    text
}

impl Watcher {
    fn watch(&self) -> usize {
        let mut reloads = 0;
        'watching: loop {
            match self.changes.recv_timeout(Duration::from_millis(5)) {
                Ok(path) => {
                    let text = normalised(&path);
                    reloads += usize::from(text.ends_with(".wgsl"));
                }
                Err(RecvTimeoutError::Timeout) if self.stop.load(Ordering::Relaxed) => break 'watching,
                Err(RecvTimeoutError::Timeout) => continue 'watching,
                Err(RecvTimeoutError::Disconnected) => break 'watching,
            }
        }
        reloads
    }

    fn simulate(&self, seed: u64) -> u64 {
        let mut state = seed;
        MEMORY.begin_frame();
        while !self.stop.load(Ordering::Acquire) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let noise = MEMORY.try_frame_slice_from_fn(4, |i| state >> i); //~ FA301
            state ^= noise.map_or(0, |noise| noise[3]);
        }
        MEMORY.end_frame();
        state
    }

    fn settle(&self) -> u64 {
        let mut energy = 1_000u64;
        while energy > 1 {
            energy = *MEMORY.frame_box(energy / 2);
        }
        energy
    }
}

fn main() {
    let stop = Arc::new(AtomicBool::new(false));
    let (send, changes) = channel();
    let watcher = Watcher { stop: Arc::clone(&stop), changes };
    let stopper = thread::spawn(move || {
        let _ = send.send("./shaders/sky.wgsl".to_string());
        thread::sleep(Duration::from_millis(20));
        stop.store(true, Ordering::Release);
    });
    println!("{} {} {}", watcher.watch(), watcher.simulate(7), watcher.settle());
    let _ = stopper.join();
}
