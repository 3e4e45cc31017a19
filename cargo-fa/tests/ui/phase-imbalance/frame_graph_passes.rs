//! A frame graph: passes as phases, some of which are left early.
use framealloc::SmartAlloc;
use std::fmt;

#[derive(Debug)]
enum PassError {
    Missing(&'static str),
    TooLarge(usize),
}

impl fmt::Display for PassError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "{what} is missing"),
            Self::TooLarge(size) => write!(f, "{size} is too large"),
        }
    }
}

struct Pass {
    name: &'static str,
    inputs: Vec<Option<u32>>,
}

struct Graph {
    alloc: SmartAlloc,
    passes: Vec<Pass>,
}

fn input(pass: &Pass, index: usize) -> Result<u32, PassError> {
    pass.inputs.get(index).copied().flatten().ok_or(PassError::Missing(pass.name))
}

impl Graph {
    fn shadow(&self) -> Result<u32, PassError> {
        let _frame = self.alloc.frame();
        self.alloc.begin_phase("shadow");
        let mut sum = 0;
        for pass in &self.passes {
            sum += input(pass, 0)?; //~ FA805
        }
        self.alloc.end_phase();
        Ok(sum)
    }

    fn opaque(&self) -> Result<usize, PassError> {
        let _frame = self.alloc.frame();
        self.alloc.begin_phase("opaque");
        let count = self.passes.len();
        if count > 100 {
            return Err(PassError::TooLarge(count)); //~ FA805
        }
        let commands = self.alloc.frame_slice::<u32>(count);
        let len = commands.len();
        self.alloc.end_phase();
        if len == 0 {
            return Err(PassError::Missing("commands"));
        }
        Ok(len)
    }

    fn transparent(&self) -> Result<u32, PassError> {
        let _frame = self.alloc.frame();
        let _phase = self.alloc.phase("transparent");
        let mut sum = 0;
        for pass in &self.passes {
            sum += input(pass, 1)?;
        }
        Ok(sum)
    }

    fn post(&self, bloom: bool) -> u32 {
        self.alloc.begin_phase("post");
        let value = match (bloom, self.passes.first()) {
            (true, Some(pass)) => {
                self.alloc.begin_phase("bloom");
                let value = input(pass, 0).unwrap_or_default();
                self.alloc.end_phase();
                value
            }
            (true, None) => {
                self.alloc.end_phase();
                return 0;
            }
            (false, _) => return 1, //~ FA805
        };
        self.alloc.end_phase();
        value
    }

    fn present(&self) {
        println!("{} passes", self.passes.len());
        self.alloc.end_phase(); //~ FA805
    }
}

fn main() -> Result<(), PassError> {
    let pass = Pass { name: "sun", inputs: vec![Some(1), Some(2)] };
    let graph = Graph { alloc: SmartAlloc::with_defaults(), passes: vec![pass] };
    println!("{} {}", graph.shadow()?, graph.opaque()?);
    println!("{} {}", graph.transparent()?, graph.post(true));
    graph.present();
    Ok(())
}
