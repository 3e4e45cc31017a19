//! Decoding of a video stream, block by block.
use framealloc::{AllocError, SmartAlloc};
use std::io::{self, BufRead, Read};

#[derive(Debug)]
enum Fault {
    Io(io::Error),
    Memory(AllocError),
    Format(u8),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<AllocError> for Fault {
    fn from(error: AllocError) -> Self {
        Self::Memory(error)
    }
}

struct Decoder<R> {
    alloc: SmartAlloc,
    input: R,
    blocks: u32,
}

impl<R: Read + BufRead> Decoder<R> {
    fn block(&mut self) -> Result<u32, Fault> {
        let alloc = self.alloc.clone();
        alloc.begin_frame();
        alloc.begin_phase("decode");
        let mut bytes = alloc.frame_alloc::<[u8; 64]>();
        self.input.read_exact(&mut *bytes)?; //~ FA603 FA805
        let sum = bytes.iter().map(|byte| u32::from(*byte)).sum();
        drop(bytes);
        alloc.end_phase();
        self.blocks += 1;
        alloc.end_frame();
        Ok(sum)
    }

    fn header(&mut self) -> Result<u8, Fault> {
        self.alloc.begin_phase("header");
        let kind = self.kind();
        self.alloc.end_phase();
        match kind? {
            kind @ 1..=4 => Ok(kind),
            kind => Err(Fault::Format(kind)),
        }
    }

    fn kind(&mut self) -> Result<u8, Fault> {
        let mut one = [0];
        self.input.read_exact(&mut one)?;
        Ok(one[0])
    }

    fn seek(&mut self, block: u32) -> Result<(), Fault> {
        let alloc = self.alloc.clone();
        alloc.begin_phase("seek");
        while self.blocks < block {
            if self.input.fill_buf()?.is_empty() { //~ FA805
                break;
            }
            self.input.consume(1);
            self.blocks += 1;
        }
        alloc.end_phase();
        Ok(())
    }

    fn preview(&mut self) -> Result<usize, Fault> {
        let _frame = self.alloc.frame();
        self.alloc.begin_phase("preview");
        let Ok(pixels) = self.alloc.try_frame_slice::<u32>(64 * 64) else {
            self.alloc.end_phase();
            return Ok(0);
        };
        let Some(first) = pixels.first() else {
            return Ok(0); //~ FA805
        };
        let result = *first as usize + pixels.len();
        drop(pixels);
        self.alloc.end_phase();
        Ok(result)
    }

    fn finish(self) -> u32 {
        let Self { alloc, blocks, .. } = self;
        if blocks == 0 {
            return 0;
        }
        alloc.end_phase(); //~ FA805
        blocks
    }
}

fn main() -> Result<(), Fault> {
    let mut decoder = Decoder { alloc: SmartAlloc::with_defaults(), input: io::Cursor::new(vec![2u8; 500]), blocks: 0 };
    println!("{} {}", decoder.header()?, decoder.block()?);
    decoder.seek(3)?;
    println!("{} {}", decoder.preview()?, decoder.finish());
    Ok(())
}
