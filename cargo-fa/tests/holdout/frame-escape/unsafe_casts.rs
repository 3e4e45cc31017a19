// Lifetimes stretched by `transmute` and `from_raw_parts`, and the slice kept by the renderer.
use framealloc::{AllocConfig, SmartAlloc};
use std::mem::transmute;
use std::slice;

#[derive(Clone, Copy)]
struct Vertex {
    position: [f32; 3],
    colour: u32,
}

struct CommandList {
    vertices: &'static [Vertex],
    label: *const u8,
    count: usize,
}

struct Renderer {
    alloc: SmartAlloc,
    lists: Vec<CommandList>,
    debug: &'static [Vertex],
}

impl Renderer {
    fn upload_debug(&mut self, lines: &[[f32; 3]]) {
        let vertices =
            self.alloc.frame_slice_from_fn(lines.len(), |i| Vertex { position: lines[i], colour: 0xff });
        self.debug = unsafe { transmute::<&[Vertex], &'static [Vertex]>(&vertices) }; //~ FA601
    }

    fn submit(&mut self, quads: usize) {
        let name = self.alloc.frame_str("quads");
        let vertices = self.alloc.frame_slice_copy(&[Vertex { position: [0.0; 3], colour: quads as u32 }; 4]);
        let forever = unsafe { slice::from_raw_parts(vertices.as_ptr(), vertices.len()) };
        let owned = forever.iter().map(|vertex| vertex.colour as usize).sum();
        let list = CommandList { vertices: forever, label: name.as_ptr(), count: owned };
        self.lists.push(list); //~ FA601
    }

    fn colours(&self) -> u32 {
        let mut sums = self.alloc.frame_vec::<u32>();
        sums.extend(self.debug.iter().map(|vertex| vertex.colour));
        sums.iter().sum()
    }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default());
    let mut renderer = Renderer { alloc: alloc.clone(), lists: Vec::new(), debug: &[] };
    alloc.begin_frame();
    renderer.upload_debug(&[[0.0; 3], [1.0; 3]]);
    renderer.submit(3);
    println!("{} {}", renderer.lists.len(), renderer.colours());
    alloc.end_frame();
}
