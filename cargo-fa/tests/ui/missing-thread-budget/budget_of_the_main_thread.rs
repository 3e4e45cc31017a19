// Only the main thread has a budget, set by a settings struct; the streams of the server have none.
use framealloc::{SmartAlloc as Alloc, kilobytes};
use std::sync::OnceLock;
use std::thread;

static ALLOC: OnceLock<Alloc> = OnceLock::new();

fn alloc() -> &'static Alloc {
    ALLOC.get_or_init(Alloc::with_defaults)
}

struct Settings {
    frame_bytes: usize,
}

impl Settings {
    fn apply(&self, alloc: &Alloc) {
        alloc.set_thread_frame_budget(self.frame_bytes);
    }
}

trait Stream: Send + Sync {
    fn pump(&self, alloc: &Alloc) -> usize;
}

struct Voice(Vec<f32>);

impl Stream for Voice {
    fn pump(&self, alloc: &Alloc) -> usize {
        let frame = alloc.frame();
        frame.alloc_slice_copy(&self.0).len()
    }
}

struct Idle;

impl Stream for Idle {
    fn pump(&self, _alloc: &Alloc) -> usize {
        0
    }
}

fn pump_voice(voice: Voice) -> thread::JoinHandle<usize> {
    thread::spawn(move || voice.pump(alloc())) //~ FA302
}

fn pump_idle() -> thread::JoinHandle<usize> {
    thread::spawn(|| Idle.pump(alloc()))
}

fn tagged() -> thread::JoinHandle<usize> {
    thread::spawn(|| { //~ FA302
        let _frame = alloc().frame();
        alloc().with_tag("net", |a| a.frame_slice::<u8>(32).len())
    })
}

fn settled(settings: Settings) -> thread::JoinHandle<usize> {
    thread::spawn(move || {
        settings.apply(alloc());
        let _frame = alloc().frame();
        alloc().frame_slice::<u8>(32).len()
    })
}

fn per_core(cores: usize) -> usize {
    let workers: Vec<_> = (0..cores)
        .map(|core| {
            thread::spawn(move || { //~ FA302
                let frame = alloc().frame();
                *frame.boxed(core)
            })
        })
        .collect();
    workers.into_iter().filter_map(|worker| worker.join().ok()).sum()
}

fn main() {
    Settings { frame_bytes: kilobytes(512) }.apply(alloc());
    println!("{:?}", pump_voice(Voice(vec![0.5])).join().ok());
    println!("{:?} {:?}", pump_idle().join().ok(), tagged().join().ok());
    println!("{:?}", settled(Settings { frame_bytes: 1024 }).join().ok());
    println!("{}", per_core(2));
}
