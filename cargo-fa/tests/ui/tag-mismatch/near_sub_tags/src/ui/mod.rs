use framealloc::{FrameVec, SmartAlloc};

pub struct Menu {
    pub entries: Vec<String>,
}

impl Menu {
    pub fn layout(&self, alloc: &SmartAlloc) -> usize {
        let _phase = alloc.phase("layout");
        let _tag = alloc.tag("ui");
        let widths: FrameVec<'_, usize> = {
            let _inner = alloc.tag("text");
            let mut widths = alloc.frame_vec();
            widths.extend(self.entries.iter().map(String::len));
            widths
        };
        let stats = alloc.tag_stats("render").map_or(0, |stats| stats.bytes_allocated);
        widths.len() + stats as usize
    }
}
