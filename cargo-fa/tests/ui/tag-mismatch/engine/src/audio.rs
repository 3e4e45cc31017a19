//! The mixer.
use framealloc::SmartAlloc;

#[derive(Default)]
pub struct Mixer {
    block: usize,
}

impl Mixer {
    pub fn mix(&mut self, alloc: &SmartAlloc, loudness: f32) {
        self.block += 1;
        let _tag = alloc.tag("audio");
        let block = alloc.frame_slice_from_fn(64, |index| index as f32 * loudness);
        println!("{}: {}", self.block, block.len());
        let voices = alloc.with_tag("voices", |a| a.frame_slice::<u8>(8));
        println!("{}", voices.len());
        drop((block, voices));
    }

    #[expect(dead_code)]
    fn meter(&self, alloc: &SmartAlloc) -> usize {
        alloc.with_tag("ui", |a| a.frame_slice::<u8>(self.block).len()) //~ FA801
    }
}
