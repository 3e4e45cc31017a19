// Inner loops, a labelled loop, a `with_tag` closure and a `for_each`-free iteration within a guard.
use framealloc::{FrameVec, SmartAlloc};

struct Light {
    position: [f32; 2],
    radius: f32,
}

fn assign_lights(alloc: &SmartAlloc, lights: &[Light], tiles: usize) -> usize {
    let _frame = alloc.frame();
    let mut assigned = 0;
    alloc.with_tag("lights", |a| {
        for light in lights {
            for tile in 0..tiles {
                let mut touched = a.frame_vec_with_capacity::<u32>(tiles); //~ FA602
                if light.position[0] - light.radius < tile as f32 {
                    touched.push(tile as u32);
                }
                assigned += touched.len();
            }
        }
    });
    assigned
}

fn shadow_cascades(alloc: &SmartAlloc, lights: &[Light]) -> f32 {
    let _frame = alloc.frame();
    let mut far = 0.0f32;
    'cascades: for split in 0..64 {
        for light in lights {
            let matrix = alloc.pool_alloc::<[f32; 16]>(); //~ FA602
            far += matrix[0] + light.radius * split as f32;
            if far > 100.0 {
                break 'cascades;
            }
        }
    }
    far
}

fn per_face(alloc: &SmartAlloc, lights: &[Light]) -> usize {
    let _frame = alloc.frame();
    let mut drawn = 0;
    for face in 0..6 {
        let mut visible = alloc.frame_vec::<usize>();
        visible.extend(lights.iter().enumerate().map(|(index, _)| index).filter(|i| i % 6 == face));
        drawn += visible.len();
    }
    drawn
}

fn binned(alloc: &SmartAlloc, lights: &[Light]) -> usize {
    let _frame = alloc.frame();
    let mut bins: FrameVec<'_, FrameVec<'_, usize>> = alloc.frame_vec();
    for _ in 0..lights.len().div_ceil(4) {
        bins.push(alloc.frame_vec());
    }
    for (index, _) in lights.iter().enumerate() {
        bins[index / 4].push(index);
    }
    bins.len()
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let lights: Vec<_> = (0..9).map(|i| Light { position: [i as f32; 2], radius: 2.0 }).collect();
    println!("{} {}", assign_lights(&alloc, &lights, 16), shadow_cascades(&alloc, &lights));
    println!("{} {}", per_face(&alloc, &lights), binned(&alloc, &lights));
}
