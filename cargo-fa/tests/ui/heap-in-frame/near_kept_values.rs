// Heap values made in a frame that live on: stored, sent, captured by a thread, returned out of the frame.
use framealloc::SmartAlloc;
use std::collections::HashMap;
use std::sync::mpsc::{Sender, channel};
use std::thread;

struct Chat {
    lines: Vec<String>,
    by_user: HashMap<u32, Vec<String>>,
    newest: Option<Box<str>>,
    scratch: Vec<u32>,
}

impl Chat {
    fn receive(&mut self, alloc: &SmartAlloc, user: u32, text: &str) {
        alloc.begin_frame();
        let trimmed = alloc.frame_str(text.trim());
        let line = format!("<{user}> {}", &*trimmed);
        self.lines.push(line);
        self.by_user.entry(user).or_default().push(String::from(&*trimmed));
        let boxed: Box<str> = Box::from(&*trimmed);
        self.newest = Some(boxed);
        self.scratch.clear();
        self.scratch.extend(trimmed.bytes().map(u32::from));
        drop(trimmed);
        alloc.end_frame();
    }

    fn forward(&self, alloc: &SmartAlloc, out: &Sender<Vec<String>>) {
        alloc.begin_frame();
        let copy: Vec<String> = self.lines.iter().map(|line| line.to_uppercase()).collect();
        out.send(copy).unwrap();
        let mut bytes = Vec::new();
        bytes.extend(self.scratch.iter().map(|code| *code as u8));
        let worker = thread::spawn(move || bytes.len());
        alloc.end_frame();
        println!("{}", worker.join().unwrap());
    }

    fn snapshot(&self, alloc: &SmartAlloc) -> Vec<usize> {
        let _frame = alloc.frame();
        let lengths = alloc.frame_slice_from_fn(self.lines.len(), |i| self.lines[i].len());
        let mut out = Vec::new();
        out.extend_from_slice(&lengths);
        out
    }
}

fn main() {
    let startup: Vec<u32> = (0..4).collect();
    let alloc = SmartAlloc::with_defaults();
    let banner = format!("{} users", startup.len());
    let mut chat =
        Chat { lines: vec![banner], by_user: HashMap::new(), newest: None, scratch: Vec::with_capacity(64) };
    let (send, receive) = channel();
    for user in startup {
        chat.receive(&alloc, user, " hello ");
        chat.forward(&alloc, &send);
    }
    println!("{:?} {}", chat.snapshot(&alloc), receive.try_iter().count());
}
