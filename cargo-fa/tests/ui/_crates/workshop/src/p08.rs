//! A renderer whose frames begin where one is open already.

use framealloc::SmartAlloc;

#[derive(Clone, Copy)]
pub struct DrawCall {
    mesh: u32,
    depth: f32,
}

pub struct Renderer {
    alloc: SmartAlloc,
    calls: Vec<DrawCall>,
    resized: bool,
    size: [u32; 2],
}

impl Renderer {
    fn sorted(&self, reverse: bool) -> u32 {
        let mut order = self.alloc.frame_slice_copy(&self.calls);
        order.sort_unstable_by(|one, other| one.depth.total_cmp(&other.depth));
        let pick = if reverse { order.last() } else { order.first() };
        pick.map_or(0, |call| call.mesh)
    }

    pub fn draw(&mut self) -> u32 {
        self.alloc.begin_frame();
        if self.resized {
            self.size = [self.size[0].max(1), self.size[1].max(1)];
            self.resized = false;
            self.alloc.begin_frame(); //~ FA605
        }
        let nearest = self.sorted(false);
        self.alloc.end_frame();
        nearest
    }

    pub fn draw_passes(&self, passes: u32) -> u32 {
        let mut depth = 0.0f32;
        self.alloc.begin_frame();
        let background = self.sorted(true);
        for pass in 0..passes {
            self.alloc.begin_frame(); //~ FA605
            let shifted =
                self.alloc.frame_slice_from_fn(self.calls.len(), |i| self.calls[i].depth + pass as f32);
            depth += shifted.iter().sum::<f32>();
            drop(shifted);
            self.alloc.end_frame();
        }
        self.alloc.end_frame();
        background ^ depth.to_bits()
    }

    pub fn draw_shadows(&self) -> u32 {
        let shadows = self.alloc.clone();
        self.alloc.begin_frame();
        let front = self.sorted(false);
        shadows.begin_frame(); //~ FA605
        let back = self.sorted(true);
        shadows.end_frame();
        self.alloc.end_frame();
        front ^ back
    }

    pub fn step_debris(&self, dt: f32) -> f32 {
        self.alloc.begin_frame();
        let moved = self.alloc.with_tag("physics", |a| {
            a.begin_frame(); //~ FA605
            let depths = a.frame_slice_from_fn(self.calls.len(), |i| self.calls[i].depth + dt);
            let sum = depths.iter().sum::<f32>();
            drop(depths);
            a.end_frame();
            sum
        });
        self.alloc.end_frame();
        moved
    }
}
