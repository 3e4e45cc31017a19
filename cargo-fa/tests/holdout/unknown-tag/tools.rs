// An asset tool: tags in closures handed around, in traits, and one that is almost right.
use framealloc::{AllocError, SmartAlloc};

trait Format {
    fn read(&self, alloc: &SmartAlloc, bytes: &[u8]) -> Result<usize, AllocError>;
}

struct Png;
struct Gif;

impl Format for Png {
    fn read(&self, alloc: &SmartAlloc, bytes: &[u8]) -> Result<usize, AllocError> {
        alloc.with_tag("import/png", |a| a.try_frame_slice_copy(bytes).map(|copy| copy.len()))
    }
}

impl Format for Gif {
    fn read(&self, alloc: &SmartAlloc, bytes: &[u8]) -> Result<usize, AllocError> {
        let copy = alloc.with_tag("import/gif", |a| a.try_frame_slice_copy(bytes))?; //~ FA802
        Ok(copy.len())
    }
}

struct Exporter<'a> {
    alloc: &'a SmartAlloc,
    written: usize,
}

impl Exporter<'_> {
    fn write(&mut self, values: &[u32]) -> &mut Self {
        let size = |a: &SmartAlloc| a.frame_slice_copy(values).len();
        self.written += self.alloc.with_tag("export", size);
        self.written += self.alloc.with_tag("exports", size); //~ FA802
        self
    }

    fn summary(&self) -> usize {
        let _tag = self.alloc.tag("import");
        let table = self.alloc.frame_map::<u32, u32>();
        let _inner = self.alloc.tag("png");
        let rows = self.alloc.frame_slice::<u32>(4);
        table.len() + rows.len() + self.written
    }
}

fn main() -> Result<(), AllocError> {
    let alloc = SmartAlloc::with_defaults();
    let _frame = alloc.frame();
    let read = Png.read(&alloc, &[1, 2])? + Gif.read(&alloc, &[3])?;
    let mut exporter = Exporter { alloc: &alloc, written: 0 };
    exporter.write(&[1, 2]).write(&[3]);
    println!("{read} {}", exporter.summary());
    Ok(())
}
