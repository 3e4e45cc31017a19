// Glob imports, type aliases, generic stores and a setter: the value goes where it outlives the frame.
use framealloc::*;
use std::collections::{BTreeMap, VecDeque};

type Text<'a> = FrameString<'a>;
type Slots<'a> = BTreeMap<u32, FrameBox<'a, [i16]>>;

#[derive(Default)]
struct Console<'a> {
    lines: VecDeque<Text<'a>>,
    prompt: Option<Text<'a>>,
    shown: usize,
}

impl<'a> Console<'a> {
    fn print(&mut self, alloc: &'a SmartAlloc, number: u32) {
        let line = frame_format!(alloc, "line {number}");
        self.shown += line.len();
        self.lines.push_back(line); //~ FA601
        while self.lines.len() > 16 {
            self.lines.pop_front();
        }
    }

    fn set_prompt(&mut self, prompt: Option<Text<'a>>) {
        self.prompt = prompt; //~ FA601
    }

    fn width(&self, alloc: &SmartAlloc) -> usize {
        let mut widths = alloc.frame_vec::<usize>();
        widths.extend(self.lines.iter().map(|line| line.len()));
        widths.iter().copied().max().unwrap_or(0)
    }
}

fn cache_wave<'a>(alloc: &'a SmartAlloc, slots: &mut Slots<'a>, id: u32) {
    let wave = alloc.frame_slice_from_fn(32, |i| i as i16);
    slots.insert(id, wave); //~ FA601
}

fn cache_peak(alloc: &SmartAlloc, peaks: &mut BTreeMap<u32, i16>, id: u32) {
    let wave = alloc.frame_slice_from_fn(32, |i| i as i16);
    peaks.insert(id, wave.iter().copied().max().unwrap_or(0));
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let mut console = Console::default();
    let (mut slots, mut peaks) = (Slots::new(), BTreeMap::new());
    for number in 0..8 {
        alloc.begin_frame();
        console.print(alloc, number);
        console.set_prompt(Some(alloc.frame_string()));
        cache_wave(alloc, &mut slots, number);
        cache_peak(alloc, &mut peaks, number);
        println!("{}", console.width(alloc));
        alloc.end_frame();
    }
    println!("{} {} {}", slots.len(), peaks.len(), console.shown);
}
