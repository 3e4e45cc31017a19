// Loops outside of frames, the loops that run the frames, and loops with a literal end of at most eight.
use framealloc::{AllocConfig, SmartAlloc, megabytes};
use std::time::{Duration, Instant};

struct Assets {
    textures: Vec<u64>,
}

fn load(alloc: &SmartAlloc, names: &[&str]) -> Assets {
    let mut textures = Vec::new();
    for name in names {
        let pixels = alloc.heap_slice::<u8>(4096);
        let header = alloc.pool_box([name.len() as u32; 4]);
        textures.push(pixels.len() as u64 + u64::from(header[0]));
    }
    Assets { textures }
}

fn simulate(alloc: &SmartAlloc, assets: &Assets, for_how_long: Duration) -> u64 {
    let started = Instant::now();
    let mut sum = 0;
    while started.elapsed() < for_how_long {
        alloc.begin_frame();
        let mut queue = alloc.frame_vec::<u64>();
        queue.extend_from_slice(&assets.textures);
        let constants = alloc.frame_slice::<f32>(64);
        sum += queue.iter().sum::<u64>() + constants.len() as u64;
        for cascade in 0..4 {
            let mut casters = alloc.frame_vec::<u64>();
            casters.push(cascade);
            sum += casters.len() as u64;
        }
        for _eye in 0..=1 {
            let target = alloc.frame_alloc::<[u32; 64]>();
            sum += u64::from(target[0]);
        }
        drop((queue, constants));
        alloc.end_frame();
    }
    sum
}

fn frames(alloc: &SmartAlloc, count: u32) -> usize {
    let mut bytes = 0;
    for _ in 0..count {
        let frame = alloc.frame();
        let scratch = frame.vec::<u8>();
        bytes += scratch.len() + frame.alloc_slice_copy(&[0u8; 16]).len();
    }
    bytes
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(2)));
    let assets = load(&alloc, &["stone", "grass"]);
    println!("{} {}", simulate(&alloc, &assets, Duration::from_millis(5)), frames(&alloc, 10));
}
