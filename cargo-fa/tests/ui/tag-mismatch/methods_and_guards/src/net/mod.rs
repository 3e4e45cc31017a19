use framealloc::{SmartAlloc, frame_format};

pub struct Link<'m> {
    pub memory: &'m SmartAlloc,
    pub bytes: usize,
}

impl Link<'_> {
    pub fn send(&mut self, turn: u32) {
        self.bytes += self.memory.with_tag("net/out", |m| {
            let packet = frame_format!(m, "turn {turn}");
            m.with_tag("compressed", |m| m.frame_slice_copy(packet.as_bytes()).len())
        });
    }

    pub fn receive(&mut self, turn: u32) {
        let read = |m: &SmartAlloc| m.frame_slice_from_fn(4, |i| i as u32 * turn).len();
        self.bytes += self.memory.with_tag("net", read);
        self.bytes += self.memory.with_tag("network", read); //~ FA801
    }
}
