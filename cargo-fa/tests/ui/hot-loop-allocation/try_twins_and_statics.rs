// `try_` twins on an allocator in a static; the loop of the frames itself is no hot loop.
use framealloc::{AllocError, SmartAlloc};
use std::collections::HashMap;
use std::sync::OnceLock;

static MEMORY: OnceLock<SmartAlloc> = OnceLock::new();

fn memory() -> &'static SmartAlloc {
    MEMORY.get_or_init(SmartAlloc::with_defaults)
}

#[derive(Default)]
struct Packets {
    sizes: HashMap<u16, Vec<usize>>,
    dropped: usize,
}

impl Packets {
    fn decode(&mut self, raw: &[[u8; 32]]) {
        for packet in raw {
            match memory().try_pool_box(*packet) { //~ FA602
                Ok(copy) => self.sizes.entry(u16::from(copy[0])).or_default().push(copy.len()),
                Err(_) => self.dropped += 1,
            }
        }
    }

    fn encode(&self) -> Result<usize, AllocError> {
        let mut bytes = 0;
        for sizes in self.sizes.values() {
            let out = memory().try_frame_alloc::<[u8; 512]>(); //~ FA602
            if let Ok(out) = &out {
                bytes += out.len().min(sizes.len());
            }
        }
        Ok(bytes)
    }

    fn histogram(&self) -> usize {
        let mut counts = memory().frame_map::<usize, usize>();
        for size in self.sizes.values().flatten() {
            *counts.entry(*size).or_insert(0) += 1;
        }
        counts.len()
    }
}

fn main() -> Result<(), AllocError> {
    let mut packets = Packets::default();
    for turn in 0..100u8 {
        memory().begin_frame();
        packets.decode(&[[turn; 32]; 4]);
        let encoded = packets.encode();
        let sizes = packets.histogram();
        let header = memory().pool_box([turn; 4]);
        let text = memory().frame_slice::<u8>(64);
        println!("{} {} {}", sizes, header.len(), text.len());
        memory().end_frame();
        memory().pool_free(header);
        println!("{}", encoded?);
    }
    Ok(())
}
