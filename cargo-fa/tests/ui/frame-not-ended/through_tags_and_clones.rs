// The allocator is a clone, the parameter of `with_tag`, or a field reached through a method.
use framealloc::{AllocError, SmartAlloc};

struct Audio {
    alloc: SmartAlloc,
    voices: Vec<f32>,
}

impl Audio {
    fn memory(&self) -> &SmartAlloc {
        &self.alloc
    }

    fn mix(&self) -> Result<f32, AllocError> {
        let memory = self.memory();
        memory.begin_frame();
        let mut bus = memory.try_frame_slice::<f32>(256)?; //~ FA603
        for (out, voice) in bus.iter_mut().zip(&self.voices) {
            *out += voice;
        }
        let peak = bus.iter().copied().fold(0.0, f32::max);
        drop(bus);
        memory.end_frame();
        Ok(peak)
    }

    fn mix_or_silence(&self) -> f32 {
        self.memory().begin_frame();
        let bus = self.memory().try_frame_slice::<f32>(256);
        let peak = match bus {
            Ok(bus) => bus[0] + self.voices.iter().sum::<f32>(),
            Err(_) => 0.0,
        };
        self.memory().end_frame();
        peak
    }

    fn reverb(&self, taps: usize) -> Option<f32> {
        let twin = self.alloc.clone();
        twin.begin_frame();
        let wet = self.alloc.with_tag("reverb", |a| {
            let delay = a.frame_slice_from_fn(16, |i| i as f32);
            delay.get(taps).copied()
        });
        if wet.is_none() {
            return None; //~ FA603
        }
        self.alloc.end_frame();
        wet
    }

    fn fade(&self, taps: usize) -> Option<f32> {
        let twin = self.alloc.clone();
        self.alloc.begin_frame();
        let curve = twin.with_tag("fade", |a| {
            if taps == 0 {
                return None;
            }
            Some(a.frame_slice_from_fn(taps.min(16), |i| i as f32)[0])
        });
        twin.end_frame();
        curve
    }
}

fn main() {
    let audio = Audio { alloc: SmartAlloc::with_defaults(), voices: vec![0.5; 4] };
    println!("{:?} {} {:?} {:?}", audio.mix().ok(), audio.mix_or_silence(), audio.reverb(99), audio.fade(3));
}
