//! `cargo fa lsp`: the analyser in an editor, by the language server protocol on standard input and output.

mod answers;
mod position;
mod server;

use std::path::{Path, PathBuf};

use gen_lsp_types::{
    CodeActionKind, CodeActionOptions, InitializeParams, PositionEncodingKind, ServerCapabilities,
    TextDocumentSyncKind, TextDocumentSyncOptions, Uri,
};
use lsp_server::Connection;

use super::analysis::Analysis;
use super::failure::Failure;
use super::session::Session;
use super::settings::Question;
use crate::exit::Exit;
use crate::source::{Disk, Overlay};
use position::Encoding;
use server::Server;

/// What the server asks whenever a text has changed.
pub trait Analyse {
    /// Analyses the workspace as if these texts were on disk.
    ///
    /// # Errors
    ///
    /// When the workspace or its configuration is not as it should be.
    fn analyse(&mut self, overlay: Overlay) -> Result<Analysis, Failure>;

    /// Something on disk may have changed.
    fn doubt_manifests(&mut self);
}

/// The analysis as the command line makes it, with what the last one left behind.
#[derive(Debug)]
struct Workspace {
    question: Question,
    session: Session,
}

impl Analyse for Workspace {
    fn analyse(&mut self, overlay: Overlay) -> Result<Analysis, Failure> {
        self.session.analyse(&self.question, &Disk::under(overlay))
    }

    fn doubt_manifests(&mut self) {
        self.session.doubt_manifests();
    }
}

/// Serves until the editor says that it is enough.
///
/// # Errors
///
/// When what comes in is not the protocol.
pub fn run(mut question: Question) -> Result<Exit, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::usage(
            format!("this is not the language server protocol: {error}"),
            "`cargo fa lsp` is started by an editor; people run `cargo fa`",
        )
    };
    let (connection, threads) = Connection::stdio();
    let (id, params) = connection.initialize_start().map_err(|error| failed(&error))?;
    let folder = folder(&params);
    let params: InitializeParams = serde_json::from_value(params).map_err(|error| failed(&error))?;
    let encoding = encoding(&params);
    let answer = serde_json::json!({
        "capabilities": capabilities(encoding),
        "serverInfo": { "name": "cargo-fa", "version": env!("CARGO_PKG_VERSION") },
    });
    connection.initialize_finish(id, answer).map_err(|error| failed(&error))?;
    if let (None, Some(folder)) = (&question.selection.manifest_path, &folder) {
        question.selection.manifest_path = Some(folder.join("Cargo.toml"));
    }
    let folder = folder.or_else(|| std::env::current_dir().ok()).unwrap_or_default();
    let connection = queued(connection);
    let workspace = Workspace { question, session: Session::default() };
    Server::new(&connection, encoding, folder, workspace).run().map_err(|error| failed(&error))?;
    // The writing thread ends when nobody can send to it any more.
    drop(connection);
    threads.join().map_err(|error| failed(&error))?;
    Ok(Exit::Clean)
}

/// The same with a queue for what comes in. Else the next message is read only when the one before is taken, so that an
/// analysis begins although a newer text has arrived.
fn queued(connection: Connection) -> Connection {
    let Connection { sender, receiver: wire } = connection;
    let (queue, receiver) = crossbeam_channel::unbounded();
    std::thread::spawn(move || {
        for message in wire {
            if queue.send(message).is_err() {
                return;
            }
        }
    });
    Connection { sender, receiver }
}

/// Counting bytes, if the editor can: that needs no counting.
fn encoding(params: &InitializeParams) -> Encoding {
    let offered =
        params.capabilities.general.as_ref().and_then(|general| general.position_encodings.as_ref());
    match offered {
        Some(offered) if offered.contains(&PositionEncodingKind::UTF8) => Encoding::Utf8,
        _ => Encoding::Utf16,
    }
}

/// The folder that is open. Of several, the first: editors start a server for each.
fn folder(params: &serde_json::Value) -> Option<PathBuf> {
    let uri = params["workspaceFolders"][0]["uri"].as_str().or(params["rootUri"].as_str())?;
    Uri::parse(uri).ok()?.to_file_path().ok()
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::Full),
        save: Some(true.into()),
        ..TextDocumentSyncOptions::default()
    };
    let actions = CodeActionOptions {
        code_action_kinds: Some(vec![CodeActionKind::QuickFix]),
        ..CodeActionOptions::default()
    };
    ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(sync.into()),
        hover_provider: Some(true.into()),
        document_symbol_provider: Some(true.into()),
        code_action_provider: Some(actions.into()),
        ..ServerCapabilities::default()
    }
}

/// The address of a file that is shown under this path.
fn url(root: &Path, shown: &str) -> Option<Uri> {
    Uri::from_file_path(root.join(shown)).ok()
}
