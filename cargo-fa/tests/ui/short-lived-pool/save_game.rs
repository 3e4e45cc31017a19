//! Saving: a block per section, most of them of no use after the section is written.
use framealloc::{AllocError, PoolBox, SmartAlloc};
use std::fmt;

struct Header {
    magic: u32,
    sections: u32,
}

#[derive(Debug)]
enum SaveError {
    Memory(AllocError),
    Empty,
}

impl From<AllocError> for SaveError {
    fn from(error: AllocError) -> Self {
        Self::Memory(error)
    }
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not saved")
    }
}

trait Section {
    fn write(&self, alloc: &SmartAlloc, out: &mut Vec<u8>) -> Result<(), SaveError>;
}

struct Player {
    health: u32,
}

struct Map {
    tiles: Vec<u8>,
}

impl Section for Player {
    fn write(&self, alloc: &SmartAlloc, out: &mut Vec<u8>) -> Result<(), SaveError> {
        let bytes = alloc.try_pool_box(self.health.to_le_bytes())?; //~ FA606
        out.extend_from_slice(&*bytes);
        Ok(())
    }
}

impl Section for Map {
    fn write(&self, alloc: &SmartAlloc, out: &mut Vec<u8>) -> Result<(), SaveError> {
        if self.tiles.is_empty() {
            return Err(SaveError::Empty);
        }
        let packed = alloc.try_frame_slice_copy(&self.tiles)?;
        out.extend_from_slice(&packed);
        Ok(())
    }
}

fn header(alloc: &SmartAlloc, sections: u32) -> PoolBox<Header> {
    alloc.pool_box(Header { magic: 0x5341_5645, sections })
}

fn save(alloc: &SmartAlloc, player: &Player, map: &Map) -> Result<(Vec<u8>, PoolBox<Header>), SaveError> {
    let _frame = alloc.frame();
    let mut out = Vec::new();
    let sections: [&dyn Section; 2] = [player, map];
    for section in sections {
        section.write(alloc, &mut out)?;
    }
    let checksum = alloc.try_heap_box(out.iter().map(|byte| u32::from(*byte)).sum::<u32>())?; //~ FA606
    out.extend(checksum.to_le_bytes());
    let head = header(alloc, 2);
    Ok((out, head))
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    match save(&alloc, &Player { health: 9 }, &Map { tiles: vec![1, 2, 3] }) {
        Ok((bytes, head)) => println!("{} {:x} {}", bytes.len(), head.magic, head.sections),
        Err(error) => println!("{error}"),
    }
}
