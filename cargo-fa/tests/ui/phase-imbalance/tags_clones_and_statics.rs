// Phases of a clone, of the parameter of a tag's closure, of a static; nested phases of which one stays open.
use framealloc::SmartAlloc;
use std::sync::LazyLock;

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

fn mix(voices: &[f32]) -> Result<f32, String> {
    let twin = MEMORY.clone();
    twin.begin_phase("mix");
    let first = voices.first().ok_or_else(|| "no voice".to_string())?; //~ FA805
    twin.end_phase();
    Ok(*first)
}

fn reverb(voices: &[f32]) -> f32 {
    MEMORY.with_tag("audio", |memory| {
        memory.begin_phase("reverb");
        if voices.len() < 2 {
            return 0.0; //~ FA805
        }
        let taps = memory.frame_slice_copy(voices);
        let sum = taps.iter().sum();
        memory.end_phase();
        sum
    })
}

fn nested(voices: &[f32], loud: bool) -> f32 {
    MEMORY.begin_phase("outer");
    let sum: f32 = voices.iter().sum();
    MEMORY.begin_phase("inner");
    let gain = if loud { 2.0 } else { 0.5 };
    MEMORY.end_phase();
    if sum > 10.0 {
        return gain; //~ FA805
    }
    MEMORY.end_phase();
    sum * gain
}

fn balanced(voices: &[f32]) -> f32 {
    MEMORY.begin_phase("outer");
    let clone = &*MEMORY;
    clone.begin_phase("inner");
    let peak = voices.iter().copied().fold(0.0, f32::max);
    clone.end_phase();
    let squared = voices.iter().map(|voice| if *voice < 0.0 { return 0.0 } else { voice * voice });
    let energy: f32 = squared.sum();
    MEMORY.end_phase();
    peak + energy
}

fn main() {
    MEMORY.begin_frame();
    println!("{:?} {}", mix(&[0.5]), reverb(&[0.25, 0.5]));
    println!("{} {}", nested(&[1.0], true), balanced(&[0.1, 0.9]));
    MEMORY.end_frame();
}
