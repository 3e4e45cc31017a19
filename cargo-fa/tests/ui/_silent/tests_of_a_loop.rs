// A main loop that returns errors with `?`, in the shape in which it is tested: every frame is ended by its guard.
use framealloc::{AllocConfig, AllocError, FrameVec, SmartAlloc, frame_format, kilobytes};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead};
use std::num::ParseIntError;

#[derive(Debug)]
enum GameError {
    Io(io::Error),
    Parse(ParseIntError),
    Memory(AllocError),
    UnknownCommand(String),
}

impl fmt::Display for GameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "input: {error}"),
            Self::Parse(error) => write!(f, "number: {error}"),
            Self::Memory(error) => write!(f, "memory: {error}"),
            Self::UnknownCommand(word) => write!(f, "what is {word:?}?"),
        }
    }
}

impl From<io::Error> for GameError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<ParseIntError> for GameError {
    fn from(error: ParseIntError) -> Self {
        Self::Parse(error)
    }
}

impl From<AllocError> for GameError {
    fn from(error: AllocError) -> Self {
        Self::Memory(error)
    }
}

enum Command {
    Walk(i32),
    Take(String),
    Quit,
}

struct Game {
    alloc: SmartAlloc,
    x: i32,
    bag: BTreeMap<String, u32>,
}

impl Game {
    fn words<'a>(&'a self, line: &'a str) -> FrameVec<'a, &'a str> {
        let mut words = self.alloc.frame_vec();
        words.extend(line.split_whitespace());
        words
    }

    fn parse(&self, line: &str) -> Result<Command, GameError> {
        let words = self.words(line);
        match words.as_slice() {
            ["walk", by] => Ok(Command::Walk(by.parse()?)),
            ["take", what] => Ok(Command::Take((*what).to_owned())),
            ["quit"] | [] => Ok(Command::Quit),
            [other, ..] => Err(GameError::UnknownCommand((*other).to_owned())),
        }
    }

    fn tick(&mut self, line: &str) -> Result<bool, GameError> {
        let alloc = self.alloc.clone();
        let frame = alloc.frame();
        let command = self.parse(line)?;
        let before = frame.alloc(self.x);
        match command {
            Command::Walk(by) => self.x += by,
            Command::Take(what) => *self.bag.entry(what).or_insert(0) += 1,
            Command::Quit => return Ok(false),
        }
        let path = alloc.try_frame_slice_from_fn(4, |i| *before + (self.x - *before) * i as i32 / 3)?;
        let status = frame_format!(alloc, "{:?} {} kinds of things", &path[..], self.bag.len());
        println!("{status}");
        Ok(true)
    }

    fn run(&mut self, input: impl BufRead) -> Result<u32, GameError> {
        let mut turns = 0;
        for line in input.lines() {
            if !self.tick(&line?)? {
                break;
            }
            turns += 1;
        }
        Ok(turns)
    }
}

fn main() -> Result<(), GameError> {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)));
    let mut game = Game { alloc, x: 0, bag: BTreeMap::new() };
    let turns = game.run(&b"walk 3\ntake lamp\nquit\n"[..])?;
    if let Err(error) = game.tick("dance") {
        println!("{error} after {turns} turns");
    }
    Ok(())
}
