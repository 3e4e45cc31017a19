//! Workers of a server: channels, sizes from packets, frames, budgets, all as they should be.
use framealloc::{AllocError, PoolBox, SmartAlloc, TransferHandle, megabytes};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

const MOST: usize = 1 << 12;

struct Packet {
    bytes: Vec<u8>,
}

struct Answer {
    sum: u32,
}

enum Out {
    Small(TransferHandle<Answer>),
    Large(PoolBox<Answer>),
}

fn size(packet: &Packet) -> Option<usize> {
    let (head, _) = packet.bytes.split_first_chunk::<4>()?;
    let size = u32::from_le_bytes(*head) as usize;
    (size <= MOST).then_some(size)
}

fn answer(alloc: &SmartAlloc, packet: &Packet) -> Result<Option<u32>, AllocError> {
    let Some(size) = size(packet) else { return Ok(None) };
    if size > packet.bytes.len() {
        return Ok(None);
    }
    let mut body = alloc.try_frame_slice::<u8>(size)?;
    body.copy_from_slice(&packet.bytes[..size]);
    Ok(Some(body.iter().map(|byte| u32::from(*byte)).sum()))
}

fn worker(alloc: &SmartAlloc, packets: Receiver<Packet>, out: &Sender<Out>) {
    alloc.set_thread_frame_budget(megabytes(1));
    for packet in packets {
        alloc.begin_frame();
        let sum = answer(alloc, &packet);
        alloc.end_frame();
        let sent = match sum {
            Ok(Some(sum)) if sum < 1000 => out.send(Out::Small(alloc.frame_box_for_transfer(Answer { sum }))),
            Ok(Some(sum)) => out.send(Out::Large(alloc.pool_box(Answer { sum }))),
            Ok(None) => continue,
            Err(error) => {
                println!("{error}");
                break;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

fn start(alloc: &Arc<SmartAlloc>, packets: Receiver<Packet>, out: Sender<Out>) -> JoinHandle<()> {
    let alloc = Arc::clone(alloc);
    thread::spawn(move || worker(&alloc, packets, &out))
}

fn main() {
    let alloc = Arc::new(SmartAlloc::with_defaults());
    let (sender, packets) = channel();
    let (out, answers) = channel();
    let thread = start(&alloc, packets, out);
    for value in 0..20u8 {
        let _ = sender.send(Packet { bytes: vec![4, 0, 0, 0, value] });
    }
    drop(sender);
    for out in answers {
        let answer = match out {
            Out::Small(handle) => handle.receive(),
            Out::Large(answer) => answer,
        };
        println!("{}", answer.sum);
    }
    let _ = thread.join();
}
