// A helper ends the frame on one of its paths only; a method that begins and fails; results passed on with `?`.
use framealloc::{AllocError, SmartAlloc};
use std::io::{self, Write};

struct Recorder {
    alloc: SmartAlloc,
    recorded: u64,
}

impl Recorder {
    fn close(&mut self) {
        self.recorded += 1;
        self.alloc.end_frame();
    }

    fn record(&mut self, out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
        self.alloc.begin_frame();
        let copy = self.alloc.frame_slice_copy(bytes);
        let written = out.write(&copy);
        drop(copy);
        match written {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()), //~ FA603
            Ok(_) => self.close(),
            Err(error) => {
                self.close();
                return Err(error);
            }
        }
        Ok(())
    }

    fn index(&mut self, count: usize) -> Result<usize, AllocError> {
        self.alloc.begin_frame();
        let slots = self.alloc.try_frame_slice::<u32>(count.min(64)).map(|slots| slots.len());
        let slots = match slots {
            Ok(slots) => slots,
            Err(error) => return Err(error), //~ FA603
        };
        self.close();
        Ok(slots)
    }

    fn index_well(&mut self, count: usize) -> Result<usize, AllocError> {
        self.alloc.begin_frame();
        let slots = self.alloc.try_frame_slice::<u32>(count.min(64)).map(|slots| slots.len());
        self.close();
        slots
    }

    fn flush(&mut self, out: &mut impl Write, pages: &[Vec<u8>]) -> io::Result<u64> {
        for page in pages {
            self.alloc.begin_frame();
            let header = self.alloc.frame_box(page.len() as u32);
            let result = out.write_all(&header.to_le_bytes()).and_then(|()| out.write_all(page));
            drop(header);
            self.close();
            result?;
        }
        Ok(self.recorded)
    }
}

fn main() -> io::Result<()> {
    let mut recorder = Recorder { alloc: SmartAlloc::with_defaults(), recorded: 0 };
    let mut out = Vec::new();
    recorder.record(&mut out, &[1, 2])?;
    println!("{:?} {:?}", recorder.index(4).ok(), recorder.index_well(4).ok());
    println!("{}", recorder.flush(&mut out, &[vec![1], vec![2, 3]])?);
    Ok(())
}
