// Under guards, in arms and loops; and what loading does before and after.
use framealloc::SmartAlloc;
use std::fmt::Write;

enum Tool {
    Select,
    Paint { radius: usize },
    Fill,
}

fn apply(alloc: &SmartAlloc, tool: &Tool, tiles: &mut [u8]) -> usize {
    let frame = alloc.frame();
    let touched = frame.alloc_slice_from_fn(4, |i| i as u32);
    match tool {
        Tool::Select => touched.len(),
        Tool::Paint { radius } => {
            let offsets: Vec<isize> = (0..*radius as isize).map(|i| i - 2).collect(); //~ FA608
            for offset in &offsets {
                tiles[(4 + offset) as usize % 8] = 1;
            }
            offsets.len()
        }
        Tool::Fill => {
            let mut stack = vec![0usize]; //~ FA608
            let mut filled = 0;
            while let Some(tile) = stack.pop() {
                if tiles[tile] == 0 {
                    tiles[tile] = 2;
                    filled += 1;
                    stack.extend([tile + 1, tile.wrapping_sub(1)].into_iter().filter(|next| *next < 8));
                }
            }
            filled
        }
    }
}

fn status(alloc: &SmartAlloc, tiles: &[u8]) -> usize {
    alloc.begin_frame();
    let mut line = String::with_capacity(32); //~ FA608
    write!(line, "{} tiles", tiles.len()).unwrap();
    let mut frame_line = alloc.frame_string();
    write!(frame_line, "{} tiles", tiles.len()).unwrap();
    let same = line.as_str() == frame_line.as_str();
    drop(frame_line);
    alloc.end_frame();
    usize::from(same)
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut tiles: Vec<u8> = vec![0; 8];
    for tool in [Tool::Select, Tool::Paint { radius: 3 }, Tool::Fill] {
        println!("{} {}", apply(&alloc, &tool, &mut tiles), status(&alloc, &tiles));
    }
    let summary = format!("{tiles:?}");
    println!("{summary}");
}
