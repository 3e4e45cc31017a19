// Pool boxes that a loop keeps for ever; temporaries that come back each turn are no growth.
use framealloc::{AllocConfig, PoolBox, SmartAlloc};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

struct Event {
    at: u64,
    payload: [u8; 24],
}

fn journal(alloc: &SmartAlloc, events: &Receiver<[u8; 24]>) -> usize {
    let mut kept: Vec<PoolBox<Event>> = Vec::new();
    let mut clock = 0;
    loop {
        let Ok(payload) = events.recv() else { break };
        clock += 1;
        kept.push(alloc.pool_box(Event { at: clock, payload })); //~ FA301
    }
    kept.iter().filter(|event| event.at % 2 == 0 && event.payload[0] == 0).count()
}

fn peek(alloc: &SmartAlloc, events: &Receiver<[u8; 24]>) -> u64 {
    let mut sum = 0;
    while let Ok(payload) = events.recv() {
        let event = alloc.pool_box(Event { at: sum, payload });
        sum += u64::from(event.payload[0]);
    }
    sum
}

fn sessions(alloc: &Arc<SmartAlloc>, logins: Receiver<u32>) -> thread::JoinHandle<usize> {
    let alloc = Arc::clone(alloc);
    thread::spawn(move || {
        let mut open = HashMap::new();
        for user in logins.iter() {
            let session = alloc.pool_box([u64::from(user); 4]); //~ FA301
            open.insert(user, session);
        }
        open.len()
    })
}

fn preload(alloc: &SmartAlloc, names: &[&str]) -> Vec<PoolBox<usize>> {
    let mut loaded = Vec::new();
    let mut index = 0;
    while index < names.len() {
        loaded.push(alloc.pool_box(names[index].len()));
        index += 1;
    }
    loaded
}

fn main() {
    let alloc = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let ((send, events), (login, logins)) = (channel(), channel());
    send.send([0; 24]).unwrap();
    drop(send);
    println!("{} {}", journal(&alloc, &events), peek(&alloc, &events));
    let worker = sessions(&alloc, logins);
    login.send(4).unwrap();
    drop(login);
    println!("{:?} {}", worker.join().ok(), preload(&alloc, &["a", "b"]).len());
}
