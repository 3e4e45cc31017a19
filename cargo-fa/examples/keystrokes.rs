//! How long an editor waits for findings: `cargo fa lsp` over a real pipe, while somebody types.
//!
//! `cargo run --release -p cargo-fa --example keystrokes` makes a crate of its own: 10,000 lines, one in five from the
//! programs in `tests/ui` and the others from libraries that `Cargo.lock` names, once with a module for each file and once
//! as one file; then one of all programs in `tests/ui`, where each function uses framealloc.
//! `-- FOLDER [MILLISECONDS] [PROGRAM]` takes the sources in a folder instead, another pause between two keys, and another
//! program than the one that this was built with. 200 keys are sent; what is measured is the time from sending the text to
//! receiving the findings for it, or for a later one that took its place.
#![expect(clippy::print_stdout, reason = "a developer reads it")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use cargo_metadata::MetadataCommand;
use lsp_server::{Message, Notification, Request};
use serde_json::{Value, json};

const KEYS: usize = 200;
const PAUSE: u64 = 100;
/// What is typed, over and over.
const TYPED: &str = "alloc.begin_frame(); let typed = alloc.frame_box(12); drop(typed); alloc.end_frame(); ";
/// How many lines a crate of its own has, and how many of them use framealloc.
const LINES: usize = 10_000;
const USING: usize = LINES / 5;
/// Whose sources the others are, in this order.
const LIBRARIES: [&str; 3] = ["similar", "toml", "indexmap"];
/// Every one of so many programs of `tests/ui`, so that those of all lints are among them.
const STEP: usize = 8;
/// Says to a process of this program that it is the server.
const SERVE: &str = "lsp";

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut words = std::env::args().skip(1).peekable();
    if words.peek().is_some_and(|word| word == SERVE) {
        cargo_fa::commands::run(std::env::args_os());
        return Ok(());
    }
    let folder = words.next();
    let pause = Duration::from_millis(words.next().map_or(Ok(PAUSE), |word| word.parse())?);
    let program = words.next().map_or_else(std::env::current_exe, |word| Path::new(&word).canonicalize())?;
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    println!(
        "| lines | files | as | p50 | p95 | most | processor a key |\n|---:|---:|---|---:|---:|---:|---:|"
    );
    match folder {
        Some(folder) => {
            let texts = read(Path::new(&folder))?;
            measure(&program, &texts, false, pause)?;
            measure(&program, &texts, true, pause)
        }
        None => {
            let (ui, mixed) = (read(&ui)?, mixed(&ui)?);
            measure(&program, &mixed, false, pause)?;
            measure(&program, &mixed, true, pause)?;
            measure(&program, &ui, false, pause)
        }
    }
}

/// Types in a crate of these texts and says how long that took.
fn measure(program: &Path, texts: &[String], whole: bool, pause: Duration) -> Outcome<()> {
    let made = tempfile::tempdir()?;
    let edited = write(made.path(), texts, whole)?;
    let lines = texts.iter().map(|text| text.lines().count()).sum::<usize>();
    let (mut waits, cpu) = type_in(program, made.path(), &edited, pause)?;
    waits.sort();
    let at = |part: usize| waits[(waits.len() * part / 100).min(waits.len() - 1)].as_secs_f64() * 1e3;
    let shape = if whole { "one file" } else { "modules" };
    println!(
        "| {lines} | {} | {shape} | {:.1} ms | {:.1} ms | {:.1} ms | {:.1} ms |",
        texts.len(),
        at(50),
        at(95),
        at(100),
        cpu / KEYS as f64,
    );
    Ok(())
}

/// The sources in a folder, those left out that declare modules in files of their own.
fn read(folder: &Path) -> Outcome<Vec<String>> {
    fn add(folder: &Path, texts: &mut BTreeMap<PathBuf, String>) -> Outcome<()> {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                add(&path, texts)?;
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                texts.insert(path.clone(), std::fs::read_to_string(path)?);
            }
        }
        Ok(())
    }
    let declares = |text: &String| {
        text.lines()
            .any(|line| line.ends_with(';') && line.split_whitespace().take(2).any(|word| word == "mod"))
    };
    let mut texts = BTreeMap::new();
    add(folder, &mut texts)?;
    Ok(texts.into_values().filter(|text| !declares(text)).collect())
}

/// Some programs that use framealloc among sources of libraries that do not.
fn mixed(ui: &Path) -> Outcome<Vec<String>> {
    let mut texts: Vec<String> = Vec::new();
    let mut lines = 0;
    let mut take = |from: Vec<String>, most: usize, texts: &mut Vec<String>| {
        for text in from {
            if lines < most {
                lines += text.lines().count();
                texts.push(text);
            }
        }
    };
    take(read(ui)?.into_iter().step_by(STEP).collect(), USING, &mut texts);
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let options = ["--locked".to_owned()];
    let packages = MetadataCommand::new().manifest_path(manifest).other_options(options).exec()?.packages;
    for name in LIBRARIES {
        let library = packages.iter().find(|package| package.name == name);
        let folder = library.and_then(|package| package.manifest_path.parent()).ok_or(name)?;
        take(read(folder.join("src").as_std_path())?, LINES, &mut texts);
    }
    Ok(texts)
}

/// Makes a package of the texts and names the file to type in.
fn write(root: &Path, texts: &[String], whole: bool) -> Outcome<PathBuf> {
    let manifest = "[package]\nname = \"typed\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nframealloc = \"0.1\"\n";
    std::fs::create_dir(root.join("src"))?;
    std::fs::write(root.join("Cargo.toml"), manifest)?;
    let mut main = String::from("fn main() {}\n");
    for (number, text) in texts.iter().enumerate() {
        match whole {
            true => main.push_str(&format!("mod m{number} {{\n{text}}}\n")),
            false => {
                main.push_str(&format!("mod m{number};\n"));
                std::fs::write(root.join(format!("src/m{number}.rs")), text)?;
            }
        }
    }
    std::fs::write(root.join("src/main.rs"), main)?;
    Ok(root.join(if whole { "src/main.rs" } else { "src/m0.rs" }))
}

struct Editor {
    child: Child,
    stdin: ChildStdin,
    heard: Receiver<(Instant, Message)>,
}

impl Editor {
    fn start(program: &Path, root: &Path) -> Outcome<Self> {
        let mut command = Command::new(program);
        command.arg(SERVE).current_dir(root).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (Some(stdin), Some(stdout)) = (stdin, stdout) else { return Err("no pipes".into()) };
        let (said, heard) = channel();
        std::thread::spawn(move || {
            let mut stdout: BufReader<ChildStdout> = BufReader::new(stdout);
            while let Ok(Some(message)) = Message::read(&mut stdout) {
                if said.send((Instant::now(), message)).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, stdin, heard })
    }

    fn ask(&mut self, method: &str, params: Value) -> Outcome<()> {
        let request = Request { id: 1.into(), method: method.to_owned(), params };
        Message::Request(request).write(&mut self.stdin)?;
        while !matches!(self.heard.recv()?.1, Message::Response(_)) {}
        Ok(())
    }

    fn tell(&mut self, method: &str, params: Value) -> Outcome<()> {
        Ok(Message::Notification(Notification { method: method.to_owned(), params })
            .write(&mut self.stdin)?)
    }

    /// The version of a file that a message has findings for.
    fn version(message: Message, uri: &str) -> Option<usize> {
        let Message::Notification(Notification { method, params }) = message else { return None };
        let is_it = method == "textDocument/publishDiagnostics" && params["uri"] == uri;
        is_it.then(|| params["version"].as_u64().unwrap_or(0) as usize)
    }

    fn found(&self, uri: &str) -> Outcome<(Instant, usize)> {
        loop {
            let (at, message) = self.heard.recv_timeout(Duration::from_secs(60))?;
            if let Some(version) = Self::version(message, uri) {
                return Ok((at, version));
            }
        }
    }
}

/// Types and says how long each key waited for its findings, and how many milliseconds of a processor all took.
fn type_in(program: &Path, root: &Path, edited: &Path, pause: Duration) -> Outcome<(Vec<Duration>, f64)> {
    let uri = |path: &Path| format!("file:///{}", path.display().to_string().trim_start_matches('/'));
    let (text, file) = (std::fs::read_to_string(edited)?, uri(edited));
    let mut editor = Editor::start(program, root)?;
    let folders = json!([{ "uri": uri(root), "name": "typed" }]);
    editor.ask("initialize", json!({ "capabilities": {}, "workspaceFolders": folders }))?;
    editor.tell("initialized", json!({}))?;
    let with = |keys: usize| {
        let typed: String = TYPED.chars().cycle().take(keys).collect();
        format!("{text}\nfn typed(alloc: &framealloc::SmartAlloc) {{\n    {typed}\n}}\n")
    };
    let document = json!({ "uri": file, "languageId": "rust", "version": 1, "text": with(0) });
    editor.tell("textDocument/didOpen", json!({ "textDocument": document }))?;
    while editor.found(&file)?.1 != 1 {}
    let before = processor(editor.child.id());
    let mut sent = Vec::new();
    for keys in 1..=KEYS {
        let document = json!({ "uri": file, "version": keys + 1 });
        let changes = json!([{ "text": with(keys) }]);
        sent.push(Instant::now());
        editor
            .tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }))?;
        std::thread::sleep(pause);
    }
    let mut waits = Vec::new();
    while waits.len() < KEYS {
        let (at, version) = editor.found(&file)?;
        while waits.len() + 1 < version {
            waits.push(at - sent[waits.len()]);
        }
    }
    let used = processor(editor.child.id()) - before;
    editor.ask("shutdown", Value::Null)?;
    editor.tell("exit", Value::Null)?;
    editor.child.wait()?;
    Ok((waits, used))
}

/// What a process has used of processors, in milliseconds.
fn processor(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() * 10.0
}
