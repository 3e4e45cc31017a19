//! Readers of meshes and archives; some of them believe what the file says.

use std::io::{self, Read};
use std::sync::mpsc::Receiver;

use framealloc::{FrameVec, HeapBox, SmartAlloc};

const MOST: usize = 1 << 16;

fn read_len(source: &mut impl Read) -> io::Result<usize> {
    let mut header = [0_u8; 4];
    source.read_exact(&mut header)?;
    Ok(u32::from_le_bytes(header) as usize)
}

pub struct Reader<'a> {
    alloc: &'a SmartAlloc,
    sizes: Receiver<usize>,
}

impl<'a> Reader<'a> {
    pub fn mesh(&self, text: &str) -> Option<FrameVec<'a, f32>> {
        let mut words = text.split_whitespace();
        let count = words.next().and_then(|word| word.parse::<usize>().ok())?;
        let mut points = self.alloc.frame_vec_with_capacity(count); //~ FA303
        points.extend(words.filter_map(|word| word.parse::<f32>().ok()));
        Some(points)
    }

    pub fn entry(&self, source: &mut impl Read) -> io::Result<u64> {
        let len = read_len(source)?;
        let mut bytes = self.alloc.try_frame_slice::<u8>(len).map_err(io::Error::other)?; //~ FA303
        source.read_exact(&mut bytes)?;
        Ok(bytes.iter().map(|byte| u64::from(*byte)).sum())
    }

    /// Looks at the size when it is too late.
    pub fn table(&self) -> Option<HeapBox<[u64]>> {
        let slots = self.sizes.recv().ok()?;
        let table = self.alloc.heap_slice::<u64>(slots); //~ FA303
        if slots > MOST {
            return None;
        }
        Some(table)
    }

    pub fn bounded_entry(&self, source: &mut impl Read) -> io::Result<usize> {
        let len = read_len(source)?.min(MOST);
        let mut bytes = self.alloc.frame_slice::<u8>(len);
        source.read_exact(&mut bytes)?;
        Ok(bytes.len())
    }

    pub fn checked_table(&self) -> Option<HeapBox<[u64]>> {
        let slots = self.sizes.recv().ok()?;
        if slots > MOST {
            return None;
        }
        Some(self.alloc.heap_slice::<u64>(slots))
    }
}
