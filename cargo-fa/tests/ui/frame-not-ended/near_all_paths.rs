// Each early way out ends the frame first; `?` only before the begin or after the end.
use framealloc::SmartAlloc;
use std::error::Error;
use std::fs;

fn load_level(alloc: &SmartAlloc, path: &str) -> Result<usize, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    alloc.begin_frame();
    let numbers = parse(alloc, &text);
    alloc.end_frame();
    let count = numbers?;
    if count > 10_000 {
        return Err("the level is too large".into());
    }
    Ok(count)
}

fn parse(alloc: &SmartAlloc, text: &str) -> Result<usize, std::num::ParseIntError> {
    let mut numbers = alloc.frame_vec::<i32>();
    for word in text.split_whitespace() {
        numbers.push(word.parse()?);
    }
    Ok(numbers.len())
}

fn main() -> Result<(), Box<dyn Error>> {
    let alloc = SmartAlloc::with_defaults();
    let mut attempts = 0;
    let count = loop {
        attempts += 1;
        alloc.begin_frame();
        let name = alloc.frame_str("levels/one.txt");
        let known = fs::exists(&*name).unwrap_or(false);
        if !known && attempts > 3 {
            drop(name);
            alloc.end_frame();
            break 0;
        }
        if !known {
            alloc.end_frame();
            continue;
        }
        alloc.end_frame();
        break load_level(&alloc, "levels/one.txt")?;
    };
    let lengths = ["a", "bb"].iter().map(|word| {
        alloc.begin_frame();
        let copy = alloc.frame_str(word);
        let length = copy.len();
        drop(copy);
        alloc.end_frame();
        length
    });
    println!("{count} {:?}", lengths.collect::<Vec<_>>());
    Ok(())
}
