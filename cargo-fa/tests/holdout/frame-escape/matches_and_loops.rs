// Use after the end, behind a match, a labelled break and a loop that ends the frame in its last turn.
use framealloc::{FrameString, SmartAlloc, frame_format};
use std::fmt::Write;

enum Phase {
    Lobby,
    Playing(u32),
    Over,
}

fn describe(alloc: &SmartAlloc, phase: &Phase) -> usize {
    alloc.begin_frame();
    let mut text: FrameString<'_> = alloc.frame_string();
    match phase {
        Phase::Lobby => text.push_str("waiting"),
        Phase::Playing(round) => write!(text, "round {round}").unwrap(),
        Phase::Over => text.push_str("over"),
    }
    match phase {
        Phase::Over => {
            println!("{text}");
            alloc.end_frame();
            0
        }
        Phase::Lobby | Phase::Playing(_) => {
            alloc.end_frame();
            text.len() //~ FA601
        }
    }
}

fn search(alloc: &SmartAlloc, rows: &[[u8; 4]]) -> u8 {
    alloc.begin_frame();
    let mut seen = alloc.frame_vec::<u8>();
    'rows: for row in rows {
        for cell in row {
            if *cell == 9 {
                break 'rows;
            }
            seen.push(*cell);
        }
    }
    let last = seen.last().copied();
    alloc.end_frame();
    last.unwrap_or(0)
}

fn ticks(alloc: &SmartAlloc, frames: u32) -> usize {
    let mut carried: Option<FrameString<'_>> = None;
    let mut bytes = 0;
    for number in 0..frames {
        alloc.begin_frame();
        let line = frame_format!(alloc, "tick {number}");
        bytes += line.len();
        carried = Some(line);
        alloc.end_frame();
    }
    bytes + carried.map_or(0, |line| line.len()) //~ FA601
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    println!("{} {}", describe(&alloc, &Phase::Playing(2)), describe(&alloc, &Phase::Lobby));
    println!("{} {}", search(&alloc, &[[1, 2, 9, 4]]), ticks(&alloc, 3));
}
