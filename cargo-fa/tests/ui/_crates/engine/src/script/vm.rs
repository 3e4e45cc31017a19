//! Runs code.

use framealloc::{HeapBox, SmartAlloc};

use super::arena::FrameRef;
use super::{Arena, Cell, Op, compile};
use crate::schedule::System;

pub struct Vm {
    alloc: Arena,
    stack: Vec<FrameRef>,
    kept: Vec<FrameRef>,
    result: Option<FrameRef>,
    steps: u64,
}

impl Default for Vm {
    fn default() -> Self {
        Self::new()
    }
}

impl Vm {
    pub fn new() -> Self {
        Self { alloc: Arena::default(), stack: Vec::new(), kept: Vec::new(), result: None, steps: 0 }
    }

    /// Runs until the code returns. `alloc` is the machine's arena: nothing here is frame memory.
    pub fn run(&mut self, code: &[Op]) -> Option<f64> {
        self.alloc.begin_frame();
        for op in code {
            self.steps += 1;
            match op {
                Op::Push(number) => {
                    let value = self.alloc.frame_box(Cell::Number(*number));
                    self.stack.push(value);
                }
                Op::Text(text) => {
                    let value = self.alloc.alloc(Cell::Text(text.clone()));
                    self.kept.push(value);
                }
                Op::Add => self.binary(|a, b| a + b)?,
                Op::Mul => self.binary(|a, b| a * b)?,
                Op::Call(_) => {
                    self.alloc.begin_frame();
                    self.result = Some(self.alloc.frame_vec());
                }
                Op::Return => return self.top(),
            }
        }
        self.alloc.end_frame();
        self.result = self.stack.last().copied();
        self.top()
    }

    fn binary(&mut self, f: impl Fn(f64, f64) -> f64) -> Option<()> {
        let (b, a) = (self.pop()?, self.pop()?);
        let value = self.alloc.pool_box(f(a, b));
        self.stack.push(value);
        Some(())
    }

    fn pop(&mut self) -> Option<f64> {
        let at = self.stack.pop()?;
        match self.alloc.get(at)? {
            Cell::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn top(&self) -> Option<f64> {
        match self.alloc.get(*self.stack.last()?)? {
            Cell::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub fn steps(&self) -> u64 {
        self.steps
    }

    pub fn depth(&self) -> usize {
        self.alloc.depth()
    }
}

/// The scripts of the game.
#[derive(Default)]
pub struct ScriptSystem {
    vm: Vm,
    code: Vec<Vec<Op>>,
    globals: Option<HeapBox<[f64; 64]>>,
    total: f64,
}

impl ScriptSystem {
    pub fn add(&mut self, alloc: &SmartAlloc, source: &str) -> bool {
        match compile(alloc, source) {
            Ok(code) => {
                self.code.push(code);
                true
            }
            Err(_) => false,
        }
    }
}

impl System for ScriptSystem {
    system_name!("script");

    fn run(&mut self, alloc: &SmartAlloc) {
        let _tag = alloc.tag("script");
        if self.globals.is_none() {
            self.globals = Some(alloc.heap_alloc::<[f64; 64]>());
        }
        for code in &self.code {
            let mut registers = alloc.heap_alloc::<[f64; 16]>(); //~ FA602
            registers[0] = self.vm.run(code).unwrap_or(0.0);
            self.total += registers.iter().sum::<f64>();
        }
        let locals = alloc.frame_slice_from_fn(self.code.len(), |i| self.code[i].len());
        self.total += locals.iter().sum::<usize>() as f64;
    }
}
