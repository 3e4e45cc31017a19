// A hand-over to a C-like interface: the buffer is forgotten so that its pointer stays good.
use framealloc::SmartAlloc;
use std::mem;
use std::sync::Arc;

#[repr(C)]
struct RawBuffer {
    data: *mut u8,
    len: usize,
}

fn submit(buffer: &RawBuffer) -> usize {
    buffer.len + usize::from(buffer.data.is_null())
}

struct Gpu {
    memory: Arc<SmartAlloc>,
    submitted: usize,
}

impl Gpu {
    fn hand_over(&mut self, bytes: &[u8]) {
        let mut staging = self.memory.frame_slice_copy(bytes);
        let raw = RawBuffer { data: staging.as_mut_ptr(), len: staging.len() };
        self.submitted += submit(&raw);
        mem::forget(staging); //~ FA607
    }

    fn hand_over_in_tag(&mut self, bytes: &[u8]) {
        let len = self.memory.with_tag("gpu", |memory| {
            let mut staging = memory.frame_vec::<u8>();
            staging.extend_from_slice(bytes);
            let mut staging = mem::ManuallyDrop::new(staging); //~ FA607
            staging.push(0);
            staging.len()
        });
        self.submitted += len;
    }

    fn hand_over_well(&mut self, bytes: &[u8]) {
        let mut staging = self.memory.frame_slice_copy(bytes);
        let raw = RawBuffer { data: staging.as_mut_ptr(), len: staging.len() };
        self.submitted += submit(&raw) + mem::size_of_val(&raw);
    }

    fn hand_over_owned(&mut self, bytes: &[u8]) {
        let mut owned = self.memory.frame_slice_copy(bytes).to_vec();
        let raw = RawBuffer { data: owned.as_mut_ptr(), len: owned.len() };
        self.submitted += submit(&raw);
        mem::forget(owned);
    }
}

fn main() {
    let mut gpu = Gpu { memory: Arc::new(SmartAlloc::with_defaults()), submitted: 0 };
    let memory = gpu.memory.clone();
    for turn in 0..3u8 {
        memory.begin_frame();
        gpu.hand_over(&[turn; 4]);
        gpu.hand_over_in_tag(&[turn; 2]);
        gpu.hand_over_well(&[turn; 2]);
        gpu.hand_over_owned(&[turn; 2]);
        memory.end_frame();
    }
    println!("{}", gpu.submitted);
}
