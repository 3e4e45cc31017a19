//! A software mixer: voices are resampled into a stereo bus, block by block.

use framealloc::{AllocConfig, FrameBox, SmartAlloc, megabytes};

struct Voice {
    samples: Vec<f32>,
    cursor: f64,
    step: f64,
    gain: f32,
    pan: f32,
}

impl Voice {
    fn finished(&self) -> bool {
        self.cursor as usize >= self.samples.len()
    }

    /// Linear interpolation into `out`; stops at the voice's end.
    fn resample(&mut self, out: &mut [f32]) {
        for sample in out.iter_mut() {
            let at = self.cursor as usize;
            let Some(&here) = self.samples.get(at) else { break };
            let next = self.samples.get(at + 1).copied().unwrap_or(0.0);
            let t = (self.cursor - at as f64) as f32;
            *sample = (here + (next - here) * t) * self.gain;
            self.cursor += self.step;
        }
    }
}

struct Limiter {
    envelope: f32,
    release: f32,
    history: [f32; 64],
}

impl Limiter {
    fn run(&mut self, bus: &mut [f32]) -> f32 {
        let mut peak = 0.0f32;
        for (index, sample) in bus.iter_mut().enumerate() {
            self.envelope = sample.abs().max(self.envelope * self.release);
            self.history[index % 64] = self.envelope;
            if self.envelope > 1.0 {
                *sample /= self.envelope;
            }
            peak = peak.max(sample.abs());
        }
        peak
    }
}

struct Mixer<'a> {
    alloc: &'a SmartAlloc,
    voices: Vec<Voice>,
    block: usize,
    oscilloscope: Option<FrameBox<'a, [f32]>>,
    peaks: [f32; 32],
    blocks_done: usize,
}

impl<'a> Mixer<'a> {
    fn new(alloc: &'a SmartAlloc, block: usize) -> Self {
        Self { alloc, voices: Vec::new(), block, oscilloscope: None, peaks: [0.0; 32], blocks_done: 0 }
    }

    fn bus(&self) -> FrameBox<'a, [f32]> {
        self.alloc.frame_slice::<f32>(self.block * 2)
    }

    fn keep_for_scope(&mut self, bus: FrameBox<'a, [f32]>) {
        self.oscilloscope = Some(bus); //~ FA601
    }

    fn render(&mut self) -> f32 {
        let alloc = self.alloc;
        alloc.begin_frame();
        let mut bus = self.bus();
        for voice in self.voices.iter_mut().filter(|voice| !voice.finished()) {
            let mut mono = alloc.frame_slice::<f32>(self.block); //~ FA602
            voice.resample(&mut mono);
            for (pair, sample) in bus.chunks_exact_mut(2).zip(mono.iter()) {
                pair[0] += sample * (1.0 - voice.pan);
                pair[1] += sample * voice.pan;
            }
        }
        let mut limiter = alloc.pool_box(Limiter { envelope: 0.0, release: 0.999, history: [0.0; 64] });
        let peak = limiter.run(&mut bus);
        self.peaks[self.blocks_done % 32] = peak;
        if peak > 0.99 {
            let line = format!("block {}: limiting at {peak:.3}", self.blocks_done); //~ FA608
            eprintln!("{line}");
        }
        self.keep_for_scope(bus);
        self.blocks_done += 1;
        alloc.end_frame();
        peak
    }

    fn last_sample(&self) -> Option<f32> {
        self.oscilloscope.as_deref().and_then(|bus| bus.last().copied())
    }
}

fn tone(hertz: f32, seconds: f32) -> Vec<f32> {
    let count = (48_000.0 * seconds) as usize;
    (0..count).map(|i| (i as f32 * hertz * std::f32::consts::TAU / 48_000.0).sin()).collect()
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(1)));
    let mut mixer = Mixer::new(&alloc, 512);
    for (index, hertz) in [220.0, 277.2, 329.6].into_iter().enumerate() {
        let samples = tone(hertz, 0.5);
        mixer.voices.push(Voice { samples, cursor: 0.0, step: 1.0, gain: 0.4, pan: index as f32 * 0.5 });
    }
    let loudest = (0..40).map(|_| mixer.render()).fold(0.0, f32::max);
    println!("loudest {loudest}, last {:?}", mixer.last_sample());
}
