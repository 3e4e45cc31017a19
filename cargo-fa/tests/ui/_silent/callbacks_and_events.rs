//! Callbacks that are kept, events that are copies, builders that are moved along.
use framealloc::{FrameBox, FrameString, FrameVec, SmartAlloc};
use std::collections::BTreeMap;
use std::fmt::Write;

type Callback = Box<dyn Fn(&SmartAlloc, &[u32]) -> u32>;

#[derive(Clone, Debug, PartialEq)]
enum Event {
    Hit { target: u32, damage: f32 },
    Message(String),
    Nothing,
}

#[derive(Default)]
struct Bus {
    callbacks: Vec<Callback>,
    queue: Vec<Event>,
    by_target: BTreeMap<u32, f32>,
    last: Option<Event>,
    state: (Option<u32>, [f32; 2]),
}

impl Bus {
    fn on(&mut self, callback: impl Fn(&SmartAlloc, &[u32]) -> u32 + 'static) -> &mut Self {
        self.callbacks.push(Box::new(callback));
        self
    }

    fn dispatch(&mut self, alloc: &SmartAlloc, targets: &[u32]) -> u32 {
        alloc.begin_frame();
        let list = alloc.frame_slice_copy(targets);
        let sum = self.callbacks.iter().map(|callback| callback(alloc, &list)).sum();
        let mut events = alloc.frame_vec();
        for target in list.iter() {
            events.push(Event::Hit { target: *target, damage: *target as f32 });
        }
        events.push(Event::Message(format!("{} targets", list.len())));
        for event in &events {
            match event {
                Event::Hit { target, damage } => {
                    *self.by_target.entry(*target).or_default() += damage;
                    self.state.1[0] = *damage;
                }
                Event::Message(text) => self.queue.push(Event::Message(text.clone())),
                Event::Nothing => {}
            }
        }
        self.last = events.pop();
        self.queue.extend(events.drain(..));
        self.state.0 = list.first().copied();
        drop((events, list));
        alloc.end_frame();
        sum
    }
}

/// Taken and given back with each step.
struct Text<'f> {
    text: FrameString<'f>,
    lines: u32,
}

impl<'f> Text<'f> {
    fn new(alloc: &'f SmartAlloc) -> Self {
        Self { text: alloc.frame_string(), lines: 0 }
    }

    fn line(mut self, line: &str) -> Self {
        let _ = writeln!(self.text, "{line}");
        self.lines += 1;
        self
    }

    fn build(self) -> String {
        format!("{} ({})", self.text.trim_end(), self.lines)
    }
}

fn page(alloc: &SmartAlloc, lines: &[&str]) -> String {
    alloc.begin_frame();
    let text = lines.iter().fold(Text::new(alloc), |text, line| text.line(line));
    let page = text.build();
    alloc.end_frame();
    page
}

fn sorted_by<'f, K: Ord>(mut list: FrameVec<'f, u32>, key: impl Fn(&u32) -> K) -> FrameVec<'f, u32> {
    list.sort_by_key(key);
    list
}

fn smallest(alloc: &SmartAlloc, items: &[u32]) -> Option<u32> {
    alloc.begin_frame();
    let mut list = alloc.frame_vec();
    list.extend_from_slice(items);
    let list = sorted_by(list, |item| *item);
    let list = sorted_by(list, |item| std::cmp::Reverse(*item));
    let smallest = list.last().copied();
    let list: Option<FrameVec<'_, u32>> = if smallest.is_some() { Some(list) } else { None };
    let count = list.as_ref().map(|list| list.len());
    drop(list);
    alloc.end_frame();
    smallest.filter(|_| count > Some(0))
}

fn either<'f>(alloc: &'f SmartAlloc, cached: Option<&'f [u32]>) -> u32 {
    let made: FrameBox<'f, [u32]>;
    let list = match cached {
        Some(list) => list,
        None => {
            made = alloc.frame_slice(4);
            &made
        }
    };
    list.iter().sum()
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut bus = Bus::default();
    bus.on(|alloc, list| alloc.frame_slice_copy(list).iter().sum()).on(|_, list| list.len() as u32);
    println!("{} {:?} {:?}", bus.dispatch(&alloc, &[1, 2]), bus.last, bus.state);
    bus.queue.retain(|event| *event != Event::Nothing);
    println!("{} {:?}", bus.queue.len(), bus.by_target);
    println!("{} {:?} {}", page(&alloc, &["a"]), smallest(&alloc, &[2, 1]), either(&alloc, None));
}
