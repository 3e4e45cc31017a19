// Transfer handles that only exist: in a binding, as a statement, behind `let _`, borrowed for a log line.
use framealloc::{SmartAlloc, TransferHandle};
use std::fmt::Debug;
use std::sync::mpsc::{Sender, channel};
use std::thread;

#[derive(Debug, Clone, Copy, Default)]
struct Tile {
    x: i32,
    y: i32,
}

struct Streamer {
    alloc: SmartAlloc,
    out: Sender<TransferHandle<[Tile; 16]>>,
    made: usize,
}

fn note<T: Debug>(what: &T) {
    println!("{what:?}");
}

impl Streamer {
    fn request(&mut self, x: i32) {
        let tiles = self.alloc.frame_box_for_transfer([Tile { x, y: 0 }; 16]); //~ FA203
        self.made += size_of_val(&tiles);
    }

    fn warm(&mut self) {
        let _ = self.alloc.frame_box_for_transfer([Tile::default(); 16]); //~ FA203
        let _unused = self.alloc.frame_box_for_transfer(Tile { x: 1, y: 1 }); //~ FA203
        self.made += 2;
    }

    fn send(&mut self, x: i32) {
        let tiles = self.alloc.frame_box_for_transfer([Tile { x, y: 1 }; 16]);
        self.made += 1;
        if self.out.send(tiles).is_err() {
            self.made -= 1;
        }
    }

    fn cancel(&mut self) {
        let tiles = self.alloc.frame_box_for_transfer(Tile { x: 7, y: 7 });
        self.made += 1;
        drop(tiles);
    }

    fn borrowed(&mut self) {
        let handle = self.alloc.frame_box_for_transfer(3u32); //~ FA203
        let view = &handle;
        note(&self.made);
        self.made += size_of_val(view);
    }
}

fn main() {
    let (out, receive) = channel::<TransferHandle<[Tile; 16]>>();
    let reader = thread::spawn(move || receive.iter().map(|handle| handle.receive()[0].x).sum::<i32>());
    let mut streamer = Streamer { alloc: SmartAlloc::with_defaults(), out, made: 0 };
    streamer.request(1);
    streamer.warm();
    streamer.send(2);
    streamer.cancel();
    streamer.borrowed();
    println!("{}", streamer.made);
    drop(streamer);
    println!("{:?}", reader.join().ok());
}
