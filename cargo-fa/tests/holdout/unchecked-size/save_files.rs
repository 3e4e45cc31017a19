// Save files: sizes from a header by a trait, an iterator over words, a checked one and one that is only printed.
use framealloc::{AllocError, FrameBox, SmartAlloc};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

const LIMIT: u64 = 1 << 20;

trait ReadSize: Read {
    fn read_size(&mut self) -> io::Result<u64> {
        let mut raw = [0; 8];
        self.read_exact(&mut raw)?;
        Ok(u64::from_le_bytes(raw))
    }
}

impl<R: Read> ReadSize for R {}

struct Save<'m> {
    memory: &'m SmartAlloc,
    name: String,
}

impl<'m> Save<'m> {
    fn blob(&self, file: &mut impl Read) -> io::Result<FrameBox<'m, [u8]>> {
        let size = file.read_size()?;
        println!("{} has {size} bytes", self.name);
        let mut blob = self.memory.frame_slice(size as usize); //~ FA303
        file.read_exact(&mut blob)?;
        Ok(blob)
    }

    fn blob_checked(&self, file: &mut impl Read) -> io::Result<FrameBox<'m, [u8]>> {
        let size = file.read_size()?;
        if !(1..LIMIT).contains(&size) {
            return Err(io::Error::other("not a save file"));
        }
        let mut blob = self.memory.frame_slice(size as usize);
        file.read_exact(&mut blob)?;
        Ok(blob)
    }

    fn counts(&self, line: &str) -> Result<usize, AllocError> {
        let mut total = 0;
        for count in line.split(' ').filter_map(|word| word.parse::<usize>().ok()) {
            total += self.memory.try_frame_vec_with_capacity::<u32>(count)?.capacity(); //~ FA303
        }
        Ok(total)
    }
}

fn main() -> io::Result<()> {
    let memory = SmartAlloc::with_defaults();
    let save = Save { memory: &memory, name: "slot1".into() };
    let mut line = String::new();
    if let Ok(file) = File::open("slot1.sav") {
        let mut file = BufReader::new(file);
        file.read_line(&mut line)?;
        println!("{} {}", save.blob(&mut file)?.len(), save.blob_checked(&mut file)?.len());
    }
    println!("{:?}", save.counts(&line).ok());
    Ok(())
}
