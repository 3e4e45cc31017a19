//! `cargo fa serve` and `cargo fa report`: the programs, asked as a browser asks.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use framealloc_snapshot::{Snapshot, SnapshotFileName, TagSnapshot};
use serde_json::Value;

struct Served {
    child: Child,
    address: String,
    token: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(folder: &Path) -> Served {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-fa"));
    command.args(["fa", "serve"]).arg(folder).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut link = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut link).unwrap();
    let (address, token) =
        link.trim().strip_prefix("http://").unwrap().split_once("/?token=").expect("a link with a token");
    Served { child, address: address.to_owned(), token: token.to_owned() }
}

impl Served {
    fn ask(&self, path: &str, more: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let host = &self.address;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n").unwrap();
        BufReader::new(stream)
    }

    fn answer(&self, path: &str, more: &str) -> String {
        let mut text = String::new();
        self.ask(path, more).read_to_string(&mut text).unwrap();
        text
    }
}

/// The next message; skips what is not data.
fn message(events: &mut impl BufRead) -> Value {
    loop {
        let mut line = String::new();
        assert!(events.read_line(&mut line).unwrap() > 0, "the server hung up");
        if let Some(data) = line.strip_prefix("data:") {
            return serde_json::from_str(data.trim()).unwrap();
        }
    }
}

fn write(folder: &Path, sequence: u64, text: &str) {
    let name = SnapshotFileName { sequence, writer: 0xa1 }.to_string();
    let temporary = folder.join("unfinished");
    std::fs::write(&temporary, text).unwrap();
    std::fs::rename(temporary, folder.join(name)).unwrap();
}

fn snapshot(frame: u64) -> String {
    Snapshot::new(frame).with_tag(TagSnapshot::new("<img onerror=alert(1)>")).to_json()
}

#[test]
fn the_page_is_for_the_link_alone_and_asks_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let served = serve(folder.path());
    let page = served.answer(&format!("/?token={}", served.token), "");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    let head = page.split_once("\r\n\r\n").unwrap().0.to_ascii_lowercase();
    for part in ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"] {
        assert!(head.contains(part), "{head}");
    }
    assert!(
        head.contains("referrer-policy: no-referrer") && head.contains("cache-control: no-store"),
        "{head}"
    );
    for (path, more, status) in [
        ("/", "", 403),
        ("/events", "", 403),
        ("/snapshot?writer=0000000000a1&sequence=1", "", 403),
        ("/?token=0", "", 403),
        (&*format!("/?token={}", served.token), "Origin: http://evil.example\r\n", 403),
        (&*format!("/none?token={}", served.token), "", 404),
    ] {
        let answer = served.answer(path, more);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path} {more}: {answer}");
        assert!(!answer.contains(&served.token), "{answer}");
    }
    // A name that somebody else has made lead here.
    let mut stream = TcpStream::connect(&served.address).unwrap();
    write!(
        stream,
        "GET /?token={} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        served.token
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 421"), "{answer}");
}

#[test]
fn snapshots_come_as_they_are_written() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().canonicalize().unwrap().join("target/framealloc");
    std::fs::create_dir_all(&folder).unwrap();
    write(&folder, 1, &snapshot(10));
    write(&folder, 2, &snapshot(20));
    write(&folder, 3, "{ \"version\": 1, \"fra");
    let served = serve(&folder);
    let mut events = served.ask(&format!("/events?token={}", served.token), "");
    let reset = message(&mut events);
    assert_eq!((&reset["type"], &reset["protocol"]), (&"reset".into(), &2.into()));
    let trouble = message(&mut events);
    assert_eq!(trouble["type"], "troubles");
    assert!(trouble["troubles"][0]["file"].as_str().unwrap().starts_with("snapshot-0000000003"), "{trouble}");
    // The newest first and whole, and of the others what charts need.
    let newest = message(&mut events);
    assert_eq!(newest["entries"][0]["snapshot"]["frame"], 20, "{newest}");
    let others = message(&mut events);
    assert_eq!(others["entries"][0]["digest"]["frame"], 10, "{others}");
    for (sequence, frame) in [(4, 30), (5, 40)] {
        write(&folder, sequence, &snapshot(frame));
        let entry = message(&mut events);
        let entry = &entry["entries"][0];
        assert_eq!((&entry["sequence"], &entry["writer"]), (&sequence.into(), &"0000000000a1".into()));
        assert_eq!(entry["snapshot"]["frame"], frame);
    }
    // Another run after `cargo clean`.
    std::fs::remove_dir_all(root.path().join("target")).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    write(&folder, 6, &snapshot(1));
    assert_eq!(message(&mut events)["entries"][0]["sequence"], 6);

    // What was read is there for whoever asks, also when its file is gone.
    let ask = |writer: &str, sequence: &str| {
        let path = format!("/snapshot?token={}&writer={writer}&sequence={sequence}", served.token);
        served.answer(&path, "")
    };
    let body =
        |answer: String| serde_json::from_str::<Value>(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body(ask("0000000000a1", "1"))["entries"][0]["snapshot"]["frame"], 10);
    let gone = body(ask("0000000000a1", "7"));
    assert_eq!((&gone["type"], &gone["sequence"]), (&"gone".into(), &7.into()), "{gone}");
    for (writer, sequence) in [("..", "1"), ("0000000000a1", "one"), ("", "")] {
        assert!(ask(writer, sequence).starts_with("HTTP/1.1 400"), "{writer} {sequence}");
    }
}

#[test]
fn a_report_is_one_file_with_everything_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-fa"));
        command.args(["fa", "report"]).arg(folder.path().join("snapshots")).args(words);
        let output = command.current_dir(folder.path()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (status, told) = run(&[]);
    assert_eq!(status, 2);
    assert!(told.contains("there is no snapshot") && told.contains("SnapshotEmitter"), "{told}");

    std::fs::create_dir(folder.path().join("snapshots")).unwrap();
    write(&folder.path().join("snapshots"), 1, &snapshot(10));
    write(&folder.path().join("snapshots"), 2, "{}");
    let (status, told) = run(&["-o", "out.html"]);
    assert_eq!(status, 0, "{told}");
    assert!(told.contains("with 1 snapshots; 1 could not be read"), "{told}");
    let page = std::fs::read_to_string(folder.path().join("out.html")).unwrap();
    assert!(page.contains("connect-src 'none'") && page.contains("\"frame\":10") && !page.contains("<img"));
}
