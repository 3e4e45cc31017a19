//! `cargo fa lsp` over a real pipe, with a small client of the protocol.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::support::{ESCAPE, STALE, Workspace};

struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    root: String,
    next: i64,
}

impl Client {
    fn start(workspace: &Workspace, capabilities: &Value) -> Self {
        let mut child = workspace
            .command(&["fa", "lsp"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        let slashes = workspace.root().display().to_string().replace('\\', "/");
        let root = format!("file:///{}", slashes.trim_start_matches('/'));
        let mut client = Self { child, stdin, stdout, root, next: 0 };
        let folders = json!([{ "uri": client.root, "name": "game" }]);
        let params = json!({ "processId": null, "capabilities": capabilities, "workspaceFolders": folders, "rootUri": null });
        let answer = client.ask("initialize", params);
        assert_eq!(answer["capabilities"]["textDocumentSync"]["change"], 1, "{answer}");
        assert_eq!(answer["serverInfo"]["name"], "cargo-fa");
        client.tell("initialized", json!({}));
        client
    }

    fn uri(&self, path: &str) -> String {
        format!("{}/{path}", self.root)
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let stdin = self.stdin.as_mut().unwrap();
        write!(stdin, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        stdin.flush().unwrap();
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert_ne!(self.stdout.read_line(&mut line).unwrap(), 0, "the server is gone");
            match line.trim() {
                "" => break,
                header => {
                    if let Some(value) = header.strip_prefix("Content-Length: ") {
                        length = value.parse().unwrap();
                    }
                }
            }
        }
        let mut body = vec![0; length];
        self.stdout.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn ask_raw(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive();
            if message["id"] == id {
                return message;
            }
        }
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.ask_raw(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    /// The next message of this kind.
    fn hear(&mut self, method: &str) -> Value {
        loop {
            let message = self.receive();
            if message["method"] == method {
                return message["params"].clone();
            }
        }
    }

    /// What is next found in a file.
    fn found(&mut self, path: &str) -> Vec<Value> {
        let uri = self.uri(path);
        loop {
            let params = self.hear("textDocument/publishDiagnostics");
            if params["uri"] == uri {
                return params["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    /// What is found in the version of some file.
    fn answer(&mut self, version: i64) -> Vec<Value> {
        loop {
            let params = self.hear("textDocument/publishDiagnostics");
            if params["version"] == version {
                return params["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    fn open(&mut self, path: &str, text: &str) {
        let document = json!({ "uri": self.uri(path), "languageId": "rust", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn change(&mut self, path: &str, version: i64, text: &str) {
        let document = json!({ "uri": self.uri(path), "version": version });
        let changes = json!([{ "text": text }]);
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    fn end(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.tell("exit", Value::Null);
        self.stdin = None;
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

fn start(workspace: &Workspace) -> Client {
    Client::start(workspace, &json!({}))
}

fn place(diagnostic: &Value) -> (i64, i64) {
    let start = &diagnostic["range"]["start"];
    (start["line"].as_i64().unwrap(), start["character"].as_i64().unwrap())
}

#[test]
fn what_is_on_disk_is_shown_and_what_is_typed_counts_before_it_is_saved() {
    let workspace = Workspace::new(STALE);
    let mut client = start(&workspace);
    let found = client.found("src/main.rs");
    assert_eq!((found.len(), place(&found[0])), (1, (1, 4)));
    assert_eq!(
        (&found[0]["code"], &found[0]["severity"], &found[0]["source"]),
        (&json!("FA001"), &json!(2), &json!("cargo-fa"))
    );
    client.open("src/main.rs", STALE);
    assert_eq!(client.found("src/main.rs").len(), 1);
    client.change("src/main.rs", 2, "fn main() {}\n");
    assert_eq!(client.found("src/main.rs").len(), 0);
    client.change("src/main.rs", 3, &format!("\n{STALE}"));
    assert_eq!(place(&client.found("src/main.rs")[0]), (2, 4));
    // What is not Rust takes away what it replaces, and nothing else.
    client.change("src/main.rs", 4, &format!("\nfn f( {STALE}"));
    let found = client.found("src/main.rs");
    assert_eq!((found.len(), &found[0]["code"], place(&found[1])), (2, &json!("FA000"), (2, 4)));
    client.change("src/main.rs", 5, "fn main( {}\n");
    let found = client.found("src/main.rs");
    assert_eq!((found.len(), &found[0]["code"]), (1, &json!("FA000")));
    // Closed without being saved: what is on disk counts again.
    let document = json!({ "textDocument": { "uri": client.uri("src/main.rs") } });
    client.tell("textDocument/didClose", document);
    assert_eq!(client.found("src/main.rs")[0]["code"], "FA001");
    client.end();
}

#[test]
fn saving_reads_what_else_is_on_disk() {
    let workspace = Workspace::new(STALE);
    let mut client = start(&workspace);
    assert_eq!(client.found("src/main.rs")[0]["severity"], 2);
    workspace.write(".fa.toml", "[lints.FA001]\nlevel = \"deny\"\n");
    let saved = json!({ "textDocument": { "uri": client.uri(".fa.toml") } });
    client.tell("textDocument/didSave", saved.clone());
    assert_eq!(client.found("src/main.rs")[0]["severity"], 1);
    workspace.write(".fa.toml", "[lints.FA001]\nlevl = \"deny\"\n");
    client.tell("textDocument/didSave", saved.clone());
    let found = client.found(".fa.toml");
    assert_eq!(place(&found[0]), (1, 0));
    assert!(found[0]["message"].as_str().unwrap().contains("unknown key `levl`"));
    workspace.write(".fa.toml", "");
    client.tell("textDocument/didSave", saved);
    assert_eq!(client.found(".fa.toml").len(), 0);
    client.end();
}

#[test]
fn cargo_is_asked_when_something_was_saved_and_not_while_somebody_types() {
    let workspace = Workspace::new(STALE);
    let mut client = start(&workspace);
    client.open("src/main.rs", STALE);
    client.answer(1);
    let manifest = workspace.read("Cargo.toml");
    workspace.write("Cargo.toml", "[package]\n");
    client.change("src/main.rs", 2, &format!("\n{STALE}"));
    assert_eq!(place(&client.answer(2)[0]), (2, 4));
    let saved = json!({ "textDocument": { "uri": client.uri("Cargo.toml") } });
    client.tell("textDocument/didSave", saved.clone());
    assert_eq!(client.found("src/main.rs").len(), 0);
    let told = client.hear("window/showMessage");
    assert!(told["message"].as_str().unwrap().contains("Cargo.toml"), "{told}");
    workspace.write("Cargo.toml", &manifest);
    client.tell("textDocument/didSave", saved);
    assert_eq!(client.found("src/main.rs").len(), 1);
    client.end();
}

#[test]
fn each_version_of_an_open_file_is_answered_and_of_many_the_last() {
    let workspace = Workspace::new("fn main() {}\n");
    let mut client = start(&workspace);
    client.open("src/main.rs", "fn main() {}\n");
    let version = |client: &mut Client| {
        let params = client.hear("textDocument/publishDiagnostics");
        (params["version"].as_i64(), params["diagnostics"].as_array().unwrap().len())
    };
    assert_eq!(version(&mut client), (Some(1), 0));
    client.change("src/main.rs", 2, "fn main() { }\n");
    assert_eq!(version(&mut client), (Some(2), 0));
    // In one breath, so that they are there before any is looked at, or at least one of them is.
    for number in 3..=40 {
        client.change("src/main.rs", number, STALE);
    }
    let mut answers = Vec::new();
    while answers.last() != Some(&(Some(40), 1)) {
        answers.push(version(&mut client));
    }
    assert!(answers.len() < 38, "each change was analysed although a newer one was there: {answers:?}");
    client.end();
}

#[test]
fn fixes_are_offered_where_the_finding_is() {
    let workspace = Workspace::new(STALE);
    let mut client = start(&workspace);
    client.open("src/main.rs", STALE);
    let uri = client.uri("src/main.rs");
    let actions = |client: &mut Client, line: i64| {
        let at = json!({ "line": line, "character": 6 });
        let context = json!({ "diagnostics": [] });
        let params = json!({ "textDocument": { "uri": uri }, "range": { "start": at, "end": at }, "context": context });
        client.ask("textDocument/codeAction", params).as_array().unwrap().clone()
    };
    let there = actions(&mut client, 1);
    assert_eq!((&there[0]["title"], &there[0]["kind"]), (&json!("remove the comment"), &json!("quickfix")));
    let edit = &there[0]["edit"]["changes"][&uri][0];
    assert_eq!(edit["range"]["start"], json!({ "line": 1, "character": 0 }));
    assert_eq!(
        (&edit["range"]["end"], &edit["newText"]),
        (&json!({ "line": 2, "character": 0 }), &json!(""))
    );
    assert_eq!(actions(&mut client, 4).len(), 0);
    client.end();
}

#[test]
fn a_comment_that_silences_is_offered_and_does() {
    let workspace = Workspace::new(ESCAPE);
    let mut client = start(&workspace);
    client.open("src/main.rs", ESCAPE);
    let found = client.found("src/main.rs");
    assert_eq!(found[0]["code"], "FA601");
    assert!(
        found[0]["relatedInformation"].as_array().is_some_and(|related| !related.is_empty()),
        "{found:?}"
    );
    let uri = client.uri("src/main.rs");
    let params = json!({ "textDocument": { "uri": uri }, "range": found[0]["range"], "context": { "diagnostics": [] } });
    let actions = client.ask("textDocument/codeAction", params);
    let action =
        actions.as_array().unwrap().iter().find(|action| action["title"] == "allow FA601 here").unwrap();
    let edit = &action["edit"]["changes"][&uri][0];
    assert_eq!(edit["range"]["start"], edit["range"]["end"]);
    assert_eq!(edit["range"]["start"], json!({ "line": 8, "character": 0 }));
    let mut lines: Vec<&str> = ESCAPE.lines().collect();
    lines.insert(8, edit["newText"].as_str().unwrap().trim_end_matches('\n'));
    client.change("src/main.rs", 2, &lines.join("\n"));
    assert_eq!(client.found("src/main.rs").len(), 0);
    client.end();
}

#[test]
fn lints_are_explained_and_tags_are_the_outline() {
    let text = "fn main() {\n    // fa: allow(FA001)\n    a.with_tag(\"physics\", |a| a.with_tag(\"é\", |_| ()));\n}\n";
    let workspace = Workspace::new(text);
    let mut client = start(&workspace);
    let document = json!({ "uri": client.uri("src/main.rs") });
    let mut hover = |line: i64, character: i64| {
        let position = json!({ "line": line, "character": character });
        client.ask("textDocument/hover", json!({ "textDocument": document, "position": position }))
    };
    let page = hover(1, 20);
    assert_eq!(page["contents"]["kind"], "markdown");
    assert!(page["contents"]["value"].as_str().unwrap().contains("FA001 unused-suppression"), "{page}");
    assert_eq!(hover(3, 0), Value::Null);
    let symbols = client.ask("textDocument/documentSymbol", json!({ "textDocument": document }));
    assert_eq!(symbols[0]["name"], "physics");
    assert_eq!(symbols[0]["children"][0]["name"], "physics/é");
    assert_eq!(symbols[0]["children"][0]["selectionRange"]["end"], json!({ "line": 2, "character": 44 }));
    client.end();
}

#[test]
fn columns_are_counted_as_agreed() {
    let text = "fn main() {\n    let _ = \"é😀\"; // fa: allow(FA001)\n}\n";
    let workspace = Workspace::new(text);
    let place_with = |capabilities: Value| {
        let mut client = Client::start(&workspace, &capabilities);
        let place = place(&client.found("src/main.rs")[0]);
        client.end();
        place
    };
    assert_eq!(place_with(json!({})), (1, 19));
    assert_eq!(place_with(json!({ "general": { "positionEncodings": ["utf-16", "utf-8"] } })), (1, 22));
}

#[test]
fn what_goes_wrong_is_told_once_and_the_server_goes_on() {
    let workspace = Workspace::new(STALE);
    let manifest = workspace.read("Cargo.toml");
    workspace.write("Cargo.toml", "[package\n");
    let mut client = start(&workspace);
    let told = client.hear("window/showMessage");
    assert!(told["message"].as_str().unwrap().contains("cargo cannot read the workspace"), "{told}");
    let answer = client.ask_raw("textDocument/rename", json!({}));
    assert_eq!(answer["error"]["code"], -32601);
    let answer = client.ask_raw("textDocument/hover", json!({ "textDocument": 7 }));
    assert_eq!(answer["error"]["code"], -32602);
    workspace.write("Cargo.toml", &manifest);
    let saved = json!({ "textDocument": { "uri": client.uri("Cargo.toml") } });
    client.tell("textDocument/didSave", saved);
    assert_eq!(client.found("src/main.rs").len(), 1);
    client.end();
}

#[test]
fn what_is_no_editor_is_told_so() {
    let workspace = Workspace::new("");
    let run = workspace.run(&["lsp"]);
    run.ends(2).says(&["not the language server protocol", "people run `cargo fa`"]);
}
