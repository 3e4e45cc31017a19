//! The file format: a line of text, then numbers.

use std::io::Read;

use framealloc::{FrameBox, FrameVec, HeapBox, SmartAlloc};

use super::AssetError;

const MOST_VERTICES: usize = 1 << 20;

#[derive(Clone, Debug, Default)]
pub struct Header {
    pub name: String,
    pub vertices: usize,
    pub bones: u8,
}

pub struct Mesh {
    pub header: Header,
    pub data: HeapBox<[f32]>,
}

pub fn parse_header(line: &str) -> Result<Header, AssetError> {
    let mut words = line.split_whitespace();
    let name = words.next().ok_or(AssetError::Format("no name"))?.to_owned();
    let vertices = words.next().ok_or(AssetError::Format("no size"))?.parse::<usize>()?;
    let bones = words.next().map_or(Ok(0), str::parse::<u8>)?;
    Ok(Header { name, vertices, bones })
}

/// The number of bytes that follow, as the file says it.
fn read_len(input: &mut impl Read) -> Result<usize, AssetError> {
    let mut bytes = [0; 4];
    input.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes) as usize)
}

/// A chunk of a file, for this frame.
pub fn read_chunk<'f>(alloc: &'f SmartAlloc, input: &mut impl Read) -> Result<FrameBox<'f, [u8]>, AssetError> {
    let len = read_len(input)?;
    let mut chunk = alloc.frame_slice::<u8>(len); //~ FA303
    input.read_exact(&mut chunk)?;
    Ok(chunk)
}

/// The same for files one does not trust.
pub fn read_chunk_checked<'f>(
    alloc: &'f SmartAlloc,
    input: &mut impl Read,
) -> Result<FrameBox<'f, [u8]>, AssetError> {
    let len = read_len(input)?;
    if len > MOST_VERTICES * 4 {
        return Err(AssetError::Format("too long"));
    }
    let mut chunk = alloc.try_frame_slice::<u8>(len)?;
    input.read_exact(&mut chunk)?;
    Ok(chunk)
}

/// A mesh for the cache.
pub fn parse_mesh(alloc: &SmartAlloc, text: &str) -> Result<Mesh, AssetError> {
    let (first, rest) = text.split_once('\n').ok_or(AssetError::Format("no body"))?;
    let header = parse_header(first)?;
    let mut data = alloc.heap_slice::<f32>(header.vertices.min(MOST_VERTICES) * 3);
    for (value, word) in data.iter_mut().zip(rest.split_whitespace()) {
        *value = word.parse().unwrap_or(0.0);
    }
    Ok(Mesh { header, data })
}

/// Indices as text: the count first.
pub fn parse_indices<'f>(alloc: &'f SmartAlloc, text: &str) -> Result<FrameVec<'f, u32>, AssetError> {
    let mut words = text.split(',');
    let count: usize = words.next().ok_or(AssetError::Format("no count"))?.trim().parse()?;
    let mut indices = alloc.frame_vec_with_capacity::<u32>(count); //~ FA303
    if count > MOST_VERTICES {
        return Err(AssetError::Format("too many"));
    }
    for word in words {
        indices.push(word.trim().parse::<u32>()?);
    }
    Ok(indices)
}

/// Names of bones: their number fits a byte.
pub fn bone_names<'f>(alloc: &'f SmartAlloc, text: &str) -> Result<FrameVec<'f, u16>, AssetError> {
    let count = u8::try_from(text.trim().parse::<usize>()?).map_err(|_| AssetError::Format("bones"))?;
    let mut names = alloc.frame_vec_with_capacity(usize::from(count));
    names.extend(0..u16::from(count));
    Ok(names)
}
