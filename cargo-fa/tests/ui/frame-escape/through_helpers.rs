// The value is made in one helper, ended in another, and stored by a third.
use framealloc::{AllocConfig, FrameBox, FrameMap, SmartAlloc};

mod memory {
    pub use framealloc::SmartAlloc as Memory;

    pub fn flip(memory: &Memory) {
        memory.end_frame();
        memory.begin_frame();
    }
}
use memory::{Memory, flip};

#[derive(Default)]
struct Hud {
    text: Option<FrameBox<'static, str>>,
    shown: usize,
}

struct World {
    memory: &'static Memory,
    hud: Hud,
    names: Vec<String>,
}

fn banner(memory: &'static Memory, name: &str) -> FrameBox<'static, str> {
    let upper = memory.frame_str(name);
    upper.clone_in(memory)
}

fn keep(hud: &mut Hud, text: FrameBox<'static, str>) {
    hud.shown += text.len();
    hud.text = Some(text); //~ FA601
}

fn index<'m>(memory: &'m Memory, names: &[String]) -> FrameMap<'m, usize, usize> {
    let mut map = memory.frame_map();
    for (index, name) in names.iter().enumerate() {
        map.insert(name.len(), index);
    }
    map
}

impl World {
    fn update(&mut self, dt: f32) {
        let lengths = index(self.memory, &self.names);
        self.hud.shown += lengths.len() + dt as usize;
        if let Some(name) = self.names.first() {
            let text = self.memory.with_tag("hud", |memory| banner(memory, name));
            keep(&mut self.hud, text);
        }
    }

    fn lookup(&self) -> usize {
        self.memory.begin_frame();
        let lengths = index(self.memory, &self.names);
        flip(self.memory);
        let found = lengths.get(&4).copied(); //~ FA601
        self.memory.end_frame();
        found.unwrap_or(0)
    }
}

fn main() {
    let memory: &'static SmartAlloc = SmartAlloc::leaked(AllocConfig::default());
    let mut world = World { memory, hud: Hud::default(), names: vec!["Anna".into(), "Bo".into()] };
    memory.begin_frame();
    world.update(0.016);
    memory.end_frame();
    println!("{}", world.lookup());
}
