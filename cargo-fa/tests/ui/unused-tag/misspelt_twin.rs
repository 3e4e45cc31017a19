// A use that is misspelt leaves the configured tag without any; names in strings and comments are no uses.
use framealloc::{AllocConfig, SmartAlloc, frame_format};

const TITLE: &str = "streaming";

fn mix(alloc: &SmartAlloc, voices: &[f32]) -> f32 {
    let bus = alloc.with_tag("audio", |a| a.frame_slice_copy(voices));
    // with_tag("audio/mixer") was here
    let wet = alloc.with_tag("audio/mixxer", |a| a.frame_slice_copy(&bus)); //~ FA802
    wet.iter().sum()
}

fn title(alloc: &SmartAlloc) -> usize {
    let text = frame_format!(alloc, "{TITLE} (streaming)");
    text.len()
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default());
    let _frame = alloc.frame();
    println!("{} {}", mix(&alloc, &[0.5, 0.25]), title(&alloc));
}
