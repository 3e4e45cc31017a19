// Paths that leave a frame open: in state machines, loaders, and functions that give up early.
use framealloc::SmartAlloc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};

#[derive(Debug)]
enum Failure {
    Lost,
    Empty,
}

struct Game {
    alloc: Arc<SmartAlloc>,
    score: u32,
    open: bool,
}

impl Game {
    fn update(&mut self, events: &Receiver<u32>) -> Result<(), Failure> {
        self.alloc.begin_frame();
        loop {
            match events.try_recv() {
                Ok(event) => self.score += *self.alloc.frame_box(event),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Err(Failure::Lost), //~ FA603
            }
        }
        self.alloc.end_frame();
        Ok(())
    }

    fn step(&mut self, input: Option<u32>) -> Option<u32> {
        self.alloc.begin_frame();
        let input = input?; //~ FA603
        let scaled = *self.alloc.frame_box(input * 2);
        self.alloc.end_frame();
        Some(scaled)
    }

    fn step_well(&mut self, input: Option<u32>) -> Option<u32> {
        self.alloc.begin_frame();
        let scaled = input.map(|input| *self.alloc.frame_box(input * 2));
        self.alloc.end_frame();
        let scaled = scaled?;
        Some(scaled)
    }

    fn levels(&mut self, levels: &[&[u32]]) -> u32 {
        let mut sum = 0;
        'levels: for level in levels {
            self.alloc.begin_frame();
            for tile in *level {
                if *tile == 0 {
                    continue 'levels; //~ FA603
                }
                if *tile > 9 {
                    self.alloc.end_frame();
                    break 'levels;
                }
                sum += *self.alloc.frame_box(*tile);
            }
            self.alloc.end_frame();
        }
        sum
    }

    fn checked(&mut self, input: u32) {
        self.alloc.begin_frame();
        if input > 100 {
            panic!("input {input}"); //~ FA603
        }
        println!("{}", self.alloc.frame_box(input));
        self.alloc.end_frame();
    }

    fn with_closure(&mut self, inputs: &[u32]) -> Option<u32> {
        self.alloc.begin_frame();
        let first = inputs.iter().find_map(|input| {
            if *input == 0 {
                return None;
            }
            Some(input.checked_sub(1)?)
        });
        self.alloc.end_frame();
        first
    }

    fn open(&mut self) {
        self.alloc.begin_frame();
        self.open = true;
    }

    fn close(&mut self) {
        self.open = false;
        self.alloc.end_frame();
    }

    fn paired(&mut self, input: u32) -> Result<u32, Failure> {
        self.open();
        let kept = *self.alloc.frame_box(input);
        self.close();
        if kept == 0 { Err(Failure::Empty) } else { Ok(kept) }
    }
}

fn read(alloc: &SmartAlloc, text: &str) -> Result<u32, std::num::ParseIntError> {
    alloc.begin_frame();
    let number = parse(alloc, text)?; //~ FA603
    alloc.end_frame();
    Ok(number)
}

fn parse(alloc: &SmartAlloc, text: &str) -> Result<u32, std::num::ParseIntError> {
    let trimmed = alloc.frame_slice_copy(text.trim().as_bytes());
    std::str::from_utf8(&trimmed).unwrap_or("0").parse()
}

fn read_well(alloc: &SmartAlloc, text: &str) -> Result<u32, std::num::ParseIntError> {
    alloc.begin_frame();
    let number = parse(alloc, text);
    alloc.end_frame();
    number
}

fn whole(alloc: &SmartAlloc, text: &str) -> Result<u32, std::num::ParseIntError> {
    let _frame = alloc.frame();
    let number = parse(alloc, text)?;
    Ok(number)
}

fn tail(alloc: &SmartAlloc, items: &[u32]) -> u32 {
    alloc.begin_frame();
    let Some(last) = items.last() else {
        return 0; //~ FA603
    };
    let last = *alloc.frame_box(*last);
    alloc.end_frame();
    last
}

fn turns(alloc: &SmartAlloc, items: &[u32]) {
    for item in items {
        alloc.begin_frame();
        if *item == 3 {
            break; //~ FA603
        }
        println!("{}", alloc.frame_box(*item));
        alloc.end_frame();
    }
}

fn ended_by_branch(alloc: &SmartAlloc, verbose: bool) {
    alloc.begin_frame();
    if verbose {
        println!("{}", alloc.frame_box(1));
        alloc.end_frame();
        return;
    }
    let promotions = alloc.end_frame_with_promotions();
    println!("{}", promotions.into_iter().count());
}

struct EndFrame<'a>(&'a SmartAlloc);

impl Drop for EndFrame<'_> {
    fn drop(&mut self) {
        self.0.end_frame();
    }
}

fn deferred(alloc: &SmartAlloc, input: Option<u32>) -> Option<u32> {
    alloc.begin_frame();
    let _end = EndFrame(alloc);
    let input = input?;
    Some(*alloc.frame_box(input))
}

fn exits(alloc: &SmartAlloc, input: u32) -> u32 {
    alloc.begin_frame();
    let code = match input {
        0 => std::process::exit(1),
        1 => panic!("one"), //~ FA603
        n => *alloc.frame_box(n),
    };
    alloc.end_frame();
    code
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let mut game = Game { alloc: alloc.clone(), score: 0, open: false };
    let (_sender, events) = std::sync::mpsc::channel();
    println!("{:?} {:?} {:?}", game.update(&events), game.step(None), game.step_well(None));
    println!("{} {:?} {:?}", game.levels(&[]), game.with_closure(&[]), game.paired(1));
    game.checked(1);
    println!("{:?} {:?} {:?}", read(&alloc, "1"), read_well(&alloc, "1"), whole(&alloc, "1"));
    println!("{} {:?}", tail(&alloc, &[]), deferred(&alloc, None));
    turns(&alloc, &[1]);
    ended_by_branch(&alloc, true);
    println!("{}", exits(&alloc, 2));
}
