//! Handlers, and their calls.

use std::cell::RefCell;
use std::collections::HashMap;

use framealloc::{FrameBox, SmartAlloc};

use super::queue::FrameEvents;
use super::{Event, EventQueue};
use crate::memory::{Alloc, StaticList, bytes_in_frame};
use crate::schedule::System;

pub type Handler = Box<dyn Fn(&Event) -> usize>;

thread_local! {
    static LAST_SEEN: RefCell<Option<FrameBox<'static, [u32]>>> = const { RefCell::new(None) };
    static LAST_COUNT: RefCell<usize> = const { RefCell::new(0) };
}

pub struct EventBus {
    alloc: &'static Alloc,
    handlers: HashMap<u16, Vec<Handler>>,
    on_idle: Option<Box<dyn Fn() -> usize>>,
    queue: EventQueue,
    handled: usize,
}

impl EventBus {
    pub fn new(alloc: &'static Alloc) -> Self {
        Self { alloc, handlers: HashMap::new(), on_idle: None, queue: EventQueue::default(), handled: 0 }
    }

    pub fn subscribe(&mut self, kind: u16, handler: impl Fn(&Event) -> usize + 'static) {
        self.handlers.entry(kind).or_default().push(Box::new(handler));
    }

    /// What to do when nothing happens: reports how many kinds are known.
    pub fn arm_idle(&mut self) {
        let kinds: StaticList<u16> = {
            let mut kinds = self.alloc.frame_vec();
            kinds.extend(self.handlers.keys().copied());
            kinds
        };
        self.on_idle = Some(Box::new(move || kinds.len())); //~ FA601
    }

    /// The same with a number.
    pub fn arm_idle_by_count(&mut self) {
        let kinds = self.alloc.frame_slice_from_fn(self.handlers.len(), |i| i);
        let count = kinds.len();
        self.on_idle = Some(Box::new(move || count));
    }

    pub fn idle(&self) -> usize {
        self.on_idle.as_ref().map_or(0, |call| call())
    }

    pub fn dispatch(&mut self, event: &Event) -> usize {
        let Some(handlers) = self.handlers.get(&event.kind) else {
            return 0;
        };
        let done = handlers.iter().map(|handler| handler(event)).sum::<usize>();
        self.handled += done;
        done
    }

    /// Keeps the sources of what was seen, for the crash report.
    pub fn note_sources(&self, events: &[Event]) {
        let sources = self.alloc.frame_slice_from_fn(events.len(), |i| events[i].source);
        LAST_COUNT.with(|count| *count.borrow_mut() = sources.len());
        LAST_SEEN.with(|last| *last.borrow_mut() = Some(sources)); //~ FA601
    }

    /// Keeps the raw bytes of a message.
    pub fn keep_message(&mut self, message: &str) {
        self.queue.defer_bytes(message.as_bytes().to_vec());
        let copy = bytes_in_frame(self.alloc, message.as_bytes());
        self.handled += copy.len();
        self.queue.defer_payload(copy);
    }
}

impl System for EventBus {
    system_name!("events");

    fn run(&mut self, alloc: &SmartAlloc) {
        let mut frame = FrameEvents::new(alloc);
        let waiting: Vec<_> = self.queue.drain().collect();
        for event in &waiting {
            self.dispatch(event);
            frame.post(alloc, **event, &event.kind.to_le_bytes());
        }
        self.handled += frame.len();
        for kind in 0..4u16 {
            self.queue.defer(alloc, Event { kind, source: 0 });
        }
    }
}
