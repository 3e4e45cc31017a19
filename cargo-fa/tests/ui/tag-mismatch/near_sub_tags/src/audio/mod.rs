use framealloc::SmartAlloc;

const TAG: &str = "audio";

struct Voice {
    gain: f32,
}

impl Voice {
    fn with_tag(&self, tag: &str) -> f32 {
        self.gain * tag.len() as f32
    }
}

pub fn mix(alloc: &SmartAlloc, gains: &[f32]) -> f32 {
    alloc.begin_phase("render");
    let bus = alloc.with_tag(TAG, |a| a.frame_slice_copy(gains));
    let wet = alloc
        .with_tag("audio/reverb", |a| a.with_tag("taps", |a| a.frame_slice::<f32>(16).iter().sum::<f32>()));
    alloc.end_phase();
    let voice = Voice { gain: bus.iter().sum() };
    voice.with_tag("physics") + wet
}
