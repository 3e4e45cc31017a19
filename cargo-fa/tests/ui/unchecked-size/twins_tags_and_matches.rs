// `try_` twins, a match on what was parsed, the parameter of a tag's closure, an allocator in a static.
use framealloc::{AllocError, SmartAlloc};
use std::io::{self, BufRead};
use std::sync::LazyLock;

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

fn ask() -> usize {
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line).is_err() {
        return 0;
    }
    line.trim().parse().unwrap_or(0)
}

fn voices() -> Result<usize, AllocError> {
    let wanted = ask();
    let voices = MEMORY.try_frame_vec_with_capacity::<u32>(wanted)?; //~ FA303
    Ok(voices.capacity())
}

fn mixed() -> f32 {
    let frames = ask();
    MEMORY.with_tag("audio", |memory| {
        let bus = memory.frame_slice::<f32>(frames); //~ FA303
        bus.iter().sum()
    })
}

fn sorted(keys: &str) -> usize {
    let count = keys.split(',').next().and_then(|word| word.parse::<usize>().ok());
    match count {
        Some(count) => MEMORY.frame_vec_with_capacity::<u64>(count).capacity(), //~ FA303
        None => 0,
    }
}

fn narrow(keys: &str) -> usize {
    let wide: u64 = keys.trim().parse().unwrap_or(0);
    let Ok(count) = u16::try_from(wide) else { return 0 };
    MEMORY.frame_slice::<u32>(usize::from(count)).len()
}

fn constant(keys: &str) -> usize {
    const SLOTS: usize = 32;
    let table = MEMORY.frame_slice::<u32>(SLOTS);
    let chars = MEMORY.frame_vec_with_capacity::<char>(keys.len());
    table.len() + chars.capacity()
}

fn main() {
    MEMORY.begin_frame();
    println!("{:?} {} {}", voices().ok(), mixed(), sorted("4,5"));
    println!("{} {}", narrow("70000"), constant("abc"));
    MEMORY.end_frame();
}
