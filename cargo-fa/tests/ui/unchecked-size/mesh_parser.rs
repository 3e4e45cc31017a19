//! A parser of meshes that believes what files say.
use framealloc::{AllocError, FrameBox, FrameVec, SmartAlloc};
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::num::ParseIntError;

#[derive(Debug)]
enum MeshError {
    Io(io::Error),
    Number(ParseIntError),
    Memory(AllocError),
    TooMany(usize),
}

macro_rules! from {
    ($($error:ty => $variant:ident),*) => {
        $(impl From<$error> for MeshError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

from!(io::Error => Io, ParseIntError => Number, AllocError => Memory);

impl fmt::Display for MeshError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

struct Header {
    vertices: u32,
    indices: u32,
}

fn u32_from(input: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    input.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

fn header(input: &mut impl Read) -> io::Result<Header> {
    Ok(Header { vertices: u32_from(input)?, indices: u32_from(input)? })
}

fn binary<'a>(alloc: &'a SmartAlloc, input: &mut impl Read) -> Result<FrameBox<'a, [u32]>, MeshError> {
    let header = header(input)?;
    let positions = alloc.try_frame_slice::<f32>(header.vertices as usize)?; //~ FA303
    println!("{}", positions.len());
    if header.indices > 1 << 20 {
        return Err(MeshError::TooMany(header.indices as usize));
    }
    Ok(alloc.try_frame_slice::<u32>(header.indices as usize)?)
}

fn text<'a>(alloc: &'a SmartAlloc, line: &str) -> Result<FrameVec<'a, f32>, MeshError> {
    let (count, rest) = line.split_once(' ').unwrap_or((line, ""));
    let count: usize = count.trim().parse()?;
    let mut values = alloc.frame_vec_with_capacity(count); //~ FA303
    values.extend(rest.split(' ').filter_map(|value| value.parse::<f32>().ok()));
    Ok(values)
}

fn text_within<'a>(alloc: &'a SmartAlloc, line: &str, most: usize) -> Result<FrameVec<'a, f32>, MeshError> {
    let words = line.split(' ').count();
    let count = line.trim().parse::<usize>()?.min(most);
    let mut values = alloc.try_frame_vec_with_capacity(count)?;
    values.resize(count, words as f32);
    Ok(values)
}

fn text_late(alloc: &SmartAlloc, line: &str) -> Result<usize, MeshError> {
    let count = line.parse::<usize>()?;
    let flags = alloc.frame_slice::<u8>(count); //~ FA303
    if count > 4096 {
        return Err(MeshError::TooMany(count));
    }
    Ok(flags.len())
}

fn names(alloc: &SmartAlloc, input: &mut impl BufRead) -> Result<usize, MeshError> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let lengths = alloc.frame_vec_with_capacity::<usize>(words.len());
    Ok(lengths.capacity())
}

fn main() -> Result<(), MeshError> {
    let alloc = SmartAlloc::with_defaults();
    let mut input = BufReader::new(File::open("mesh.bin")?);
    let _frame = alloc.frame();
    println!("{}", binary(&alloc, &mut input)?.len());
    println!("{} {}", text(&alloc, "2 0.5 0.25")?.len(), text_within(&alloc, "9", 100)?.len());
    println!("{} {}", text_late(&alloc, "40")?, names(&alloc, &mut input)?);
    Ok(())
}
