//! Streaming of assets from the decoder's thread to the one that uploads them.

use std::sync::mpsc::Sender;

use framealloc::{AllocError, SmartAlloc, TransferHandle};

pub struct Mesh {
    vertices: [f32; 48],
}

pub struct Texture {
    texels: [u8; 256],
}

#[derive(Clone, Copy, PartialEq)]
pub enum Status {
    Queued,
    Refused,
}

pub struct Streamer {
    alloc: SmartAlloc,
    uploads: Sender<TransferHandle<Mesh>>,
    in_flight: u32,
    log: Vec<String>,
}

impl Streamer {
    fn trace<T>(&mut self, what: &str, handle: &TransferHandle<T>) {
        self.log.push(format!("{what}: {handle:?}"));
    }

    pub fn stream_mesh(&mut self, vertices: [f32; 48]) {
        let handle = self.alloc.frame_box_for_transfer(Mesh { vertices }); //~ FA203
        self.trace("mesh", &handle);
        self.in_flight += 1;
    }

    pub fn stream_mesh_now(&mut self, vertices: [f32; 48]) -> bool {
        let handle = self.alloc.frame_box_for_transfer(Mesh { vertices });
        self.trace("mesh", &handle);
        self.uploads.send(handle).is_ok()
    }

    pub fn stream_texture(&mut self, texels: &[u8; 256]) {
        let dark = texels.iter().all(|texel| *texel < 8);
        if dark {
            return;
        }
        let _ = self.alloc.frame_box_for_transfer(Texture { texels: *texels }); //~ FA203
        self.in_flight += 1;
    }

    pub fn stream_cue(&mut self, samples: [i16; 64]) -> Status {
        match self.alloc.try_frame_box_for_transfer(samples) { //~ FA203
            Ok(_handle) => {
                self.in_flight += 1;
                Status::Queued
            }
            Err(_) => Status::Refused,
        }
    }

    pub fn prepare(&self, vertices: [f32; 48]) -> Result<TransferHandle<Mesh>, AllocError> {
        let handle = self.alloc.try_frame_box_for_transfer(Mesh { vertices })?;
        Ok(handle)
    }
}
