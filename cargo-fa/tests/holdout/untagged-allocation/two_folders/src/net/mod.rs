use framealloc::{FrameBox, SmartAlloc};

fn encode<'a>(alloc: &'a SmartAlloc, bytes: &[u8]) -> FrameBox<'a, [u8]> {
    alloc.frame_slice_from_fn(bytes.len(), |i| bytes[i] ^ 0x55)
}

pub fn packet(alloc: &SmartAlloc, bytes: &[u8]) -> usize {
    let body = alloc.with_tag("net", |a| a.with_tag("body", |a| encode(a, bytes)));
    let mut parts = {
        let _tag = alloc.tag("net");
        alloc.frame_vec::<usize>()
    };
    parts.push(body.len());
    let checksum = alloc.frame_box(body.iter().map(|byte| u32::from(*byte)).sum::<u32>()); //~ FA803
    parts.len() + *checksum as usize
}
