//! Skeletons and their poses; the work is in functions that the frame calls.
use framealloc::{PoolBox, SmartAlloc};

const JOINTS: usize = 32;

type Pose = [[f32; 4]; JOINTS];

#[derive(Default)]
struct Character {
    pose: Option<PoolBox<Pose>>,
    blend: f32,
}

struct Clip {
    frames: Vec<Pose>,
}

/// Called from within a frame.
fn sample(alloc: &SmartAlloc, clip: &Clip, time: f32) -> f32 {
    let index = (time * 30.0) as usize % clip.frames.len();
    let pose = alloc.pool_box(clip.frames[index]); //~ FA606
    pose.iter().map(|joint| joint[3]).sum()
}

fn blend(alloc: &SmartAlloc, a: &Pose, b: &Pose, factor: f32) -> PoolBox<Pose> {
    let mut out = alloc.pool_box(*a);
    for (joint, other) in out.iter_mut().zip(b) {
        joint.iter_mut().zip(other).for_each(|(x, y)| *x += (y - *x) * factor);
    }
    out
}

fn retarget(alloc: &SmartAlloc, character: &mut Character, clip: &Clip) {
    let Some(base) = clip.frames.first() else { return };
    let scratch = alloc.heap_box(*base); //~ FA606
    let weight = scratch[0][0];
    let pose = blend(alloc, base, &scratch, weight);
    character.pose = Some(pose);
}

fn cache(alloc: &SmartAlloc, clip: &Clip, slot: &mut Vec<PoolBox<Pose>>) -> usize {
    let pose = alloc.pool_box(clip.frames[0]);
    match slot.len() {
        0 => slot.push(pose),
        many => println!("{many} already, {}", pose.len()),
    }
    slot.len()
}

/// Outside of every frame.
fn load(alloc: &SmartAlloc) -> Clip {
    let bind = alloc.pool_box([[1.0f32; 4]; JOINTS]);
    Clip { frames: vec![*bind; 4] }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let clip = load(&alloc);
    let mut slot = Vec::new();
    let mut character = Character::default();
    for frame in 0..200u16 {
        alloc.begin_frame();
        character.blend = sample(&alloc, &clip, f32::from(frame) / 60.0);
        retarget(&alloc, &mut character, &clip);
        println!("{} {}", cache(&alloc, &clip, &mut slot), character.blend);
        alloc.end_frame();
    }
}
