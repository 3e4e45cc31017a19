// A lobby with clones, a select-like helper, and an await in the condition of a loop.
use framealloc::SmartAlloc as Memory;
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[derive(Default)]
struct Lobby {
    players: Vec<u32>,
    polls: u32,
}

impl Lobby {
    async fn joined(&mut self) -> Option<u32> {
        self.polls += 1;
        ready((self.polls < 3).then_some(self.polls)).await
    }
}

async fn fill(memory: Memory, lobby: &mut Lobby) -> usize {
    let clone = memory.clone();
    clone.begin_frame();
    while let Some(player) = lobby.joined().await { //~ FA702
        lobby.players.push(player);
    }
    memory.end_frame();
    lobby.players.len()
}

async fn fill_well(memory: Memory, lobby: &mut Lobby) -> usize {
    while let Some(player) = lobby.joined().await {
        memory.begin_frame();
        let copy = *memory.frame_box(player);
        memory.end_frame();
        lobby.players.push(copy);
    }
    lobby.players.len()
}

async fn greet(memory: &Memory, lobby: &mut Lobby, loud: bool) -> usize {
    memory.begin_frame();
    let bytes = memory.frame_str("welcome").len();
    if loud {
        lobby.joined().await; //~ FA702
    }
    memory.end_frame();
    bytes
}

async fn greet_two(memory: &Memory, lobby: &mut Lobby) -> usize {
    memory.begin_frame();
    let first = memory.frame_str("hello").len();
    memory.end_frame();
    lobby.joined().await;
    memory.begin_frame();
    let second = memory.frame_str("again").len();
    memory.end_frame();
    first + second
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

fn main() {
    let memory = Memory::with_defaults();
    let mut lobby = Lobby::default();
    println!("{}", block_on(fill(memory.clone(), &mut lobby)));
    println!("{}", block_on(fill_well(memory.clone(), &mut lobby)));
    println!("{}", block_on(greet(&memory, &mut lobby, true)));
    println!("{}", block_on(greet_two(&memory, &mut lobby)));
}
