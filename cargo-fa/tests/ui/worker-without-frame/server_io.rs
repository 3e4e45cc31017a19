//! Threads around a game server: input, output, statistics.
use framealloc::{AllocError, SmartAlloc as Alloc};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

static ALLOC: LazyLock<Alloc> = LazyLock::new(Alloc::with_defaults);

struct Packet {
    from: u32,
    bytes: Vec<u8>,
}

fn input(packets: Receiver<Packet>) -> usize {
    let mut fields = 0;
    while let Ok(packet) = packets.recv() {
        let bytes = ALLOC.frame_slice_copy(&packet.bytes); //~ FA204 FA301
        fields += bytes.iter().filter(|byte| **byte == b',').count();
    }
    fields
}

fn output(packets: &[Packet]) -> Result<usize, AllocError> {
    let mut order = ALLOC.try_frame_vec_with_capacity::<u32>(packets.len())?; //~ FA204
    order.extend(packets.iter().map(|packet| packet.from));
    order.sort_unstable();
    Ok(order.len())
}

fn statistics(rounds: u32) -> usize {
    let mut longest = 0;
    for round in 0..rounds {
        let frame = ALLOC.frame();
        let text = frame.alloc_str("statistics");
        longest = longest.max(text.len() + round as usize);
        thread::sleep(Duration::from_millis(1));
    }
    longest
}

fn scratch() -> usize {
    let scope = ALLOC.scope();
    let table = scope.alloc_slice_from_fn(100, |index| index);
    table.iter().sum()
}

macro_rules! background {
    ($name:literal, $work:expr) => {
        thread::Builder::new().name($name.to_string()).spawn($work)
    };
}

fn main() -> std::io::Result<()> {
    let (sender, packets) = channel();
    let reading = thread::spawn(|| input(packets));
    let writing = thread::spawn(|| output(&[Packet { from: 3, bytes: vec![] }]).unwrap_or(0));
    let counting = thread::spawn(|| statistics(10));
    let scratching = background!("scratch", scratch)?;
    let _ = sender.send(Packet { from: 1, bytes: b"a,b".to_vec() });
    drop(sender);
    for thread in [reading, writing, counting, scratching] {
        println!("{:?}", thread.join().ok());
    }
    Ok(())
}
