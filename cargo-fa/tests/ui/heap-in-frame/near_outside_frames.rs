// The heap before the first frame, between two frames, in threads without frames; buffers kept in fields.
use framealloc::{SmartAlloc, frame_format};
use std::collections::HashMap;

struct Loader {
    buffers: HashMap<String, Vec<u8>>,
    sorted: Vec<usize>,
}

impl Loader {
    fn load(&mut self, names: &[&str]) {
        for name in names {
            let mut data = Vec::new();
            data.extend_from_slice(name.as_bytes());
            let checksum: Vec<u8> = data.iter().rev().copied().collect();
            println!("{}", checksum.len());
            self.buffers.insert(format!("{name}.bin"), data);
        }
    }

    fn update(&mut self, alloc: &SmartAlloc) {
        alloc.begin_frame();
        let label = frame_format!(alloc, "{} buffers", self.buffers.len());
        let mut sizes = alloc.frame_vec::<usize>();
        sizes.extend(self.buffers.values().map(Vec::len));
        let mut buffer = std::mem::take(&mut self.sorted);
        buffer.clear();
        buffer.extend_from_slice(&sizes);
        buffer.sort_unstable();
        println!("{label}");
        self.sorted = buffer;
        drop((label, sizes));
        alloc.end_frame();
    }

    fn between(&self) -> usize {
        let names: Vec<&String> = self.buffers.keys().collect();
        names.len()
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut loader = Loader { buffers: HashMap::new(), sorted: Vec::with_capacity(16) };
    loader.load(&["stone", "grass"]);
    for _ in 0..4 {
        loader.update(&alloc);
        println!("{}", loader.between());
    }
    let worker = std::thread::spawn(|| {
        let words: Vec<String> = (0..3).map(|i| format!("{i}")).collect();
        words.len()
    });
    println!("{}", worker.join().unwrap());
}
