//! Draw calls, by material.

use std::sync::mpsc::Sender;

use framealloc::{FrameVec, SmartAlloc};

use super::RenderProxy;
use crate::memory::{Alloc, sorted_in};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DrawKey(pub u64);

#[derive(Clone, Copy, Debug)]
pub struct Batch {
    pub material: u32,
    pub first: u32,
    pub count: u32,
}

pub fn build_batches<'f>(alloc: &'f SmartAlloc, proxies: &[RenderProxy]) -> FrameVec<'f, Batch> {
    let keys = alloc.frame_slice_from_fn(proxies.len(), |i| key(&proxies[i]));
    let sorted = sorted_in(&keys, alloc.frame_allocator());
    let mut batches: FrameVec<'f, Batch> = alloc.frame_vec();
    for (at, key) in sorted.iter().enumerate() {
        let material = (key.0 >> 32) as u32;
        match batches.last_mut() {
            Some(last) if last.material == material => last.count += 1,
            _ => batches.push(Batch { material, first: at as u32, count: 1 }),
        }
    }
    batches
}

fn key(proxy: &RenderProxy) -> DrawKey {
    DrawKey(u64::from(proxy.material) << 32 | u64::from(proxy.depth.to_bits()))
}

/// Hands batches to whoever presents them.
pub struct BatchStream {
    alloc: &'static Alloc,
    to_present: Sender<FrameVec<'static, Batch>>,
    copies: Sender<Vec<Batch>>,
    order: Option<framealloc::allocator_api2::vec::Vec<DrawKey, framealloc::FrameAllocator<'static>>>,
}

impl BatchStream {
    pub fn new(
        alloc: &'static Alloc,
        to_present: Sender<FrameVec<'static, Batch>>,
        copies: Sender<Vec<Batch>>,
    ) -> Self {
        Self { alloc, to_present, copies, order: None }
    }

    /// Sends this frame's batches.
    pub fn present(&self, proxies: &[RenderProxy]) -> bool {
        let batches = build_batches(self.alloc, proxies);
        self.to_present.send(batches).is_ok() //~ FA201
    }

    /// Sends a copy of them.
    pub fn present_copy(&self, proxies: &[RenderProxy]) -> bool {
        let batches = build_batches(self.alloc, proxies);
        self.copies.send(batches.to_vec()).is_ok()
    }

    /// Remembers the order for the next frame's merge.
    pub fn remember_order(&mut self, keys: &[DrawKey]) {
        self.order = Some(sorted_in(keys, self.alloc.frame_allocator()));
    }

    pub fn remembered(&self) -> usize {
        self.order.as_ref().map_or(0, |order| order.len())
    }
}
