// An audio graph: buffers of each block in frame memory, voices in pools, a thread of its own with frame and budget.
use framealloc::{AllocConfig, FrameBox, FrameVec, PoolBox, SmartAlloc, kilobytes};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const BLOCK: usize = 64;

enum Order {
    Play { pitch: f32, length: u32 },
    Volume(f32),
    Quit,
}

struct Voice {
    phase: f32,
    pitch: f32,
    left: u32,
}

trait Node {
    fn process(&mut self, memory: &SmartAlloc, bus: &mut [f32]);
}

struct Delay {
    line: Vec<f32>,
    at: usize,
}

struct Gain(f32);

impl Node for Delay {
    fn process(&mut self, memory: &SmartAlloc, bus: &mut [f32]) {
        let dry = memory.frame_slice_copy(bus);
        for (sample, dry) in bus.iter_mut().zip(dry.iter()) {
            *sample += self.line[self.at] * 0.4;
            self.line[self.at] = *dry;
            self.at = (self.at + 1) % self.line.len();
        }
    }
}

impl Node for Gain {
    fn process(&mut self, _memory: &SmartAlloc, bus: &mut [f32]) {
        for sample in bus {
            *sample *= self.0;
        }
    }
}

struct Engine {
    memory: SmartAlloc,
    voices: Vec<PoolBox<Voice>>,
    delay: Delay,
    gain: Gain,
    peaks: Sender<f32>,
}

impl Engine {
    fn render<'m>(&mut self, memory: &'m SmartAlloc) -> FrameBox<'m, [f32]> {
        let mut bus = memory.frame_slice::<f32>(BLOCK);
        for voice in &mut self.voices {
            for sample in bus.iter_mut() {
                *sample += voice.phase.sin();
                voice.phase += voice.pitch;
            }
            voice.left = voice.left.saturating_sub(1);
        }
        self.voices.retain(|voice| voice.left > 0);
        bus
    }

    fn block(&mut self) -> bool {
        let memory = self.memory.clone();
        memory.begin_frame();
        let mut bus = memory.with_tag("audio", |m| self.render(m));
        memory.begin_phase("effects");
        self.delay.process(&memory, &mut bus);
        self.gain.process(&memory, &mut bus);
        memory.end_phase();
        let mut sorted: FrameVec<'_, f32> = memory.frame_vec_with_capacity(BLOCK);
        sorted.extend(bus.iter().map(|sample| sample.abs()));
        sorted.sort_by(f32::total_cmp);
        let peak = sorted.last().copied().unwrap_or(0.0);
        drop((bus, sorted));
        memory.end_frame();
        self.peaks.send(peak).is_ok()
    }

    fn run(mut self, orders: Receiver<Order>) -> usize {
        self.memory.set_thread_frame_budget(kilobytes(32));
        let mut blocks = 0;
        loop {
            match orders.recv_timeout(Duration::from_millis(1)) {
                Ok(Order::Play { pitch, length }) => {
                    let voice = self.memory.pool_box(Voice { phase: 0.0, pitch, left: length });
                    if self.voices.len() < 16 {
                        self.voices.push(voice);
                    }
                }
                Ok(Order::Volume(volume)) => self.gain.0 = volume,
                Ok(Order::Quit) | Err(RecvTimeoutError::Disconnected) => return blocks,
                Err(RecvTimeoutError::Timeout) => {
                    blocks += 1;
                    if !self.block() {
                        return blocks;
                    }
                }
            }
        }
    }
}

fn start(memory: &SmartAlloc) -> (Sender<Order>, Receiver<f32>, JoinHandle<usize>) {
    let ((send, orders), (peaks, meter)) = (channel(), channel());
    let delay = Delay { line: vec![0.0; 256], at: 0 };
    let engine = Engine { memory: memory.clone(), voices: Vec::new(), delay, gain: Gain(0.5), peaks };
    (send, meter, thread::spawn(move || engine.run(orders)))
}

fn main() {
    let memory = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)));
    let (orders, meter, engine) = start(&memory);
    for turn in 0..4u32 {
        let _ = orders.send(Order::Play { pitch: 0.1 * turn as f32, length: 10 });
    }
    let _ = orders.send(Order::Volume(0.7));
    let loudest = (0..4).filter_map(|_| meter.recv().ok()).fold(0.0, f32::max);
    let _ = orders.send(Order::Quit);
    println!("{loudest} {:?}", engine.join().ok());
}
