// A render thread is fed; one of the two commands never gets into the queue.
use framealloc::{SmartAlloc, TransferHandle};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

static MEMORY: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

enum Command {
    Vertices(TransferHandle<[f32; 64]>),
    Camera { matrix: TransferHandle<[f32; 16]>, far: f32 },
    Quit,
}

fn render(queue: &Receiver<Command>) -> f32 {
    let mut sum = 0.0;
    while let Ok(command) = queue.recv() {
        match command {
            Command::Vertices(vertices) => sum += vertices.receive()[0],
            Command::Camera { matrix, far } => sum += matrix.into_inner()[0] * far,
            Command::Quit => break,
        }
    }
    sum
}

fn submit(queue: &Sender<Command>, turn: u32) {
    let scale = turn as f32;
    let vertices = MEMORY.frame_box_for_transfer([scale; 64]);
    let shadow = MEMORY.frame_box_for_transfer([scale; 16]); //~ FA203
    let command = Command::Vertices(vertices);
    if queue.send(command).is_err() {
        println!("{} bytes lost", size_of_val(&shadow));
    }
    let matrix = MEMORY.frame_box_for_transfer([1.0; 16]);
    let _ = queue.send(Command::Camera { matrix, far: 100.0 });
}

fn measure() -> usize {
    MEMORY.frame_box_for_transfer([0u8; 256]); //~ FA203
    MEMORY.transfer_stats().made as usize
}

fn main() {
    let (send, queue) = channel();
    let renderer = thread::spawn(move || render(&queue));
    for turn in 0..4 {
        submit(&send, turn);
    }
    let _ = send.send(Command::Quit);
    println!("{} {:?}", measure(), renderer.join().ok());
}
