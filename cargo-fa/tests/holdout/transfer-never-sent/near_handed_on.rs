// Handed on in a tuple, an array, a struct of a message, a closure that runs later, a builder; dropped on purpose.
use framealloc::{SmartAlloc, TransferHandle};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;

type Handle = TransferHandle<[u16; 4]>;

struct Message {
    parts: [Handle; 2],
    extra: Option<Handle>,
}

#[derive(Default)]
struct Builder {
    extra: Option<Handle>,
}

impl Builder {
    fn extra(mut self, handle: Handle) -> Self {
        self.extra = Some(handle);
        self
    }

    fn build(self, parts: [Handle; 2]) -> Message {
        Message { parts, extra: self.extra }
    }
}

fn make(memory: &SmartAlloc, value: u16) -> Handle {
    memory.frame_box_for_transfer([value; 4])
}

fn post(memory: &SmartAlloc, out: &Sender<Message>, value: u16) -> bool {
    let first = memory.frame_box_for_transfer([value; 4]);
    let parts = [first, make(memory, value + 1)];
    let extra = memory.frame_box_for_transfer([0; 4]);
    out.send(Builder::default().extra(extra).build(parts)).is_ok()
}

fn tupled(memory: &SmartAlloc) -> (Handle, usize) {
    let handle = make(memory, 7);
    let bytes = size_of_val(&handle);
    (handle, bytes)
}

fn later(memory: &SmartAlloc) -> impl FnOnce() -> u16 + Send + 'static {
    let handle = make(memory, 9);
    move || handle.receive()[0]
}

fn refused(memory: &SmartAlloc, wanted: bool) -> usize {
    let handle = make(memory, 3);
    if !wanted {
        drop(handle);
        return 0;
    }
    handle.into_inner().len()
}

fn main() {
    let memory = Arc::new(SmartAlloc::with_defaults());
    let (out, messages) = channel();
    let reader = thread::spawn(move || {
        let mut sum = 0;
        for Message { parts, extra } in messages {
            sum += parts.map(|part| part.receive()[0]).iter().sum::<u16>();
            sum += extra.map_or(0, |extra| extra.into_inner()[3]);
        }
        sum
    });
    let (handle, bytes) = tupled(&memory);
    let job = later(&memory);
    println!("{} {bytes} {}", post(&memory, &out, 4), refused(&memory, true));
    drop(out);
    println!("{:?} {} {}", reader.join().ok(), handle.receive()[1], thread::spawn(job).join().unwrap_or(0));
}
