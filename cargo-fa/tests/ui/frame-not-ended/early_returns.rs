// `return`, `?` and a panic macro between begin and end.
use framealloc::SmartAlloc;
use std::num::ParseIntError;

struct Config {
    width: u32,
    strict: bool,
}

fn parse_width(alloc: &SmartAlloc, text: &str) -> Result<u32, ParseIntError> {
    alloc.begin_frame();
    let trimmed = alloc.frame_str(text.trim());
    let width = trimmed.parse::<u32>()?; //~ FA603
    drop(trimmed);
    alloc.end_frame();
    Ok(width)
}

fn render(alloc: &SmartAlloc, config: &Config, visible: &[u32]) -> usize {
    alloc.begin_frame();
    if visible.is_empty() {
        return 0; //~ FA603
    }
    let mut queue = alloc.frame_vec::<u32>();
    queue.extend(visible.iter().filter(|mesh| **mesh < config.width));
    let drawn = queue.len();
    drop(queue);
    alloc.end_frame();
    drawn
}

fn check(alloc: &SmartAlloc, config: &Config) {
    alloc.begin_frame();
    let limits = alloc.frame_slice_copy(&[1u32, 4096]);
    if config.strict && config.width > limits[1] {
        panic!("width {} is too large", config.width); //~ FA603
    }
    drop(limits);
    alloc.end_frame();
}

fn parse_first(alloc: &SmartAlloc, text: &str) -> Result<u32, ParseIntError> {
    let width = text.trim().parse::<u32>()?;
    alloc.begin_frame();
    let squares = alloc.frame_slice_from_fn(4, |i| width * i as u32);
    let sum = squares.iter().sum();
    alloc.end_frame();
    if sum == 0 {
        return Ok(1);
    }
    Ok(sum)
}

fn main() -> Result<(), ParseIntError> {
    let alloc = SmartAlloc::with_defaults();
    let config = Config { width: parse_width(&alloc, " 640 ")?, strict: true };
    check(&alloc, &config);
    println!("{} {}", render(&alloc, &config, &[1, 2, 900]), parse_first(&alloc, "3")?);
    Ok(())
}
