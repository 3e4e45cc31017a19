//! A renderer that keeps its culled lists from one frame to the next.
use framealloc::{FrameBox, FrameVec, SmartAlloc};

#[derive(Clone, Copy)]
struct Instance {
    mesh: u32,
    depth: f32,
}

struct Renderer<'a> {
    alloc: &'a SmartAlloc,
    visible: Option<FrameVec<'a, Instance>>,
    order: Option<FrameBox<'a, [u32]>>,
    matrices: *const [f32; 16],
    last_depths: Vec<f32>,
    nearest: Option<Instance>,
    drawn: usize,
}

impl<'a> Renderer<'a> {
    fn new(alloc: &'a SmartAlloc) -> Self {
        Self {
            alloc,
            visible: None,
            order: None,
            matrices: std::ptr::null(),
            last_depths: Vec::new(),
            nearest: None,
            drawn: 0,
        }
    }

    fn cull(&mut self, scene: &[Instance]) {
        let mut visible = self.alloc.frame_vec_with_capacity(scene.len());
        visible.extend(scene.iter().copied().filter(|instance| instance.depth > 0.1));
        // Copies into memory that is not the frame's.
        self.last_depths = visible.iter().map(|instance| instance.depth).collect();
        self.nearest = visible.first().copied();
        self.visible = Some(visible); //~ FA601
    }

    fn sort(&mut self) {
        let Some(visible) = &self.visible else { return };
        let mut order = self.alloc.frame_slice_from_fn(visible.len(), |index| index as u32);
        order.sort_by(|a, b| visible[*a as usize].depth.total_cmp(&visible[*b as usize].depth));
        self.order.replace(order); //~ FA601
    }

    fn upload(&mut self, count: usize) {
        let matrices = self.alloc.frame_slice::<[f32; 16]>(count);
        self.matrices = matrices.as_ptr(); //~ FA601
    }

    fn draw(&mut self) -> usize {
        // Made, used and gone within the call.
        let batches = self.alloc.frame_slice_copy(&self.last_depths);
        self.drawn += batches.iter().filter(|depth| **depth < 100.0).count();
        self.drawn
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut renderer = Renderer::new(&alloc);
    let scene = [Instance { mesh: 1, depth: 4.0 }, Instance { mesh: 2, depth: 0.05 }];
    for _ in 0..60 {
        alloc.begin_frame();
        renderer.cull(&scene);
        renderer.sort();
        renderer.upload(scene.len());
        println!("{} drawn, nearest {:?}", renderer.draw(), renderer.nearest.map(|nearest| nearest.mesh));
        alloc.end_frame();
    }
    println!("{} {}", renderer.order.is_some(), renderer.matrices.is_null());
}
