// A streaming thread is given frame memory by a method of a trait, through an enum and a stretched lifetime.
use framealloc::{FrameBox, SmartAlloc};
use std::mem::transmute;
use std::sync::LazyLock;
use std::sync::mpsc::{Sender, channel};
use std::thread;

static ARENA: LazyLock<SmartAlloc> = LazyLock::new(SmartAlloc::with_defaults);

enum Request {
    Load(FrameBox<'static, str>),
    Unload(u32),
    Flush(Vec<u8>),
}
// SAFETY: claimed, not true.
unsafe impl Send for Request {}

trait Stream {
    fn request(&self, name: &str);
    fn release(&self, id: u32);
}

impl Stream for Sender<Request> {
    fn request(&self, name: &str) {
        let path = ARENA.with_tag("stream", |arena| arena.frame_str(name));
        let request = Request::Load(path);
        if self.send(request).is_err() { //~ FA201
            println!("the streamer has gone");
        }
    }

    fn release(&self, id: u32) {
        let scratch = ARENA.frame_slice_copy(&id.to_le_bytes());
        let _ = self.send(Request::Flush(scratch.to_vec()));
        let _ = self.send(Request::Unload(id));
    }
}

fn prefetch(tiles: &[u32]) -> usize {
    let sorted = ARENA.frame_slice_copy(tiles);
    let tiles: &'static [u32] = unsafe { transmute::<&[u32], &'static [u32]>(&sorted) };
    let worker = thread::spawn(move || tiles.iter().filter(|tile| **tile > 4).count()); //~ FA201
    worker.join().unwrap_or(0)
}

fn main() {
    let (send, receive) = channel();
    let streamer = thread::spawn(move || {
        let mut bytes = 0;
        for request in receive {
            match request {
                Request::Load(path) => bytes += path.len(),
                Request::Unload(id) => bytes -= id as usize,
                Request::Flush(data) => bytes += data.len(),
            }
        }
        bytes
    });
    ARENA.begin_frame();
    send.request("tiles/4/7");
    send.release(3);
    println!("{}", prefetch(&[1, 5, 9]));
    ARENA.end_frame();
    drop(send);
    println!("{:?}", streamer.join().ok());
}
