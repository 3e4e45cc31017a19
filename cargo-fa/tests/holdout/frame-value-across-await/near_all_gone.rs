// Whatever of the frame there was is gone before each await: by early return, by an inner function, by `into_inner`.
use framealloc::{FrameVec, SmartAlloc, frame_format};
use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

struct Chat {
    alloc: SmartAlloc,
    log: Vec<String>,
}

async fn send(text: &str) -> usize {
    ready(text.len()).await
}

impl Chat {
    fn words<'a>(&'a self, line: &'a str) -> FrameVec<'a, &'a str> {
        let mut words = self.alloc.frame_vec();
        words.extend(line.split(' '));
        words
    }

    fn longest(&self, line: &str) -> String {
        let words = self.words(line);
        words.iter().max_by_key(|word| word.len()).map_or_else(String::new, |word| word.to_string())
    }

    async fn say(&mut self, line: &str) -> usize {
        let longest = self.longest(line);
        let sent = send(&longest).await;
        let entry = frame_format!(self.alloc, "{sent}: {line}");
        self.log.push(entry.to_string());
        sent
    }

    async fn shout(&mut self, line: &str) -> usize {
        let words = self.words(line);
        if words.len() < 2 {
            return words.len();
        }
        let first = words[0].to_uppercase();
        drop(words);
        send(&first).await
    }

    async fn count(&self, line: &str) -> usize {
        let count = self.alloc.frame_box(line.len()).into_inner();
        let halves = {
            let copy = self.alloc.frame_slice_copy(line.as_bytes());
            let (left, right) = copy.split_at(count / 2);
            (left.len(), right.len())
        };
        send(line).await + halves.0 + halves.1
    }

    async fn twice(&self, line: &str) -> usize {
        let mut total = 0;
        for _ in 0..2 {
            total += self.words(line).len();
            total += send(line).await;
            let again = self.words(line);
            total += again.iter().map(|word| word.len()).sum::<usize>();
            drop(again);
            total += send("again").await;
        }
        total
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
    let mut chat = Chat { alloc: SmartAlloc::with_defaults(), log: Vec::new() };
    println!("{} {}", block_on(chat.say("hello world")), block_on(chat.shout("hi there")));
    println!("{} {} {}", block_on(chat.count("abc")), block_on(chat.twice("a b")), chat.log.len());
}
