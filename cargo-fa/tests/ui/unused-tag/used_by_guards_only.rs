// Guards are uses; a `tag_stats` under no allocation is in an own map; a tag of another type is none.
use framealloc::{SmartAlloc, frame_format};
use std::collections::HashMap;

#[derive(Default)]
struct Ui {
    texts: HashMap<&'static str, String>,
}

impl Ui {
    fn tag(&mut self, name: &'static str) -> &mut String {
        self.texts.entry(name).or_default()
    }
}

struct Session {
    memory: Box<SmartAlloc>,
    ui: Ui,
}

impl Session {
    fn lobby(&mut self, names: &[&str]) -> usize {
        let _tag = self.memory.tag("lobby");
        let copy = self.memory.frame_slice_copy(names);
        let chat = {
            let _tag = self.memory.tag("chat");
            frame_format!(self.memory, "{} are here", copy.len()).len()
        };
        self.ui.tag("store").push_str("open");
        chat
    }

    fn play(&mut self, turns: usize) -> usize {
        let tag = self.memory.tag("match");
        let moves = self.memory.frame_slice_from_fn(turns, |i| i).len();
        drop(tag);
        self.ui.tag("match/replay").push('!');
        moves
    }
}

fn main() {
    let mut session = Session { memory: Box::default(), ui: Ui::default() };
    session.memory.begin_frame();
    println!("{} {}", session.lobby(&["a", "b"]), session.play(3));
    session.memory.end_frame();
    println!("{}", session.ui.texts.len());
}
