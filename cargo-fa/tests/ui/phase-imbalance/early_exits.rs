// Ways out of a function between `begin_phase` and `end_phase`.
use framealloc::SmartAlloc;
use std::num::ParseIntError;

struct Renderer {
    alloc: SmartAlloc,
    drawn: usize,
}

impl Renderer {
    fn shadows(&mut self, lights: &[f32]) -> usize {
        self.alloc.begin_phase("shadows");
        if lights.is_empty() {
            return 0; //~ FA805
        }
        self.drawn += lights.len();
        self.alloc.end_phase();
        self.drawn
    }

    fn parse(&mut self, text: &str) -> Result<usize, ParseIntError> {
        self.alloc.begin_phase("parse");
        let count = text.parse::<usize>()?; //~ FA805
        self.alloc.end_phase();
        Ok(count)
    }

    fn lights(&mut self, lights: &[f32]) -> Option<f32> {
        self.alloc.begin_phase("lights");
        let Some(first) = lights.first() else {
            self.alloc.end_phase();
            return None;
        };
        self.alloc.end_phase();
        Some(*first)
    }

    fn guarded(&mut self, text: &str) -> Result<usize, ParseIntError> {
        let _phase = self.alloc.phase("guarded");
        let count = text.parse::<usize>()?;
        if count == 0 {
            return Ok(self.drawn);
        }
        Ok(count)
    }
}

fn main() {
    let mut renderer = Renderer { alloc: SmartAlloc::with_defaults(), drawn: 0 };
    let alloc = renderer.alloc.clone();
    let _frame = alloc.frame();
    println!("{} {:?}", renderer.shadows(&[1.0]), renderer.parse("4").ok());
    println!("{:?} {:?}", renderer.lights(&[2.0]), renderer.guarded("5").ok());
}
