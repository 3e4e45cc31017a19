// Lengths that cannot run away: compared in a guard, a match range, a checked conversion, of what is there already.
use framealloc::SmartAlloc;
use std::cmp;
use std::io::{self, Read};

#[derive(Debug)]
enum Bad {
    Io,
    TooLong(usize),
}

fn read_len(stream: &mut impl Read) -> Result<usize, Bad> {
    let mut raw = [0u8; 8];
    stream.read_exact(&mut raw).map_err(|_| Bad::Io)?;
    let len = u64::from_le_bytes(raw) as usize;
    if len > 1 << 16 {
        return Err(Bad::TooLong(len));
    }
    Ok(len)
}

fn body(alloc: &SmartAlloc, stream: &mut impl Read) -> Result<u64, Bad> {
    let len = read_len(stream)?;
    let mut body = alloc.frame_slice::<u8>(len);
    stream.read_exact(&mut body).map_err(|_| Bad::Io)?;
    Ok(body.iter().map(|byte| u64::from(*byte)).sum())
}

fn small(alloc: &SmartAlloc, text: &str) -> usize {
    match text.parse::<usize>() {
        Ok(count @ 1..=128) => alloc.frame_slice::<u8>(count).len(),
        Ok(_) | Err(_) => 0,
    }
}

fn byte(alloc: &SmartAlloc, text: &str) -> usize {
    let count = text.parse::<u32>().ok().and_then(|count| u8::try_from(count).ok());
    count.map_or(0, |count| alloc.frame_slice::<u8>(usize::from(count)).len())
}

fn capped(alloc: &SmartAlloc, text: &str, cap: usize) -> usize {
    let count = cmp::min(text.parse().unwrap_or(0), cap);
    alloc.frame_vec_with_capacity::<u32>(count).capacity()
}

fn lines(alloc: &SmartAlloc, mut stream: impl Read) -> io::Result<usize> {
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let starts = alloc.frame_vec_with_capacity::<usize>(text.len() / 2);
    let copy = alloc.frame_slice::<u8>(text.len());
    Ok(starts.capacity() + copy.len())
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let _frame = alloc.frame();
    println!("{:?} {}", body(&alloc, &mut io::empty()), small(&alloc, "4"));
    println!("{} {} {:?}", byte(&alloc, "7"), capped(&alloc, "9", 16), lines(&alloc, io::empty()).ok());
}
