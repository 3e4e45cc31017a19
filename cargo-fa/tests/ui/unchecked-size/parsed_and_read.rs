// Lengths that were parsed, read from a stream or received, given to an allocation as they came.
use framealloc::{FrameBox, SmartAlloc};
use std::io::{self, Read};
use std::num::ParseIntError;
use std::sync::mpsc::{Receiver, channel};

const MAX_POINTS: usize = 4096;

fn points<'a>(alloc: &'a SmartAlloc, header: &str) -> Result<FrameBox<'a, [[f32; 3]]>, ParseIntError> {
    let count: usize = header.trim().parse()?;
    Ok(alloc.frame_slice(count)) //~ FA303
}

fn points_checked<'a>(alloc: &'a SmartAlloc, header: &str) -> Option<FrameBox<'a, [[f32; 3]]>> {
    let count: usize = header.trim().parse().ok()?;
    if count > MAX_POINTS {
        return None;
    }
    Some(alloc.frame_slice(count))
}

fn chunk(alloc: &SmartAlloc, mut file: impl Read) -> io::Result<usize> {
    let mut word = [0u8; 4];
    file.read_exact(&mut word)?;
    let len = u32::from_le_bytes(word) as usize;
    let mut body = alloc.frame_slice::<u8>(len); //~ FA303
    file.read_exact(&mut body)?;
    Ok(body.len())
}

fn chunk_clamped(alloc: &SmartAlloc, mut file: impl Read) -> io::Result<usize> {
    let mut word = [0u8; 4];
    file.read_exact(&mut word)?;
    let len = (u32::from_le_bytes(word) as usize).min(MAX_POINTS);
    let mut body = alloc.frame_slice::<u8>(len);
    file.read_exact(&mut body)?;
    Ok(body.len())
}

fn from_channel(alloc: &SmartAlloc, sizes: &Receiver<usize>) -> usize {
    let Ok(size) = sizes.recv() else { return 0 };
    let list = alloc.frame_vec_with_capacity::<u32>(size); //~ FA303
    list.capacity()
}

fn of_collection(alloc: &SmartAlloc, sizes: &Receiver<Vec<u32>>) -> usize {
    let Ok(values) = sizes.recv() else { return 0 };
    let list = alloc.frame_vec_with_capacity::<u32>(values.len());
    list.capacity()
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let _frame = alloc.frame();
    let ((send, sizes), (list, lists)) = (channel(), channel());
    send.send(8).unwrap();
    list.send(vec![1, 2]).unwrap();
    println!("{:?} {:?}", points(&alloc, "3").is_ok(), points_checked(&alloc, "9").is_some());
    println!(
        "{:?} {:?}",
        chunk(&alloc, &[1u8, 0, 0, 0, 7][..]).ok(),
        chunk_clamped(&alloc, io::empty()).ok()
    );
    println!("{} {}", from_channel(&alloc, &sizes), of_collection(&alloc, &lists));
}
