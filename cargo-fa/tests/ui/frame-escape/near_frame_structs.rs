// Structs that live within the frame, retained values, pool boxes, copies: nothing escapes.
use framealloc::{FrameBox, FrameVec, PoolBox, RetentionPolicy, SmartAlloc};

struct FrameCtx<'f> {
    alloc: &'f SmartAlloc,
    hits: FrameVec<'f, u32>,
    scratch: Option<FrameBox<'f, [f32]>>,
}

impl<'f> FrameCtx<'f> {
    fn new(alloc: &'f SmartAlloc) -> Self {
        Self { alloc, hits: alloc.frame_vec(), scratch: None }
    }
}

#[derive(Default)]
struct NavMesh {
    corners: Vec<[f32; 2]>,
}

struct Game {
    meshes: Vec<PoolBox<NavMesh>>,
    boxes: Vec<PoolBox<[f32; 4]>>,
    snapshot: Vec<u32>,
    name: String,
    best: f32,
}

fn tick(game: &mut Game, alloc: &SmartAlloc, number: u32) {
    alloc.begin_frame();
    {
        let mut ctx = FrameCtx::new(alloc);
        ctx.hits.push(number);
        ctx.scratch = Some(ctx.alloc.frame_slice(32));
        game.snapshot = ctx.hits.to_vec();
        game.best = ctx.scratch.as_ref().map_or(0.0, |scratch| scratch[0]);
    }
    let mut mesh = alloc.frame_retained::<NavMesh>(RetentionPolicy::PromoteToPool);
    mesh.corners.push([1.0, number as f32]);
    drop(mesh);
    game.boxes.push(alloc.pool_box([number as f32; 4]));
    let name = alloc.frame_str("player");
    game.name = name.to_string();
    let mut longest = alloc.frame_vec::<u32>();
    longest.extend_from_slice(&game.snapshot);
    game.snapshot.extend(longest.iter().copied());
    drop((name, longest));
    for promotion in alloc.end_frame_with_promotions() {
        if let Ok(framealloc::Promoted::Pool(mesh)) = promotion.downcast::<NavMesh>() {
            game.meshes.push(mesh);
        }
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut game = Game { meshes: vec![], boxes: vec![], snapshot: vec![], name: String::new(), best: 0.0 };
    for number in 0..4 {
        tick(&mut game, &alloc, number);
    }
    println!("{} {} {} {}", game.meshes.len(), game.boxes.len(), game.name, game.best);
}
