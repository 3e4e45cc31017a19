//! Animation: poses are sampled and blended by workers that meet at a barrier each tick.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use framealloc::{FrameBarrier, FrameBox, SmartAlloc};

const BONES: usize = 32;

#[derive(Clone, Copy, Default, framealloc::Zeroable)]
struct Joint {
    angle: f32,
    stretch: f32,
}

#[derive(Clone)]
struct Clip {
    length: f32,
    amplitude: f32,
}

trait Sampler {
    fn sample<'a>(&self, alloc: &'a SmartAlloc, time: f32) -> FrameBox<'a, [Joint]>;
}

impl Sampler for Clip {
    fn sample<'a>(&self, alloc: &'a SmartAlloc, time: f32) -> FrameBox<'a, [Joint]> {
        let phase = (time % self.length) / self.length;
        alloc.frame_slice_from_fn(BONES, |bone| Joint { angle: phase * self.amplitude * bone as f32, stretch: 1.0 })
    }
}

struct Rig {
    alloc: Arc<SmartAlloc>,
    barrier: Arc<FrameBarrier>,
    clips: Vec<Clip>,
}

fn blend(into: &mut [Joint], other: &[Joint], weight: f32) {
    for (joint, other) in into.iter_mut().zip(other) {
        joint.angle += (other.angle - joint.angle) * weight;
        joint.stretch += (other.stretch - joint.stretch) * weight;
    }
}

impl Rig {
    fn tick(&self, tick: u32) -> f32 {
        let time = tick as f32 / 60.0;
        let mut pose = self.clips[0].sample(&self.alloc, time);
        for clip in &self.clips[1..] {
            blend(&mut pose, &clip.sample(&self.alloc, time), 0.5);
        }
        pose.iter().map(|joint| joint.angle).sum()
    }

    fn body(self: Arc<Self>, ticks: u32) -> JoinHandle<f32> {
        thread::spawn(move || {
            let mut sum = 0.0;
            for tick in 0..ticks {
                self.alloc.begin_frame();
                sum += self.tick(tick);
                self.barrier.signal_frame_complete(); //~ FA202
                self.alloc.end_frame();
                self.barrier.wait_all();
            }
            sum
        })
    }

    /// The face moves only every other tick.
    fn face(self: Arc<Self>, ticks: u32) -> JoinHandle<f32> {
        thread::spawn(move || {
            let mut sum = 0.0;
            for tick in 0..ticks {
                if tick % 2 == 0 {
                    let _frame = self.alloc.frame();
                    sum += self.tick(tick);
                    drop(_frame);
                    self.barrier.signal_frame_complete();
                }
                self.barrier.wait_all(); //~ FA202
            }
            sum
        })
    }
}

/// Cloth: springs between joints; on a thread that has no loop of frames.
struct Cloth {
    stiffness: f32,
}

trait Solver {
    fn solve(&self, alloc: &SmartAlloc, count: usize) -> f32;
}

impl Solver for Cloth {
    fn solve(&self, alloc: &SmartAlloc, count: usize) -> f32 {
        let mut forces = alloc.frame_slice::<f32>(count); //~ FA204
        for (i, force) in forces.iter_mut().enumerate() {
            *force = self.stiffness * (i as f32).sin();
        }
        forces.iter().sum()
    }
}

fn cloth_thread<S: Solver + Send + 'static>(alloc: Arc<SmartAlloc>, solver: S) -> JoinHandle<f32> {
    thread::Builder::new()
        .name("cloth".into())
        .spawn(move || (0..100).map(|count| solver.solve(&alloc, count)).sum())
        .expect("threads can be made")
}

/// Spine, arms, legs: three workers and nobody else.
fn limbs(alloc: &SmartAlloc, clip: &Clip) -> f32 {
    let barrier = FrameBarrier::new(4);
    thread::scope(|scope| {
        let workers = [0.2, 0.4, 0.6].map(|weight| (weight, &barrier));
        let spawn = |(weight, barrier): (f32, &FrameBarrier)| {
            let frame = alloc.frame();
            let pose = clip.sample(alloc, weight);
            let sum = pose.iter().map(|joint| joint.angle * weight).sum::<f32>();
            drop(pose);
            drop(frame);
            barrier.signal_frame_complete();
            barrier.wait_all_timeout(std::time::Duration::from_millis(5)).map_or(0.0, |()| sum)
        };
        let [spine, arms, legs] = workers;
        let a = scope.spawn(move || spawn(spine));
        let b = scope.spawn(move || spawn(arms));
        let c = scope.spawn(move || spawn(legs));
        [a, b, c].into_iter().map(|worker| worker.join().unwrap_or(0.0)).sum()
    })
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let clips = vec![Clip { length: 1.0, amplitude: 0.5 }, Clip { length: 0.7, amplitude: 0.2 }];
    let limb_sum = limbs(&alloc, &clips[0]);
    let rig = Arc::new(Rig { alloc: alloc.clone(), barrier: Arc::new(FrameBarrier::new(2)), clips });
    let cloth = cloth_thread(alloc, Cloth { stiffness: 0.1 });
    let (body, face) = (rig.clone().body(10), rig.face(10));
    let sums = [body, face, cloth].map(|worker| worker.join().unwrap_or(f32::NAN));
    println!("{sums:?} {limb_sum}");
}
