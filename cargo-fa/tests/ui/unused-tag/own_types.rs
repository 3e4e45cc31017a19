// `with_tag` of another type uses no tag of framealloc's.
use framealloc::SmartAlloc;
use std::sync::LazyLock;

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

#[derive(Default)]
struct Entity {
    tags: Vec<&'static str>,
}

impl Entity {
    fn with_tag(mut self, tag: &'static str) -> Self {
        self.tags.push(tag);
        self
    }

    fn tag(&self, tag: &str) -> bool {
        self.tags.contains(&tag)
    }
}

fn load(bytes: &[u8]) -> usize {
    MEMORY.with_tag("load", |m| {
        let copy = m.frame_slice_copy(bytes);
        copy.iter().filter(|byte| **byte > 0).count()
    })
}

fn main() {
    MEMORY.begin_frame();
    let giver = Entity::default().with_tag("quests").with_tag("save");
    println!("{} {}", load(&[1, 0, 2]), giver.tag("save"));
    MEMORY.end_frame();
}
