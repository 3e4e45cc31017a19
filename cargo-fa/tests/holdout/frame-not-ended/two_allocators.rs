// Two allocators: the wrong one is ended on one way out.
use framealloc::SmartAlloc;

struct Worlds {
    client: SmartAlloc,
    server: SmartAlloc,
}

fn predict(worlds: &Worlds, inputs: &[i8]) -> i32 {
    worlds.client.begin_frame();
    worlds.server.begin_frame();
    let guess = worlds.client.frame_slice_copy(inputs);
    let truth = worlds.server.frame_slice_copy(inputs);
    if guess.is_empty() {
        worlds.client.end_frame();
        return 0; //~ FA603
    }
    let error = guess.iter().zip(truth.iter()).map(|(a, b)| i32::from(a - b)).sum();
    drop((guess, truth));
    worlds.server.end_frame();
    worlds.client.end_frame();
    error
}

fn replay(worlds: &Worlds, inputs: &[i8]) -> Option<i8> {
    worlds.client.begin_frame();
    worlds.server.begin_frame();
    let last = worlds.server.frame_slice_copy(inputs).last().copied();
    worlds.server.end_frame();
    if last.is_none() {
        worlds.client.end_frame();
        return None;
    }
    let doubled = worlds.client.frame_box(last.map(|last| last.saturating_mul(2)));
    let result = *doubled;
    drop(doubled);
    worlds.client.end_frame();
    result
}

fn main() {
    let worlds = Worlds { client: SmartAlloc::with_defaults(), server: SmartAlloc::with_defaults() };
    println!("{} {:?}", predict(&worlds, &[1, 2]), replay(&worlds, &[4]));
}
