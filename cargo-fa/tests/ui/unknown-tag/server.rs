//! A server that tags by message.
use framealloc::SmartAlloc;
use std::sync::Arc;

enum Message {
    Move(u32),
    Chat(String),
    Ping,
}

struct Server {
    alloc: Arc<SmartAlloc>,
}

impl Server {
    fn handle(&self, message: &Message) -> usize {
        match message {
            Message::Move(steps) => self.alloc.with_tag("world", |a| *a.frame_box(*steps) as usize),
            Message::Chat(text) => self.alloc.with_tag("chat", |a| a.frame_slice_copy(text.as_bytes()).len()), //~ FA802
            Message::Ping => self.alloc.with_tag("net/packets", |a| a.frame_slice::<u8>(8).len()),
        }
    }

    fn tick(&self, messages: &[Message]) -> usize {
        let _frame = self.alloc.frame();
        let _tag = self.alloc.tag("network"); //~ FA802
        messages.len()
    }

    fn flush(&self) -> usize {
        let alloc = &self.alloc;
        alloc.with_tag("net", |net| {
            let packets = net.with_tag("packets", |a| a.frame_slice::<u8>(64));
            let lost = net.with_tag("lost", |a| a.frame_slice::<u8>(4)); //~ FA802
            packets.len() + lost.len()
        })
    }

    fn by_name(&self, name: &'static str) -> usize {
        // Not known here: not judged.
        self.alloc.with_tag(name, |a| a.frame_slice::<u8>(1).len())
    }
}

fn main() {
    let server = Server { alloc: Arc::new(SmartAlloc::with_defaults()) };
    let messages = [Message::Move(3), Message::Chat("hi".into()), Message::Ping];
    server.alloc.begin_frame();
    println!("{}", messages.iter().map(|message| server.handle(message)).sum::<usize>());
    println!("{} {}", server.flush(), server.by_name("net"));
    server.alloc.end_frame();
    println!("{}", server.tick(&messages));
}
