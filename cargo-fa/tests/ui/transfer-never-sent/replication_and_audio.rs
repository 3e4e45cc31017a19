// Snapshots for clients and blocks for the mixer: some handles are sent, some only look as if they were.
use framealloc::{SmartAlloc, TransferHandle as Parcel};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

#[derive(Clone, Copy)]
struct Pose {
    position: [f32; 3],
    tick: u64,
}

struct Client {
    outbox: Sender<Parcel<Pose>>,
    backlog: VecDeque<Parcel<Pose>>,
    known: u64,
}

struct Server {
    alloc: SmartAlloc,
    clients: Vec<Client>,
    shared: Mutex<Option<Parcel<Pose>>>,
}

impl Server {
    fn replicate(&mut self, pose: Pose) {
        for client in &mut self.clients {
            let parcel = self.alloc.frame_box_for_transfer(pose);
            if client.known < pose.tick {
                client.outbox.send(parcel).ok();
                client.known = pose.tick;
            }
        }
    }

    fn replicate_late(&mut self, pose: Pose) {
        for client in &mut self.clients {
            let parcel = self.alloc.frame_box_for_transfer(pose);
            client.backlog.push_back(parcel);
        }
    }

    fn count_only(&mut self, pose: Pose) -> usize {
        let mut sent = 0;
        for client in &mut self.clients {
            let parcel = self.alloc.frame_box_for_transfer(pose); //~ FA203
            if client.known < pose.tick {
                client.known = size_of_val(&parcel) as u64;
                sent += 1;
            }
        }
        sent
    }

    fn publish(&self, pose: Pose) {
        *self.shared.lock().unwrap() = Some(self.alloc.frame_box_for_transfer(pose));
    }

    fn pack(&self, pose: Pose) -> Parcel<Pose> {
        self.alloc.frame_box_for_transfer(pose)
    }

    fn packed_and_lost(&self, pose: Pose) {
        let parcel = self.pack(pose); //~ FA203
        inspect(&parcel);
    }

    fn statement(&self, pose: Pose) {
        self.alloc.frame_box_for_transfer(pose); //~ FA203
        let _ = self.alloc.try_frame_box_for_transfer(pose); //~ FA203
    }

    fn underscore(&self, pose: Pose) {
        let _parcel = self.alloc.frame_box_for_transfer(pose); //~ FA203
    }

    fn shadowed(&self, pose: Pose) -> Parcel<Pose> {
        let parcel = self.alloc.frame_box_for_transfer(pose); //~ FA203
        inspect(&parcel);
        let parcel = self.alloc.frame_box_for_transfer(Pose { tick: pose.tick + 1, ..pose });
        parcel
    }

    fn moved_in_closure(&self, pose: Pose) -> impl FnOnce() -> u64 + use<> {
        let parcel = self.alloc.frame_box_for_transfer(pose);
        move || parcel.into_inner().tick
    }

    fn checked(&self, pose: Pose) -> Result<u64, framealloc::AllocError> {
        let parcel = self.alloc.try_frame_box_for_transfer(pose)?; //~ FA203
        inspect(&parcel);
        Ok(pose.tick)
    }

    fn checked_and_sent(&self, pose: Pose) -> Result<bool, framealloc::AllocError> {
        let parcel = self.alloc.try_frame_box_for_transfer(pose)?;
        Ok(self.clients.first().is_some_and(|client| client.outbox.send(parcel).is_ok()))
    }
}

fn inspect<T>(value: &T) {
    println!("{}", size_of_val(value));
}

mod audio {
    use super::{Parcel, Sender, SmartAlloc};

    pub struct Mixer<'m> {
        pub alloc: &'m SmartAlloc,
        pub device: Sender<Parcel<[f32; 8]>>,
    }

    impl Mixer<'_> {
        pub fn mix(&self, muted: bool) {
            let block = self.alloc.frame_box_for_transfer([0.5; 8]);
            match muted {
                true => drop(block),
                false => self.device.send(block).unwrap_or(()),
            }
        }

        pub fn silence(&self) {
            let block = self.alloc.with_tag("audio", |a| a.frame_box_for_transfer([0.0; 8])); //~ FA203
            println!("{}", size_of_val(&block));
        }

        pub fn batch(&self) {
            let blocks: Vec<_> = (0..2).map(|_| self.alloc.frame_box_for_transfer([0.0; 8])).collect();
            for block in blocks {
                self.device.send(block).ok();
            }
        }
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let (outbox, inbox) = channel();
    let client = Client { outbox, backlog: VecDeque::new(), known: 0 };
    let mut server = Server { alloc: alloc.clone(), clients: vec![client], shared: Mutex::new(None) };
    let pose = Pose { position: [0.0; 3], tick: 1 };
    server.replicate(pose);
    server.replicate_late(pose);
    println!("{} {}", server.count_only(pose), pose.position[0]);
    server.publish(pose);
    server.packed_and_lost(pose);
    server.statement(pose);
    server.underscore(pose);
    drop(server.shadowed(pose));
    println!("{} {:?}", server.moved_in_closure(pose)(), server.checked(pose).is_ok());
    println!("{:?} {}", server.checked_and_sent(pose).is_ok(), inbox.try_iter().count());
    let (device, speaker) = channel();
    let mixer = audio::Mixer { alloc: &alloc, device };
    mixer.mix(false);
    mixer.silence();
    mixer.batch();
    println!("{}", speaker.try_iter().count());
}
