// A server with ticks: sessions in pools, packets checked and decoded in frames, a writer thread that gets transfers.
use framealloc::{AllocConfig, FrameVec, PoolBox, SmartAlloc, TransferHandle, kilobytes};
use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;

const MAX_PACKET: usize = 1024;

#[derive(Debug)]
enum Fault {
    Io(io::Error),
    TooLong(usize),
    Closed,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

struct Session {
    user: u32,
    received: u64,
    history: [u8; 32],
}

struct Packet {
    user: u32,
    wire: Vec<u8>,
}

struct Reply {
    user: u32,
    body: [u8; 64],
}

struct Server {
    alloc: SmartAlloc,
    sessions: HashMap<u32, PoolBox<Session>>,
    inbox: Receiver<Packet>,
    outbox: Sender<TransferHandle<Reply>>,
}

impl Server {
    fn decode<'a>(alloc: &'a SmartAlloc, mut wire: &[u8]) -> Result<FrameVec<'a, u8>, Fault> {
        let mut head = [0u8; 2];
        wire.read_exact(&mut head)?;
        let len = usize::from(u16::from_le_bytes(head));
        if len > MAX_PACKET {
            return Err(Fault::TooLong(len));
        }
        let mut body = alloc.frame_vec_with_capacity(len);
        body.resize(len, 0);
        wire.read_exact(&mut body)?;
        Ok(body)
    }

    fn handle(&mut self, packet: &Packet) -> Result<(), Fault> {
        let body = Self::decode(&self.alloc, &packet.wire)?;
        let alloc = &self.alloc;
        let session = self
            .sessions
            .entry(packet.user)
            .or_insert_with(|| alloc.pool_box(Session { user: packet.user, received: 0, history: [0; 32] }));
        session.received += body.len() as u64;
        for (slot, byte) in session.history.iter_mut().zip(body.iter()) {
            *slot = *byte;
        }
        let mut reply = Reply { user: session.user, body: [0; 64] };
        reply.body[..32].copy_from_slice(&session.history);
        let handle = alloc.frame_box_for_transfer(reply);
        self.outbox.send(handle).map_err(|_| Fault::Closed)
    }

    fn tick(&mut self) -> Result<usize, Fault> {
        let mut handled = 0;
        loop {
            match self.inbox.try_recv() {
                Ok(packet) => {
                    self.alloc.begin_frame();
                    let outcome = self.handle(&packet);
                    self.alloc.end_frame();
                    match outcome {
                        Ok(()) => handled += 1,
                        Err(Fault::TooLong(len)) => println!("{} sent {len} bytes", packet.user),
                        Err(fault) => return Err(fault),
                    }
                }
                Err(TryRecvError::Empty) => return Ok(handled),
                Err(TryRecvError::Disconnected) => return Err(Fault::Closed),
            }
        }
    }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(256)));
    let (send, inbox) = channel();
    let (outbox, replies) = channel::<TransferHandle<Reply>>();
    let writer = thread::spawn(move || {
        let mut bytes = 0;
        for reply in replies {
            let reply = reply.receive();
            bytes += reply.body.len() + reply.user as usize;
        }
        bytes
    });
    for user in 0..4u32 {
        let wire = vec![3, 0, user as u8, 2, 1];
        send.send(Packet { user, wire }).expect("the server is there");
    }
    drop(send);
    let mut server = Server { alloc, sessions: HashMap::new(), inbox, outbox };
    let ended = loop {
        match server.tick() {
            Ok(handled) => println!("{handled} packets"),
            Err(fault) => break fault,
        }
    };
    let sessions = server.sessions.len();
    drop(server);
    println!("{ended:?} after {sessions} sessions, {:?}", writer.join().ok());
}
