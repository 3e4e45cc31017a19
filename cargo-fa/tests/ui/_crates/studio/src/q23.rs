//! Frames that end on every way out: by a guard, a pair of methods, a helper, a destructor.

use std::num::ParseIntError;

use framealloc::SmartAlloc;

fn close(a: &SmartAlloc) { a.end_frame() }

/// Ends its frame when it goes.
struct Turn<'a>(&'a SmartAlloc);

impl<'a> Turn<'a> {
    fn begin(alloc: &'a SmartAlloc) -> Self {
        alloc.begin_frame();
        Self(alloc)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) { self.0.end_frame() }
}

pub struct Match {
    alloc: SmartAlloc,
    turns: u32,
}

impl Match {
    pub fn start(&mut self) {
        self.turns += 1;
        self.alloc.begin_frame();
    }

    pub fn finish(&mut self) {
        self.alloc.end_frame();
    }

    pub fn parse(&self, text: &str) -> Result<u32, ParseIntError> {
        let _frame = self.alloc.frame();
        let mut ids = self.alloc.frame_vec();
        for word in text.split(',') {
            ids.push(word.parse::<u32>()?);
        }
        Ok(ids.iter().sum())
    }

    pub fn turn(&self, moves: &[Option<u32>]) -> Option<u32> {
        let _turn = Turn::begin(&self.alloc);
        let mut sum = 0;
        for step in moves {
            sum += (*step)?;
        }
        Some(sum)
    }

    pub fn play(&self, rounds: &[Vec<u32>]) -> u32 {
        let mut score = 0;
        'rounds: for round in rounds {
            self.alloc.begin_frame();
            for card in round {
                match card {
                    0 => {
                        close(&self.alloc);
                        break 'rounds;
                    }
                    1 => break,
                    card => score += *self.alloc.frame_box(*card),
                }
            }
            close(&self.alloc);
        }
        score
    }

    /// The `return` and the `?` leave the closure, not the frame.
    pub fn judge(&self, marks: &[Option<u32>]) -> u32 {
        self.alloc.begin_frame();
        let of = |mark: &Option<u32>| -> Option<u32> {
            let mark = (*mark)?;
            if mark > 10 {
                return None;
            }
            Some(mark * 2)
        };
        let total = marks.iter().filter_map(of).sum();
        self.alloc.end_frame();
        total
    }
}
