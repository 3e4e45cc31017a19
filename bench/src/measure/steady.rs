//! A warm frame loop: it must neither fault pages in, nor call the heap, nor enter the kernel.

use std::collections::VecDeque;
use std::hint::black_box;
use std::process::Command;

use super::{again, output};
use crate::case::Fact;
use crate::heap_calls;
use crate::ours::{self, SmartAlloc, frame_format};

const WARM_UP: u64 = 100;
const FRAMES: u64 = 10_000;
/// A tracer stops the program at each call: fewer frames show as well that there is none.
const TRACED: u64 = 1_000;

const NONE: &str = "0 in 10,000 frames after 100";

pub fn facts() -> Vec<Fact> {
    let (faults, calls) = match counted() {
        Ok((faults, calls)) => (Ok(faults), Ok(calls)),
        Err(why) => (Err(why.clone()), Err(why)),
    };
    vec![
        fact("page faults", NONE, faults),
        fact("heap calls", NONE, calls),
        fact("system calls", "0 in 1,000 frames after 100", system_calls()),
    ]
}

fn fact(what: &str, must_reach: &str, found: Result<u64, String>) -> Fact {
    let (measured, reached) = match found {
        Ok(number) => (number.to_string(), Some(number == 0)),
        Err(why) => (format!("not measured: {why}"), None),
    };
    Fact { what: format!("steady state: {what}"), must_reach: must_reach.to_owned(), measured, reached }
}

fn counted() -> Result<(u64, u64), String> {
    let printed = output(again().args(["child", "steady", &FRAMES.to_string()]))?;
    let mut numbers = printed.split_whitespace().map(str::parse::<u64>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(faults)), Some(Ok(calls))) => Ok((faults, calls)),
        _ => Err("a child printed what is no number".to_owned()),
    }
}

/// The same loop for some frames more makes so many calls more.
fn system_calls() -> Result<u64, String> {
    let few = traced(TRACED)?;
    let many = traced(2 * TRACED)?;
    Ok(many.saturating_sub(few))
}

fn traced(frames: u64) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let log = std::env::temp_dir().join(format!("framealloc-bench-{}-{frames}.strace", std::process::id()));
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o"]).arg(&log).arg(program).args(["child", "steady", &frames.to_string()]);
    let traced = output(&mut command)
        .and_then(|_| std::fs::read_to_string(&log).map_err(|error| error.to_string()))
        .map(|calls| calls.lines().count() as u64);
    // Left behind only where it never came to be.
    let _ = std::fs::remove_file(&log);
    traced
}

/// The child's side: minor faults and heap calls of so many warm frames.
pub fn child(frames: u64) -> Result<String, String> {
    let alloc = ours::allocator();
    let mut kept = VecDeque::with_capacity(256);
    let mut checksum = 0;
    for number in 0..WARM_UP {
        checksum ^= frame(&alloc, number, &mut kept);
    }
    // Reading the counter costs faults of its own, the first time.
    faults()?;
    let before = faults()?;
    let calls = heap_calls::during(|| {
        for number in WARM_UP..WARM_UP + frames {
            checksum ^= frame(&alloc, number, &mut kept);
        }
    });
    let after = faults()?;
    black_box(checksum);
    Ok(format!("{} {calls}", after - before))
}

fn faults() -> Result<u64, String> {
    let stat = std::fs::read_to_string("/proc/self/stat").map_err(|error| error.to_string())?;
    // The program's name, in brackets, may hold anything; what follows are the fields from the third on.
    let fields = stat.rsplit_once(')').map(|(_, fields)| fields);
    let minor =
        fields.and_then(|fields| fields.split_whitespace().nth(7)).and_then(|field| field.parse().ok());
    minor.ok_or_else(|| "/proc/self/stat names no faults".to_owned())
}

/// What a frame of a game does, at sizes that swing from frame to frame.
fn frame(alloc: &SmartAlloc, number: u64, kept: &mut VecDeque<framealloc::PoolBox<[u64; 8]>>) -> u64 {
    let swing = number % 29;
    alloc.begin_frame();
    let mut sum = 0;
    {
        let _tag = alloc.tag("physics");
        let mut contacts = alloc.frame_vec::<[u64; 4]>();
        for i in 0..400 + 20 * swing {
            contacts.push([i; 4]);
        }
        let mut cells = alloc.frame_map::<u64, u64>();
        for (i, contact) in contacts.iter().enumerate() {
            *cells.entry(contact[0] % 97).or_insert(0) += i as u64;
        }
        sum ^= cells.values().sum::<u64>();
    }
    {
        let _phase = alloc.phase("render");
        let scope = alloc.scope();
        for i in 0..300 + swing {
            sum ^= scope.alloc([i; 8])[3];
        }
        let held = alloc.frame_box([number; 16]);
        let line = frame_format!(alloc, "frame {number}: {sum} contacts, {swing} cells");
        sum ^= line.len() as u64 ^ held[7];
    }
    alloc.with_tag("particles", |alloc| {
        for i in 0..20 {
            kept.push_back(alloc.pool_box([i; 8]));
            if kept.len() > 200 {
                kept.pop_front();
            }
        }
    });
    alloc.end_frame();
    sum
}
