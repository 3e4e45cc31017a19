//! Bytes and what they mean.

use framealloc::{FrameBox, SmartAlloc};

#[derive(Clone, Debug, PartialEq)]
pub struct Packet {
    pub kind: u8,
    pub body: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketError {
    Short,
    Kind(u8),
}

/// One packet; its parts are looked at in the frame.
pub fn decode(alloc: &SmartAlloc, bytes: &[u8]) -> Result<Packet, PacketError> {
    let [kind, rest @ ..] = bytes else {
        return Err(PacketError::Short);
    };
    if *kind > 9 {
        return Err(PacketError::Kind(*kind));
    }
    let unmasked = alloc.with_tag("net", |a| unmask(a, rest));
    Ok(Packet { kind: *kind, body: unmasked.to_vec() })
}

fn unmask<'f>(alloc: &'f SmartAlloc, bytes: &[u8]) -> FrameBox<'f, [u8]> {
    let mut copy = alloc.frame_slice_copy(bytes);
    for byte in copy.iter_mut() {
        *byte ^= 0x5A;
    }
    copy
}
