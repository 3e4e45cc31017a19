// Ends of phases that were not begun: alone, and after the one that matched.
use framealloc::SmartAlloc;

struct Exporter {
    alloc: SmartAlloc,
    rows: Vec<u32>,
}

impl Exporter {
    fn flush(&mut self) -> usize {
        let copy = self.alloc.frame_slice_copy(&self.rows);
        let len = copy.len();
        self.alloc.end_phase(); //~ FA805
        len
    }

    fn write(&mut self) -> usize {
        self.alloc.begin_phase("write");
        let copy = self.alloc.frame_slice_copy(&self.rows);
        let sum = copy.iter().sum::<u32>() as usize;
        self.alloc.end_phase();
        self.alloc.end_phase(); //~ FA805
        sum
    }

    fn index(&mut self) -> usize {
        let phase = self.alloc.phase("index");
        let sorted = self.alloc.frame_slice_copy(&self.rows).len();
        drop(phase);
        sorted
    }
}

fn main() {
    let mut exporter = Exporter { alloc: SmartAlloc::with_defaults(), rows: vec![3, 1, 2] };
    let alloc = exporter.alloc.clone();
    alloc.begin_frame();
    println!("{} {} {}", exporter.flush(), exporter.write(), exporter.index());
    alloc.end_frame();
}
