// A second begin in the same function: right after, in a branch, in a match, in a loop.
use framealloc::SmartAlloc;

enum Stage {
    Menu,
    Match { players: u32 },
}

fn render_twice(alloc: &SmartAlloc, meshes: &[u32]) -> usize {
    alloc.begin_frame();
    let opaque = alloc.frame_slice_copy(meshes);
    let count = opaque.len();
    drop(opaque);
    alloc.begin_frame(); //~ FA605
    let clear = alloc.frame_slice_copy(meshes);
    let total = count + clear.len();
    drop(clear);
    alloc.end_frame();
    total
}

fn update(alloc: &SmartAlloc, stage: &Stage) -> u32 {
    alloc.begin_frame();
    let score = match stage {
        Stage::Menu => 0,
        Stage::Match { players } => {
            alloc.begin_frame(); //~ FA605
            let scores = alloc.frame_slice_from_fn(8, |i| i as u32 * players);
            scores.iter().sum()
        }
    };
    alloc.end_frame();
    score
}

fn substeps(alloc: &SmartAlloc, steps: u32) -> u32 {
    alloc.begin_frame();
    let mut done = 0;
    for step in 0..steps {
        alloc.begin_frame(); //~ FA605
        let forces = alloc.frame_slice_from_fn(4, |i| i as u32 + step);
        done += forces[0];
        drop(forces);
        alloc.end_frame();
    }
    alloc.end_frame();
    done
}

fn in_turn(alloc: &SmartAlloc, stages: &[Stage]) -> usize {
    let mut bytes = 0;
    for stage in stages {
        alloc.begin_frame();
        let name = alloc.frame_str(if matches!(stage, Stage::Menu) { "menu" } else { "match" });
        bytes += name.len();
        drop(name);
        alloc.end_frame();
        alloc.begin_frame();
        let tail = alloc.frame_slice::<u8>(8);
        bytes += tail.len();
        drop(tail);
        alloc.end_frame();
    }
    bytes
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    println!("{} {}", render_twice(&alloc, &[1, 2]), update(&alloc, &Stage::Match { players: 2 }));
    println!("{} {}", substeps(&alloc, 3), in_turn(&alloc, &[Stage::Menu]));
}
