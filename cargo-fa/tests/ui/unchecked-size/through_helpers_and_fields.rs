// The length goes through a struct's field, a helper's parameter, a method and an arithmetic step.
use framealloc::{HeapBox, SmartAlloc};
use std::io::{self, Read};

struct Header {
    width: u32,
    height: u32,
    name_len: u8,
}

impl Header {
    fn read(mut file: impl Read) -> io::Result<Self> {
        let mut raw = [0u8; 9];
        file.read_exact(&mut raw)?;
        let width = u32::from_be_bytes([raw[0], raw[1], raw[2], raw[3]]);
        let height = u32::from_be_bytes([raw[4], raw[5], raw[6], raw[7]]);
        Ok(Self { width, height, name_len: raw[8] })
    }

    fn pixels(&self) -> usize {
        self.width as usize * self.height as usize
    }
}

struct Decoder<'m> {
    memory: &'m SmartAlloc,
    decoded: Vec<HeapBox<[u8]>>,
}

impl Decoder<'_> {
    fn decode(&mut self, file: &[u8]) -> io::Result<()> {
        let header = Header::read(file)?;
        let pixels = self.memory.heap_slice::<u8>(header.pixels() * 4); //~ FA303
        self.decoded.push(pixels);
        Ok(())
    }

    fn row(&self, file: &[u8]) -> io::Result<usize> {
        let header = Header::read(file)?;
        let width = header.width as usize;
        Ok(scanline(self.memory, width))
    }

    fn decode_checked(&mut self, file: &[u8]) -> io::Result<()> {
        let header = Header::read(file)?;
        if header.width > 8192 || header.height > 8192 {
            return Err(io::Error::other("the picture is too large"));
        }
        let row = self.memory.frame_slice::<u8>(header.width as usize);
        let rows = self.memory.frame_vec_with_capacity::<u32>(header.height as usize);
        println!("{} {}", row.len(), rows.capacity());
        Ok(())
    }

    fn mean(&self, file: &[u8]) -> usize {
        let copy = self.memory.frame_slice_copy(file);
        let sums = self.memory.frame_slice::<u32>(copy.len() / 4 + 1);
        sums.len()
    }
}

fn scanline(memory: &SmartAlloc, width: usize) -> usize {
    let line = memory.frame_slice::<u32>(width); //~ FA303
    line.len()
}

fn main() -> io::Result<()> {
    let memory = SmartAlloc::with_defaults();
    let mut decoder = Decoder { memory: &memory, decoded: Vec::new() };
    let file = [0, 0, 0, 4, 0, 0, 0, 2, 3];
    decoder.decode(&file)?;
    decoder.decode_checked(&file)?;
    println!("{} {} {}", decoder.row(&file)?, decoder.mean(&file), Header::read(&file[..])?.name_len);
    Ok(())
}
