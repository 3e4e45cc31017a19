// A turn-based game: a frame that is ended on one way to the await only, and one with a value besides.
use framealloc::{AllocConfig, SmartAlloc};
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

enum Player {
    Human,
    Computer { depth: u32 },
}

struct Table {
    memory: &'static SmartAlloc,
    moves: Vec<u32>,
}

async fn ask(question: &str) -> u32 {
    ready(question.len() as u32).await
}

impl Table {
    async fn turn(&mut self, player: &Player) -> u32 {
        self.memory.begin_frame();
        let best = *self.memory.frame_box(self.moves.len() as u32);
        let chosen = match player {
            Player::Human => {
                self.memory.end_frame();
                ask("your move").await
            }
            Player::Computer { depth } => {
                let hint = ask("engine").await; //~ FA702
                self.memory.end_frame();
                hint * depth
            }
        };
        self.moves.push(chosen.max(best));
        chosen
    }

    async fn analyse(&mut self) -> u32 {
        self.memory.begin_frame();
        let history = self.memory.frame_slice_copy(&self.moves);
        let score = ask("score").await; //~ FA701 FA702
        let sum = history.iter().sum::<u32>();
        drop(history);
        self.memory.end_frame();
        sum + score
    }

    async fn analyse_well(&mut self) -> u32 {
        self.memory.begin_frame();
        let sum = self.memory.frame_slice_copy(&self.moves).iter().sum::<u32>();
        self.memory.end_frame();
        sum + ask("score").await
    }
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
    let mut table = Table { memory: SmartAlloc::leaked(AllocConfig::default()), moves: vec![1] };
    println!("{}", block_on(table.turn(&Player::Human)));
    println!("{}", block_on(table.turn(&Player::Computer { depth: 2 })));
    println!("{} {}", block_on(table.analyse()), block_on(table.analyse_well()));
}
