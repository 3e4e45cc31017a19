// `continue` and `break` that leave a turn of the game loop with the frame open.
use framealloc::{AllocConfig, SmartAlloc, kilobytes};

enum Input {
    Quit,
    Pause,
    Move(i32),
}

struct Game {
    alloc: SmartAlloc,
    x: i32,
    turns: u32,
}

impl Game {
    fn run(&mut self, inputs: &[Input]) {
        for input in inputs {
            self.alloc.begin_frame();
            self.turns += 1;
            let mut moves = self.alloc.frame_vec::<i32>();
            match input {
                Input::Quit => break, //~ FA603
                Input::Pause => continue, //~ FA603
                Input::Move(by) => moves.push(*by),
            }
            self.x += moves.iter().sum::<i32>();
            drop(moves);
            self.alloc.end_frame();
        }
    }

    fn run_well(&mut self, inputs: &[Input]) {
        for input in inputs {
            if matches!(input, Input::Quit) {
                break;
            }
            self.alloc.begin_frame();
            let moved = match input {
                Input::Move(by) => Some(*by),
                Input::Pause | Input::Quit => None,
            };
            let Some(by) = moved else {
                self.alloc.end_frame();
                continue;
            };
            let path = self.alloc.frame_slice_from_fn(4, |i| by * i as i32);
            for step in path.iter() {
                if *step > 100 {
                    break;
                }
                self.x += step;
            }
            drop(path);
            self.alloc.end_frame();
        }
    }

    fn until_still(&mut self) -> i32 {
        let mut speed = 64;
        'frames: loop {
            self.alloc.begin_frame();
            let samples = self.alloc.frame_slice_from_fn(8, |i| speed >> i);
            for sample in samples.iter() {
                if *sample == 1 {
                    break 'frames; //~ FA603
                }
            }
            speed /= 2;
            self.alloc.end_frame();
        }
        speed
    }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)));
    let mut game = Game { alloc, x: 0, turns: 0 };
    game.run(&[Input::Move(2), Input::Pause]);
    game.run_well(&[Input::Move(2), Input::Pause, Input::Quit]);
    let speed = game.until_still();
    println!("{} {} {speed}", game.x, game.turns);
}
