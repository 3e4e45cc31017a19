//! An audio mixer: voices, buses, effects.
use framealloc::{FrameBox, SmartAlloc};

const BLOCK: usize = 256;

struct Voice {
    gain: f32,
    samples: Vec<f32>,
    cursor: usize,
}

trait Effect {
    fn apply(&mut self, alloc: &SmartAlloc, block: &mut [f32]);
}

struct Echo {
    delay: usize,
}

struct Limiter;

impl Effect for Echo {
    fn apply(&mut self, alloc: &SmartAlloc, block: &mut [f32]) {
        let dry = alloc.frame_slice_copy(block);
        for (index, sample) in block.iter_mut().enumerate().skip(self.delay) {
            *sample += dry[index - self.delay] * 0.5;
        }
    }
}

impl Effect for Limiter {
    fn apply(&mut self, alloc: &SmartAlloc, block: &mut [f32]) {
        for sample in block {
            let history = alloc.frame_alloc::<[f32; 32]>(); //~ FA602
            *sample = sample.clamp(-1.0, 1.0) + history[0];
        }
    }
}

struct Mixer<'m> {
    alloc: &'m SmartAlloc,
    voices: Vec<Voice>,
    effects: Vec<Box<dyn Effect>>,
}

impl<'m> Mixer<'m> {
    fn mix(&mut self) -> FrameBox<'m, [f32]> {
        let mut out = self.alloc.frame_slice::<f32>(BLOCK);
        for voice in self.voices.iter_mut() {
            let mut block = self.alloc.frame_slice::<f32>(BLOCK); //~ FA602
            for (target, source) in block.iter_mut().zip(voice.samples.iter().skip(voice.cursor)) {
                *target = source * voice.gain;
            }
            voice.cursor += BLOCK;
            out.iter_mut().zip(block.iter()).for_each(|(sum, sample)| *sum += sample);
        }
        for effect in &mut self.effects {
            effect.apply(self.alloc, &mut out);
        }
        out
    }

    fn meter(&self, out: &[f32]) -> f32 {
        let mut peak = 0.0f32;
        let mut start = 0;
        while start < out.len() {
            let window = self.alloc.pool_box([0.0f32; 16]); //~ FA602
            peak = out[start..].iter().zip(window.iter()).map(|(a, b)| a - b).fold(peak, f32::max);
            start += window.len();
        }
        peak
    }
}

fn spectrum(alloc: &SmartAlloc, out: &[f32]) -> usize {
    let mut bins = 0;
    for window in out.chunks(64) {
        let copy = alloc.frame_slice_copy(window);
        let size = copy.len() / 2;
        let low = alloc.frame_vec_with_capacity::<f32>(size);
        bins += low.capacity();
    }
    for octave in 0..8 {
        let filter = alloc.frame_alloc::<[f32; 8]>();
        bins += octave + filter.len();
    }
    bins
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut mixer = Mixer {
        alloc: &alloc,
        voices: vec![Voice { gain: 0.5, samples: vec![0.1; 4096], cursor: 0 }],
        effects: vec![Box::new(Echo { delay: 20 }), Box::new(Limiter)],
    };
    for _ in 0..16 {
        alloc.begin_frame();
        let out = mixer.mix();
        println!("{} {}", mixer.meter(&out), spectrum(&alloc, &out));
        drop(out);
        alloc.end_frame();
    }
}
