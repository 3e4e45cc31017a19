//! Culling on rayon's threads, whose loop the program does not own: each worker collects what it sees in memory of its
//! own, and the main thread reads all of it until the shared frame is dropped.
//!
//! The same work is done with a `Vec` for each job, and both must see the same.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use framealloc::{AllocConfig, SmartAlloc, megabytes};
use rayon::prelude::*;

/// Culls objects in parallel, with the results in frame memory of the workers.
#[derive(Parser)]
struct Args {
    /// Frames to run.
    #[arg(long, default_value_t = 300)]
    frames: u32,
    /// Objects in the world.
    #[arg(long, default_value_t = 200_000)]
    objects: usize,
    /// Objects in one job.
    #[arg(long, default_value_t = 2_000)]
    job: usize,
}

#[derive(Clone, Copy)]
struct Object {
    position: [f32; 3],
    radius: f32,
}

/// What the renderer wants to know of an object that is in sight.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Visible {
    object: u32,
    depth: f32,
}

/// Looks along a direction that turns with the frames.
struct Camera {
    direction: [f32; 3],
}

impl Camera {
    fn of_frame(frame: u32) -> Self {
        let angle = frame as f32 * 0.02;
        Self { direction: [angle.cos(), 0.0, angle.sin()] }
    }

    /// How far ahead the object is, if it is in sight.
    fn depth(&self, object: &Object) -> Option<f32> {
        let [x, y, z] = object.position;
        let [dx, dy, dz] = self.direction;
        let depth = x * dx + y * dy + z * dz;
        let aside = x * x + y * y + z * z - depth * depth;
        (depth > 0.0 && aside.sqrt() < 0.6 * depth + object.radius).then_some(depth)
    }
}

/// Objects that are the same in every run.
fn world(objects: usize) -> Vec<Object> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 24) as f32
    };
    (0..objects)
        .map(|_| Object { position: [(); 3].map(|()| random() * 200.0 - 100.0), radius: 0.5 + random() })
        .collect()
}

/// What each job of the camera's frame sees, in the order of the objects; in memory of the shared frame.
fn in_frame_memory<'f>(
    alloc: &SmartAlloc,
    shared: &'f framealloc::SharedFrame<'_>,
    objects: &[Object],
    job: usize,
    camera: &Camera,
) -> Vec<&'f mut [Visible]> {
    objects
        .par_chunks(job)
        .enumerate()
        .map(|(number, chunk)| {
            // A thread that waits inside a tag may run this job: it brings its own.
            alloc.task(|alloc| {
                alloc.with_tag("culling", |alloc| {
                    // Its length is not known before, so it grows on the thread's own stack of scopes.
                    let scope = alloc.scope();
                    let mut seen = scope.vec();
                    seen.extend(chunk.iter().zip(number * job..).filter_map(|(object, index)| {
                        let depth = camera.depth(object)?;
                        Some(Visible { object: index as u32, depth })
                    }));
                    shared.alloc_slice_copy(&seen)
                })
            })
        })
        .collect()
}

/// The same, with vectors.
fn in_vectors(objects: &[Object], job: usize, camera: &Camera) -> Vec<Vec<Visible>> {
    objects
        .par_chunks(job)
        .enumerate()
        .map(|(number, chunk)| {
            let seen = chunk.iter().zip(number * job..).filter_map(|(object, index)| {
                let depth = camera.depth(object)?;
                Some(Visible { object: index as u32, depth })
            });
            seen.collect()
        })
        .collect()
}

/// The main thread's part: the nearest of what the workers saw.
fn nearest<'v>(parts: impl Iterator<Item = &'v [Visible]>) -> (usize, Option<Visible>) {
    let mut count = 0;
    let nearest = parts
        .flat_map(|part| {
            count += part.len();
            part.iter().copied()
        })
        .min_by(|one, other| one.depth.total_cmp(&other.depth));
    (count, nearest)
}

#[expect(clippy::disallowed_methods, reason = "the example measures")]
fn timed<R>(total: &mut Duration, work: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let result = work();
    *total += start.elapsed();
    result
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program that reports")]
fn main() -> ExitCode {
    let args = Args::parse();
    let job = args.job.max(1);
    let objects = world(args.objects);
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(4)));
    let (mut with_frames, mut with_vectors) = (Duration::ZERO, Duration::ZERO);
    let mut in_sight = 0;
    for frame in 0..args.frames {
        let camera = Camera::of_frame(frame);
        let ours = timed(&mut with_frames, || {
            let shared = alloc.shared_frame();
            let parts = in_frame_memory(&alloc, &shared, &objects, job, &camera);
            black_box(nearest(parts.iter().map(|part| &**part)))
        }); // here the workers' memory is given up; each notices when it comes by again
        let theirs = timed(&mut with_vectors, || {
            let parts = in_vectors(&objects, job, &camera);
            black_box(nearest(parts.iter().map(|part| &**part)))
        });
        if ours != theirs {
            eprintln!("frame {frame}: {ours:?} with shared frames, {theirs:?} with vectors");
            return ExitCode::FAILURE;
        }
        in_sight += ours.0;
    }
    let frames = args.frames.max(1);
    let stats = alloc.stats();
    println!(
        "{} frames of {} objects on {} threads",
        args.frames,
        args.objects,
        rayon::current_num_threads()
    );
    println!("in sight on average  {}", in_sight / frames as usize);
    println!("with a shared frame  {:?} a frame", with_frames / frames);
    println!("with vectors         {:?} a frame", with_vectors / frames);
    println!("memory held          {} KiB by {} threads", stats.reserved_bytes / 1024, stats.threads);
    if let Some(culling) = alloc.tag_stats("culling") {
        println!("bytes under culling  {} a frame", culling.total_bytes / u64::from(frames));
    }
    ExitCode::SUCCESS
}
