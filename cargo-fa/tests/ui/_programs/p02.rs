//! An asset streamer: a loader thread parses chunks and hands them over; the game thread keeps what it needs.

use std::collections::HashMap;
use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use framealloc::{AllocConfig, FrameVec, PoolBox, SmartAlloc, TransferHandle, kilobytes, megabytes};

const MAX_CHUNK: usize = kilobytes(64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct AssetId(u32);

struct Mip {
    id: AssetId,
    level: u8,
    texels: [u8; 1024],
}

struct Arrived {
    id: AssetId,
    mip: TransferHandle<Mip>,
}

fn read_u32(source: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    source.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

/// Reads one chunk into frame memory of the calling thread.
fn read_chunk<'a>(alloc: &'a SmartAlloc, source: &mut impl Read) -> io::Result<(AssetId, FrameVec<'a, u8>)> {
    let id = AssetId(read_u32(source)?);
    let len = read_u32(source)? as usize;
    if len > MAX_CHUNK {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "chunk too large"));
    }
    let mut bytes = alloc.frame_vec_with_capacity::<u8>(len);
    bytes.resize(len, 0);
    source.read_exact(&mut bytes)?;
    Ok((id, bytes))
}

fn decode(bytes: &[u8]) -> Option<[u8; 1024]> {
    let mut texels = [0; 1024];
    let first = *bytes.first()?;
    for (texel, byte) in texels.iter_mut().zip(bytes.iter().cycle()) {
        *texel = byte ^ first;
    }
    Some(texels)
}

fn spawn_loader(alloc: Arc<SmartAlloc>, package: Vec<u8>, out: Sender<Arrived>) -> JoinHandle<io::Result<u32>> {
    thread::spawn(move || {
        let mut source = Cursor::new(package);
        let mut loaded = 0;
        loop {
            // The guard ends the frame on every way out, the `?` included.
            let _frame = alloc.frame();
            let (id, bytes) = match read_chunk(&alloc, &mut source) {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(loaded),
                Err(error) => return Err(error),
            };
            let Some(texels) = decode(&bytes) else { continue };
            let mip = alloc.frame_box_for_transfer(Mip { id, level: bytes.len().ilog2() as u8, texels });
            if out.send(Arrived { id, mip }).is_err() {
                return Ok(loaded);
            }
            loaded += 1;
        }
    })
}

#[derive(Default)]
struct Residency {
    mips: HashMap<AssetId, PoolBox<Mip>>,
    bytes: usize,
}

impl Residency {
    /// Takes what has arrived; returns the number of new ones.
    fn pump(&mut self, arrivals: &Receiver<Arrived>, budget: usize) -> usize {
        let mut taken = 0;
        for Arrived { id, mip } in arrivals.try_iter().take(budget) {
            let mip = mip.receive();
            debug_assert_eq!(mip.id, id);
            self.bytes += mip.texels.len();
            self.mips.insert(id, mip);
            taken += 1;
        }
        taken
    }
}

fn package(count: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    for id in 0..count {
        bytes.extend(id.to_le_bytes());
        bytes.extend(16u32.to_le_bytes());
        bytes.extend([id as u8; 16]);
    }
    bytes
}

fn main() -> io::Result<()> {
    let alloc = Arc::new(SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(1))));
    let (sender, arrivals) = mpsc::channel();
    let loader = spawn_loader(alloc.clone(), package(200), sender);
    let mut residency = Residency::default();
    while residency.mips.len() < 200 && !loader.is_finished() {
        let frame = alloc.frame();
        let taken = residency.pump(&arrivals, 16);
        let mut order = frame.vec();
        order.extend(residency.mips.values().map(|mip| (mip.level, mip.id.0)));
        order.sort_unstable();
        if taken == 0 {
            thread::yield_now();
        }
    }
    let loaded = loader.join().expect("the loader does not panic")?;
    residency.pump(&arrivals, usize::MAX);
    println!("{loaded} loaded, {} bytes resident", residency.bytes);
    Ok(())
}
