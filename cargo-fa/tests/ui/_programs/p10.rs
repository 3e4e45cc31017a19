//! A virtual machine for scripts of a game: each event handler runs in a frame, its temporaries are in the frame.

use std::collections::HashMap;

use framealloc::{AllocError, FrameString, FrameVec, PoolBox, SmartAlloc};

#[derive(Clone, Debug)]
enum Op {
    Push(i64),
    Add,
    Store(&'static str),
    Load(&'static str),
    Emit,
    Trap,
    Halt,
}

#[derive(Debug)]
#[expect(dead_code, reason = "read through `Debug`")]
enum VmError {
    Underflow,
    Trapped,
    Memory(AllocError),
}

impl From<AllocError> for VmError {
    fn from(error: AllocError) -> Self {
        Self::Memory(error)
    }
}

struct Activation {
    locals: [i64; 8],
    used: usize,
}

struct Vm {
    alloc: SmartAlloc,
    globals: HashMap<&'static str, i64>,
    output: Vec<String>,
    garbage: usize,
    saved: HashMap<u32, PoolBox<Activation>>,
}

fn pop(stack: &mut FrameVec<'_, i64>) -> Result<i64, VmError> {
    stack.pop().ok_or(VmError::Underflow)
}

impl Vm {
    fn new() -> Self {
        let alloc = SmartAlloc::with_defaults();
        Self { alloc, globals: HashMap::new(), output: Vec::new(), garbage: 0, saved: HashMap::new() }
    }

    fn step<'a>(
        &mut self,
        alloc: &'a SmartAlloc,
        op: &Op,
        stack: &mut FrameVec<'a, i64>,
        text: &mut FrameString<'a>,
    ) -> Result<bool, VmError> {
        match op {
            Op::Push(value) => stack.push(*value),
            Op::Add => {
                let (b, a) = (pop(stack)?, pop(stack)?);
                stack.push(a.wrapping_add(b));
            }
            Op::Store(name) => drop(self.globals.insert(name, pop(stack)?)),
            Op::Load(name) => stack.push(self.globals.get(name).copied().unwrap_or(0)),
            Op::Emit => {
                let digits = framealloc::frame_format!(alloc, "{};", pop(stack)?);
                text.push_str(&digits);
            }
            Op::Trap => return Err(VmError::Trapped),
            Op::Halt => return Ok(false),
        }
        Ok(true)
    }

    fn sweep(&self) -> usize {
        let live = self.alloc.frame_slice_from_fn(self.globals.len(), |_| true);
        live.iter().filter(|alive| !**alive).count()
    }

    fn run(&mut self, code: &[Op]) -> Result<i64, VmError> {
        let alloc = self.alloc.clone();
        alloc.begin_frame();
        let (mut stack, mut text) = (alloc.frame_vec::<i64>(), alloc.frame_string());
        for op in code {
            match self.step(&alloc, op, &mut stack, &mut text) {
                Ok(true) => {}
                Ok(false) => break,
                Err(VmError::Underflow) => panic!("{op:?} on an empty stack"), //~ FA603
                Err(error) => return Err(error), //~ FA603
            }
        }
        if self.globals.len() > 16 {
            alloc.begin_frame(); //~ FA605
            self.garbage += self.sweep();
        }
        // Its own copy goes to the log.
        self.output.push(text.as_str().to_owned());
        let result = stack.last().copied();
        alloc.end_frame();
        Ok(result.unwrap_or(0))
    }

    /// Calls handlers with arguments; those that wait are saved.
    fn dispatch(&mut self, handlers: &[(u32, usize)]) -> usize {
        let frame = self.alloc.frame();
        let mut order = frame.vec();
        order.extend(handlers.iter().map(|&(id, arity)| (arity, id)));
        order.sort_unstable();
        let mut locals = 0;
        for &(arity, id) in &order {
            let activation = self.alloc.pool_box(Activation { locals: [id as i64; 8], used: arity }); //~ FA602
            locals += activation.locals.iter().take(activation.used).sum::<i64>() as usize;
            self.alloc.pool_free(activation);
        }
        for &(arity, id) in &order {
            self.saved
                .entry(id)
                .or_insert_with(|| self.alloc.pool_box(Activation { locals: [0; 8], used: arity }));
        }
        locals
    }

    /// Runs programs until one of them says that all is done.
    fn run_until(&mut self, programs: &[Vec<Op>], wanted: i64) -> Result<usize, VmError> {
        let mut turns = 0;
        'programs: for program in programs {
            self.alloc.begin_frame();
            let mut sum = self.alloc.try_frame_box(0i64)?; //~ FA603
            for op in program {
                if let Op::Push(value) = op {
                    *sum += value;
                    if *sum >= wanted {
                        break 'programs; //~ FA603
                    }
                }
            }
            turns += 1;
            self.alloc.end_frame();
        }
        Ok(turns)
    }
}

fn main() {
    let mut vm = Vm::new();
    let code = [Op::Push(2), Op::Push(40), Op::Add, Op::Store("x"), Op::Load("x"), Op::Emit, Op::Load("x"), Op::Halt];
    println!("{:?}", vm.run(&code));
    println!("{:?}", vm.run(&[Op::Push(1), Op::Trap]));
    println!("{} locals", vm.dispatch(&[(7, 2), (9, 4)]));
    println!("{:?}", vm.run_until(&[code.to_vec(), code.to_vec()], 100));
    println!("{} lines, {} swept, {} saved", vm.output.len(), vm.garbage, vm.saved.len());
}
