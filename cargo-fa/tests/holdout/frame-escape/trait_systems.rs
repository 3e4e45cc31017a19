// Systems behind a trait: one stores into a parameter, one into a boxed field, two are right.
use framealloc::{FrameBox, FrameSet, SmartAlloc};
use std::rc::Rc;

type Memory = Rc<SmartAlloc>;

struct Blackboard<'a> {
    target: Option<FrameBox<'a, [f32; 2]>>,
    threat: f32,
    seen: Vec<u32>,
}

trait System<'a> {
    fn run(&mut self, memory: &'a SmartAlloc, board: &mut Blackboard<'a>);
}

struct Perception;
struct Targeting;
struct Memorise<'a> {
    visited: Option<Box<FrameSet<'a, u32>>>,
}

impl<'a> System<'a> for Perception {
    fn run(&mut self, memory: &'a SmartAlloc, board: &mut Blackboard<'a>) {
        let sounds = memory.frame_slice_from_fn(8, |i| i as f32 * 0.25);
        board.threat = sounds.iter().sum();
        board.seen.extend(sounds.iter().map(|sound| *sound as u32));
    }
}

impl<'a> System<'a> for Targeting {
    fn run(&mut self, memory: &'a SmartAlloc, board: &mut Blackboard<'a>) {
        let mut aim = memory.frame_alloc::<[f32; 2]>();
        aim[0] = board.threat;
        let Blackboard { target, .. } = board;
        *target = Some(aim); //~ FA601
    }
}

impl<'a> System<'a> for Memorise<'a> {
    fn run(&mut self, memory: &'a SmartAlloc, board: &mut Blackboard<'a>) {
        let mut visited = memory.frame_set();
        visited.extend(board.seen.iter().copied());
        self.visited = Some(Box::new(visited)); //~ FA601
    }
}

fn main() {
    let memory: Memory = Rc::new(SmartAlloc::with_defaults());
    let mut board = Blackboard { target: None, threat: 0.0, seen: Vec::new() };
    let (mut perception, mut targeting) = (Perception, Targeting);
    let mut memorise = Memorise { visited: None };
    for _ in 0..10 {
        memory.begin_frame();
        System::run(&mut perception, &memory, &mut board);
        targeting.run(&memory, &mut board);
        memorise.run(&memory, &mut board);
        memory.end_frame();
    }
    println!("{}", board.threat);
}
