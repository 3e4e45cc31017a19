//! The tick of a game server: reads packets, answers, and leaves early in many ways.
use framealloc::SmartAlloc;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

#[derive(Debug)]
enum ServerError {
    Io(io::Error),
    BadVersion(u8),
    Full,
}

impl From<io::Error> for ServerError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

struct Session {
    stream: TcpStream,
    version: u8,
}

struct Server {
    alloc: SmartAlloc,
    sessions: Vec<Session>,
}

fn check(version: u8) -> Result<(), ServerError> {
    if version == 3 { Ok(()) } else { Err(ServerError::BadVersion(version)) }
}

impl Server {
    fn greet(&mut self, mut stream: TcpStream) -> Result<(), ServerError> {
        self.alloc.begin_frame();
        let mut hello = self.alloc.frame_alloc::<[u8; 16]>();
        stream.read_exact(&mut *hello)?; //~ FA603
        check(hello[0])?; //~ FA603
        if self.sessions.len() > 64 {
            return Err(ServerError::Full); //~ FA603
        }
        self.sessions.push(Session { stream, version: hello[0] });
        drop(hello);
        self.alloc.end_frame();
        Ok(())
    }

    fn greet_well(&mut self, stream: &mut TcpStream) -> Result<u8, ServerError> {
        self.alloc.begin_frame();
        let result = self.handshake(stream);
        self.alloc.end_frame();
        let version = result?;
        check(version)?;
        Ok(version)
    }

    fn handshake(&self, stream: &mut TcpStream) -> Result<u8, ServerError> {
        let mut hello = self.alloc.frame_alloc::<[u8; 16]>();
        stream.read_exact(&mut *hello)?;
        Ok(hello[0])
    }

    fn broadcast(&mut self, text: &[u8]) -> usize {
        let mut sent = 0;
        for session in &mut self.sessions {
            self.alloc.begin_frame();
            if session.version < 2 {
                continue; //~ FA603
            }
            let packet = self.alloc.frame_slice_copy(text);
            let Ok(count) = session.stream.write(&packet) else {
                drop(packet);
                self.alloc.end_frame();
                continue;
            };
            sent += count;
            drop(packet);
            self.alloc.end_frame();
        }
        sent
    }

    fn flush(&mut self) -> Result<(), ServerError> {
        let _frame = self.alloc.frame();
        for session in &mut self.sessions {
            session.stream.flush()?;
        }
        Ok(())
    }
}

fn main() -> Result<(), ServerError> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut server = Server { alloc: SmartAlloc::with_defaults(), sessions: Vec::new() };
    let (stream, _) = listener.accept()?;
    server.greet(stream)?;
    let (mut stream, _) = listener.accept()?;
    println!("{}", server.greet_well(&mut stream)?);
    println!("{}", server.broadcast(b"hello"));
    server.flush()
}
