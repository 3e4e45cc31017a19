//! From text to code.

use framealloc::SmartAlloc;

#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    Push(f64),
    Text(String),
    Add,
    Mul,
    Call(usize),
    Return,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CompileError {
    pub word: usize,
}

/// Words become code. The words are looked at in frame memory; the code is the caller's.
pub fn compile(alloc: &SmartAlloc, source: &str) -> Result<Vec<Op>, CompileError> {
    let _frame = alloc.frame();
    let mut words = alloc.frame_vec::<&str>();
    words.extend(source.split_whitespace());
    let mut code = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        let op = match *word {
            "+" => Op::Add,
            "*" => Op::Mul,
            "ret" => Op::Return,
            other => match other.strip_prefix('@') {
                Some(target) => Op::Call(target.parse().map_err(|_| CompileError { word: at })?),
                None => match other.parse() {
                    Ok(number) => Op::Push(number),
                    Err(_) => Op::Text(other.to_owned()),
                },
            },
        };
        code.push(op);
    }
    Ok(code)
}
