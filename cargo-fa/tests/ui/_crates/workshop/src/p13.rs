//! Asynchronous loading that keeps nothing of a frame while it waits.

use std::future;

use framealloc::{FrameVec, PoolBox, SmartAlloc};

pub struct Disk {
    latency: u32,
}

impl Disk {
    pub async fn read(&self, sector: u32) -> [u8; 32] {
        future::ready([(sector ^ self.latency) as u8; 32]).await
    }

    pub async fn write(&self, bytes: &[u8]) -> usize {
        future::ready(bytes.len()).await
    }
}

pub struct Sector {
    number: u32,
    bytes: [u8; 32],
}

fn sum_of(numbers: FrameVec<'_, u32>) -> u32 {
    numbers.into_iter().sum()
}

pub struct Cache {
    alloc: SmartAlloc,
    disk: Disk,
    wanted: Vec<u32>,
    resident: Vec<PoolBox<Sector>>,
}

impl Cache {
    pub async fn load_next(&mut self) -> Option<u32> {
        let number = {
            let mut order = self.alloc.frame_vec_with_capacity::<u32>(self.wanted.len());
            order.extend_from_slice(&self.wanted);
            order.sort_unstable();
            order.first().copied()?
        };
        let bytes = self.disk.read(number).await;
        self.resident.push(self.alloc.pool_box(Sector { number, bytes }));
        Some(number)
    }

    pub async fn checksum(&self) -> usize {
        let numbers = self.alloc.frame_slice_from_fn(self.resident.len(), |i| self.resident[i].number);
        let total = numbers.iter().sum::<u32>();
        drop(numbers);
        self.disk.write(&total.to_le_bytes()).await
    }

    pub async fn flush(&self) -> usize {
        let dirty = self.alloc.frame_slice_from_fn(self.resident.len(), |i| self.resident[i].bytes[0]);
        let dirty: Vec<u8> = dirty.into_iter().collect();
        self.disk.write(&dirty).await
    }

    pub async fn prefetch(&mut self) -> u32 {
        let mut numbers = self.alloc.frame_vec::<u32>();
        numbers.extend(self.wanted.iter().map(|number| number + 1));
        let sum = sum_of(numbers);
        let bytes = self.disk.read(sum).await;
        let sector = self.alloc.pool_box(Sector { number: sum, bytes });
        let written = self.disk.write(&sector.bytes).await;
        self.resident.push(sector);
        written as u32
    }

    /// The frame value is made when the waiting is over.
    pub async fn histogram(&self, sector: u32) -> u32 {
        let bytes = self.disk.read(sector).await;
        let mut counts = self.alloc.frame_slice::<u32>(256);
        for byte in bytes {
            counts[usize::from(byte)] += 1;
        }
        counts.iter().copied().max().unwrap_or(0)
    }
}
