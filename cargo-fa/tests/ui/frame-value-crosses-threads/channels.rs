// Frame values sent through channels: directly, in a message, from a helper, through a `try_` twin.
use framealloc::{AllocError, FrameBox, PoolBox, SmartAlloc, TransferHandle};
use std::net::UdpSocket;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

struct DrawList<'a> {
    layer: u8,
    quads: FrameBox<'a, [[f32; 4]]>,
}

struct Queues<'a> {
    lists: Sender<DrawList<'a>>,
    bytes: SyncSender<FrameBox<'a, [u8]>>,
    safe: Sender<PoolBox<[f32; 4]>>,
    handles: Sender<TransferHandle<u64>>,
    plain: Sender<Vec<u8>>,
}

fn quads<'a>(alloc: &'a SmartAlloc, count: usize) -> FrameBox<'a, [[f32; 4]]> {
    alloc.frame_slice_from_fn(count, |i| [i as f32; 4])
}

fn submit<'a>(alloc: &'a SmartAlloc, queues: &Queues<'a>, layer: u8) {
    let list = DrawList { layer, quads: quads(alloc, 4) };
    queues.lists.send(list).unwrap(); //~ FA201
    queues.safe.send(alloc.pool_box([f32::from(layer); 4])).unwrap();
}

fn encode<'a>(alloc: &'a SmartAlloc, queues: &Queues<'a>) -> Result<(), AllocError> {
    let mut packet = alloc.try_frame_slice::<u8>(64)?;
    packet[0] = 1;
    queues.plain.send(packet.to_vec()).unwrap();
    let _ = queues.bytes.try_send(packet); //~ FA201
    queues.handles.send(alloc.frame_box_for_transfer(7u64)).unwrap();
    Ok(())
}

fn broadcast(alloc: &SmartAlloc, socket: &UdpSocket) -> std::io::Result<usize> {
    let packet = alloc.frame_slice_copy(b"state");
    socket.send(&packet)
}

fn drain(lists: &Receiver<DrawList<'_>>) -> usize {
    lists.try_iter().map(|list| list.quads.len() + usize::from(list.layer)).sum()
}

fn main() -> std::io::Result<()> {
    let alloc = SmartAlloc::with_defaults();
    let (lists, receive) = channel();
    let (bytes, packets) = sync_channel(8);
    let ((safe, boxes), (handles, transfers), (plain, copies)) = (channel(), channel(), channel());
    let queues = Queues { lists, bytes, safe, handles, plain };
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(socket.local_addr()?)?;
    alloc.begin_frame();
    submit(&alloc, &queues, 2);
    let encoded = encode(&alloc, &queues).is_ok();
    let sent = broadcast(&alloc, &socket);
    println!("{} {encoded} {:?}", drain(&receive), sent.ok());
    println!(
        "{} {} {} {}",
        packets.try_iter().count(),
        boxes.try_iter().count(),
        transfers.try_iter().count(),
        copies.try_iter().count()
    );
    alloc.end_frame();
    Ok(())
}
