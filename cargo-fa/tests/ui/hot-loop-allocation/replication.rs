//! Replication of a world to its clients, once a tick.
use framealloc::{FrameMap, FrameSet, FrameVec, HeapBox, PoolBox, SmartAlloc};
use std::sync::mpsc::Sender;

#[derive(Clone, Copy, PartialEq)]
struct Change {
    entity: u32,
    value: f32,
}

struct Client {
    id: u32,
    known: Vec<u32>,
    out: Sender<PoolBox<Delta>>,
    history: Vec<HeapBox<[f32; 4]>>,
}

struct Delta {
    to: u32,
    count: usize,
}

struct Server<A> {
    alloc: A,
    clients: Vec<Client>,
    changes: Vec<Change>,
}

impl<'s> Server<&'s SmartAlloc> {
    fn replicate(&mut self) -> usize {
        let mut sent = 0;
        let mut filtered: FrameVec<'s, Change> = self.alloc.frame_vec_with_capacity(self.changes.len());
        for client in &mut self.clients {
            filtered.clear();
            filtered.extend(self.changes.iter().filter(|change| client.known.contains(&change.entity)));
            // Sent: the client's thread drops it.
            let delta = self.alloc.pool_box(Delta { to: client.id, count: filtered.len() });
            if client.out.send(delta).is_err() {
                continue;
            }
            client.history.push(self.alloc.heap_box([filtered.len() as f32; 4]));
            sent += filtered.len();
        }
        sent
    }

    fn forget(&mut self) -> usize {
        let mut gone = 0;
        for client in self.clients.iter_mut().rev() {
            let mut seen: FrameSet<'_, u32> = self.alloc.frame_set(); //~ FA602
            client.known.retain(|entity| seen.insert(*entity));
            let mark = self.alloc.pool_alloc::<u64>(); //~ FA602
            gone += seen.len() + *mark as usize;
        }
        gone
    }

    fn owners(&self) -> usize {
        let mut owners: FrameMap<'s, u32, FrameVec<'s, u32>> = self.alloc.frame_map();
        for client in &self.clients {
            let mut list = self.alloc.frame_vec();
            list.extend_from_slice(&client.known);
            owners.insert(client.id, list);
        }
        owners.values().map(|list| list.len()).max().unwrap_or(0)
    }

    fn compress(&self) -> usize {
        let mut bytes = 0;
        let mut rest = &self.changes[..];
        while let Some((change, tail)) = rest.split_first() {
            let window = self.alloc.frame_slice::<u8>(64); //~ FA602
            let entity = self.alloc.frame_box(change.entity);
            bytes += window.len() + *entity as usize % 2;
            rest = tail;
        }
        bytes
    }
}

/// Nobody has begun a frame here.
fn welcome(alloc: &SmartAlloc, clients: &[Client]) -> usize {
    let mut letters = 0;
    for client in clients {
        let greeting = alloc.heap_box(format!("welcome, {}", client.id));
        letters += greeting.len();
    }
    letters
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let (out, deltas) = std::sync::mpsc::channel();
    let clients = vec![Client { id: 1, known: vec![1, 2, 2], out, history: Vec::new() }];
    println!("{}", welcome(&alloc, &clients));
    let mut server = Server { alloc: &alloc, clients, changes: vec![Change { entity: 2, value: 0.5 }; 10] };
    for tick in 0..20 {
        alloc.begin_frame();
        server.changes[0].value = tick as f32;
        println!("{} {} {} {}", server.replicate(), server.forget(), server.owners(), server.compress());
        alloc.end_frame();
    }
    drop(server);
    println!("{}", deltas.into_iter().map(|delta| delta.count + delta.to as usize).sum::<usize>());
}
