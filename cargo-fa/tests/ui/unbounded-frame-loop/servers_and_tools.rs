// Servers that answer, tools that read, and workers that take jobs until nobody sends any.
use framealloc::{FrameVec, SmartAlloc, frame_format};
use std::io::{self, BufRead, Read};
use std::net::{TcpListener, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

enum Message {
    Join(String),
    Move { id: u32, to: [f32; 2] },
    Quit,
}

struct Session {
    alloc: Arc<SmartAlloc>,
    inbox: Receiver<Message>,
    moved: usize,
}

impl Session {
    fn serve(&mut self) {
        loop {
            match self.inbox.recv() {
                Ok(Message::Join(name)) => {
                    let greeting = frame_format!(self.alloc, "welcome, {name}"); //~ FA301
                    println!("{}", greeting.len());
                }
                Ok(Message::Move { id, to }) => self.apply(id, to),
                Ok(Message::Quit) | Err(_) => break,
            }
        }
    }

    fn apply(&mut self, id: u32, to: [f32; 2]) {
        let path = self.alloc.frame_slice_from_fn(4, |i| to[0] * i as f32); //~ FA301
        self.moved += path.len() + id as usize;
    }

    fn serve_in_frames(&mut self) {
        while let Ok(message) = self.inbox.recv() {
            let frame = self.alloc.frame();
            if let Message::Join(name) = message {
                println!("{}", frame.alloc_slice_copy(name.as_bytes()).len());
            }
        }
    }

    fn poll(&mut self, quit: &AtomicBool) {
        while !quit.load(Ordering::Relaxed) {
            match self.inbox.recv_timeout(Duration::from_millis(1)) {
                Ok(_) => {
                    let event = self.alloc.frame_box(1u32); //~ FA301
                    self.moved += *event as usize;
                }
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

fn echo(alloc: &SmartAlloc, socket: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0u8; 512];
    loop {
        let (read, from) = socket.recv_from(&mut buffer)?;
        let mut reply = alloc.frame_slice_copy(&buffer[..read]); //~ FA301
        reply.reverse();
        socket.send_to(&reply, from)?;
    }
}

fn accept(alloc: &SmartAlloc, listener: &TcpListener) -> io::Result<()> {
    for stream in listener.incoming() {
        let mut stream = stream?;
        let mut request = alloc.frame_slice::<u8>(256); //~ FA301
        let read = stream.read(&mut request)?;
        println!("{read}");
    }
    Ok(())
}

fn words(alloc: &SmartAlloc) -> io::Result<usize> {
    let mut count = 0;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mut words = alloc.frame_vec::<&str>(); //~ FA301
        words.extend(line.split(' '));
        count += words.len();
    }
    Ok(count)
}

fn first_words(alloc: &SmartAlloc) -> usize {
    let mut count = 0;
    for line in io::stdin().lines().map_while(Result::ok).take(10) {
        count += alloc.frame_slice_copy(line.as_bytes()).len();
    }
    count
}

fn console(alloc: &SmartAlloc, input: &mut impl BufRead) -> io::Result<()> {
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        let command = alloc.frame_slice_copy(line.trim().as_bytes()); //~ FA301
        println!("{}", command.len());
        line.clear();
    }
    Ok(())
}

struct Queue {
    jobs: Mutex<Vec<u32>>,
    wake: Condvar,
}

impl Queue {
    fn work(&self, alloc: &SmartAlloc) {
        loop {
            let mut jobs = self.jobs.lock().unwrap();
            while jobs.is_empty() {
                jobs = self.wake.wait(jobs).unwrap();
            }
            let job = jobs.pop().unwrap();
            drop(jobs);
            let scratch = alloc.frame_slice::<u32>(32); //~ FA301
            println!("{} {job}", scratch.len());
        }
    }

    fn drain(&self, alloc: &SmartAlloc) {
        let mut jobs = self.jobs.lock().unwrap();
        while let Some(job) = jobs.pop() {
            println!("{}", alloc.frame_box(job));
        }
    }
}

fn identifiers(alloc: &SmartAlloc, used: &[u32]) -> u32 {
    for id in 0u32.. {
        let probe = alloc.frame_box(id); //~ FA301
        if !used.contains(&probe) {
            return *probe;
        }
    }
    0
}

fn retries(alloc: &SmartAlloc, fails: impl Fn(&[u8]) -> bool) -> usize {
    let mut attempts = 0;
    loop {
        let packet = alloc.frame_slice::<u8>(16);
        attempts += 1;
        if attempts >= 5 || !fails(&packet) {
            return attempts;
        }
    }
}

fn collect<'a>(alloc: &'a SmartAlloc, events: &[u32]) -> FrameVec<'a, u32> {
    let mut kept = alloc.frame_vec();
    for event in events.iter().chain(&[1, 2]) {
        kept.push(*alloc.frame_box(*event));
    }
    kept
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let (_sender, inbox) = std::sync::mpsc::channel();
    let mut session = Session { alloc: alloc.clone(), inbox, moved: 0 };
    session.serve();
    session.serve_in_frames();
    session.poll(&AtomicBool::new(true));
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    println!("{:?}", echo(&alloc, &socket).is_ok());
    println!("{:?}", accept(&alloc, &TcpListener::bind("127.0.0.1:0").unwrap()).is_ok());
    println!("{:?} {}", words(&alloc).is_ok(), first_words(&alloc));
    println!("{:?}", console(&alloc, &mut &b"go"[..]).is_ok());
    let queue = Queue { jobs: Mutex::new(Vec::new()), wake: Condvar::new() };
    queue.drain(&alloc);
    queue.work(&alloc);
    println!("{} {}", identifiers(&alloc, &[]), retries(&alloc, |_| true));
    println!("{}", collect(&alloc, &[3]).len());
}
