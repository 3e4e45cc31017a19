// Decoders with a cursor of their own, messages from channels, and checks that check something else.
use framealloc::{FrameVec, SmartAlloc};
use std::collections::HashMap;
use std::io::{self, Read};
use std::str::FromStr;
use std::sync::mpsc::Receiver;

struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Cursor<'_> {
    fn u32(&mut self) -> Option<u32> {
        let bytes = self.bytes.get(self.at..self.at + 4)?;
        self.at += 4;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }
}

struct Chunk {
    entities: usize,
    version: u32,
}

enum Request {
    Resize { width: u32 },
    Fill(usize),
    Nothing,
}

impl FromStr for Request {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once(' ') {
            Some(("resize", width)) => Self::Resize { width: width.parse()? },
            Some(("fill", count)) => Self::Fill(count.parse()?),
            _ => Self::Nothing,
        })
    }
}

struct World<'m> {
    memory: &'m SmartAlloc,
    limits: HashMap<&'static str, usize>,
}

impl<'m> World<'m> {
    fn packet(&self, socket: &mut impl Read) -> io::Result<usize> {
        let mut buffer = [0u8; 64];
        let read = socket.read(&mut buffer)?;
        let mut cursor = Cursor { bytes: &buffer[..read], at: 0 };
        let count = cursor.u32().unwrap_or(0) as usize;
        let entities = self.memory.frame_slice::<u64>(count); //~ FA303
        let rest = self.memory.frame_slice::<u8>(cursor.left());
        Ok(entities.len() + rest.len())
    }

    fn chunk(&self, raw: &[u8; 8]) -> Chunk {
        let entities = u32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]) as usize;
        let version = u32::from_le_bytes([raw[4], raw[5], raw[6], raw[7]]);
        Chunk { entities, version }
    }

    fn restore(&self, save: &mut impl Read) -> io::Result<FrameVec<'m, u32>> {
        let mut raw = [0u8; 8];
        save.read_exact(&mut raw)?;
        let Chunk { entities, version } = self.chunk(&raw);
        if version != 2 {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let doubled = entities * 2 + 1;
        Ok(self.memory.frame_vec_with_capacity(doubled)) //~ FA303
    }

    fn command(&self, line: &str) -> usize {
        match line.parse::<Request>() {
            Ok(Request::Resize { width }) => {
                let row = self.memory.frame_slice::<u8>(width as usize); //~ FA303
                row.len()
            }
            Ok(Request::Fill(count)) if count < 100 => self.memory.frame_slice::<u8>(count).len(),
            Ok(Request::Fill(count)) => self.memory.pool_box(count).count_ones() as usize,
            _ => 0,
        }
    }

    fn queue(&self, sizes: &Receiver<usize>) -> usize {
        let mut total = 0;
        for size in sizes.try_iter().take(8) {
            total += self.memory.heap_slice::<u8>(size).len(); //~ FA303
        }
        while let Ok(size) = sizes.try_recv() {
            let _frame = self.memory.frame();
            let most = self.limits.get("queue").copied().unwrap_or(64);
            total += self.memory.frame_slice::<u8>(size.min(most)).len();
        }
        total
    }

    fn environment(&self) -> usize {
        let depth: u32 = std::env::var("DEPTH").ok().and_then(|depth| depth.parse().ok()).unwrap_or(1);
        self.memory.frame_slice::<u32>(1 << depth).len() //~ FA303
    }

    fn not_zero(&self, text: &str) -> usize {
        let count = usize::from_str(text).unwrap_or_default();
        let name = text.len();
        if name > 10 {
            return 0;
        }
        self.memory.frame_slice_from_fn(count, |i| i).len() //~ FA303
    }

    fn within(&self, text: &str) -> usize {
        let count = usize::from_str(text).unwrap_or_default();
        if (1..=64).contains(&count) { self.memory.frame_slice_from_fn(count, |i| i).len() } else { 0 }
    }

    fn bounded(&self, text: &str) -> usize {
        let count = limited(text.parse().unwrap_or(0));
        self.memory.frame_slice::<u8>(count).len()
    }

    fn masked(&self, text: &str) -> usize {
        let count: usize = text.parse().unwrap_or(0);
        self.memory.frame_slice::<u8>(count % 256).len() + self.memory.frame_slice::<u8>(count & 0xff).len()
    }
}

fn limited(count: usize) -> usize {
    if count > 512 { 512 } else { count }
}

fn main() {
    let memory = SmartAlloc::with_defaults();
    let world = World { memory: &memory, limits: HashMap::new() };
    println!("{:?}", world.packet(&mut &b"0000"[..]).is_ok());
    println!("{:?}", world.restore(&mut &b"00000000"[..]).is_ok());
    let (_sender, sizes) = std::sync::mpsc::channel();
    println!("{} {} {}", world.command("fill 3"), world.queue(&sizes), world.environment());
    println!("{} {} {} {}", world.not_zero("1"), world.within("2"), world.bounded("3"), world.masked("4"));
}
