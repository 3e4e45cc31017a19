//! An engine's main loop with states, labelled loops, and guards.
use framealloc::SmartAlloc;
use std::collections::VecDeque;

#[derive(Clone, Copy, PartialEq)]
enum Event {
    Quit,
    Minimised,
    Key(u32),
    Resize(u32, u32),
}

struct Engine<'a> {
    alloc: &'a SmartAlloc,
    events: VecDeque<Event>,
    title: u32,
}

impl<'a> Engine<'a> {
    fn run(&mut self) {
        'game: loop {
            self.alloc.begin_frame();
            let mut keys = self.alloc.frame_vec_with_capacity::<u32>(self.events.len());
            while let Some(event) = self.events.pop_front() {
                match event {
                    Event::Quit => break 'game, //~ FA603
                    Event::Minimised => continue 'game, //~ FA603
                    Event::Key(key) if key == 0 => break,
                    Event::Key(key) => keys.push(key),
                    Event::Resize(0, _) => continue,
                    Event::Resize(width, height) if width > 1 << 16 || height > 1 << 16 => {
                        panic!("no such window: {width} by {height}") //~ FA603
                    }
                    Event::Resize(..) => {}
                }
            }
            self.title += keys.len() as u32;
            drop(keys);
            self.alloc.end_frame();
            if self.title > 100 {
                break 'game;
            }
        }
    }

    fn attract(&mut self) -> u32 {
        let mut turn = 0;
        loop {
            self.alloc.begin_frame();
            let skip = self.events.front() == Some(&Event::Quit);
            if skip {
                self.alloc.end_frame();
                break turn;
            }
            let visible = self.alloc.frame_slice_from_fn(10, |index| index as u32 + turn);
            // A `return` of the closure, not of the function.
            let small = visible.iter().map(|value| {
                if *value < 5 {
                    return 0;
                }
                *value
            });
            turn += small.sum::<u32>();
            drop(visible);
            self.alloc.end_frame();
            if turn > 1000 {
                return turn;
            }
        }
    }

    fn credits(&self, lines: &[&str]) -> Option<usize> {
        self.alloc.begin_frame();
        let mut width = None;
        for line in lines {
            let first = line.split_whitespace().next()?; //~ FA603
            width = width.max(Some(first.len()));
        }
        self.alloc.end_frame();
        width
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let events = VecDeque::from([Event::Key(3), Event::Resize(20, 10), Event::Minimised, Event::Quit]);
    let mut engine = Engine { alloc: &alloc, events, title: 0 };
    engine.run();
    println!("{} {:?}", engine.attract(), engine.credits(&["by nobody"]));
}
