//! As much of a viewer as it takes to read along: the handshake, the compressed stream, and the events that the library
//! causes. The numbers are those of the protocol's version below, which the client insists on.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

const PROTOCOL: u32 = 82;
/// The answer to the greeting: that the client is for this viewer.
const WELCOME: u8 = 1;
/// What the client tells of itself, first of all.
const WELCOME_BYTES: usize = 1170;
/// How far back the compressed stream may refer.
const HISTORY: usize = 64 * 1024;

/// What the viewer asks the client for.
const QUERY_PLOT_NAME: u8 = 4;
const QUERY_FRAME_NAME: u8 = 5;

/// Something that was sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Event {
    ZoneBegin { name: String, file: String, line: u32 },
    ZoneEnd,
    Plot { name: u64, value: f64 },
    Mark { name: u64 },
}

/// A viewer with a connection, and what has come so far.
pub(super) struct Viewer {
    socket: TcpStream,
    stream: Vec<u8>,
    /// How much of the stream is understood.
    read: usize,
    /// The name of the zone whose beginning comes next, and where it is.
    location: Option<(String, String, u32)>,
    names: BTreeMap<u64, Option<String>>,
    pub(super) events: Vec<Event>,
    /// How plots are to be shown: 0 for numbers, 1 for bytes.
    pub(super) formats: BTreeMap<u64, u8>,
}

impl Viewer {
    /// Connects to the client at this port, which may need a moment.
    pub(super) fn connect(port: u16) -> Self {
        let mut attempts = (0..500).map(|_| TcpStream::connect(("127.0.0.1", port)));
        let mut socket = attempts
            .find_map(|attempt| attempt.inspect_err(|_| thread::sleep(Duration::from_millis(20))).ok())
            .expect("the client listens");
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        socket.write_all(b"TracyPrf").unwrap();
        socket.write_all(&PROTOCOL.to_le_bytes()).unwrap();
        let mut answer = [0];
        socket.read_exact(&mut answer).unwrap();
        assert_eq!(answer[0], WELCOME, "the client speaks another version of the protocol than {PROTOCOL}");
        socket.read_exact(&mut [0; WELCOME_BYTES]).unwrap();
        Self {
            socket,
            stream: Vec::new(),
            read: 0,
            location: None,
            names: BTreeMap::new(),
            events: Vec::new(),
            formats: BTreeMap::new(),
        }
    }

    /// The name of a plot or a frame.
    pub(super) fn name(&self, key: u64) -> &str {
        self.names.get(&key).and_then(Option::as_deref).unwrap_or("not told yet")
    }

    /// How often frames of this name have ended.
    pub(super) fn count_marks(&self, of: &str) -> usize {
        self.events
            .iter()
            .filter(|event| matches!(event, Event::Mark { name } if self.name(*name) == of))
            .count()
    }

    /// Reads what the client sends next.
    pub(super) fn read(&mut self) {
        let mut size = [0; 4];
        self.socket.read_exact(&mut size).unwrap();
        let mut compressed = vec![0; u32::from_le_bytes(size) as usize];
        self.socket.read_exact(&mut compressed).unwrap();
        let history = &self.stream[self.stream.len().saturating_sub(HISTORY)..];
        let mut block = vec![0; 1 << 19];
        let length = lz4_flex::block::decompress_into_with_dict(&compressed, &mut block, history)
            .expect("a whole block");
        self.stream.extend_from_slice(&block[..length]);
        while self.read < self.stream.len() {
            self.understand();
        }
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let bytes = self.stream[self.read..][..N].try_into().unwrap();
        self.read += N;
        bytes
    }

    fn number(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }

    fn text(&mut self) -> Vec<u8> {
        let length = usize::from(u16::from_le_bytes(self.take()));
        self.read += length;
        self.stream[self.read - length..self.read].to_vec()
    }

    /// One event. Items are not split between blocks.
    fn understand(&mut self) {
        let [kind] = self.take();
        match kind {
            // The location of a zone: colour, line, function, file, name.
            122 => {
                self.number();
                let payload = self.text();
                let line = u32::from_le_bytes(payload[4..8].try_into().unwrap());
                let mut parts =
                    payload[8..].split(|&byte| byte == 0).map(|part| String::from_utf8_lossy(part).into());
                let (Some(_), Some(file), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
                    panic!("a location without its parts")
                };
                self.location = Some((name, file, line));
            }
            // A zone with such a location begins.
            7 => {
                self.take::<8>();
                let (name, file, line) = self.location.take().expect("its location");
                self.events.push(Event::ZoneBegin { name, file, line });
            }
            // One ends: the time in 64, 32 or 16 bits.
            25..=27 => {
                self.read += 8 >> (kind - 25);
                self.events.push(Event::ZoneEnd);
            }
            57 => {
                let name = self.number();
                self.number();
                let value = f64::from_bits(self.number());
                self.ask_for(QUERY_PLOT_NAME, name);
                self.events.push(Event::Plot { name, value });
            }
            106 => {
                let name = self.number();
                let [format, _step, _fill, _, _, _, _] = self.take();
                self.formats.insert(name, format);
            }
            83 => {
                self.number();
                let name = self.number();
                self.ask_for(QUERY_FRAME_NAME, name);
                self.events.push(Event::Mark { name });
            }
            // The names that were asked for.
            121 | 125 => {
                let name = self.number();
                let text = String::from_utf8(self.text()).unwrap();
                self.names.insert(name, Some(text));
            }
            // Whose events follow, the processor's load, that the client is alive, the processor's shape.
            75 => self.read += 4,
            97 => self.read += 12,
            74 => {}
            111 => self.read += 16,
            // The client's own message, and its text.
            2 => self.read += 9,
            114 => {
                let [length] = self.take();
                self.read += usize::from(length);
            }
            other => panic!("an event of kind {other}, which is unknown here"),
        }
    }

    /// Asks for the name of a plot or a frame, if it was not asked for.
    fn ask_for(&mut self, what: u8, name: u64) {
        if self.names.contains_key(&name) {
            return;
        }
        self.names.insert(name, None);
        let mut query = vec![what];
        query.extend_from_slice(&name.to_le_bytes());
        query.extend_from_slice(&[0; 4]);
        self.socket.write_all(&query).unwrap();
    }
}
