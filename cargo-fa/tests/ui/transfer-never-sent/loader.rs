//! Assets on their way from the loader to the renderer.
use framealloc::{SmartAlloc, TransferHandle};
use std::sync::mpsc::{Receiver, SendError, Sender, channel};
use std::thread;

struct Mesh {
    vertices: Vec<[f32; 3]>,
}

struct Texture {
    width: u32,
    pixels: Vec<u8>,
}

enum Loaded {
    Mesh(TransferHandle<Mesh>),
    Texture(TransferHandle<Texture>),
}

struct Loader {
    alloc: SmartAlloc,
    out: Sender<Loaded>,
    waiting: Vec<TransferHandle<Mesh>>,
    fallback: Option<TransferHandle<Texture>>,
}

fn mesh(size: usize) -> Mesh {
    Mesh { vertices: vec![[0.0; 3]; size] }
}

impl Loader {
    fn mesh(&mut self, size: usize) -> Result<(), SendError<Loaded>> {
        let handle = self.alloc.frame_box_for_transfer(mesh(size));
        self.out.send(Loaded::Mesh(handle))
    }

    fn mesh_if(&mut self, size: usize, wanted: bool) {
        let handle = self.alloc.frame_box_for_transfer(mesh(size));
        if wanted {
            let _ = self.out.send(Loaded::Mesh(handle));
        }
    }

    fn preload(&mut self, size: usize) {
        let handle = self.alloc.frame_box_for_transfer(mesh(size)); //~ FA203
        println!("loaded {}", size_of_val(&handle));
    }

    fn warm(&self) {
        let _ = self.alloc.frame_box_for_transfer(mesh(1)); //~ FA203
        self.alloc.frame_box_for_transfer(Texture { width: 1, pixels: vec![0] }); //~ FA203
    }

    fn texture(&mut self, width: u32) -> bool {
        let Ok(handle) = self.alloc.try_frame_box_for_transfer(Texture { width, pixels: vec![0; width as usize] }) else {
            return false;
        };
        match width {
            0 => drop(handle),
            1..=64 => self.fallback = Some(handle),
            _ => return self.out.send(Loaded::Texture(handle)).is_ok(),
        }
        false
    }

    fn queue(&mut self, sizes: &[usize]) {
        for size in sizes {
            self.waiting.push(self.alloc.frame_box_for_transfer(mesh(*size)));
        }
        let probe = self.alloc.frame_box_for_transfer(mesh(2)); // fa: allow(FA203) -- it only warms the pool
        println!("{}", size_of_val(&probe));
    }
}

fn render(received: &Receiver<Loaded>) -> usize {
    let mut size = 0;
    for loaded in received.try_iter() {
        size += match loaded {
            Loaded::Mesh(mesh) => mesh.receive().vertices.len(),
            Loaded::Texture(texture) => {
                let texture = texture.into_inner();
                texture.pixels.len() + texture.width as usize
            }
        };
    }
    size
}

fn main() {
    let (out, received) = channel();
    let mut loader = Loader { alloc: SmartAlloc::with_defaults(), out, waiting: Vec::new(), fallback: None };
    let loading = thread::spawn(move || {
        let _ = loader.mesh(10);
        loader.mesh_if(20, true);
        loader.preload(4);
        loader.warm();
        loader.queue(&[1, 2]);
        println!("{} {}", loader.texture(80), loader.waiting.len());
        loader.fallback.is_some()
    });
    println!("{:?} {}", loading.join().ok(), render(&received));
}
