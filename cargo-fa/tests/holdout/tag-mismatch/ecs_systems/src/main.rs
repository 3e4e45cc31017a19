// Systems of an ECS, one file and one folder mapped; a system borrowed another's tag.
use framealloc::{AllocConfig, SmartAlloc};

mod systems;

#[derive(Default)]
pub struct World {
    pub positions: Vec<[f32; 2]>,
    pub health: Vec<i32>,
}

fn main() {
    let memory = SmartAlloc::leaked(AllocConfig::default());
    let mut world = World { positions: vec![[0.0; 2]; 4], health: vec![10; 4] };
    for _ in 0..3 {
        memory.begin_frame();
        systems::movement::run(memory, &mut world);
        systems::combat::run(memory, &mut world);
        systems::shared(memory, &world);
        memory.end_frame();
    }
    println!("{:?} {:?}", world.positions, world.health);
}
