//! A tool that takes sizes from its arguments, its environment and its console.
use framealloc::{PoolBox, SmartAlloc, Zeroable};
use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::io::stdin;

#[derive(Clone, Copy, Default, Zeroable)]
struct Tile {
    height: f32,
}

struct Settings {
    width: usize,
    height: usize,
    names: HashMap<String, String>,
}

fn number(name: &str) -> Result<usize, Box<dyn Error>> {
    Ok(env::var(name)?.parse()?)
}

fn settings() -> Result<Settings, Box<dyn Error>> {
    Ok(Settings { width: number("WIDTH")?, height: number("HEIGHT")?, names: HashMap::new() })
}

fn field(alloc: &SmartAlloc, settings: &Settings) -> usize {
    let tiles = alloc.frame_slice::<Tile>(settings.width * settings.height); //~ FA303
    tiles.iter().filter(|tile| tile.height == 0.0).count()
}

fn from_console(alloc: &SmartAlloc) -> Result<usize, Box<dyn Error>> {
    let mut line = String::new();
    stdin().read_line(&mut line)?;
    let wanted: usize = line.trim().parse().unwrap_or(16);
    let rows = alloc.try_frame_slice::<u64>(wanted * 2)?; //~ FA303
    Ok(rows.len())
}

fn from_arguments(alloc: &SmartAlloc) -> usize {
    let Some(count) = env::args().nth(1).and_then(|text| text.parse::<usize>().ok()) else {
        return 0;
    };
    let scope = alloc.scope();
    let note = scope.alloc_str("from the arguments");
    let table = alloc.frame_vec_with_capacity::<u32>(count + note.len()); //~ FA303
    table.capacity()
}

fn from_arguments_checked(alloc: &SmartAlloc) -> Option<usize> {
    let count = env::args().nth(1)?.parse::<usize>().ok().filter(|count| *count <= 4096)?;
    Some(alloc.frame_vec_with_capacity::<u32>(count).capacity())
}

fn by_table(alloc: &SmartAlloc, text: &str) -> usize {
    let size = match text.parse::<u32>() {
        Ok(0) => 16,
        Ok(1) => 256,
        _ => 4096,
    };
    alloc.frame_slice::<u8>(size).len()
}

fn copied(alloc: &SmartAlloc, settings: &Settings, line: &str) -> (usize, PoolBox<[u8; 4]>) {
    let values: Vec<u32> = line.split(',').filter_map(|value| value.parse().ok()).collect();
    let names = alloc.frame_vec_with_capacity::<&str>(settings.names.len());
    let sorted = alloc.frame_slice::<u32>(values.len());
    (names.capacity() + sorted.len(), alloc.pool_box([1; 4]))
}

fn main() -> Result<(), Box<dyn Error>> {
    let alloc = SmartAlloc::with_defaults();
    let settings = settings()?;
    println!("{} {}", field(&alloc, &settings), from_console(&alloc)?);
    println!("{} {:?}", from_arguments(&alloc), from_arguments_checked(&alloc));
    println!("{} {:?}", by_table(&alloc, "1"), copied(&alloc, &settings, "1,2").0);
    Ok(())
}
