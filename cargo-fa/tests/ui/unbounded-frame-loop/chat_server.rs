//! A server whose loops run for as long as somebody is connected.
use framealloc::{PoolBox, SmartAlloc, frame_format};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::Receiver;

struct Client {
    id: u32,
    stream: TcpStream,
}

enum Message {
    Text(String),
    Quit,
}

struct Server {
    alloc: SmartAlloc,
    clients: Vec<PoolBox<Client>>,
}

impl Server {
    fn accept(&mut self, listener: &TcpListener) -> io::Result<()> {
        let mut id = 0u32;
        for stream in listener.incoming() {
            let client = Client { id, stream: stream? };
            self.clients.push(self.alloc.pool_box(client)); //~ FA301
            id = id.wrapping_add(1);
        }
        Ok(())
    }

    fn relay(&mut self, messages: &Receiver<Message>) -> io::Result<()> {
        loop {
            match messages.recv() {
                Ok(Message::Text(text)) => {
                    let line = frame_format!(self.alloc, "> {text}\n"); //~ FA301
                    for client in &mut self.clients {
                        client.stream.write_all(line.as_bytes())?;
                    }
                }
                Ok(Message::Quit) | Err(_) => return Ok(()),
            }
        }
    }

    fn relay_in_frames(&mut self, messages: &Receiver<Message>) -> io::Result<()> {
        while let Ok(Message::Text(text)) = messages.recv() {
            let _frame = self.alloc.frame();
            let line = frame_format!(self.alloc, "> {text}\n");
            for client in &mut self.clients {
                client.stream.write_all(line.as_bytes())?;
            }
        }
        Ok(())
    }

    fn read(&self, stream: TcpStream) -> io::Result<usize> {
        let mut longest = 0;
        for line in BufReader::new(stream).lines() {
            let line = line?;
            let copy = self.alloc.frame_slice_copy(line.as_bytes()); //~ FA301
            longest = copy.len().max(longest);
        }
        Ok(longest)
    }

    /// At most so many.
    fn greet(&self, listener: &TcpListener, most: usize) -> usize {
        let mut greeted = 0;
        loop {
            if greeted >= most {
                break greeted;
            }
            if let Ok((_, address)) = listener.accept() {
                println!("{}", frame_format!(self.alloc, "hello, {address}"));
                greeted += 1;
            }
        }
    }

    fn roll_call(&self) -> usize {
        let mut letters = 0;
        for client in &self.clients {
            letters += frame_format!(self.alloc, "{}", client.id).len();
        }
        letters
    }
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut server = Server { alloc: SmartAlloc::with_defaults(), clients: Vec::new() };
    let (sender, messages) = std::sync::mpsc::channel();
    let _ = sender.send(Message::Text("hi".into()));
    let _ = sender.send(Message::Quit);
    println!("{}", server.greet(&listener, 3));
    server.relay(&messages)?;
    server.relay_in_frames(&messages)?;
    println!("{}", server.roll_call());
    println!("{}", server.read(TcpStream::connect(listener.local_addr()?)?)?);
    server.accept(&listener)
}
