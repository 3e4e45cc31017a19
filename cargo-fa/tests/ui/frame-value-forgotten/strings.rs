//! Interned strings of a script engine.
use framealloc::{FrameBox, FrameString, SmartAlloc, frame_format};
use std::mem;

struct Interner<'i> {
    alloc: &'i SmartAlloc,
    count: usize,
}

impl<'i> Interner<'i> {
    fn name(&mut self, of: u32) -> &'i str {
        self.count += 1;
        let text: FrameString<'i> = frame_format!(self.alloc, "node_{of}");
        let text = text.into_boxed_str();
        text.leak() //~ FA607
    }

    fn owned(&mut self, of: u32) -> &'static str {
        self.count += 1;
        let text = frame_format!(self.alloc, "node_{of}");
        // A `String` of the heap is leaked, not the frame's.
        String::from(text.as_str()).leak()
    }

    fn numbers(&self, upto: u32) -> &'i [u32] {
        let numbers: FrameBox<'i, [u32]> = self.alloc.frame_slice_from_fn(upto as usize, |index| index as u32);
        let mut numbers = mem::ManuallyDrop::new(numbers); //~ FA607
        let (start, len) = (numbers.as_mut_ptr(), numbers.len());
        unsafe { std::slice::from_raw_parts(start, len) }
    }

    fn replace(&self, slot: &mut String) {
        let text = frame_format!(self.alloc, "{slot}!");
        let old = mem::replace(slot, text.as_str().to_owned());
        mem::forget(old);
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    alloc.begin_frame();
    let mut interner = Interner { alloc: &alloc, count: 0 };
    println!("{} {}", interner.name(1), interner.owned(2));
    println!("{}", interner.numbers(3).len());
    let mut slot = String::from("a");
    interner.replace(&mut slot);
    println!("{slot} {}", interner.count);
    alloc.end_frame();
}
