//! Tools that watch files, consoles and queues.
use framealloc::{AllocError, FrameMap, PoolBox, SmartAlloc};
use std::collections::HashMap;
use std::io::{self, BufRead, Read};
use std::sync::mpsc::Receiver;
use std::time::{Duration, SystemTime};

struct Change {
    path: String,
    at: SystemTime,
}

struct Watcher<'w> {
    alloc: &'w SmartAlloc,
    known: HashMap<String, PoolBox<Change>>,
}

impl Watcher<'_> {
    fn follow(&mut self, changes: Receiver<Change>) -> usize {
        for change in changes {
            let path = change.path.clone();
            self.known.insert(path, self.alloc.pool_box(change)); //~ FA301
        }
        self.known.len()
    }

    fn console(&self) -> io::Result<usize> {
        let mut words = 0;
        for line in io::stdin().lock().lines() {
            let line = line?;
            let mut index: FrameMap<'_, &str, usize> = self.alloc.frame_map(); //~ FA301
            index.extend(line.split(' ').enumerate().map(|(place, word)| (word, place)));
            words += index.len();
        }
        Ok(words)
    }

    fn pump(&self, mut input: impl Read) -> Result<u64, AllocError> {
        let mut total = 0u64;
        let mut buffer = [0u8; 512];
        while input.read_exact(&mut buffer).is_ok() {
            let copy = self.alloc.try_frame_slice_copy(&buffer)?; //~ FA301
            total += copy.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        }
        Ok(total)
    }

    fn pump_in_scopes(&self, mut input: impl Read) -> usize {
        let mut total = 0;
        let mut buffer = [0u8; 512];
        while let Ok(count @ 1..) = input.read(&mut buffer) {
            let scope = self.alloc.scope();
            total += scope.alloc_slice_copy(&buffer[..count]).len();
        }
        total
    }

    fn retry(&self, path: &str) -> Option<usize> {
        let mut attempts = 0;
        while attempts < 5 {
            let name = framealloc::frame_format!(self.alloc, "{path}.{attempts}");
            if let Ok(meta) = std::fs::metadata(name.as_str()) {
                return Some(meta.len() as usize);
            }
            std::thread::sleep(Duration::from_millis(10));
            attempts += 1;
        }
        None
    }

    fn first_lines(&self, text: impl BufRead) -> usize {
        let mut length = 0;
        for line in text.lines().take(10).map_while(Result::ok) {
            length += self.alloc.frame_slice_copy(line.as_bytes()).len();
        }
        length
    }

    fn oldest(&self) -> Option<SystemTime> {
        self.known.values().map(|change| change.at).min()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let alloc = SmartAlloc::with_defaults();
    let mut watcher = Watcher { alloc: &alloc, known: HashMap::new() };
    let (sender, changes) = std::sync::mpsc::channel();
    sender.send(Change { path: "a.png".into(), at: SystemTime::now() })?;
    drop(sender);
    println!("{} {:?}", watcher.follow(changes), watcher.oldest());
    println!("{} {:?}", watcher.pump(&b"abc"[..])?, watcher.retry("a.png"));
    println!("{} {}", watcher.pump_in_scopes(&b"abc"[..]), watcher.first_lines(&b"a\nb"[..]));
    println!("{}", watcher.console()?);
    Ok(())
}
