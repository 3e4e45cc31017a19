// Counts in packets, files, arguments and the environment: through readers, cursors, helpers and fields.
use framealloc::{AllocError, FrameBox, SmartAlloc};
use std::env;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::net::TcpStream;

const MOST: usize = 4096;

trait ReadExt: Read {
    fn read_u32(&mut self) -> io::Result<u32> {
        let mut bytes = [0u8; 4];
        self.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn read_u16(&mut self) -> io::Result<u16> {
        let mut bytes = [0u8; 2];
        self.read_exact(&mut bytes)?;
        Ok(u16::from_le_bytes(bytes))
    }
}

impl<R: Read> ReadExt for R {}

struct Mesh {
    vertices: u32,
    indices: u32,
    flags: u32,
}

impl Mesh {
    fn parse(mut reader: impl Read) -> io::Result<Self> {
        let vertices = reader.read_u32()?;
        let indices = reader.read_u32()?;
        let flags = reader.read_u32()?;
        Ok(Self { vertices, indices, flags })
    }

    fn validate(&self) -> io::Result<()> {
        if self.vertices > 65_536 || self.indices > 65_536 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(())
    }
}

struct Assets {
    alloc: SmartAlloc,
}

impl Assets {
    fn load(&self, path: &str) -> io::Result<usize> {
        let mesh = Mesh::parse(BufReader::new(File::open(path)?))?;
        if mesh.flags > 3 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let vertices = self.alloc.frame_slice::<[f32; 3]>(mesh.vertices as usize); //~ FA303
        Ok(vertices.len())
    }

    fn load_valid(&self, path: &str) -> io::Result<usize> {
        let mesh = Mesh::parse(BufReader::new(File::open(path)?))?;
        mesh.validate()?;
        let vertices = self.alloc.frame_slice::<[f32; 3]>(mesh.vertices as usize);
        Ok(vertices.len())
    }

    fn indices(&self, mesh: &Mesh) -> FrameBox<'_, [u32]> {
        self.alloc.frame_slice(mesh.indices as usize) //~ FA303
    }

    fn load_indices(&self, path: &str) -> io::Result<usize> {
        let mesh = Mesh::parse(File::open(path)?)?;
        Ok(self.indices(&mesh).len())
    }
}

fn receive(alloc: &SmartAlloc, stream: &mut TcpStream) -> io::Result<usize> {
    let len = stream.read_u32()? as usize;
    let mut payload = alloc.frame_slice::<u8>(len); //~ FA303
    stream.read_exact(&mut payload)?;
    Ok(payload.len())
}

fn receive_limited(alloc: &SmartAlloc, stream: &mut TcpStream) -> io::Result<usize> {
    let len = stream.read_u32()? as usize;
    if len > MOST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "packet too long"));
    }
    let mut payload = alloc.frame_slice::<u8>(len);
    stream.read_exact(&mut payload)?;
    Ok(payload.len())
}

fn receive_late(alloc: &SmartAlloc, stream: &mut TcpStream) -> io::Result<usize> {
    let len = stream.read_u32()? as usize;
    let mut payload = alloc.frame_vec_with_capacity::<u8>(len); //~ FA303
    if len > MOST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    payload.resize(len, 0);
    stream.read_exact(&mut payload)?;
    Ok(payload.len())
}

fn receive_grid(alloc: &SmartAlloc, stream: &mut TcpStream) -> io::Result<usize> {
    let columns = stream.read_u32()?;
    let rows = stream.read_u32()?;
    let cells = columns.checked_mul(rows).ok_or(io::ErrorKind::InvalidData)?;
    let grid = alloc.frame_slice::<u32>(cells as usize); //~ FA303
    Ok(grid.len())
}

fn count_in(text: &str) -> Option<usize> {
    text.split_once('=')?.1.trim().parse().ok()
}

fn particles(alloc: &SmartAlloc) -> Result<usize, AllocError> {
    let text = fs::read_to_string("particles.cfg").unwrap_or_default();
    let Some(count) = count_in(&text) else { return Ok(0) };
    let particles = alloc.try_frame_slice::<[f32; 4]>(count)?; //~ FA303
    Ok(particles.len())
}

fn particles_within(alloc: &SmartAlloc) -> usize {
    let text = fs::read_to_string("particles.cfg").unwrap_or_default();
    let count = count_in(&text).unwrap_or(16).clamp(1, 1024);
    alloc.frame_slice::<[f32; 4]>(count).len()
}

fn arguments(alloc: &SmartAlloc) -> usize {
    let jobs = env::args().nth(1).and_then(|text| text.parse::<usize>().ok()).unwrap_or(4);
    let threads = env::var("THREADS").map_or(1, |text| text.parse().unwrap_or(1));
    let queue = alloc.frame_vec_with_capacity::<u32>(jobs); //~ FA303
    let lanes = alloc.frame_vec_with_capacity::<u32>(threads); //~ FA303
    queue.capacity() + lanes.capacity()
}

fn rows(alloc: &SmartAlloc, input: impl BufRead) -> usize {
    let mut total = 0;
    let mut lines = input.lines().map_while(Result::ok);
    let header = lines.next().unwrap_or_default();
    let wide: Vec<usize> = header.split(',').flat_map(str::parse).collect();
    for width in wide {
        let row = alloc.frame_slice::<f32>(width); //~ FA303
        total += row.len();
    }
    total
}

fn copied(alloc: &SmartAlloc, input: &mut impl Read) -> io::Result<usize> {
    let mut text = String::new();
    input.read_to_string(&mut text)?;
    let bytes = alloc.frame_slice_copy(text.as_bytes());
    let mut upper = alloc.frame_vec_with_capacity::<u8>(text.len());
    upper.extend_from_slice(&bytes);
    Ok(upper.len())
}

fn short(alloc: &SmartAlloc, input: &mut impl Read) -> io::Result<usize> {
    let count = u16::try_from(input.read_u32()?).map_err(io::Error::other)?;
    Ok(alloc.frame_slice::<u8>(usize::from(count)).len())
}

fn asserted(alloc: &SmartAlloc, input: &mut impl Read) -> io::Result<usize> {
    let count = input.read_u32()? as usize;
    assert!(count <= MOST, "{count}");
    Ok(alloc.frame_slice::<u64>(count).len())
}

fn matched(alloc: &SmartAlloc, input: &mut impl Read) -> io::Result<usize> {
    let slice = match input.read_u32()? {
        0 => return Ok(0),
        count @ 1..=64 => alloc.frame_slice::<u64>(count as usize),
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    Ok(slice.len())
}

fn main() -> io::Result<()> {
    let assets = Assets { alloc: SmartAlloc::with_defaults() };
    println!("{:?} {:?}", assets.load("a")?, assets.load_valid("a")?);
    println!("{}", assets.load_indices("a")?);
    let alloc = &assets.alloc;
    let mut stream = TcpStream::connect("127.0.0.1:9")?;
    receive(alloc, &mut stream)?;
    receive_limited(alloc, &mut stream)?;
    receive_late(alloc, &mut stream)?;
    receive_grid(alloc, &mut stream)?;
    println!("{:?} {}", particles(alloc).is_ok(), particles_within(alloc));
    println!("{} {}", arguments(alloc), rows(alloc, &b"1,2"[..]));
    println!("{} {}", copied(alloc, &mut &b"abc"[..])?, short(alloc, &mut &b"abcd"[..])?);
    println!("{} {}", asserted(alloc, &mut &b"abcd"[..])?, matched(alloc, &mut &b"abcd"[..])?);
    println!("{}", (&b"ab"[..]).read_u16()?);
    Ok(())
}
