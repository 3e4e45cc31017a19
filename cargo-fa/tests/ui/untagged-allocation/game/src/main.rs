//! A game whose modules are mapped to tags.
mod ai;
mod audio;

use framealloc::SmartAlloc;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut brain = ai::Brain::default();
    for turn in 0..10 {
        alloc.begin_frame();
        let input = alloc.frame_slice::<u8>(turn);
        println!("{}", brain.think(&alloc, &input));
        drop(input);
        println!("{} {}", audio::mix(&alloc, turn), audio::spatial(&alloc, &[1.0]));
        alloc.end_frame();
    }
}
