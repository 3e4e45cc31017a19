//! One battle: its world, its memory, the threads that share a frame's work, and the order of a frame.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::{self, Scope};

use allocator_api2::vec::Vec as FrameVec;

use crate::heap_count::HeapCalls;
use crate::measure::{Sample, Stopwatch};
use crate::memory::{FrameMemory, MemoryUsage};
use crate::systems::draw::DrawList;
use crate::systems::spatial_hash::SpatialHash;
use crate::systems::ui::DrawCounts;
use crate::systems::{contacts, particles, path, steering, ui};
use crate::world::{Stripe, World};

/// The tags under which a frame allocates.
pub(crate) const TAGS: &[&str] = &[
    "ai",
    "ai/path",
    "ai/steering",
    "physics",
    "physics/hash",
    "physics/contacts",
    "physics/impacts",
    "particles",
    "render",
    "render/draw",
    "render/ui",
];

/// A battle on one kind of memory.
pub(crate) struct Battle<M> {
    memory: M,
    /// Threads read it while they decide; between that, the main thread changes it.
    world: RwLock<World>,
    /// One for each thread, the main thread's first. Never contended: a thread takes its own, and the main thread
    /// takes all when they are done.
    stripes: Vec<Mutex<Stripe>>,
    /// Passed by all threads when a frame's decisions begin, and when they are made.
    start: Barrier,
    finish: Barrier,
    over: AtomicBool,
}

impl<M: FrameMemory> Battle<M> {
    /// A battle that is about to begin.
    pub(crate) fn new(memory: M, seed: u64, agents: u32, threads: usize) -> Self {
        let world = World::new(seed, agents);
        Self {
            memory,
            stripes: world.stripes(threads).into_iter().map(Mutex::new).collect(),
            world: RwLock::new(world),
            start: Barrier::new(threads),
            finish: Barrier::new(threads),
            over: AtomicBool::new(false),
        }
    }

    /// Starts the threads that help; they stay until the result is dropped.
    pub(crate) fn begin<'s>(&'s self, scope: &'s Scope<'s, '_>) -> Running<'s, M> {
        for index in 1..self.stripes.len() {
            let helper = thread::Builder::new().name(format!("worker {index}"));
            helper.spawn_scoped(scope, move || self.help(index)).expect("the system has a thread");
        }
        Running { battle: self }
    }

    /// What a helping thread does until the battle is over.
    fn help(&self, index: usize) {
        let _guard = AbortOnPanic;
        loop {
            self.start.wait();
            if self.over.load(Ordering::Relaxed) {
                return;
            }
            let calls = HeapCalls::now();
            // Its own frame, in its own arena: nothing is shared, nothing is locked.
            self.memory.frame(|| self.decide(index));
            self.stripe(index).heap_calls = HeapCalls::now() - calls;
            self.finish.wait();
        }
    }

    /// The main thread's frame: decides with the others, then carries out what all decided, and shows it.
    fn frame(&self) {
        self.memory.frame(|| {
            self.start.wait();
            self.decide(0);
            self.finish.wait();
            let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
            self.carry_out(&mut world);
            world.frame += 1;
        });
    }

    /// Decides for one stripe, reading the world as the last frame left it.
    fn decide(&self, index: usize) {
        let (memory, alloc) = (&self.memory, || self.memory.allocator());
        let world = &*self.world.read().unwrap_or_else(PoisonError::into_inner);
        let stripe = &mut *self.stripe(index);
        let hash = memory.tag("physics", || {
            // Each thread hashes all agents: that is a small part of the frame, and a frame's data belongs to its thread.
            let hash =
                memory.tag("hash", || SpatialHash::build(world.map.width(), &world.positions, alloc()));
            memory.tag("contacts", || {
                let contacts = contacts::find(world, stripe, &hash, alloc());
                contacts::resolve(&contacts, stripe);
            });
            hash
        });
        memory.tag("ai", || {
            memory.tag("path", || path::plan(world, stripe, alloc()));
            memory.tag("steering", || steering::steer(world, stripe, &hash, alloc()));
        });
    }

    /// Carries out what the threads decided, in the order of the agents, and shows the result.
    fn carry_out(&self, world: &mut World) {
        let (memory, alloc) = (&self.memory, || self.memory.allocator());
        let bursts = memory.tag("physics", || {
            memory.tag("impacts", || {
                let mut impacts = FrameVec::new_in(alloc());
                for index in 0..self.stripes.len() {
                    world.carry_out(&self.stripe(index), &mut impacts);
                }
                particles::bursts(world, &impacts, alloc())
            })
        });
        memory.tag("particles", || particles::update(world, &bursts, alloc()));
        memory.tag("render", || {
            let mut screen = world.shown;
            let list = memory.tag("draw", || DrawList::build(world, alloc()));
            list.submit(&mut screen);
            let drawn = DrawCounts { sprites: list.sprites(), batches: list.batches() };
            memory.tag("ui", || ui::show(memory, world, &bursts, drawn, &mut screen));
            world.shown = screen;
        });
    }

    /// A thread's stripe. (A poisoned lock needs no care: a panic ends the program.)
    fn stripe(&self, index: usize) -> MutexGuard<'_, Stripe> {
        self.stripes[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A battle with its threads started.
pub(crate) struct Running<'s, M: FrameMemory> {
    battle: &'s Battle<M>,
}

impl<M: FrameMemory> Running<'_, M> {
    /// Runs one frame, and measures it.
    pub(crate) fn frame(&mut self) -> Sample {
        let _guard = AbortOnPanic;
        let battle = self.battle;
        let watch = Stopwatch::start();
        battle.frame();
        let mut sample = watch.stop();
        let others = (1..battle.stripes.len()).map(|index| battle.stripe(index).heap_calls);
        sample.heap_calls = others.chain([sample.heap_calls]).sum();
        // Between frames: what tools are told is no part of one.
        battle.memory.tell_tools();
        sample
    }

    /// The state of the world, to compare.
    pub(crate) fn checksum(&self) -> u64 {
        self.battle.world.read().unwrap_or_else(PoisonError::into_inner).checksum()
    }

    /// What the memory says about the last frame.
    pub(crate) fn usage(&self) -> Option<MemoryUsage> {
        self.battle.memory.usage(TAGS)
    }
}

impl<M: FrameMemory> Drop for Running<'_, M> {
    fn drop(&mut self) {
        self.battle.over.store(true, Ordering::Relaxed);
        self.battle.start.wait();
    }
}

/// Ends the program if its thread panics: the others would wait at a barrier for ever.
struct AbortOnPanic;

impl Drop for AbortOnPanic {
    fn drop(&mut self) {
        if thread::panicking() {
            process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{FrameBackend, HeapBackend};

    /// Fights for some frames; the state at the end, and the last frame's sample.
    fn fight<M: FrameMemory>(memory: M, threads: usize, frames: u32) -> (u64, Sample) {
        let battle = Battle::new(memory, 7, 2000, threads);
        thread::scope(|scope| {
            let mut running = battle.begin(scope);
            let last = (0..frames).map(|_| running.frame()).last().unwrap_or_default();
            (running.checksum(), last)
        })
    }

    #[test]
    fn neither_memory_nor_threads_change_the_battle() {
        let (expected, _) = fight(HeapBackend, 1, 40);
        for threads in [1, 2, 5] {
            assert_eq!(
                fight(FrameBackend::new(None), threads, 40).0,
                expected,
                "framealloc, {threads} threads"
            );
            assert_eq!(fight(HeapBackend, threads, 40).0, expected, "heap, {threads} threads");
        }
        assert_ne!(fight(HeapBackend, 1, 41).0, expected, "a frame more is another state");
    }

    #[test]
    fn a_steady_frame_calls_no_heap() {
        for threads in [1, 2] {
            assert_eq!(fight(FrameBackend::new(None), threads, 60).1.heap_calls, HeapCalls::default());
            assert_ne!(fight(HeapBackend, threads, 60).1.heap_calls, HeapCalls::default());
        }
    }

    #[test]
    fn a_frame_leaves_nothing_behind_and_every_tag_is_known() {
        let battle = Battle::new(FrameBackend::new(None), 7, 2000, 2);
        let usage = thread::scope(|scope| {
            let mut running = battle.begin(scope);
            for _ in 0..20 {
                running.frame();
            }
            running.usage().expect("framealloc keeps books")
        });
        assert_eq!(usage.parked_bytes, 0);
        assert_eq!(usage.tags.len(), TAGS.len());
        for tag in &usage.tags {
            assert!(tag.own_bytes <= tag.bytes && tag.bytes > 0, "{tag:?}");
        }
    }
}
