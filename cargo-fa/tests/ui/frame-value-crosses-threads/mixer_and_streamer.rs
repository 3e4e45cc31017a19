// A mixer, a texture streamer and a path finder hand blocks to their threads: by commands, builders, pointers and closures.
use framealloc::{FrameBox, FrameVec, PoolBox, SmartAlloc as Memory, TransferHandle};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, Builder, JoinHandle};

struct AssertSend<T>(T);

// SAFETY: none, which is what these programs are about.
unsafe impl<T> Send for AssertSend<T> {}

impl<T> AssertSend<T> {
    fn into_inner(self) -> T {
        self.0
    }
}

struct MixCommand {
    samples: AssertSend<FrameVec<'static, f32>>,
    gain: f32,
}

struct Mixer {
    memory: &'static Memory,
    commands: Sender<MixCommand>,
    worker: Option<JoinHandle<f32>>,
}

impl Mixer {
    fn submit(&self, source: &[f32], gain: f32) {
        let mut samples = self.memory.frame_vec::<f32>();
        samples.extend_from_slice(source);
        let command = MixCommand { samples: AssertSend(samples), gain };
        self.commands.send(command).ok(); //~ FA201
    }

    fn mix_now(&mut self, source: &[f32]) {
        let block = AssertSend(self.memory.frame_slice_copy(source));
        let builder = Builder::new().name("mix".to_owned());
        let handle = builder.spawn(move || block.into_inner().iter().sum()); //~ FA201
        self.worker = handle.ok();
    }

    fn peak(&self, source: &[f32]) -> f32 {
        let block = self.memory.frame_slice_copy(source);
        let (address, len) = (block.as_ptr() as usize, block.len());
        let worker = thread::spawn(move || { //~ FA201
            // SAFETY: the block is alive until the thread is joined.
            let samples = unsafe { std::slice::from_raw_parts(address as *const f32, len) };
            samples.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()))
        });
        worker.join().unwrap_or(0.0)
    }

    fn level(&self, source: &[f32]) -> f32 {
        let block = self.memory.frame_slice_copy(source);
        let total: f32 = block.iter().sum();
        let worker = thread::spawn(move || total / 2.0);
        worker.join().unwrap_or(0.0)
    }
}

struct Texture {
    texels: Vec<u8>,
}

struct Streamer {
    memory: &'static Memory,
    uploads: SyncSender<TransferHandle<[u8; 16]>>,
    rows: SyncSender<AssertSend<FrameBox<'static, [u8]>>>,
    pages: Sender<PoolBox<[u8; 16]>>,
}

impl Streamer {
    fn row(&self, bytes: &[u8]) -> AssertSend<FrameBox<'static, [u8]>> {
        AssertSend(self.memory.frame_slice_copy(bytes))
    }

    fn stream(&self, texture: &Texture) -> bool {
        for row in texture.texels.chunks(4) {
            let row = self.row(row);
            if self.rows.try_send(row).is_err() { //~ FA201
                return false;
            }
        }
        true
    }

    fn stream_well(&self, texture: &Texture) -> Option<()> {
        let mut page = [0u8; 16];
        let sorted = self.memory.frame_slice_copy(&texture.texels);
        page[..sorted.len()].copy_from_slice(&sorted);
        self.uploads.send(self.memory.frame_box_for_transfer(page)).ok()?;
        self.pages.send(self.memory.pool_box(page)).ok()
    }
}

fn in_background<R: Send + 'static>(job: impl FnOnce() -> R + Send + 'static) -> JoinHandle<R> {
    thread::spawn(job)
}

fn paths(memory: &'static Memory, goals: &[u32]) -> usize {
    let open = AssertSend(memory.frame_box(goals.len()));
    let found = in_background(move || *open.into_inner()); //~ FA201
    let copied: Vec<u32> = memory.frame_slice_copy(goals).to_vec();
    let more = in_background(move || copied.len());
    found.join().unwrap_or(0) + more.join().unwrap_or(0)
}

fn drain(commands: &Receiver<MixCommand>) -> f32 {
    commands.try_iter().map(|command| command.samples.0.len() as f32 * command.gain).sum()
}

fn main() {
    let memory = Memory::leaked(framealloc::AllocConfig::default());
    let (sender, commands) = channel();
    let mut mixer = Mixer { memory, commands: sender, worker: None };
    mixer.submit(&[0.5, 0.25], 0.5);
    mixer.mix_now(&[1.0]);
    println!("{} {} {}", mixer.peak(&[0.5]), mixer.level(&[1.0]), drain(&commands));
    let (uploads, uploaded) = sync_channel(4);
    let (rows, taken) = sync_channel(4);
    let (pages, paged) = channel();
    let streamer = Streamer { memory, uploads, rows, pages };
    let texture = Texture { texels: vec![1, 2, 3, 4] };
    println!("{} {:?}", streamer.stream(&texture), streamer.stream_well(&texture));
    println!("{} {} {}", uploaded.try_iter().count(), taken.try_iter().count(), paged.try_iter().count());
    println!("{}", paths(memory, &[1, 2]));
}
