// Headers behind conversions, iterators and traits; bytes put together by hand; zero as the only check.
use framealloc::SmartAlloc;
use std::io::{self, Read};

#[derive(Clone, Copy, PartialEq)]
struct Header {
    count: u16,
    stride: u32,
}

impl TryFrom<&[u8]> for Header {
    type Error = io::Error;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        let [a, b, c, d, e, f] = bytes[..6] else { return Err(io::ErrorKind::InvalidData.into()) };
        Ok(Self { count: u16::from_be_bytes([a, b]), stride: u32::from_be_bytes([c, d, e, f]) })
    }
}

struct Lengths<R> {
    reader: R,
}

impl<R: Read> Iterator for Lengths<R> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let mut bytes = [0u8; 4];
        self.reader.read_exact(&mut bytes).ok()?;
        Some(u32::from_le_bytes(bytes))
    }
}

trait Source {
    fn length(&mut self) -> usize;
}

struct Text<'t>(&'t str);

impl Source for Text<'_> {
    fn length(&mut self) -> usize {
        self.0.trim().parse().unwrap_or(0)
    }
}

fn header(alloc: &SmartAlloc, bytes: &[u8]) -> io::Result<usize> {
    let header = Header::try_from(bytes)?;
    let entries = alloc.frame_slice::<u64>(usize::from(header.count)); //~ FA303
    Ok(entries.len())
}

fn stride(alloc: &SmartAlloc, bytes: &[u8]) -> io::Result<usize> {
    let header: Header = bytes.try_into()?;
    let row = alloc.frame_slice::<u8>(header.stride as usize); //~ FA303
    Ok(row.len())
}

fn each(alloc: &SmartAlloc, reader: impl Read) -> usize {
    let mut total = 0;
    for length in (Lengths { reader }) {
        let _frame = alloc.frame();
        total += alloc.frame_slice::<u8>(length as usize).len(); //~ FA303
    }
    total
}

fn of_source(alloc: &SmartAlloc, source: &mut dyn Source) -> usize {
    let length = source.length();
    alloc.frame_slice::<u8>(length).len() //~ FA303
}

fn by_hand(alloc: &SmartAlloc, packet: &[u8]) -> usize {
    let length = (packet[0] as usize) << 8 | packet[1] as usize;
    alloc.frame_slice::<u8>(length).len() //~ FA303
}

fn some(alloc: &SmartAlloc, text: &str) -> Option<usize> {
    let count: usize = text.parse().ok()?;
    if count == 0 {
        return None;
    }
    Some(alloc.frame_slice::<u8>(count).len()) //~ FA303
}

fn some_but_not_many(alloc: &SmartAlloc, text: &str) -> Option<usize> {
    let count: usize = text.parse().ok()?;
    if count == 0 || count > 64 {
        return None;
    }
    Some(alloc.frame_slice::<u8>(count).len())
}

fn arms(alloc: &SmartAlloc, text: &str) -> usize {
    match text.parse::<u32>() {
        Ok(0) | Err(_) => 0,
        Ok(count) => alloc.frame_slice::<u8>(count as usize).len(), //~ FA303
    }
}

fn checked(alloc: &SmartAlloc, bytes: &[u8]) -> Result<usize, String> {
    let header = Header::try_from(bytes).map_err(|error| error.to_string())?;
    let count = check(header.stride)?;
    Ok(alloc.frame_slice::<u8>(count).len())
}

fn check(count: u32) -> Result<usize, String> {
    match count {
        0..=4096 => Ok(count as usize),
        _ => Err(format!("{count} is too many")),
    }
}

fn remaining(alloc: &SmartAlloc, bytes: &[u8]) -> Option<usize> {
    let header = Header::try_from(bytes).ok()?;
    let wanted = usize::from(header.count);
    (wanted <= bytes.len()).then(|| alloc.frame_slice::<u8>(wanted).len())
}

fn level(alloc: &SmartAlloc, bytes: &[u8]) -> usize {
    let level = usize::from(bytes.first().copied().unwrap_or(0));
    alloc.frame_slice::<u32>(level).len()
}

struct Config {
    particles: usize,
    seed: u64,
}

impl Config {
    fn parse(text: &str) -> Self {
        let mut config = Self { particles: 16, seed: 1 };
        for line in text.lines() {
            match line.split_once('=') {
                Some(("particles", value)) => config.particles = value.trim().parse().unwrap_or(16),
                Some(("seed", value)) => config.seed = value.trim().parse().unwrap_or(1),
                _ => {}
            }
        }
        config
    }
}

struct System {
    config: Config,
    alloc: SmartAlloc,
}

impl System {
    fn new(text: &str) -> Self {
        Self { config: Config::parse(text), alloc: SmartAlloc::with_defaults() }
    }

    fn update(&self) -> usize {
        let _frame = self.alloc.frame();
        self.alloc.frame_slice::<[f32; 4]>(self.config.particles).len() //~ FA303
    }
}

fn main() -> io::Result<()> {
    let alloc = SmartAlloc::with_defaults();
    let bytes = [0, 1, 0, 0, 0, 4];
    println!("{} {} {}", header(&alloc, &bytes)?, stride(&alloc, &bytes)?, each(&alloc, io::empty()));
    println!("{} {}", of_source(&alloc, &mut Text("3")), by_hand(&alloc, &bytes));
    println!("{:?} {:?} {}", some(&alloc, "1"), some_but_not_many(&alloc, "2"), arms(&alloc, "3"));
    println!("{:?} {:?} {}", checked(&alloc, &bytes), remaining(&alloc, &bytes), level(&alloc, &bytes));
    let system = System::new("particles=8");
    println!("{} {}", system.update(), system.config.seed);
    Ok(())
}
