//! Ways out of closures, blocks and labelled loops, each after the frame has ended.
use framealloc::{AllocError, SmartAlloc};

#[derive(Debug)]
enum Failure {
    Parse(std::num::ParseIntError),
    Memory(AllocError),
    Empty,
}

impl From<std::num::ParseIntError> for Failure {
    fn from(error: std::num::ParseIntError) -> Self {
        Failure::Parse(error)
    }
}

impl From<AllocError> for Failure {
    fn from(error: AllocError) -> Self {
        Failure::Memory(error)
    }
}

/// A closure as a try block: `?` leaves it and nothing else.
fn parse_all(alloc: &SmartAlloc, lines: &[&str]) -> Result<u32, Failure> {
    alloc.begin_frame();
    let result = (|| {
        let mut numbers = alloc.try_frame_vec_with_capacity::<u32>(lines.len())?;
        for line in lines {
            numbers.push(line.trim().parse()?);
        }
        if numbers.is_empty() {
            return Err(Failure::Empty);
        }
        Ok(numbers.iter().sum())
    })();
    alloc.end_frame();
    result
}

/// The same with a name.
fn parse_first(alloc: &SmartAlloc, lines: &[&str]) -> Option<u32> {
    let attempt = |line: &str| -> Result<u32, Failure> {
        let copy = alloc.frame_slice_copy(line.as_bytes());
        let text = std::str::from_utf8(&copy).map_err(|_| Failure::Empty)?;
        Ok(text.parse::<u32>()?)
    };
    alloc.begin_frame();
    let mut found = None;
    for line in lines {
        match attempt(line) {
            Ok(number) => {
                found = Some(number);
                break;
            }
            Err(Failure::Empty) => continue,
            Err(error) => eprintln!("{error:?}"),
        }
    }
    alloc.end_frame();
    found
}

/// A labelled block that is left with a value.
fn labelled(alloc: &SmartAlloc, rows: &[Vec<u32>]) -> u32 {
    alloc.begin_frame();
    let found = 'search: {
        for row in rows {
            let copy = alloc.frame_slice_copy(row);
            if let Some(number) = copy.iter().find(|number| **number > 10) {
                break 'search *number;
            }
        }
        0
    };
    alloc.end_frame();
    found
}

/// Loops within loops, each turn of the outer one a frame of its own.
fn nested(alloc: &SmartAlloc, rows: &[Vec<u32>]) -> u32 {
    let mut sum = 0;
    'rows: for row in rows {
        alloc.begin_frame();
        let copy = alloc.frame_slice_copy(row);
        let mut position = 0;
        loop {
            let Some(number) = copy.get(position) else { break };
            if *number == 0 {
                drop(copy);
                alloc.end_frame();
                continue 'rows;
            }
            sum += number;
            position += 1;
        }
        drop(copy);
        alloc.end_frame();
        if sum > 100 {
            break 'rows;
        }
    }
    sum
}

/// `let else` and a guard: the guard ends on every way out.
fn let_else(alloc: &SmartAlloc, text: Option<&str>) -> Result<usize, Failure> {
    let frame = alloc.frame();
    let Some(text) = text else { return Err(Failure::Empty) };
    let copy = frame.alloc_str(text);
    let Ok(number) = copy.parse::<usize>() else {
        return Ok(copy.len());
    };
    Ok(number)
}

/// The value of the loop is a copy.
fn last(alloc: &SmartAlloc, items: &[u32]) -> u32 {
    alloc.begin_frame();
    let mut items = items.iter();
    let last = loop {
        let Some(item) = items.next() else { break 0 };
        let value = alloc.frame_box(*item);
        if *value > 3 {
            break *value;
        }
    };
    alloc.end_frame();
    last
}

fn main() -> Result<(), Failure> {
    let alloc = SmartAlloc::with_defaults();
    println!("{} {:?}", parse_all(&alloc, &["1", "2"])?, parse_first(&alloc, &["x", "3"]));
    println!("{} {}", labelled(&alloc, &[vec![11]]), nested(&alloc, &[vec![1, 0], vec![2]]));
    println!("{} {}", let_else(&alloc, Some("7"))?, last(&alloc, &[1, 4]));
    Ok(())
}
