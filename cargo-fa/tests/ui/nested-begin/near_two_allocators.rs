// Two allocators at once: a client's and a server's, a world's and its editor's.
use framealloc::SmartAlloc;
use std::sync::LazyLock;

static EDITOR: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

struct Session {
    client: SmartAlloc,
    server: SmartAlloc,
}

fn lockstep(session: &Session, inputs: &[u8]) -> usize {
    session.server.begin_frame();
    session.client.begin_frame();
    let truth = session.server.frame_slice_copy(inputs);
    let guess = session.client.frame_slice_copy(inputs);
    let same = truth.iter().zip(guess.iter()).filter(|(a, b)| a == b).count();
    drop((truth, guess));
    session.client.end_frame();
    session.server.end_frame();
    same
}

fn edit(world: &SmartAlloc, name: &str) -> usize {
    world.begin_frame();
    EDITOR.begin_frame();
    let label = EDITOR.frame_str(name);
    let bytes = label.len();
    drop(label);
    EDITOR.end_frame();
    let scratch = world.frame_slice::<u8>(bytes);
    let total = scratch.len() + bytes;
    drop(scratch);
    world.end_frame();
    total
}

fn split(alloc: &SmartAlloc, first: bool) -> u32 {
    if first {
        alloc.begin_frame();
    } else {
        println!("second half");
        alloc.begin_frame();
    }
    let value = *alloc.frame_box(3);
    alloc.end_frame();
    value
}

fn reopened(alloc: &SmartAlloc, rounds: u32) -> u32 {
    let mut sum = 0;
    alloc.begin_frame();
    for round in 0..rounds {
        sum += *alloc.frame_box(round);
        alloc.end_frame();
        alloc.begin_frame();
    }
    alloc.end_frame();
    sum
}

fn main() {
    let session = Session { client: SmartAlloc::with_defaults(), server: SmartAlloc::with_defaults() };
    println!("{} {}", lockstep(&session, &[1, 2]), edit(&session.server, "cube"));
    println!("{} {}", split(&session.client, true), reopened(&session.client, 3));
}
