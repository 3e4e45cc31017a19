//! Events that wait for the end of the frame, or for the next.

use std::collections::VecDeque;

use framealloc::{FrameBox, FrameVec, PoolBox, SmartAlloc};

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    pub kind: u16,
    pub source: u32,
}

pub type Payload<'f> = FrameBox<'f, [u8]>;

/// Lives as long as the engine.
#[derive(Default)]
pub struct EventQueue {
    waiting: VecDeque<PoolBox<Event>>,
    payloads: Vec<Payload<'static>>,
    plain: Vec<Vec<u8>>,
}

/// Lives as long as the frame.
pub struct FrameEvents<'f> {
    events: FrameVec<'f, Event>,
    payloads: FrameVec<'f, Payload<'f>>,
}

impl<'f> FrameEvents<'f> {
    pub fn new(alloc: &'f SmartAlloc) -> Self {
        Self { events: alloc.frame_vec(), payloads: alloc.frame_vec() }
    }

    pub fn post(&mut self, alloc: &'f SmartAlloc, event: Event, payload: &[u8]) {
        self.events.push(event);
        self.payloads.push(alloc.frame_slice_copy(payload));
    }

    pub fn len(&self) -> usize {
        self.events.len().max(self.payloads.len())
    }
}

impl EventQueue {
    /// For the next frame: in the pool.
    pub fn defer(&mut self, alloc: &SmartAlloc, event: Event) {
        self.waiting.push_back(alloc.pool_box(event));
    }

    /// A payload for the next frame.
    pub fn defer_payload(&mut self, payload: Payload<'static>) {
        self.payloads.push(payload); //~ FA601
    }

    pub fn defer_bytes(&mut self, bytes: Vec<u8>) {
        self.plain.push(bytes);
    }

    pub fn drain(&mut self) -> impl Iterator<Item = PoolBox<Event>> + '_ {
        self.waiting.drain(..)
    }

    pub fn payload_bytes(&self) -> usize {
        self.payloads.iter().map(|payload| payload.len()).sum::<usize>()
            + self.plain.iter().map(Vec::len).sum::<usize>()
    }
}
