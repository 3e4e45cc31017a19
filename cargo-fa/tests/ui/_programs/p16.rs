//! Assets are loaded by tasks on the game's own thread.

use std::cell::Cell;
use std::io;
use std::rc::Rc;

use async_executor::LocalExecutor;
use framealloc::{FrameVec, PoolBox, SmartAlloc};
use futures_lite::future;

struct Disk {
    reads: Cell<u32>,
}

impl Disk {
    async fn read(&self, id: u32, out: &mut [u8]) -> io::Result<usize> {
        self.reads.set(self.reads.get() + 1);
        future::yield_now().await;
        if id == 13 {
            return Err(io::ErrorKind::NotFound.into());
        }
        let len = out.len().min(id as usize);
        out[..len].fill(id as u8);
        Ok(len)
    }
}

struct Texture {
    texels: [u8; 256],
    used: usize,
}

struct Loader<'a> {
    alloc: &'a SmartAlloc,
    disk: &'a Disk,
    progress: Rc<Cell<usize>>,
}

impl<'a> Loader<'a> {
    fn wanted(&self, ids: &[u32]) -> FrameVec<'a, u32> {
        let mut wanted = self.alloc.frame_vec();
        wanted.extend(ids.iter().copied().filter(|id| id % 2 == 1));
        wanted
    }

    /// The value is in the pool: it may wait as long as it likes.
    async fn texture(&self, id: u32) -> io::Result<PoolBox<Texture>> {
        let mut texture = self.alloc.pool_alloc_texture();
        texture.used = self.disk.read(id, &mut texture.texels).await?;
        Ok(texture)
    }

    async fn batch(&self, ids: &[u32]) -> usize {
        let wanted = self.wanted(ids);
        let mut loaded = 0;
        for &id in wanted.iter() {
            match self.texture(id).await { //~ FA701
                Ok(texture) => loaded += texture.used,
                Err(error) => eprintln!("{id}: {error}"),
            }
        }
        self.progress.set(self.progress.get() + loaded);
        loaded
    }

    async fn header(&self, id: u32) -> io::Result<u8> {
        let _guard = self.alloc.tag("stream");
        let mut bytes = self.alloc.frame_slice::<u8>(16);
        let read = self.disk.read(id, &mut bytes);
        let len = read.await?; //~ FA701
        Ok(bytes[..len].iter().copied().max().unwrap_or(0))
    }

    async fn manifest(&self, id: u32) -> usize {
        self.alloc.begin_frame();
        let mut bytes = [0; 64];
        let len = match self.disk.read(id, &mut bytes).await { //~ FA702
            Ok(len) => len,
            Err(_) => 0,
        };
        let entries = self.alloc.frame_slice_copy(&bytes[..len]);
        let count = entries.iter().filter(|&&byte| byte > 0).count();
        self.alloc.end_frame();
        count
    }
}

trait Textures {
    fn pool_alloc_texture(&self) -> PoolBox<Texture>;
}

impl Textures for SmartAlloc {
    fn pool_alloc_texture(&self) -> PoolBox<Texture> {
        self.pool_box(Texture { texels: [0; 256], used: 0 })
    }
}

async fn checksum(bytes: FrameVec<'_, u8>) -> u32 {
    bytes.iter().map(|&byte| u32::from(byte)).sum()
}

fn tasks<'a>(alloc: &'a SmartAlloc, executor: &LocalExecutor<'a>, seen: Rc<Cell<u32>>) {
    alloc.begin_frame();
    let priorities = alloc.frame_slice_from_fn(32, |i| (i * 7 % 32) as u8);
    let first = priorities[0];
    let counter = seen.clone();
    executor.spawn(async move { counter.set(counter.get() + u32::from(first)) }).detach();
    let task = executor.spawn(async move { //~ FA703
        let sum: u32 = priorities.iter().map(|&priority| u32::from(priority)).sum();
        seen.set(seen.get() + sum);
    });
    task.detach();
    let mut bytes = alloc.frame_vec();
    bytes.extend_from_slice(b"manifest");
    executor.spawn(checksum(bytes)).detach(); //~ FA703
    alloc.end_frame();
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let disk = Disk { reads: Cell::new(0) };
    let seen = Rc::new(Cell::new(0));
    let progress = Rc::new(Cell::new(0));
    let executor = LocalExecutor::new();
    tasks(&alloc, &executor, seen.clone());
    let loader = Loader { alloc: &alloc, disk: &disk, progress: progress.clone() };
    let (loaded, header, count) = future::block_on(executor.run(async {
        let loaded = loader.batch(&[1, 2, 3, 13, 15]).await;
        let header = loader.header(9).await.unwrap_or(0);
        (loaded, header, loader.manifest(21).await)
    }));
    println!("{loaded} {header} {count}, {} seen, {} reads, {}", seen.get(), disk.reads.get(), progress.get());
}
