//! The audio module: mapped to the tag `audio`.

use framealloc::{FrameBox, SmartAlloc};

pub struct Voice {
    samples: Vec<f32>,
    gain: f32,
    at: [f32; 2],
}

pub struct Mixer {
    alloc: SmartAlloc,
    voices: Vec<Voice>,
    peak: f32,
}

impl Mixer {
    fn gains(&self, ear: [f32; 2]) -> FrameBox<'_, [f32]> {
        self.alloc.frame_slice_from_fn(self.voices.len(), |i| { //~ FA803
            let voice = &self.voices[i];
            let [dx, dy] = [voice.at[0] - ear[0], voice.at[1] - ear[1]];
            voice.gain / (1.0 + dx.hypot(dy))
        })
    }

    fn mix(&self, gains: &[f32], frames: usize) -> f32 {
        self.alloc.with_tag("audio/mixer", |a| {
            let mut bus = a.frame_slice::<f32>(512);
            for (voice, gain) in self.voices.iter().zip(gains) {
                for (out, sample) in bus.iter_mut().zip(&voice.samples).take(frames) {
                    *out += sample * gain;
                }
            }
            bus.iter().copied().fold(0.0, f32::max)
        })
    }

    fn occlusion(&self) -> usize {
        let _tag = self.alloc.tag("physics/contacts"); //~ FA801
        let near = self.alloc.frame_slice_from_fn(self.voices.len(), |i| self.voices[i].at[0] < 4.0);
        near.iter().filter(|near| **near).count()
    }

    fn reverb(&self, rooms: u32) -> f32 {
        let _tag = self.alloc.tag("audio/revreb"); //~ FA802
        let mut tails = self.alloc.frame_vec::<f32>();
        tails.extend((0..rooms).map(|room| 0.5f32.powi(room as i32)));
        tails.iter().sum()
    }

    fn meter(&self) -> usize {
        let loud = self.voices.iter().filter(|voice| voice.gain > 0.9);
        let mut names = self.alloc.frame_vec::<u32>(); //~ FA803
        names.extend(loud.map(|voice| voice.samples.len() as u32));
        names.len()
    }

    fn voices_heard(&self) -> usize {
        self.alloc.with_tag("audio", |a| {
            let heard = a.frame_slice_from_fn(self.voices.len(), |i| self.voices[i].gain > 0.0);
            heard.iter().filter(|heard| **heard).count()
        })
    }

    /// Before a cut scene.
    pub fn fade_out(&mut self) -> usize {
        let frame = self.alloc.frame();
        let gains = frame.alloc_slice_from_fn(self.voices.len(), |i| self.voices[i].gain * 0.5); //~ FA803
        for (voice, gain) in self.voices.iter_mut().zip(gains.iter()) {
            voice.gain = *gain;
        }
        gains.len()
    }

    pub fn render(&mut self, ear: [f32; 2], frames: usize) -> usize {
        self.alloc.begin_frame();
        let peak = {
            let gains = self.gains(ear);
            self.mix(&gains, frames)
        };
        let heard = self.voices_heard() + self.occlusion() + self.meter();
        let tail = self.reverb(3);
        self.alloc.end_frame();
        self.peak = peak + tail;
        heard
    }
}
