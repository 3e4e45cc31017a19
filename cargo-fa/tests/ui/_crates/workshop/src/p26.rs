//! A bridge to a C renderer, which is given pointers.

use framealloc::{FrameVec, SmartAlloc};

#[derive(Clone, Copy)]
#[repr(C)]
pub struct Vertex {
    position: [f32; 3],
    colour: u32,
}

pub struct Bridge {
    alloc: SmartAlloc,
    vertices: Vec<Vertex>,
    bound: *const Vertex,
    names: &'static [u32],
    draws: u32,
}

fn submit(vertices: *const Vertex, count: usize) -> u32 {
    if vertices.is_null() { 0 } else { count as u32 }
}

impl Bridge {
    /// The pointer is the renderer's only for the call.
    pub fn draw(&mut self) {
        self.alloc.begin_frame();
        let copy = self.alloc.frame_slice_copy(&self.vertices);
        self.draws += submit(copy.as_ptr(), copy.len());
        drop(copy);
        self.alloc.end_frame();
    }

    pub fn bind(&mut self) {
        self.alloc.begin_frame();
        let copy = self.alloc.frame_slice_copy(&self.vertices);
        self.bound = copy.as_ptr(); //~ FA601
        self.draws += submit(copy.as_ptr(), copy.len());
        self.alloc.end_frame();
    }

    pub fn first_colour(&self) -> u32 {
        self.alloc.begin_frame();
        let vertex = Vertex { position: [0.0; 3], colour: self.draws };
        let place = self.alloc.frame_uninit::<Vertex>().write(vertex);
        let pointer: *const Vertex = &raw const *place;
        self.alloc.end_frame();
        // SAFETY: none.
        unsafe { (*pointer).colour } //~ FA601
    }

    pub fn name_all(&mut self) {
        self.alloc.begin_frame();
        let names = self.alloc.frame_slice_from_fn(self.vertices.len(), |i| self.vertices[i].colour >> 8);
        // SAFETY: none.
        let forever = unsafe { std::mem::transmute::<&[u32], &'static [u32]>(&names) };
        self.names = forever; //~ FA601
        self.alloc.end_frame();
    }

    pub fn pin_indices(&self) -> u32 {
        let mut indices: FrameVec<'_, u32> = self.alloc.frame_vec_with_capacity(self.vertices.len());
        indices.extend(0..self.vertices.len() as u32);
        let boxed = Box::new(indices);
        let indices = Box::leak(boxed); //~ FA607
        indices.reverse();
        indices.first().copied().unwrap_or(0)
    }

    pub fn colours(&self) -> Box<[u32]> {
        self.alloc.begin_frame();
        let colours = self.alloc.frame_slice_from_fn(self.vertices.len(), |i| self.vertices[i].colour);
        let copy = colours.to_vec();
        drop(colours);
        self.alloc.end_frame();
        copy.into_boxed_slice()
    }
}
