//! States of an engine: frames that are begun in one method and ended in another, or not begun at all.
use framealloc::{FrameBox, PoolBox, SmartAlloc};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::rc::Rc;

enum State<'a> {
    Idle,
    Loading { parts: Vec<PoolBox<u32>> },
    Running(Session<'a>),
}

struct Session<'a> {
    alloc: &'a SmartAlloc,
    open: bool,
    turn: u32,
}

impl<'a> Session<'a> {
    fn start(&mut self) {
        self.alloc.begin_frame();
        self.open = true;
    }

    fn stop(&mut self) {
        if self.open {
            self.alloc.end_frame();
            self.open = false;
        }
    }

    fn step(&mut self) -> u32 {
        self.start();
        let turn = self.alloc.frame_box(self.turn);
        self.turn = *turn + 1;
        drop(turn);
        self.stop();
        self.turn
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.stop();
    }
}

struct Engine<'a> {
    alloc: &'a SmartAlloc,
    state: State<'a>,
    frames: Cell<u32>,
    log: Rc<RefCell<Vec<String>>>,
}

impl<'a> Engine<'a> {
    fn advance(&mut self) {
        self.state = match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle => State::Loading { parts: Vec::new() },
            State::Loading { mut parts } if parts.len() < 2 => {
                parts.push(self.alloc.pool_box(parts.len() as u32));
                State::Loading { parts }
            }
            State::Loading { parts } => {
                self.log.borrow_mut().push(format!("{} parts", parts.len()));
                State::Running(Session { alloc: self.alloc, open: false, turn: 0 })
            }
            State::Running(mut session) => {
                self.frames.set(session.step());
                State::Running(session)
            }
        };
    }

    fn summary(&self) -> String {
        let frame = self.alloc.frame();
        let mut text = frame.string();
        let log = self.log.borrow();
        for line in log.iter() {
            text.push_str(line);
        }
        self.frames.set(self.frames.get() + 1);
        text.as_str().to_string()
    }
}

/// A memo that holds what was computed, not where.
struct Memo {
    alloc: SmartAlloc,
    known: RefCell<HashMap<u32, u64>>,
}

impl Memo {
    fn get(&self, n: u32) -> u64 {
        if let Some(value) = self.known.borrow().get(&n) {
            return *value;
        }
        self.alloc.begin_frame();
        let table = self.alloc.frame_slice_from_fn(n as usize + 1, |index| index as u64);
        let value = table.iter().sum();
        drop(table);
        self.alloc.end_frame();
        *self.known.borrow_mut().entry(n).or_insert(value)
    }

    fn try_all(&self, all: &[u32]) -> ControlFlow<u64, u64> {
        let frame = self.alloc.frame();
        let order = frame.alloc_slice_copy(all);
        order.sort_unstable();
        order.iter().try_fold(0, |sum, n| {
            let next = sum + u64::from(*n);
            if next > 10 { ControlFlow::Break(next) } else { ControlFlow::Continue(next) }
        })
    }
}

/// A cursor that keeps where it was.
struct Cursor {
    at: usize,
    word: Option<String>,
}

fn words(alloc: &SmartAlloc, text: &str, cursor: &mut Cursor) -> usize {
    alloc.begin_frame();
    let copy = alloc.frame_slice_copy(text.as_bytes());
    while let Some(byte) = copy.get(cursor.at) {
        cursor.at += 1;
        if *byte == b' ' {
            break;
        }
    }
    let word = std::str::from_utf8(&copy[..cursor.at]).map(str::trim).unwrap_or_default();
    cursor.word = Some(word.to_owned());
    cursor.word.get_or_insert_with(String::new).push('.');
    drop(copy);
    alloc.end_frame();
    cursor.at
}

fn lent<'f>(value: &'f mut FrameBox<'_, [u32; 2]>) -> &'f mut u32 {
    &mut value[0]
}

fn changed(alloc: &SmartAlloc) -> u32 {
    alloc.begin_frame();
    let mut pair = alloc.frame_box([1u32, 2]);
    *lent(&mut pair) += 2;
    let first = pair[0];
    drop(pair);
    alloc.end_frame();
    first
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let log = Rc::new(RefCell::new(Vec::new()));
    let mut engine = Engine { alloc: &alloc, state: State::Idle, frames: Cell::new(0), log };
    for _ in 0..6 {
        engine.advance();
    }
    println!("{}", engine.summary());
    let memo = Memo { alloc: alloc.clone(), known: RefCell::default() };
    println!("{} {:?}", memo.get(4), memo.try_all(&[1, 2]));
    let mut cursor = Cursor { at: 0, word: None };
    println!("{} {:?} {}", words(&alloc, "a b", &mut cursor), cursor.word, changed(&alloc));
}
