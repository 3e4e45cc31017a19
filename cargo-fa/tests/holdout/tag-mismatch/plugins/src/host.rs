use crate::plugins;
use framealloc::SmartAlloc;

pub struct Host<'a> {
    pub alloc: &'a SmartAlloc,
}

impl Host<'_> {
    pub fn run(&self, count: u32) -> u32 {
        self.alloc.begin_frame();
        let queue = self.alloc.with_tag("host", |a| a.frame_slice_from_fn(8, |i| i as u32 * count));
        let guests = self.alloc.with_tag("guests", |a| a.frame_slice_copy(&queue)); //~ FA801
        let sum = guests.iter().sum::<u32>();
        drop((queue, guests));
        let sum = sum + plugins::chat::run(self.alloc, count);
        self.alloc.end_frame();
        sum
    }
}
