//! Agents that remember what they have seen, some of them for too long.
use framealloc::{FrameBox, FrameMap, FrameVec, SmartAlloc};
use std::collections::HashMap;

type Path<'w> = FrameVec<'w, (i32, i32)>;

#[derive(Default)]
struct Blackboard<'w> {
    paths: HashMap<u32, Path<'w>>,
    threats: Vec<FrameBox<'w, [u32]>>,
    lengths: HashMap<u32, usize>,
}

trait Behaviour<'w> {
    fn think(&mut self, alloc: &'w SmartAlloc, board: &mut Blackboard<'w>, agent: u32);
}

struct Patrol {
    step: i32,
}

struct Flee<'w> {
    seen: Option<FrameBox<'w, [u32]>>,
}

fn walk<'w>(alloc: &'w SmartAlloc, steps: i32) -> Path<'w> {
    let mut path = alloc.frame_vec();
    path.extend((0..steps).map(|step| (step, step * 2)));
    path
}

impl<'w> Behaviour<'w> for Patrol {
    fn think(&mut self, alloc: &'w SmartAlloc, board: &mut Blackboard<'w>, agent: u32) {
        self.step += 1;
        let path = walk(alloc, self.step);
        board.lengths.insert(agent, path.len());
        board.paths.insert(agent, path); //~ FA601
    }
}

impl<'w> Behaviour<'w> for Flee<'w> {
    fn think(&mut self, alloc: &'w SmartAlloc, board: &mut Blackboard<'w>, agent: u32) {
        let near = alloc.frame_slice_from_fn(4, |index| agent + index as u32);
        board.threats.push(near.clone_in(alloc)); //~ FA601
        if agent % 2 == 0 {
            self.seen = Some(near); //~ FA601
        }
    }
}

/// Groups of agents: collections of the frame in a collection of the frame.
fn group<'w>(alloc: &'w SmartAlloc, agents: &[u32], groups: &mut FrameMap<'w, u32, FrameVec<'w, u32>>) {
    for agent in agents {
        groups.entry(agent % 3).or_insert_with(|| alloc.frame_vec()).push(*agent);
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut board = Blackboard::default();
    let (mut patrol, mut flee) = (Patrol { step: 0 }, Flee { seen: None });
    let agents = [1, 2, 3, 4, 5];
    let mut replay: Vec<Path<'_>> = Vec::new();
    for turn in 0..10 {
        alloc.begin_frame();
        let minds: [&mut dyn Behaviour<'_>; 2] = [&mut patrol, &mut flee];
        for mind in minds {
            mind.think(&alloc, &mut board, turn);
        }
        let mut groups = alloc.frame_map();
        group(&alloc, &agents, &mut groups);
        let mut todo: Vec<Path<'_>> = Vec::new();
        todo.push(walk(&alloc, 3));
        println!("{} groups, {} paths", groups.len(), todo.len());
        replay.push(walk(&alloc, 2)); //~ FA601
        alloc.end_frame();
    }
    println!("{}", board.lengths.len());
}
