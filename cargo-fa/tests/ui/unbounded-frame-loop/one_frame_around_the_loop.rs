// A frame that surrounds an endless loop is no frame within it; helpers and tags that allocate for the loop.
use framealloc::{AllocError, FrameBox, SmartAlloc};
use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};

struct Gateway<'a> {
    memory: &'a SmartAlloc,
    bytes: usize,
}

fn copy<'a>(memory: &'a SmartAlloc, packet: &[u8]) -> FrameBox<'a, [u8]> {
    memory.frame_slice_copy(packet) //~ FA301
}

impl Gateway<'_> {
    fn accept(&mut self, listener: &TcpListener) {
        self.memory.begin_frame();
        for stream in listener.incoming() {
            let Ok(stream) = stream else { break };
            let port = stream.local_addr().map_or(0, |address| address.port());
            let record = self.memory.with_tag("net", |m| m.frame_box(port)); //~ FA301
            self.bytes += usize::from(*record);
        }
        self.memory.end_frame();
    }

    fn echo(&mut self, mut stream: TcpStream) -> io::Result<()> {
        let mut buffer = [0u8; 64];
        loop {
            stream.read_exact(&mut buffer)?;
            let packet = copy(self.memory, &buffer);
            self.bytes += packet.len();
            if packet[0] == b'q' {
                return Ok(());
            }
        }
    }

    fn one(&mut self, mut stream: TcpStream) -> Result<usize, AllocError> {
        let mut buffer = [0u8; 64];
        let read = stream.read(&mut buffer).unwrap_or(0);
        let packet = self.memory.try_frame_slice_copy(&buffer[..read])?;
        self.bytes += packet.len();
        Ok(packet.len())
    }
}

fn main() -> io::Result<()> {
    let memory = SmartAlloc::with_defaults();
    let mut gateway = Gateway { memory: &memory, bytes: 0 };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let stream = TcpStream::connect(listener.local_addr()?)?;
    println!("{:?}", gateway.one(stream).ok());
    let (stream, _) = listener.accept()?;
    gateway.echo(stream)?;
    gateway.accept(&listener);
    Ok(())
}
