// Each path ends what it began: in arms, before each return, with guards, in loops.
use framealloc::{SmartAlloc, frame_format};

struct Timeline {
    events: Vec<String>,
}

impl Timeline {
    fn begin_phase(&mut self, name: &str) {
        self.events.push(name.to_string());
    }

    fn end_phase(&mut self) -> Option<String> {
        self.events.pop()
    }
}

fn arms(alloc: &SmartAlloc, kind: u8) -> usize {
    alloc.begin_phase("arms");
    match kind {
        0 => {
            alloc.end_phase();
            0
        }
        1 => {
            let text = frame_format!(alloc, "kind {kind}");
            alloc.end_phase();
            text.len()
        }
        _ => {
            alloc.end_phase();
            return usize::MAX;
        }
    }
}

fn each(alloc: &SmartAlloc, names: &[&'static str]) -> usize {
    let mut bytes = 0;
    for name in names {
        alloc.begin_phase(name);
        if name.is_empty() {
            alloc.end_phase();
            continue;
        }
        bytes += name.len();
        alloc.end_phase();
    }
    bytes
}

fn mixed(alloc: &SmartAlloc, text: &str) -> Result<u32, std::num::ParseIntError> {
    let number = text.parse::<u32>()?;
    {
        let _phase = alloc.phase("square");
        if number > 1000 {
            return Ok(0);
        }
    }
    alloc.begin_phase("cube");
    let cube = number.pow(3);
    alloc.end_phase();
    "7".parse::<u32>().map(|seven| seven + cube)
}

fn timeline(timeline: &mut Timeline, deep: bool) {
    timeline.begin_phase("outer");
    if deep {
        timeline.begin_phase("inner");
        return;
    }
    timeline.end_phase();
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let _frame = alloc.frame();
    let mut events = Timeline { events: Vec::new() };
    timeline(&mut events, true);
    println!("{} {} {:?}", arms(&alloc, 1), each(&alloc, &["a", ""]), mixed(&alloc, "3").ok());
    for (name, stat) in alloc.phase_stats() {
        println!("{name} {} {}", stat.bytes_allocated, events.events.len());
    }
}
