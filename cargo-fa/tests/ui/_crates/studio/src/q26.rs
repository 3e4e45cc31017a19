//! Audio; `.fa.toml` maps this module to the tag `audio`. Everything is under it, by one way or another.

use framealloc::{FrameBox, FrameVec, SmartAlloc};

const TAG: &str = "audio";

#[derive(Clone, Copy)]
pub struct Voice {
    gain: f32,
    pitch: f32,
}

/// A pool of the module's own; not the library's.
#[derive(Default)]
pub struct Voices {
    list: Vec<Voice>,
}

impl Voices {
    fn pool_box(&mut self, voice: Voice) -> usize {
        self.list.push(voice);
        self.list.len()
    }

    fn with_tag<R>(&mut self, name: &str, work: impl FnOnce(&mut Self) -> R) -> Option<R> {
        (!name.is_empty()).then(|| work(self))
    }
}

pub struct Mixer<'e> {
    alloc: &'e SmartAlloc,
    voices: Voices,
}

/// Only called with the tag open.
fn ramp(alloc: &SmartAlloc, length: usize) -> FrameBox<'_, [f32]> {
    alloc.frame_slice_from_fn(length, |i| i as f32 / length as f32)
}

impl<'e> Mixer<'e> {
    pub fn fade(&self, length: usize) -> f32 {
        let _tag = self.alloc.tag(TAG);
        let ramp = ramp(self.alloc, length);
        ramp.iter().sum()
    }

    pub fn mix(&self, samples: &[f32]) -> FrameVec<'e, f32> {
        self.alloc.with_tag("audio", |a| {
            let shape = ramp(a, samples.len());
            a.with_tag("mix", |a| {
                let mut out = a.frame_vec_with_capacity(samples.len());
                out.extend(samples.iter().zip(shape.iter()).map(|(sample, gain)| sample * gain));
                out
            })
        })
    }

    /// A phase may be named after whatever it draws.
    pub fn spectrum(&self, samples: &[f32]) -> usize {
        let _phase = self.alloc.phase("render");
        let _tag = self.alloc.tag("audio");
        let loud = self.alloc.frame_slice_copy(samples);
        loud.iter().filter(|sample| sample.abs() > 0.5).count()
    }

    pub fn play(&mut self, gain: f32) -> Option<usize> {
        let voice = Voice { gain, pitch: 1.0 };
        self.voices.with_tag("render", |voices| voices.pool_box(voice))
    }
}
