// Network frames: `frame_alloc`, `frame_string` and `end_frame` of a codec, generic over a trait that looks alike.
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::mpsc::channel;

trait FrameSource {
    type Buffer: AsMut<[u8]> + Send + 'static;

    fn frame_alloc(&mut self, len: usize) -> Self::Buffer;
    fn frame_string(&mut self) -> String;
    fn begin_frame(&mut self) -> io::Result<()>;
    fn end_frame(&mut self) -> io::Result<()>;
}

#[derive(Default)]
struct Codec {
    sent: Vec<u8>,
    buffers: HashMap<usize, usize>,
}

impl FrameSource for Codec {
    type Buffer = Vec<u8>;

    fn frame_alloc(&mut self, len: usize) -> Vec<u8> {
        *self.buffers.entry(len).or_default() += 1;
        vec![0; len]
    }

    fn frame_string(&mut self) -> String {
        String::new()
    }

    fn begin_frame(&mut self) -> io::Result<()> {
        self.sent.write_all(&[0x7e])
    }

    fn end_frame(&mut self) -> io::Result<()> {
        self.sent.write_all(&[0x7e])
    }
}

fn send_all<S: FrameSource>(source: &mut S, sizes: &[usize]) -> io::Result<usize> {
    let (send, receive) = channel();
    let mut names = Vec::new();
    for size in sizes {
        source.begin_frame()?;
        if *size > 100 {
            continue;
        }
        let mut buffer = source.frame_alloc(*size);
        buffer.as_mut().fill(7);
        let name = source.frame_string();
        source.end_frame()?;
        names.push(name);
        if send.send(buffer).is_err() {
            break;
        }
    }
    drop(send);
    Ok(receive.iter().count() + names.len())
}

fn main() -> io::Result<()> {
    let mut codec = Codec::default();
    let sent = send_all(&mut codec, &[4, 8, 200])?;
    println!("{sent} {} {}", codec.sent.len(), codec.buffers.len());
    Ok(())
}
