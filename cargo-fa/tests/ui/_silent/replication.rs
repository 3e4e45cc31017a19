// Replication of a world to clients: deltas against what they have, packets that are checked, slow clients dropped.
use framealloc::{AllocConfig, AllocError, FrameMap, FrameVec, SmartAlloc, megabytes};
use std::collections::BTreeMap;
use std::io::{self, Write};

#[derive(Clone, Copy, PartialEq)]
struct Entity {
    id: u32,
    position: [i16; 2],
}

struct Client {
    name: String,
    known: BTreeMap<u32, Entity>,
    wire: Vec<u8>,
    misses: u32,
}

#[derive(Debug)]
enum Failure {
    Memory(AllocError),
    Wire(io::Error),
}

impl From<AllocError> for Failure {
    fn from(error: AllocError) -> Self {
        Failure::Memory(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Wire(error)
    }
}

fn delta<'f>(
    alloc: &'f SmartAlloc,
    client: &Client,
    world: &[Entity],
) -> Result<FrameVec<'f, Entity>, AllocError> {
    let mut changed = alloc.try_frame_vec_with_capacity(world.len().saturating_sub(client.known.len()))?;
    for entity in world {
        if client.known.get(&entity.id) != Some(entity) {
            changed.push(*entity);
        }
    }
    Ok(changed)
}

fn encode(alloc: &SmartAlloc, client: &mut Client, changed: &[Entity]) -> Result<usize, Failure> {
    let mut packet = alloc.try_frame_vec_with_capacity::<u8>(changed.len() * 8 + 2)?;
    packet.extend_from_slice(&(changed.len() as u16).to_le_bytes());
    for entity in changed {
        packet.extend_from_slice(&entity.id.to_le_bytes());
        for part in entity.position {
            packet.extend_from_slice(&part.to_le_bytes());
        }
    }
    client.wire.write_all(&packet)?;
    Ok(packet.len())
}

fn serve(alloc: &SmartAlloc, client: &mut Client, world: &[Entity]) -> Result<usize, Failure> {
    let scope = alloc.scope();
    let header = scope.alloc_str(&client.name).len();
    let changed = delta(alloc, client, world)?;
    if changed.is_empty() {
        return Ok(0);
    }
    let sent = encode(alloc, client, &changed)?;
    for entity in changed.iter() {
        client.known.insert(entity.id, *entity);
    }
    Ok(sent + header)
}

struct Server {
    alloc: &'static SmartAlloc,
    clients: Vec<Client>,
    world: Vec<Entity>,
}

impl Server {
    fn tick(&mut self) -> usize {
        self.alloc.begin_frame();
        let mut sent: FrameMap<'_, usize, usize> = self.alloc.frame_map();
        let mut slow = self.alloc.frame_vec::<usize>();
        for (index, client) in self.clients.iter_mut().enumerate() {
            match serve(self.alloc, client, &self.world) {
                Ok(bytes) => {
                    sent.insert(index, bytes);
                }
                Err(failure) => {
                    println!("{}: {failure:?}", client.name);
                    client.misses += 1;
                    if client.misses > 3 {
                        slow.push(index);
                    }
                }
            }
        }
        for index in slow.iter().rev() {
            self.clients.swap_remove(*index);
        }
        let total = sent.values().sum();
        drop((sent, slow));
        self.alloc.end_frame();
        total
    }

    fn shift(&mut self, by: i16) {
        for entity in self.world.iter_mut().filter(|entity| entity.id % 2 == 0) {
            entity.position[0] += by;
        }
    }
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default().with_frame_size(megabytes(1)));
    let world = (0..50).map(|id| Entity { id, position: [0, id as i16] }).collect();
    let client =
        |name: &str| Client { name: name.into(), known: BTreeMap::new(), wire: Vec::new(), misses: 0 };
    let mut server = Server { alloc, clients: vec![client("a"), client("b")], world };
    for turn in 0..10 {
        server.shift(turn);
        println!("{}", server.tick());
    }
    println!("{}", server.clients.iter().map(|client| client.wire.len()).sum::<usize>());
}
