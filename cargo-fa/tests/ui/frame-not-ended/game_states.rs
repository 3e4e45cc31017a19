// A state machine whose `update` opens the frame; some transitions leave it open.
use framealloc::{AllocConfig, SmartAlloc, frame_format};

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Intro { left: u32 },
    Playing { lives: u32 },
    Paused,
    Over,
}

struct Game {
    alloc: &'static SmartAlloc,
    state: State,
    log: Vec<String>,
}

impl Game {
    fn update(&mut self, key: Option<char>) -> Option<State> {
        self.alloc.begin_frame();
        let next = match (self.state, key) {
            (State::Intro { left: 0 }, _) => State::Playing { lives: 3 },
            (State::Intro { left }, _) => State::Intro { left: left - 1 },
            (State::Playing { .. }, Some('q')) => return None, //~ FA603
            (State::Playing { lives: 1 }, Some('x')) => State::Over,
            (State::Playing { lives }, Some('x')) => State::Playing { lives: lives - 1 },
            (State::Playing { .. }, Some('p')) => State::Paused,
            (State::Paused, None) => {
                self.alloc.end_frame();
                return Some(State::Paused);
            }
            (state, _) => state,
        };
        if next != self.state {
            let line = frame_format!(self.alloc, "{:?} to {next:?}", self.state);
            self.log.push(line.to_string());
        }
        self.state = next;
        self.alloc.end_frame();
        Some(next)
    }

    fn run(&mut self, keys: &str) -> usize {
        let mut turns = 0;
        let mut keys = keys.chars();
        while self.state != State::Over {
            self.alloc.begin_frame();
            let Some(key) = keys.next() else { break }; //~ FA603
            let echo = frame_format!(self.alloc, "key {key}");
            turns += echo.len();
            drop(echo);
            self.alloc.end_frame();
            if self.update(Some(key)).is_none() {
                break;
            }
        }
        turns
    }

    fn run_well(&mut self, keys: &str) -> usize {
        let mut turns = 0;
        for key in keys.chars() {
            let Some(state) = self.update(Some(key)) else { break };
            self.alloc.begin_frame();
            turns += usize::from(state != State::Paused);
            self.alloc.end_frame();
            if state == State::Over {
                return turns;
            }
        }
        turns
    }
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let mut game = Game { alloc, state: State::Intro { left: 2 }, log: Vec::new() };
    println!("{} {} {}", game.run("abxp"), game.run_well("xxx"), game.log.len());
}
