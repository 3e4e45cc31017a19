// Handles out of a `Result`, unwrapped and then left; looked at and then left; stored, swapped in, handed out.
use framealloc::{SmartAlloc, TransferHandle};
use std::rc::Rc;

struct Cloth {
    memory: Rc<SmartAlloc>,
    sent: Vec<TransferHandle<[f32; 4]>>,
}

impl Cloth {
    fn tear(&self, at: f32) -> usize {
        let handle = self.memory.try_frame_box_for_transfer([at; 4]).unwrap(); //~ FA203
        size_of_val(&handle) / 4
    }

    fn fold(&mut self, at: f32) -> usize {
        let Ok(handle) = self.memory.try_frame_box_for_transfer([at; 4]) else { return 0 };
        self.sent.push(handle);
        self.sent.len()
    }

    fn pin(&self, at: f32) -> bool {
        let handle = self.memory.frame_box_for_transfer([at; 4]); //~ FA203
        let seen = Some(&handle);
        seen.is_some()
    }

    fn cut(&mut self, at: f32) -> Option<TransferHandle<[f32; 4]>> {
        let handle = self.memory.frame_box_for_transfer([at; 4]);
        (at > 0.0).then_some(handle)
    }

    fn swap(&mut self, at: f32) -> usize {
        let newest = self.memory.frame_box_for_transfer([at; 4]);
        if let Some(first) = self.sent.first_mut() {
            drop(std::mem::replace(first, newest));
        }
        self.sent.len()
    }
}

fn main() {
    let mut cloth = Cloth { memory: Rc::new(SmartAlloc::with_defaults()), sent: Vec::new() };
    println!("{} {} {}", cloth.tear(1.0), cloth.fold(2.0), cloth.pin(3.0));
    let cut = cloth.cut(4.0).map(|handle| handle.receive()[0]);
    println!("{cut:?} {}", cloth.swap(5.0));
    for handle in cloth.sent {
        println!("{:?}", handle.into_inner());
    }
}
