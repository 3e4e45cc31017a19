// `let else`, a question mark deep in an expression, `unreachable!` in an arm, and io errors of a server's tick.
use framealloc::{FrameVec, SmartAlloc};
use std::io::{self, Read};

#[derive(Debug)]
struct Packet {
    kind: u8,
    body: [u8; 4],
}

fn read_packets(alloc: &SmartAlloc, mut wire: impl Read, count: usize) -> io::Result<u32> {
    alloc.begin_frame();
    let mut packets: FrameVec<'_, Packet> = alloc.frame_vec();
    for _ in 0..count.min(16) {
        let mut raw = [0; 5];
        wire.read_exact(&mut raw)?; //~ FA603
        packets.push(Packet { kind: raw[0], body: [raw[1], raw[2], raw[3], raw[4]] });
    }
    let sum = packets.iter().map(|packet| u32::from(packet.kind) + u32::from(packet.body[0])).sum();
    drop(packets);
    alloc.end_frame();
    Ok(sum)
}

fn first_kind(alloc: &SmartAlloc, kinds: &[u8]) -> u8 {
    alloc.begin_frame();
    let sorted = alloc.frame_slice_copy(kinds);
    let Some(first) = sorted.first().copied() else {
        return u8::MAX; //~ FA603
    };
    drop(sorted);
    alloc.end_frame();
    first
}

fn price(alloc: &SmartAlloc, kind: u8) -> u32 {
    alloc.begin_frame();
    let table = alloc.frame_slice_copy(&[10u32, 20, 30]);
    let price = match kind {
        0..=2 => table[usize::from(kind)],
        9 => unreachable!("kind 9 is filtered by the gateway"), //~ FA603
        _ => 0,
    };
    drop(table);
    alloc.end_frame();
    price
}

fn longest(alloc: &SmartAlloc, lines: &[&str]) -> io::Result<usize> {
    alloc.begin_frame();
    let result = (|| {
        let mut longest = alloc.frame_vec::<usize>();
        for line in lines {
            if line.is_empty() {
                return Err(io::Error::other("an empty line"));
            }
            longest.push(line.len());
        }
        Ok(longest.iter().copied().max().unwrap_or(0))
    })();
    alloc.end_frame();
    result
}

fn main() -> io::Result<()> {
    let alloc = SmartAlloc::with_defaults();
    println!("{}", read_packets(&alloc, &[1u8; 40][..], 4)?);
    println!("{} {} {}", first_kind(&alloc, &[3]), price(&alloc, 1), longest(&alloc, &["a", "bc"])?);
    Ok(())
}
