//! A protocol with lengths in its packets.
use framealloc::{FrameBox, SmartAlloc};
use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

const MAX_BODY: usize = 1 << 16;

enum Request {
    Resize(usize),
    Fill { count: u64, value: u8 },
    Nothing,
}

struct Connection<'c> {
    alloc: &'c SmartAlloc,
    stream: TcpStream,
    version: usize,
}

impl<'c> Connection<'c> {
    fn length(&mut self) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.stream.read_exact(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn body(&mut self) -> io::Result<FrameBox<'c, [u8]>> {
        let length = self.length()? as usize;
        let mut body = self.alloc.frame_slice::<u8>(length); //~ FA303
        self.stream.read_exact(&mut body)?;
        Ok(body)
    }

    fn body_checked(&mut self) -> io::Result<FrameBox<'c, [u8]>> {
        let length = self.length()? as usize;
        if length > MAX_BODY {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut body = self.alloc.frame_slice::<u8>(length);
        self.stream.read_exact(&mut body)?;
        Ok(body)
    }

    /// Compares another value than the one that it uses.
    fn body_of_version(&mut self) -> io::Result<usize> {
        let length = self.length()? as usize;
        if self.version > 3 {
            return Ok(0);
        }
        let mut body = self.alloc.heap_slice::<u8>(length); //~ FA303 FA606
        self.stream.read_exact(&mut body)?;
        Ok(body.len())
    }

    fn body_small(&mut self) -> io::Result<usize> {
        let length = self.length()?;
        let Ok(length) = u16::try_from(length) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        Ok(self.alloc.frame_slice::<u8>(usize::from(length)).len())
    }

    fn body_clamped(&mut self) -> io::Result<usize> {
        let length = (self.length()? as usize).clamp(1, MAX_BODY);
        Ok(self.alloc.frame_vec_with_capacity::<u8>(length).capacity())
    }
}

fn serve(alloc: &SmartAlloc, requests: &Receiver<Request>) -> usize {
    match requests.recv() {
        Ok(Request::Resize(size)) => alloc.frame_slice::<u16>(size).len(), //~ FA303
        Ok(Request::Fill { count, value }) => {
            let count = count as usize;
            let mut filled = alloc.frame_vec_with_capacity(count); //~ FA303
            filled.push(value);
            filled.len()
        }
        Ok(Request::Nothing) | Err(_) => 0,
    }
}

fn main() -> io::Result<()> {
    let alloc = SmartAlloc::with_defaults();
    let (stream, _) = TcpListener::bind("127.0.0.1:0")?.accept()?;
    let (sender, requests) = channel();
    for request in [Request::Resize(3), Request::Fill { count: 3, value: 1 }, Request::Nothing] {
        let _ = sender.send(request);
    }
    let _frame = alloc.frame();
    let mut connection = Connection { alloc: &alloc, stream, version: 3 };
    println!("{} {}", connection.body()?.len(), connection.body_checked()?.len());
    println!("{} {}", connection.body_small()?, connection.body_clamped()?);
    println!("{} {}", connection.body_of_version()?, serve(&alloc, &requests));
    Ok(())
}
