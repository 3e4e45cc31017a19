//! The chat of a server: messages that live for long, and buffers that do not.
use framealloc::{HeapBox, PoolBox, SmartAlloc};
use std::collections::VecDeque;

struct Message {
    author: u32,
    text: String,
}

enum Verdict {
    Keep(PoolBox<Message>),
    Refuse(&'static str),
}

struct Chat<'c> {
    alloc: &'c SmartAlloc,
    history: VecDeque<PoolBox<Message>>,
    banner: Option<HeapBox<String>>,
}

impl Chat<'_> {
    fn judge(&self, author: u32, text: &str) -> Verdict {
        let message = self.alloc.pool_box(Message { author, text: text.to_owned() });
        if message.text.len() > 200 {
            return Verdict::Refuse("too long");
        }
        Verdict::Keep(message)
    }

    fn tick(&mut self, lines: &[(u32, String)]) -> usize {
        self.alloc.begin_frame();
        for (author, line) in lines {
            match self.judge(*author, line) {
                Verdict::Keep(message) => self.history.push_back(message),
                Verdict::Refuse(why) => println!("{author}: {why}"),
            }
        }
        let counts = self.alloc.pool_box([0u32; 16]); //~ FA606
        let busiest = counts.iter().max().copied().unwrap_or(0) as usize;
        self.alloc.pool_free(counts);
        let banner = self.alloc.heap_box(format!("{} messages", self.history.len()));
        self.banner.replace(banner);
        self.alloc.end_frame();
        busiest
    }

    fn moderate(&mut self, banned: u32) -> usize {
        let alloc = self.alloc.clone();
        alloc.begin_frame();
        let Ok(mask) = alloc.try_heap_box([banned; 4]) else { //~ FA606
            alloc.end_frame();
            return 0;
        };
        self.history.retain(|message| !mask.contains(&message.author));
        drop(mask);
        alloc.end_frame();
        self.history.len()
    }

    fn search(&self, word: &str) -> usize {
        let _frame = self.alloc.frame();
        let upper = self.alloc.heap_box(word.to_uppercase()); //~ FA606
        self.history.iter().filter(|message| message.text.to_uppercase().contains(upper.as_str())).count()
    }

    fn pin(&mut self, author: u32) -> Option<&Message> {
        self.alloc.begin_frame();
        let pinned = self.alloc.pool_box(Message { author, text: "pinned".into() });
        self.history.push_front(pinned);
        self.alloc.end_frame();
        self.history.front().map(|message| &**message)
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut chat = Chat { alloc: &alloc, history: VecDeque::new(), banner: None };
    println!("{}", chat.tick(&[(1, "hello".into()), (2, "there".into())]));
    println!("{} {}", chat.moderate(2), chat.search("hell"));
    println!("{:?} {}", chat.pin(7).map(|message| message.author), chat.banner.is_some());
}
