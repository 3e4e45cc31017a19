//! Voxel chunks are meshed greedily by workers; meshes go to the uploader.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::thread::{self, JoinHandle};

use framealloc::{AllocConfig, FrameVec, PoolBox, SmartAlloc, TransferHandle, kilobytes};

const SIDE: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, framealloc::Zeroable)]
struct Quad {
    at: [u8; 3],
    size: [u8; 2],
}

struct Chunk {
    solid: Vec<bool>,
    id: u32,
}

impl Chunk {
    fn new(id: u32) -> Self {
        let solid = (0..SIDE * SIDE * SIDE).map(|i| (i as u32).wrapping_mul(2_654_435_761).wrapping_add(id) % 5 < 2);
        Self { solid: solid.collect(), id }
    }

    fn runs(&self, y: usize, z: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let row = &self.solid[(z * SIDE + y) * SIDE..][..SIDE];
        let mut x = 0;
        std::iter::from_fn(move || {
            x += row[x..].iter().position(|&solid| solid)?;
            let len = row[x..].iter().take_while(|&&solid| solid).count();
            x += len;
            Some((x - len, len))
        })
    }

    fn mesh<'a>(&self, alloc: &'a SmartAlloc) -> FrameVec<'a, Quad> {
        let mut quads = alloc.frame_vec();
        for z in 0..SIDE {
            for y in 0..SIDE {
                quads.extend(self.runs(y, z).map(|(x, len)| Quad { at: [x as u8, y as u8, z as u8], size: [len as u8, 1] }));
            }
        }
        quads
    }
}

/// A mesh on its way.
struct Upload {
    chunk: u32,
    quads: FrameVec<'static, Quad>,
}

// SAFETY: only one thread has it at a time.
unsafe impl Send for Upload {}

struct Baked {
    chunk: u32,
    quads: [Quad; 64],
    used: usize,
}

struct Mesher {
    alloc: &'static SmartAlloc,
    uploads: Sender<Upload>,
    borrowed: SyncSender<&'static [Quad]>,
    baked: Sender<TransferHandle<Baked>>,
}

impl Mesher {
    fn bake(&self, chunk: &Chunk) -> Baked {
        let quads = chunk.mesh(self.alloc);
        let used = quads.len().min(64);
        let mut baked = Baked { chunk: chunk.id, quads: [Quad { at: [0; 3], size: [0; 2] }; 64], used };
        baked.quads[..used].copy_from_slice(&quads[..used]);
        baked
    }

    fn send(&self, chunk: &Chunk) {
        let _frame = self.alloc.frame();
        let quads = chunk.mesh(self.alloc);
        match quads.len() {
            0 => {}
            1..=64 => {
                let handle = self.alloc.frame_box_for_transfer(self.bake(chunk));
                if self.baked.send(handle).is_err() {
                    eprintln!("nobody takes {}", chunk.id);
                }
            }
            65..=500 => {
                let upload = Upload { chunk: chunk.id, quads };
                let _ = self.uploads.send(upload); //~ FA201
            }
            _ => {
                let all: &'static [Quad] = quads.leak(); //~ FA607
                self.borrowed.try_send(all).unwrap_or_default(); //~ FA201
            }
        }
    }

    fn measure(&self, chunk: &Chunk) -> usize {
        let frame = self.alloc.frame();
        let size = |handle: &TransferHandle<Baked>| size_of_val(handle);
        let handle = self.alloc.frame_box_for_transfer(self.bake(chunk)); //~ FA203
        let bytes = size(&handle);
        drop(frame);
        bytes
    }
}

fn uploader(uploads: Receiver<Upload>, baked: Receiver<TransferHandle<Baked>>) -> JoinHandle<usize> {
    thread::spawn(move || {
        let quads: usize = uploads.iter().map(|upload| upload.quads.len() + upload.chunk as usize).sum();
        let kept: Vec<PoolBox<Baked>> = baked.iter().map(TransferHandle::receive).collect();
        quads + kept.iter().map(|baked| baked.quads[..baked.used].len() + baked.chunk as usize).sum::<usize>()
    })
}

/// Collision shapes stay; this thread has a bound on them.
fn colliders(alloc: &'static SmartAlloc, chunks: Arc<[Chunk]>) -> JoinHandle<Vec<PoolBox<[u16; SIDE]>>> {
    thread::spawn(move || {
        alloc.set_thread_pool_budget(kilobytes(256));
        chunks.iter().map(|chunk| alloc.pool_box([chunk.id as u16; SIDE])).collect()
    })
}

/// So do the light maps.
fn lights(alloc: &'static SmartAlloc, chunks: Arc<[Chunk]>) -> JoinHandle<Vec<PoolBox<[u8; 256]>>> {
    let work = move || chunks.iter().map(|chunk| alloc.pool_box([chunk.id as u8; 256])).collect();
    thread::spawn(work) //~ FA302
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default().with_frame_size(kilobytes(512)));
    let chunks: Arc<[Chunk]> = (0..12).map(Chunk::new).collect();
    let ((uploads, to_upload), (baked, to_keep)) = (mpsc::channel(), mpsc::channel());
    let (borrowed, to_show) = mpsc::sync_channel(16);
    let uploader = uploader(to_upload, to_keep);
    let threads = (colliders(alloc, chunks.clone()), lights(alloc, chunks.clone()));
    let mesher = Mesher { alloc, uploads, borrowed, baked };
    let mut bytes = 0;
    for chunk in chunks.iter() {
        mesher.send(chunk);
        bytes += mesher.measure(chunk);
    }
    drop(mesher);
    let shown: usize = to_show.iter().map(<[Quad]>::len).sum();
    let shapes = threads.0.join().map_or(0, |shapes| shapes.len()) + threads.1.join().map_or(0, |maps| maps.len());
    println!("{shown} shown, {bytes} bytes, {shapes} shapes, {:?} quads", uploader.join().ok());
}
