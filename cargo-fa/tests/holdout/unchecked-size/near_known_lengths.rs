// Lengths that are known: of what was read, of constants, checked by `matches!`, `if let`, `assert!` and `try_from`.
use framealloc::{SmartAlloc, kilobytes};
use std::io::{self, BufRead, Read};

const ROWS: usize = 16;
const MOST: u32 = 4096;

struct Table<'m> {
    memory: &'m SmartAlloc,
    widths: Vec<usize>,
}

impl Table<'_> {
    fn read(&mut self, input: impl BufRead) -> io::Result<usize> {
        self.widths.clear();
        for line in input.lines().take(ROWS) {
            self.widths.push(line?.len());
        }
        let sorted = self.memory.frame_slice::<usize>(self.widths.len());
        let rows = self.memory.frame_vec_with_capacity::<u32>(ROWS * 2);
        Ok(sorted.len() + rows.capacity())
    }

    fn cells(&self, text: &str) -> usize {
        let Ok(count) = text.parse::<u32>() else { return 0 };
        if !matches!(count, 1..=MOST) {
            return 0;
        }
        self.memory.frame_slice::<u8>(count as usize).len()
    }

    fn bytes(&self, mut input: impl Read) -> io::Result<usize> {
        let mut head = [0u8; 4];
        input.read_exact(&mut head)?;
        let wanted = u32::from_le_bytes(head);
        let Ok(wanted) = u8::try_from(wanted) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let mut body = self.memory.frame_slice::<u8>(wanted.into());
        input.read_exact(&mut body)?;
        Ok(body.len())
    }

    fn asserted(&self, text: &str) -> usize {
        let count = text.trim().parse::<usize>().unwrap_or(1);
        assert!(count <= kilobytes(1), "{count} columns are too many");
        self.memory.frame_vec_with_capacity::<u16>(count).capacity()
    }

    fn parsed_value(&self, text: &str) -> u64 {
        let value = text.parse::<u64>().unwrap_or(0);
        let boxed = self.memory.frame_box(value);
        let table = self.memory.frame_slice_from_fn(4, |i| *boxed + i as u64);
        table.iter().sum()
    }
}

fn main() -> io::Result<()> {
    let memory = SmartAlloc::with_defaults();
    let mut table = Table { memory: &memory, widths: Vec::new() };
    println!("{} {}", table.read(&b"ab\nc\n"[..])?, table.cells("12"));
    println!("{} {} {}", table.bytes(&[1, 0, 0, 0, 9][..])?, table.asserted("4"), table.parsed_value("7"));
    Ok(())
}
