//! What sounds.

use framealloc::{PoolBox, SmartAlloc};

pub struct Voice {
    pub samples: Vec<f32>,
    pub gain: f32,
    pub at: usize,
}

#[derive(Default)]
pub struct VoiceBank {
    voices: Vec<PoolBox<Voice>>,
}

impl VoiceBank {
    /// A new voice, until it has sounded.
    pub fn start(&mut self, alloc: &SmartAlloc, samples: Vec<f32>, gain: f32) -> usize {
        let voice = alloc.with_tag("audio", |a| a.pool_box(Voice { samples, gain, at: 0 }));
        self.voices.push(voice);
        self.voices.len()
    }

    pub fn retire(&mut self, alloc: &SmartAlloc) {
        let mut at = 0;
        while at < self.voices.len() {
            if self.voices[at].at >= self.voices[at].samples.len() {
                alloc.pool_free(self.voices.swap_remove(at));
            } else {
                at += 1;
            }
        }
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Voice> {
        self.voices.iter_mut().map(|voice| &mut **voice)
    }
}
