// A budget in one worker's trait method; the other worker allocates within a closure of `with_tag`.
use framealloc::{SmartAlloc, frame_format, kilobytes};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

trait Subsystem: Send + Sync + 'static {
    fn prepare(&self, _alloc: &SmartAlloc) {}
    fn run(&self, alloc: &SmartAlloc) -> usize;
}

struct Audio;
struct Net;

impl Subsystem for Audio {
    fn prepare(&self, alloc: &SmartAlloc) {
        alloc.set_thread_frame_budget(kilobytes(32));
    }

    fn run(&self, alloc: &SmartAlloc) -> usize {
        let frame = alloc.frame();
        frame.alloc_slice_copy(&[0.0f32; 64]).len()
    }
}

impl Subsystem for Net {
    fn run(&self, alloc: &SmartAlloc) -> usize {
        let _frame = alloc.frame();
        alloc.with_tag("net", |a| frame_format!(a, "hello {}", 4).len())
    }
}

fn start_audio(alloc: &Arc<SmartAlloc>) -> JoinHandle<usize> {
    let alloc = Arc::clone(alloc);
    thread::spawn(move || {
        let audio = Audio;
        audio.prepare(&alloc);
        audio.run(&alloc)
    })
}

fn start_net(alloc: &Arc<SmartAlloc>) -> JoinHandle<usize> {
    let alloc = Arc::clone(alloc);
    thread::spawn(move || { //~ FA302
        let net = Net;
        net.run(&alloc)
    })
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    println!("{:?} {:?}", start_audio(&alloc).join().ok(), start_net(&alloc).join().ok());
}
