//! What a level keeps of the frame that loads it: retained, taken, stored.
use framealloc::{FrameRetained, Promoted, Promotion, Promotions, RetainedId, RetentionPolicy, SmartAlloc};

#[derive(Default)]
struct NavMesh {
    triangles: Vec<[u32; 3]>,
}

#[derive(Default)]
struct Lights {
    probes: Vec<f32>,
}

#[derive(Default)]
struct Level {
    mesh: Option<Promoted<NavMesh>>,
    lights: Option<Promoted<Lights>>,
    wanted: Option<RetainedId<NavMesh>>,
    bytes: u64,
}

fn bake<'a>(alloc: &'a SmartAlloc, size: u32) -> FrameRetained<'a, NavMesh> {
    let mut mesh = alloc.frame_retained::<NavMesh>(RetentionPolicy::PromoteToHeap);
    let corners = alloc.frame_slice_from_fn(size as usize, |index| index as u32);
    mesh.triangles.extend(corners.windows(3).map(|three| [three[0], three[1], three[2]]));
    mesh
}

fn sort_out(level: &mut Level, promotions: Promotions) {
    let others: Vec<Promotion> = promotions.into_iter().collect();
    for promotion in others {
        level.bytes += promotion.size as u64;
        match promotion.downcast::<Lights>() {
            Ok(lights) => level.lights = Some(lights),
            Err(other) => println!("{} is not kept", other.type_name),
        }
    }
}

impl Level {
    fn load(&mut self, alloc: &SmartAlloc) {
        alloc.begin_frame();
        let mesh = bake(alloc, 30);
        self.wanted = Some(mesh.id());
        drop(mesh);
        let mut lights = alloc.frame_retained_value(Lights::default(), RetentionPolicy::PromoteToPool);
        lights.probes.resize(8, 0.5);
        drop(lights);
        let mut promotions = alloc.end_frame_with_promotions();
        self.mesh = self.wanted.and_then(|id| promotions.take(id));
        sort_out(self, promotions);
    }

    fn reload(&mut self, alloc: &SmartAlloc) -> usize {
        let count = {
            let _frame = alloc.frame();
            let mesh = bake(alloc, 10);
            let count = mesh.triangles.len();
            self.mesh = Some(mesh.into_promoted());
            count
        };
        sort_out(self, alloc.take_promotions());
        count
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut level = Level::default();
    level.load(&alloc);
    println!("{:?}", level.mesh.as_ref().map(|mesh| mesh.triangles.len()));
    println!("{} {} {}", level.reload(&alloc), level.bytes, level.lights.is_some_and(|lights| lights.probes.len() == 8));
}
