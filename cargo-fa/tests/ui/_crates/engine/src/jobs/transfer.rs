//! Values that change their thread.

use std::sync::mpsc::{Receiver, Sender, channel};

use framealloc::{PoolBox, TransferHandle};

use crate::memory::Alloc;

#[derive(Clone, Debug)]
pub struct Parcel {
    pub to: u32,
    pub bytes: Vec<u8>,
}

pub struct Mailbox {
    alloc: &'static Alloc,
    out: Sender<TransferHandle<Parcel>>,
    arrived: Receiver<TransferHandle<Parcel>>,
    held: Vec<TransferHandle<Parcel>>,
    log: Vec<String>,
}

impl Mailbox {
    pub fn new(alloc: &'static Alloc) -> Self {
        let (out, arrived) = channel();
        Self { alloc, out, arrived, held: Vec::new(), log: Vec::new() }
    }

    pub fn post(&self, parcel: Parcel) -> bool {
        let handle = self.alloc.frame_box_for_transfer(parcel);
        self.out.send(handle).is_ok()
    }

    /// Urgent ones go out, others are held back.
    pub fn post_later(&mut self, parcel: Parcel, urgent: bool) {
        let handle = self.wrap(parcel);
        if urgent {
            let _ = self.out.send(handle);
        } else {
            self.held.push(handle);
        }
    }

    fn wrap(&self, parcel: Parcel) -> TransferHandle<Parcel> {
        self.alloc.frame_box_for_transfer(parcel)
    }

    /// Tells what would be sent.
    pub fn announce(&mut self, parcel: &Parcel) {
        let handle = self.alloc.frame_box_for_transfer(parcel.clone()); //~ FA203
        self.log.push(format!("announced {handle:?} to {}", parcel.to));
    }

    /// Only sends what somebody waits for; the rest is meant to go.
    pub fn post_if(&self, parcel: Parcel, wanted: bool) {
        let handle = self.alloc.frame_box_for_transfer(parcel);
        if wanted {
            let _ = self.out.send(handle);
        } else {
            drop(handle);
        }
    }

    pub fn collect(&mut self) -> Vec<PoolBox<Parcel>> {
        let held = self.held.drain(..).map(TransferHandle::receive);
        let arrived = self.arrived.try_iter().map(TransferHandle::receive);
        held.chain(arrived).collect()
    }

    pub fn log(&self) -> &[String] {
        &self.log
    }
}
