// A server's tick: a reply is built on the heap to be written out at once; another is queued.
use framealloc::{SmartAlloc, frame_format};
use std::io::{self, Write};
use std::sync::Arc;

struct Client {
    id: u32,
    outbox: Vec<String>,
    rtt: f32,
}

fn tick(memory: &Arc<SmartAlloc>, clients: &mut [Client], out: &mut dyn Write) -> io::Result<()> {
    memory.begin_frame();
    let result = reply(memory, clients, out);
    memory.end_frame();
    result
}

fn reply(memory: &SmartAlloc, clients: &mut [Client], out: &mut dyn Write) -> io::Result<()> {
    let header = format!("{} clients", clients.len()); //~ FA608
    out.write_all(header.as_bytes())?;
    let rtts = clients.iter().map(|client| client.rtt).collect::<Vec<_>>(); //~ FA608
    let mean = rtts.iter().sum::<f32>() / rtts.len() as f32;
    for client in clients {
        let pong = frame_format!(memory, "pong {}", client.id);
        out.write_all(pong.as_bytes())?;
        let queued = format!("mean {mean}");
        client.outbox.push(queued);
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let memory = Arc::new(SmartAlloc::with_defaults());
    let mut clients = vec![Client { id: 1, outbox: Vec::new(), rtt: 0.2 }];
    let mut out = Vec::new();
    for _ in 0..3 {
        tick(&memory, &mut clients, &mut out)?;
    }
    println!("{} {}", out.len(), clients[0].outbox.len());
    Ok(())
}
