use crate::World;
use framealloc::{SmartAlloc, frame_format};

trait Strike {
    fn strike(&self, memory: &SmartAlloc, health: &mut i32);
}

struct Sword;
struct Bow;

impl Strike for Sword {
    fn strike(&self, memory: &SmartAlloc, health: &mut i32) {
        let rolls = memory.with_tag("combat/rolls", |m| m.frame_slice_from_fn(4, |i| i as i32));
        *health -= rolls[1];
    }
}

impl Strike for Bow {
    fn strike(&self, memory: &SmartAlloc, health: &mut i32) {
        let _tag = memory.tag("movement/arrows"); //~ FA801
        let arc = memory.frame_slice_from_fn(4, |i| i as i32 * 2);
        *health -= arc[1];
    }
}

pub fn run(memory: &SmartAlloc, world: &mut World) {
    if let Some(health) = world.health.first_mut() {
        Sword.strike(memory, health);
        Bow.strike(memory, health);
    }
    let text = memory.with_tag("combat", |m| frame_format!(m, "{} fighters", world.health.len()));
    println!("{text}");
}
