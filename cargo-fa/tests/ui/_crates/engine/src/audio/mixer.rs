//! Adds voices up.

use framealloc::{FrameBox, SmartAlloc};

use super::VoiceBank;
use crate::memory::Alloc;
use crate::schedule::System;

const BLOCK: usize = 256;

pub struct Mixer {
    alloc: &'static Alloc,
    pub bank: VoiceBank,
    tail: Option<FrameBox<'static, [f32]>>,
    peak: f32,
    last: [f32; 8],
}

impl Mixer {
    pub fn new(alloc: &'static Alloc) -> Self {
        Self { alloc, bank: VoiceBank::default(), tail: None, peak: 0.0, last: [0.0; 8] }
    }

    fn mix_into(bank: &mut VoiceBank, out: &mut [f32]) {
        for voice in bank.iter_mut() {
            let rest = &voice.samples[voice.at..];
            for (sum, sample) in out.iter_mut().zip(rest) {
                *sum += sample * voice.gain;
            }
            voice.at += rest.len().min(out.len());
        }
    }

    /// Keeps the end of a block, to fade it into the next.
    fn keep_tail(&mut self, block: &[f32]) {
        let tail = frame_copy!(self.alloc, &block[block.len() / 2..]);
        self.tail = Some(tail);
    }

    pub fn tail_energy(&self) -> f32 {
        self.tail.as_ref().map_or(0.0, |tail| tail.iter().map(|x| x * x).sum())
    }

    /// Gains of four buses.
    fn buses(&self, alloc: &SmartAlloc) -> f32 {
        let gains = frame_list![alloc; 1.0f32, 0.5, 0.25, 0.125];
        gains.iter().sum()
    }

    /// A window over the block.
    fn window(&mut self, alloc: &SmartAlloc, block: &mut [f32]) {
        let table = alloc.heap_slice::<f32>(block.len()); //~ FA606
        for (sample, weight) in block.iter_mut().zip(table.iter()) {
            *sample *= 1.0 - weight;
        }
        alloc.heap_free(table);
    }
}

impl System for Mixer {
    system_name!("mixer");

    fn run(&mut self, alloc: &SmartAlloc) {
        let _tag = alloc.tag("audio");
        self.bank.retire(alloc);
        let mut block = alloc.frame_alloc::<[f32; BLOCK]>();
        Self::mix_into(&mut self.bank, block.as_mut_slice());
        self.window(alloc, block.as_mut_slice());
        self.peak = block.iter().fold(0.0, |most, sample| sample.abs().max(most)) * self.buses(alloc);
        self.last.copy_from_slice(&block[..8]);
        self.keep_tail(block.as_slice());
    }
}
