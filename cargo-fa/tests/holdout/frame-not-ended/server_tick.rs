// A networked server whose tick leaves in several ways; two of them forget the frame.
use framealloc::{FrameVec, SmartAlloc};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

#[derive(Debug)]
enum Fault {
    Gone,
    Corrupt(u8),
}

struct Message {
    client: u32,
    payload: [u8; 8],
}

struct Server {
    memory: &'static SmartAlloc,
    inbox: Receiver<Message>,
    handled: u64,
}

impl Server {
    fn validate(message: &Message) -> Result<u32, Fault> {
        if message.payload[0] == 0xff { Err(Fault::Corrupt(message.payload[1])) } else { Ok(message.client) }
    }

    fn tick(&mut self) -> Result<usize, Fault> {
        self.memory.begin_frame();
        let mut ready: FrameVec<'_, Message> = self.memory.frame_vec();
        loop {
            match self.inbox.try_recv() {
                Ok(message) => ready.push(message),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) if ready.is_empty() => return Err(Fault::Gone), //~ FA603
                Err(TryRecvError::Disconnected) => break,
            }
        }
        let count = ready.len();
        for message in ready {
            self.handled += u64::from(Self::validate(&message)?); //~ FA603
        }
        self.memory.end_frame();
        Ok(count)
    }

    fn tick_well(&mut self) -> Result<usize, Fault> {
        self.memory.begin_frame();
        let outcome = self.handle();
        self.memory.end_frame();
        outcome
    }

    fn handle(&mut self) -> Result<usize, Fault> {
        let mut clients = self.memory.frame_set::<u32>();
        while let Ok(message) = self.inbox.try_recv() {
            clients.insert(Self::validate(&message)?);
        }
        Ok(clients.len())
    }
}

fn main() {
    let (send, inbox): (Sender<Message>, _) = channel();
    let mut server = Server { memory: SmartAlloc::leaked(Default::default()), inbox, handled: 0 };
    send.send(Message { client: 3, payload: [1; 8] }).unwrap();
    println!("{:?} {:?} {}", server.tick(), server.tick_well(), server.handled);
}
