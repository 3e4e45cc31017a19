// A mapped module whose methods are called from an unmapped one, some of them within the tag.
use framealloc::{AllocConfig, SmartAlloc};

mod battle;

fn main() {
    let memory = SmartAlloc::leaked(AllocConfig::default());
    let mut army = battle::Army { memory, units: vec![3, 9, 4], lost: 0 };
    for _ in 0..3 {
        memory.begin_frame();
        memory.with_tag("battle", |_| army.march());
        army.fight();
        println!("{} {}", army.count(), army.lost);
        memory.end_frame();
    }
}
