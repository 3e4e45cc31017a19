// Comparisons that do not count: of another value, after the allocation, in the other branch.
use framealloc::SmartAlloc;
use std::env;
use std::io::{self, BufRead};

fn particles(alloc: &SmartAlloc, line: &str, budget: usize) -> usize {
    let mut words = line.split(' ');
    let (Some(kind), Some(count)) = (words.next(), words.next()) else { return 0 };
    let count = count.parse::<usize>().unwrap_or(0);
    if kind.len() > 16 || budget < 100 {
        return 0;
    }
    let particles = alloc.frame_slice::<[f32; 4]>(count); //~ FA303
    particles.len()
}

fn trails(alloc: &SmartAlloc, line: &str) -> usize {
    let count = line.trim().parse().unwrap_or(1usize);
    let trails = alloc.frame_vec_with_capacity::<[f32; 2]>(count); //~ FA303
    if count > 1000 {
        return 0;
    }
    trails.capacity()
}

fn sparks(alloc: &SmartAlloc, line: &str) -> usize {
    let Ok(count) = line.trim().parse::<usize>() else { return 0 };
    let count = if count <= 256 { count } else { 256 };
    alloc.frame_slice::<u8>(count).len()
}

fn threads_of(alloc: &SmartAlloc) -> usize {
    let wanted = env::args().nth(1).and_then(|arg| arg.parse::<usize>().ok()).unwrap_or(4);
    let slots = alloc.frame_slice::<u64>(wanted.clamp(1, 64));
    slots.len()
}

fn threads_unclamped(alloc: &SmartAlloc) -> usize {
    let wanted = env::args().nth(1).and_then(|arg| arg.parse::<usize>().ok()).unwrap_or(4);
    let slots = alloc.frame_slice::<u64>(wanted); //~ FA303
    slots.len()
}

fn main() -> io::Result<()> {
    let alloc = SmartAlloc::with_defaults();
    let _frame = alloc.frame();
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    println!("{} {}", particles(&alloc, &line, 500), trails(&alloc, &line));
    println!("{} {} {}", sparks(&alloc, &line), threads_of(&alloc), threads_unclamped(&alloc));
    Ok(())
}
