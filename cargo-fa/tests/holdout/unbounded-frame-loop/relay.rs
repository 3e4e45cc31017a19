// A relay between two channels; one loop is inside another that has frames, and one is not.
use framealloc::{AllocConfig, PoolBox, SmartAlloc, frame_format};
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};

struct Relay<'a> {
    alloc: &'a SmartAlloc,
    from: Receiver<u32>,
    to: Sender<String>,
    backlog: VecDeque<PoolBox<u32>>,
}

impl Relay<'_> {
    fn forward(&mut self) -> usize {
        let mut count = 0;
        while let Ok(number) = self.from.recv() {
            let text = frame_format!(self.alloc, "number {number}"); //~ FA301
            count += 1;
            if self.to.send(text.to_string()).is_err() {
                return count;
            }
        }
        count
    }

    fn hoard(&mut self) {
        loop {
            match self.from.try_recv() {
                Ok(number) => {
                    let boxed = self.alloc.pool_box(number); //~ FA301
                    self.backlog.push_back(boxed);
                }
                Err(_) => break,
            }
        }
    }

    fn hoard_some(&mut self) {
        while self.backlog.len() < 64 {
            let Ok(number) = self.from.try_recv() else { break };
            self.backlog.push_back(self.alloc.pool_box(number));
        }
    }

    fn drain(&mut self) -> u32 {
        let mut sum = 0;
        while let Some(number) = self.backlog.pop_front() {
            sum += *self.alloc.frame_box(*number);
        }
        sum
    }
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let ((send, from), (to, texts)) = (channel(), channel());
    for number in 0..4 {
        send.send(number).unwrap();
    }
    drop(send);
    let mut relay = Relay { alloc, from, to, backlog: VecDeque::new() };
    relay.hoard_some();
    relay.hoard();
    println!("{} {} {}", relay.drain(), relay.forward(), texts.try_iter().count());
}
