//! A lobby server: sessions are tasks of one thread; messages are built in frame memory.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use async_channel::{Receiver, RecvError, SendError, Sender};
use async_executor::LocalExecutor;
use framealloc::{Frame, FrameBox, FrameString, SmartAlloc, frame_format};
use futures_lite::future;

#[derive(Debug)]
enum LobbyError {
    Closed,
    Refused,
}

impl fmt::Display for LobbyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "closed",
            Self::Refused => "refused",
        })
    }
}

impl From<RecvError> for LobbyError {
    fn from(_: RecvError) -> Self {
        Self::Closed
    }
}

impl<T> From<SendError<T>> for LobbyError {
    fn from(_: SendError<T>) -> Self {
        Self::Closed
    }
}

#[derive(Clone, Copy, Debug)]
enum Message {
    Join(u16),
    Chat(u16, u8),
    Leave(u16),
}

/// A turn of the server and what it has counted in it.
struct Turn<'a> {
    frame: Frame<'a>,
    handled: u32,
}

struct Session<'a> {
    alloc: &'a SmartAlloc,
    inbox: Receiver<Message>,
    outbox: Sender<usize>,
    members: RefCell<Vec<u16>>,
}

impl<'a> Session<'a> {
    fn greeting(&self, id: u16) -> FrameString<'a> {
        frame_format!(self.alloc, "welcome {id}, you are {} of us", self.members.borrow().len())
    }

    fn roster(&self) -> FrameBox<'a, [u16]> {
        self.alloc.with_tag("net", |a| a.frame_slice_copy(&self.members.borrow()))
    }

    async fn handle(&self, message: Message) -> Result<usize, LobbyError> {
        match message {
            Message::Join(id) => {
                self.members.borrow_mut().push(id);
                let text = self.greeting(id);
                self.outbox.send(text.len()).await?; //~ FA701
                Ok(1)
            }
            Message::Chat(id, length) => {
                if !self.members.borrow().contains(&id) {
                    return Err(LobbyError::Refused);
                }
                // The length is out before the text is gone, and the text is gone before the wait.
                let length = self.greeting(id).len() + usize::from(length);
                self.outbox.send(length).await?;
                Ok(1)
            }
            Message::Leave(id) => {
                self.members.borrow_mut().retain(|&member| member != id);
                if let Some(&oldest) = self.roster().first() {
                    self.outbox.send(usize::from(oldest)).await?; //~ FA701
                }
                Ok(0)
            }
        }
    }

    /// Until the other end closes.
    async fn run(&self) -> Result<usize, LobbyError> {
        let mut handled = 0;
        while !self.inbox.is_closed() || !self.inbox.is_empty() {
            self.alloc.begin_frame();
            let message = self.inbox.recv().await?; //~ FA702 FA603
            let members = self.roster().len();
            self.alloc.end_frame();
            handled += self.handle(message).await? + members;
        }
        Ok(handled)
    }

    async fn turn(&self, limit: u32) -> u32 {
        let mut turn = Turn { frame: self.alloc.frame(), handled: 0 };
        while turn.handled < limit {
            let Ok(message) = self.inbox.try_recv() else { break };
            turn.handled += 1;
            let note = turn.frame.alloc(message);
            if matches!(note, Message::Join(_)) {
                future::yield_now().await; //~ FA701
            }
        }
        turn.handled
    }

    async fn shutdown(&self) -> usize {
        let alloc = self.alloc;
        alloc.begin_frame();
        let last = self.roster();
        let farewell = last.iter().map(|&id| usize::from(id)).sum();
        drop(last);
        let sent = self.outbox.send(farewell).await; //~ FA702
        alloc.end_frame();
        sent.map_or(0, |()| farewell)
    }
}

fn announce<'a>(executor: &LocalExecutor<'a>, session: &Session<'a>, log: &Rc<RefCell<Vec<String>>>) {
    let greeting = session.greeting(0);
    let log = log.clone();
    let later = async move { log.borrow_mut().push(greeting.as_str().to_owned()) };
    executor.spawn(later).detach(); //~ FA703
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let (to_server, inbox) = async_channel::unbounded();
    let (outbox, replies) = async_channel::unbounded();
    let log = Rc::new(RefCell::new(Vec::new()));
    let session = Session { alloc: &alloc, inbox, outbox, members: RefCell::new(Vec::new()) };
    let executor = LocalExecutor::new();
    announce(&executor, &session, &log);
    for message in [Message::Join(4), Message::Join(9), Message::Chat(9, 20), Message::Leave(4), Message::Chat(4, 1)] {
        to_server.try_send(message).expect("it is unbounded");
    }
    let outcome = future::block_on(executor.run(async {
        let early = session.turn(1).await;
        to_server.close();
        let handled = session.run().await;
        (early, handled, session.shutdown().await)
    }));
    match outcome.1 {
        Ok(handled) => println!("{handled} handled"),
        Err(error) => println!("session: {error}"),
    }
    let replies: Vec<usize> = std::iter::from_fn(|| replies.try_recv().ok()).collect();
    println!("{} early, {} in farewell, {replies:?}, {:?}", outcome.0, outcome.2, log.borrow());
}
