// A build tool with traits; one stage has lost its tag.
use framealloc::{AllocConfig, SmartAlloc};

trait Stage {
    fn run(&self, alloc: &SmartAlloc, input: &[u8]) -> usize;
}

struct Scan;
struct Hash;
struct Pack;

impl Stage for Scan {
    fn run(&self, alloc: &SmartAlloc, input: &[u8]) -> usize {
        alloc.with_tag("scan", |a| a.frame_slice_copy(input).iter().filter(|byte| **byte == b'\n').count())
    }
}

impl Stage for Hash {
    fn run(&self, alloc: &SmartAlloc, input: &[u8]) -> usize {
        let words = alloc.frame_slice_from_fn(input.len(), |i| usize::from(input[i]) * 31);
        words.iter().sum()
    }
}

impl Stage for Pack {
    fn run(&self, alloc: &SmartAlloc, input: &[u8]) -> usize {
        let index = alloc.with_tag("pack/index", |a| a.frame_slice::<u32>(input.len()));
        let _tag = alloc.tag("pack");
        index.len() + alloc.frame_slice_copy(input).len()
    }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default());
    let _frame = alloc.frame();
    let input = b"a\nb\n";
    println!("{} {} {}", Scan.run(&alloc, input), Hash.run(&alloc, input), Pack.run(&alloc, input));
}
