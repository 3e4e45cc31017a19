//! Routes that are retained, and never taken.
use framealloc::{FrameRetained, RetentionPolicy, SmartAlloc};

#[derive(Default)]
struct Route {
    corners: Vec<[f32; 2]>,
    cost: f32,
}

#[derive(Default, Clone)]
struct NavMesh {
    triangles: Vec<[u32; 3]>,
}

struct Planner {
    alloc: SmartAlloc,
    policy: RetentionPolicy,
}

impl Planner {
    fn route(&self, from: [f32; 2], to: [f32; 2]) -> f32 {
        let mut route = self.alloc.frame_retained::<Route>(RetentionPolicy::PromoteToPool); //~ FA604
        route.corners.extend([from, to]);
        route.cost = (to[0] - from[0]).hypot(to[1] - from[1]);
        route.cost
    }

    fn rebuild(&self, mesh: &NavMesh) -> usize {
        let kept = self.alloc.frame_retained_value(mesh.clone(), self.policy); //~ FA604
        kept.triangles.len()
    }

    fn grid<'p>(&'p self, cells: usize) -> FrameRetained<'p, Vec<u8>> {
        self.alloc.frame_retained_value(vec![0u8; cells], RetentionPolicy::PromoteToHeap) //~ FA604
    }
}

fn main() {
    let planner = Planner { alloc: SmartAlloc::with_defaults(), policy: RetentionPolicy::PromoteToHeap };
    let mesh = NavMesh { triangles: vec![[0, 1, 2]; 8] };
    for step in 0..100u8 {
        planner.alloc.begin_frame();
        let cost = planner.route([0.0; 2], [f32::from(step), 1.0]);
        println!("{cost} {} {}", planner.rebuild(&mesh), planner.grid(64).len());
        planner.alloc.end_frame();
    }
}
