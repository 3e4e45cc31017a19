//! Sub-steps of a simulation, each with frames of its own, some within another.
use framealloc::SmartAlloc;
use std::ops::ControlFlow;
use std::sync::Arc;

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Single,
    Steps(u32),
    Replay,
}

struct World {
    alloc: Arc<SmartAlloc>,
    positions: Vec<f32>,
}

impl World {
    fn step(&mut self, mode: Mode) -> f32 {
        let alloc = Arc::clone(&self.alloc);
        alloc.begin_frame();
        match mode {
            Mode::Single => {}
            Mode::Steps(count) => {
                alloc.end_frame();
                for _ in 0..count {
                    alloc.begin_frame();
                    self.integrate(0.001);
                    alloc.end_frame();
                }
                alloc.begin_frame();
            }
            Mode::Replay => {
                alloc.begin_frame(); //~ FA605
                self.integrate(-0.01);
            }
        }
        self.integrate(0.01);
        alloc.end_frame();
        self.positions.iter().sum()
    }

    fn integrate(&mut self, dt: f32) {
        let old = self.alloc.frame_slice_copy(&self.positions);
        for (position, old) in self.positions.iter_mut().zip(old.iter()) {
            *position = old + dt;
        }
    }

    fn settle(&mut self) -> ControlFlow<f32> {
        self.alloc.begin_frame();
        self.integrate(0.5);
        self.alloc.with_tag("settle", |a| {
            a.begin_frame(); //~ FA605
            println!("{}", a.frame_slice_copy(&self.positions).len());
        });
        self.alloc.end_frame();
        if self.positions.len() > 4 { ControlFlow::Break(1.0) } else { ControlFlow::Continue(()) }
    }

    /// Either of the two, never both.
    fn either(&mut self, slow: bool) {
        if slow {
            self.alloc.begin_frame();
            self.integrate(0.1);
        } else {
            self.alloc.begin_frame();
            self.integrate(0.2);
        }
        self.alloc.end_frame();
    }
}

fn warm_up(main: &SmartAlloc, spare: &SmartAlloc) -> usize {
    main.begin_frame();
    let mut bytes = 0;
    let mut round = 0;
    while round < 4 {
        spare.begin_frame();
        bytes += spare.frame_slice_from_fn(round * 100, |index| index as u8).len();
        spare.end_frame();
        round += 1;
    }
    main.begin_frame(); //~ FA605
    main.end_frame();
    bytes
}

fn main() {
    let mut world = World { alloc: Arc::new(SmartAlloc::with_defaults()), positions: vec![0.0; 3] };
    for mode in [Mode::Single, Mode::Steps(4), Mode::Replay] {
        println!("{}", world.step(mode));
    }
    world.either(true);
    println!("{:?} {}", world.settle(), warm_up(&world.alloc, &SmartAlloc::with_defaults()));
}
