//! Random programs: every operation on frame memory in any order, checked against a simple model.
//!
//! The model knows which stretches of memory are alive and what is written in them. Scopes and what borrows them live
//! in coroutines (futures polled by hand), since nothing else lets safe code open and close borrow-checked scopes in
//! an order that is not known when it is compiled.
//!
//! fa: allow(FA601) -- handles outlive their frame, to see it parked

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::mem::forget;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use framealloc::allocator_api2::vec::IntoIter;
use framealloc::{FrameAllocator, FrameBox, FrameMap, FrameString, FrameVec, SmartAlloc};

use crate::support::{Counted, Drops, Random, SMALL, Spans, address, check, config, fill, rounds};

/// What a scope is told to do.
#[derive(Clone, Copy, Debug)]
enum Command {
    Value,
    Aligned,
    Slice(usize),
    Boxed(usize),
    Push(usize),
    DropBoxes,
    Check,
    Close,
    Forget,
}

/// A scope, its values and its handles, as a coroutine that takes commands.
struct ScopeActor<'a> {
    body: Pin<Box<dyn Future<Output = ()> + 'a>>,
    mailbox: Rc<RefCell<Option<Command>>>,
}

impl<'a> ScopeActor<'a> {
    fn open(alloc: &'a SmartAlloc, spans: Spans, seed: u64) -> Self {
        let mailbox = Rc::new(RefCell::new(None));
        let body = Box::pin(scope_body(alloc, spans, mailbox.clone(), seed));
        let mut actor = Self { body, mailbox };
        actor.poll();
        actor
    }

    fn poll(&mut self) -> bool {
        self.body.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    /// Whether the scope is gone.
    fn tell(&mut self, command: Command) -> bool {
        *self.mailbox.borrow_mut() = Some(command);
        self.poll()
    }
}

#[derive(Clone, Copy)]
#[repr(align(128))]
struct Line([u8; 128]);

async fn scope_body(alloc: &SmartAlloc, spans: Spans, mailbox: Rc<RefCell<Option<Command>>>, mut seed: u64) {
    let scope = alloc.scope();
    let mut bytes: Vec<(&mut [u8], u64)> = Vec::new();
    let mut words: Vec<(&mut u64, u64)> = Vec::new();
    let mut boxes: Vec<(FrameBox<'_, [u8]>, u64)> = Vec::new();
    let mut vec: FrameVec<'_, u64> = scope.vec();
    let mut buffer = (0, 0);
    let close = loop {
        let command = poll_fn(|_| match mailbox.borrow_mut().take() {
            Some(command) => Poll::Ready(command),
            None => Poll::Pending,
        })
        // fa: allow(FA701) -- a scope is kept open on purpose, by a future that is polled by hand
        .await;
        seed += 1;
        match command {
            Command::Value => {
                let value = scope.alloc(seed);
                spans.add_value(value);
                words.push((value, seed));
            }
            Command::Aligned => {
                let value = scope.alloc(Line([0; 128]));
                assert_eq!(address(value) % 128, 0);
                let slice = value.0.as_mut_slice();
                spans.add_value(slice);
                fill(slice, seed);
                bytes.push((slice, seed));
            }
            Command::Slice(size) => {
                let slice = scope.alloc_slice_from_fn(size, |_| 0);
                spans.add_value(slice);
                fill(slice, seed);
                bytes.push((slice, seed));
            }
            Command::Boxed(size) => {
                // Of the top level, whichever that is, but tied to this scope.
                let mut boxed = scope.boxed([0u8; 300]);
                fill(&mut *boxed, seed);
                spans.add_value(&*boxed);
                boxes.push((boxed.into(), seed));
                if size > 1000 && boxes.len() > 1 {
                    let (boxed, seed) = boxes.swap_remove(0);
                    check(&boxed, seed);
                    spans.remove_value(&*boxed);
                }
            }
            Command::Push(count) => {
                spans.remove(buffer.0, buffer.1);
                let next = vec.len() as u64;
                vec.extend(next..next + count as u64);
                buffer = (address(vec.as_slice()), vec.capacity() * 8);
                spans.add(buffer.0, buffer.1);
            }
            Command::DropBoxes => {
                for (boxed, seed) in boxes.drain(..) {
                    check(&boxed, seed);
                    spans.remove_value(&*boxed);
                }
            }
            Command::Check => {}
            Command::Close => break true,
            Command::Forget => break false,
        }
        bytes.iter().for_each(|(slice, seed)| check(slice, *seed));
        boxes.iter().for_each(|(boxed, seed)| check(boxed, *seed));
        assert!(words.iter().all(|(word, seed)| **word == *seed));
        assert!(vec.iter().copied().eq(0..vec.len() as u64));
    };
    bytes.iter().for_each(|(slice, seed)| check(slice, *seed));
    assert!(words.iter().all(|(word, seed)| **word == *seed));
    assert!(vec.iter().copied().eq(0..vec.len() as u64));
    for (boxed, seed) in boxes.drain(..) {
        check(&boxed, seed);
        spans.remove_value(&*boxed);
    }
    spans.remove(buffer.0, buffer.1);
    drop((vec, boxes));
    if close {
        for (slice, _) in bytes {
            spans.remove_value(slice);
        }
        for (word, _) in words {
            spans.remove_value(word);
        }
        drop(scope);
    } else {
        // What lies in a forgotten scope is never used again, so its stretches stay in the list.
        drop((bytes, words));
        // fa: allow(FA607) -- values and guards that are forgotten are tried
        forget(scope);
    }
}

/// A handle and what the model knows of it.
enum Handle<'a> {
    Bytes(FrameBox<'a, [u8]>, u64),
    Value(FrameBox<'a, Counted>, u64),
    Slice(FrameBox<'a, [Counted]>, u64),
    Page(FrameBox<'a, [Page]>, u8),
    Vec { vec: FrameVec<'a, u32>, model: Vec<u32>, buffer: (usize, usize) },
    Counting { vec: FrameVec<'a, Counted>, model: Vec<u64> },
    Text { text: FrameString<'a>, model: String, buffer: (usize, usize) },
    Map { map: FrameMap<'a, u64, FrameVec<'a, u16>>, model: BTreeMap<u64, Vec<u16>> },
    Allocator(FrameAllocator<'a>),
    Iter(Iter<'a>, u64),
}

type Iter<'a> = IntoIter<Counted, FrameAllocator<'a>>;

#[derive(Clone, Copy)]
#[repr(align(4096))]
struct Page([u8; 64]);

struct Program<'a> {
    alloc: &'a SmartAlloc,
    random: Random,
    spans: Spans,
    drops: Drops,
    scopes: Vec<ScopeActor<'a>>,
    handles: Vec<Handle<'a>>,
    tags: Vec<framealloc::TagGuard<'a>>,
    /// Whether things may be forgotten; then what is parked never comes back to zero.
    forgetful: bool,
    /// Whether sizes are multiples of a cache line, so that chunks are filled to their very ends.
    even: bool,
    next: u64,
    trace: Vec<&'static str>,
}

impl<'a> Program<'a> {
    fn new(alloc: &'a SmartAlloc, seed: u64, forgetful: bool) -> Self {
        Self {
            alloc,
            random: Random::new(seed),
            spans: Spans::default(),
            drops: Drops::default(),
            scopes: Vec::new(),
            handles: Vec::new(),
            tags: Vec::new(),
            forgetful,
            even: seed % 4 == 1,
            next: seed << 20,
            trace: Vec::new(),
        }
    }

    fn seed(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Small sizes most of the time, sometimes more than a chunk.
    fn size(&mut self) -> usize {
        let size = match self.random.below(40) {
            0 => 0,
            1 => rounds(20_000, 4000) + self.random.below(rounds(40_000, 1000)),
            2..=6 => 1000 + self.random.below(rounds(8000, 200)),
            7..=14 => 100 + self.random.below(900),
            _ => 1 + self.random.below(100),
        };
        if self.even { size.next_multiple_of(64) } else { size }
    }

    fn step(&mut self) {
        match self.random.below(100) {
            0..=24 => self.make(),
            25..=44 => self.use_handle(),
            45..=60 => self.drop_handle(),
            61..=66 => {
                self.trace.push("open scope");
                if self.scopes.len() < 12 {
                    let seed = self.seed() << 8;
                    self.scopes.push(ScopeActor::open(self.alloc, self.spans.clone(), seed));
                }
            }
            67..=82 => self.use_scope(),
            83..=89 => self.close_scope(),
            90..=92 => {
                self.trace.push("begin");
                self.alloc.begin_frame();
            }
            93..=95 => {
                self.trace.push("end");
                self.alloc.end_frame();
            }
            96 => {
                self.trace.push("tag");
                if self.tags.len() < 4 {
                    let name = ["a", "b", "c"][self.random.below(3)];
                    self.tags.push(self.alloc.tag(name));
                } else {
                    let index = self.random.below(self.tags.len());
                    drop(self.tags.swap_remove(index));
                }
            }
            97 => {
                self.trace.push("frame guard");
                let seed = self.seed();
                let frame = self.alloc.frame();
                let value = frame.alloc([0u8; 77]);
                fill(value, seed);
                self.spans.add_value(value);
                let extra = self.alloc.frame_box(self.drops.value(seed));
                check(value, seed);
                extra.check(seed);
                self.spans.remove_value(value);
                self.handles.push(Handle::Value(extra, seed));
                let last = self.handles.len() - 1;
                self.watch_new(last);
            }
            98 => {
                self.trace.push("numbers");
                let stats = self.alloc.thread_stats();
                assert!(stats.parked_bytes <= stats.reserved_bytes);
                assert_eq!(stats.parked_bytes, self.alloc.stats().parked_bytes);
            }
            _ => self.check_all(),
        }
    }

    fn make(&mut self) {
        let seed = self.seed();
        let size = self.size();
        let alloc = self.alloc;
        let handle = match self.random.below(10) {
            0..=2 => {
                self.trace.push("bytes");
                let mut bytes = alloc.frame_slice::<u8>(size);
                assert!(bytes.iter().all(|&byte| byte == 0));
                fill(&mut bytes, seed);
                Handle::Bytes(bytes, seed)
            }
            3 => {
                self.trace.push("value");
                Handle::Value(alloc.frame_box(self.drops.value(seed)), seed)
            }
            4 => {
                self.trace.push("slice");
                let drops = &self.drops;
                let slice = alloc.frame_slice_from_fn(size / 100, |index| drops.value(seed + index as u64));
                self.next += 1000;
                Handle::Slice(slice, seed)
            }
            5 => {
                self.trace.push("page");
                let page = alloc.frame_slice_copy(&[Page([seed as u8; 64])]);
                assert_eq!(address(&*page) % 4096, 0);
                Handle::Page(page, seed as u8)
            }
            6 => {
                self.trace.push("vec");
                let vec = if seed.is_multiple_of(2) {
                    alloc.frame_vec()
                } else {
                    alloc.frame_vec_with_capacity(size / 8)
                };
                Handle::Vec { vec, model: Vec::new(), buffer: (0, 0) }
            }
            7 => {
                self.trace.push("text");
                Handle::Text { text: alloc.frame_string(), model: String::new(), buffer: (0, 0) }
            }
            8 => {
                self.trace.push("map");
                Handle::Map { map: alloc.frame_map(), model: BTreeMap::new() }
            }
            _ => {
                self.trace.push("counting");
                match seed % 3 {
                    0 => Handle::Allocator(alloc.frame_allocator()),
                    _ => Handle::Counting { vec: alloc.frame_vec(), model: Vec::new() },
                }
            }
        };
        self.handles.push(handle);
        let last = self.handles.len() - 1;
        self.watch_new(last);
    }

    /// The stretch that a handle without a buffer of changing place lies in is noted once.
    fn watch_new(&mut self, index: usize) {
        match &mut self.handles[index] {
            Handle::Bytes(bytes, _) => self.spans.add_value(&**bytes),
            Handle::Value(value, _) => self.spans.add_value(&**value),
            Handle::Slice(slice, _) => self.spans.add_value(&**slice),
            Handle::Page(page, _) => self.spans.add_value(&**page),
            Handle::Vec { vec, buffer, .. } => {
                *buffer = (address(vec.as_slice()), vec.capacity() * 4);
                self.spans.add(buffer.0, buffer.1);
            }
            _ => {}
        }
    }

    fn use_handle(&mut self) {
        if self.handles.is_empty() {
            return;
        }
        let index = self.random.below(self.handles.len());
        let seed = self.seed();
        let amount = self.size() / 16 + 1;
        let action = self.random.below(6);
        self.trace.push("use");
        let drops = &self.drops;
        match &mut self.handles[index] {
            Handle::Bytes(bytes, old) => {
                check(bytes, *old);
                *old = seed;
                fill(bytes, seed);
            }
            Handle::Vec { vec, model, buffer } => {
                self.spans.remove(buffer.0, buffer.1);
                match action {
                    0 => {
                        vec.shrink_to_fit();
                    }
                    1 => {
                        vec.truncate(amount);
                        model.truncate(amount);
                    }
                    2 => {
                        *vec = vec.clone();
                    }
                    3 => {
                        let at = amount.min(vec.len());
                        let tail = vec.split_off(at);
                        assert_eq!(tail.as_slice(), &model[at..]);
                        model.truncate(at);
                    }
                    _ => {
                        let values = (0..amount as u32).map(|n| n ^ seed as u32);
                        vec.extend(values.clone());
                        model.extend(values);
                    }
                }
                assert_eq!(vec.as_slice(), model.as_slice());
                *buffer = (address(vec.as_slice()), vec.capacity() * 4);
                self.spans.add(buffer.0, buffer.1);
            }
            Handle::Counting { vec, model } => {
                match action {
                    0 => vec.shrink_to_fit(),
                    1 => {
                        vec.retain(|value| value.id % 3 != 0);
                        model.retain(|id| id % 3 != 0);
                    }
                    2 => *vec = vec.clone(),
                    3 => {
                        let end = vec.len().min(amount);
                        assert!(vec.drain(..end).zip(model.drain(..end)).all(|(value, id)| value.id == id));
                    }
                    _ => {
                        vec.extend((0..amount.min(30) as u64).map(|n| drops.value(seed + n)));
                        model.extend((0..amount.min(30) as u64).map(|n| seed + n));
                    }
                }
                assert!(vec.iter().map(|value| value.id).eq(model.iter().copied()));
            }
            Handle::Text { text, model, buffer } => {
                self.spans.remove(buffer.0, buffer.1);
                match action {
                    0 => text.shrink_to_fit(),
                    1 => {
                        let half = (0..=model.len() / 2).rev().find(|&at| model.is_char_boundary(at));
                        text.truncate(half.unwrap_or(0));
                        model.truncate(half.unwrap_or(0));
                    }
                    2 => {
                        text.insert(0, 'ß');
                        model.insert(0, 'ß');
                    }
                    _ => {
                        let more = format!("{seed:x}-ö").repeat(amount / 10 + 1);
                        text.push_str(&more);
                        model.push_str(&more);
                    }
                }
                assert_eq!(text.as_str(), model.as_str());
                *buffer = (address(text.as_str()), text.capacity());
                self.spans.add(buffer.0, buffer.1);
            }
            Handle::Map { map, model } => {
                let alloc = self.alloc;
                for n in 0..amount.min(60) as u64 {
                    let key = (seed + n) % 97;
                    if action == 0 {
                        assert_eq!(map.remove(&key).map(|vec| vec.to_vec()), model.remove(&key));
                    } else {
                        map.entry(key).or_insert_with(|| alloc.frame_vec()).push(n as u16);
                        model.entry(key).or_default().push(n as u16);
                    }
                }
                if action == 1 {
                    map.shrink_to_fit();
                }
            }
            Handle::Allocator(allocator) => {
                let mut vec = FrameVec::new_in(allocator.clone());
                vec.extend(0..amount);
                assert!(vec.iter().copied().eq(0..amount));
            }
            Handle::Iter(iter, from) => {
                if let Some(value) = iter.next() {
                    value.check(*from);
                    *from += 1;
                }
            }
            Handle::Value(..) | Handle::Slice(..) | Handle::Page(..) => {}
        }
        let handle = &self.handles[index];
        Self::check(handle);
    }

    fn check(handle: &Handle<'_>) {
        match handle {
            Handle::Bytes(bytes, seed) => check(bytes, *seed),
            Handle::Value(value, seed) => value.check(*seed),
            Handle::Slice(slice, seed) => slice.iter().zip(*seed..).for_each(|(value, id)| value.check(id)),
            Handle::Page(page, byte) => assert_eq!(page[0].0, [*byte; 64]),
            Handle::Vec { vec, model, .. } => assert_eq!(vec.as_slice(), model.as_slice()),
            Handle::Counting { vec, model } => {
                assert_eq!(vec.len(), model.len());
                vec.iter().zip(model).for_each(|(value, &id)| value.check(id));
            }
            Handle::Text { text, model, .. } => assert_eq!(text.as_str(), model.as_str()),
            Handle::Map { map, model } => {
                assert_eq!(map.len(), model.len());
                assert!(map.iter().all(|(key, vec)| vec.as_slice() == model[key].as_slice()));
            }
            Handle::Allocator(_) => {}
            Handle::Iter(iter, from) => {
                iter.as_slice().iter().zip(*from..).for_each(|(value, id)| value.check(id));
            }
        }
    }

    fn drop_handle(&mut self) {
        if self.handles.is_empty() {
            return;
        }
        let index = if self.random.one_in(2) {
            self.handles.len() - 1
        } else {
            self.random.below(self.handles.len())
        };
        let handle = self.handles.swap_remove(index);
        Self::check(&handle);
        if self.forgetful && self.random.one_in(8) {
            // Not what owns memory of the test's own: the leak checker would see that.
            if let Handle::Bytes(..) | Handle::Page(..) | Handle::Allocator(_) = handle {
                self.trace.push("forget");
                // fa: allow(FA607) -- values and guards that are forgotten are tried
                forget(handle);
                return;
            }
        }
        self.trace.push("drop");
        self.let_go(&handle);
        if let Handle::Slice(slice, seed) = handle
            && self.random.one_in(2)
        {
            self.handles.push(Handle::Iter(slice.into_iter(), seed));
        }
    }

    /// The stretches of a handle that is about to be dropped.
    fn let_go(&self, handle: &Handle<'_>) {
        match handle {
            Handle::Bytes(bytes, _) => self.spans.remove_value(&**bytes),
            Handle::Value(value, _) => self.spans.remove_value(&**value),
            Handle::Slice(slice, _) => self.spans.remove_value(&**slice),
            Handle::Page(page, _) => self.spans.remove_value(&**page),
            Handle::Vec { buffer, .. } | Handle::Text { buffer, .. } => self.spans.remove(buffer.0, buffer.1),
            Handle::Counting { .. } | Handle::Map { .. } | Handle::Allocator(_) | Handle::Iter(..) => {}
        }
    }

    fn use_scope(&mut self) {
        if self.scopes.is_empty() {
            return;
        }
        self.trace.push("use scope");
        let index = self.random.below(self.scopes.len());
        let size = self.size();
        let command = match self.random.below(12) {
            0..=2 if self.even => Command::Slice(64),
            0..=2 => Command::Value,
            3 => Command::Aligned,
            4..=6 => Command::Slice(size),
            7..=8 => Command::Boxed(size),
            9..=10 => Command::Push(size / 20),
            _ => Command::DropBoxes,
        };
        assert!(!self.scopes[index].tell(command));
    }

    fn close_scope(&mut self) {
        if self.scopes.is_empty() {
            return;
        }
        self.trace.push("close scope");
        // Innermost first more often than not.
        let last = self.scopes.len() - 1;
        let index = if self.random.one_in(3) { self.random.below(last + 1) } else { last };
        let mut scope = self.scopes.remove(index);
        let forgotten = self.forgetful && self.random.one_in(6);
        assert!(scope.tell(if forgotten { Command::Forget } else { Command::Close }));
    }

    fn check_all(&mut self) {
        self.trace.push("check all");
        for scope in &mut self.scopes {
            assert!(!scope.tell(Command::Check));
        }
        for handle in &self.handles {
            Self::check(handle);
        }
    }

    fn finish(mut self) {
        self.check_all();
        self.random = Random::new(self.next);
        self.forgetful = false;
        while !self.handles.is_empty() || !self.scopes.is_empty() {
            self.drop_handle();
            self.close_scope();
        }
        self.tags.clear();
        assert_eq!(self.drops.alive(), 0);
    }
}

fn run(seed: u64, operations: usize, forgetful: bool) {
    let (frame_size, shrink_after) = if seed.is_multiple_of(3) { (4096, 1 + seed % 7) } else { (SMALL, 120) };
    let alloc = SmartAlloc::new(config().with_frame_size(frame_size).with_shrink_after(shrink_after));
    let mut program = Program::new(&alloc, seed, forgetful);
    for step in 0..operations {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| program.step()));
        if outcome.is_err() {
            let tail = &program.trace[program.trace.len().saturating_sub(30)..];
            panic!("seed {seed}, step {step}, forgetful {forgetful}, after {tail:?}");
        }
    }
    program.finish();
    alloc.end_frame();
    if forgetful {
        return;
    }
    let stats = alloc.thread_stats();
    assert_eq!((stats.parked_bytes, stats.parked_frames), (0, 0), "seed {seed}");
    // Once what the program needed is out of the window, a chunk is left, and every frame begins at its front.
    let mut at = None;
    for frame in 0..140 {
        alloc.begin_frame();
        let value = alloc.frame_box(frame);
        if frame > 130 {
            assert_eq!(*at.get_or_insert(address(&*value)), address(&*value), "seed {seed}, frame {frame}");
        }
        drop(value);
        alloc.end_frame();
    }
    let reserved = alloc.thread_stats().reserved_bytes;
    assert!(reserved <= frame_size as u64, "seed {seed}: {reserved} bytes kept");
}

#[test]
fn two_hundred_programs_that_drop_everything() {
    for seed in 0..rounds(200, 2) as u64 {
        run(seed, rounds(500, 60), false);
    }
}

#[test]
fn a_hundred_programs_that_forget_things() {
    for seed in 1000..1000 + rounds(100, 1) as u64 {
        run(seed, rounds(500, 60), true);
    }
}

#[test]
fn long_programs() {
    for seed in 5000..5000 + rounds(4, 0) as u64 {
        run(seed, 8000, false);
    }
}
