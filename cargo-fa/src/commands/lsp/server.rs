//! The loop: texts come in, and when nothing more is waiting, what is found in them goes out.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::{
    CodeActionParams, Diagnostic, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DocumentSymbolParams, HoverParams, PublishDiagnosticsParams,
    TextDocumentContentChangeEvent, Uri,
};
use lsp_server::{Connection, ErrorCode, Message, Notification, ProtocolError, Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answers::{View, configuration, symbols};
use super::position::Encoding;
use super::{Analyse, url};
use crate::commands::analysis::Analysis;
use crate::commands::failure::Failure;
use crate::source::Overlay;

pub(super) struct Server<'a, A> {
    connection: &'a Connection,
    encoding: Encoding,
    /// The folder that the editor has open.
    folder: PathBuf,
    analyser: A,
    open: HashMap<Uri, Document>,
    /// Whether something has changed since the last analysis.
    stale: bool,
    analysis: Option<Analysis>,
    /// What the editor shows: in files that are open, and in others if there is anything.
    shown: HashMap<Uri, Shown>,
    told: Option<String>,
}

struct Document {
    version: i32,
    text: Arc<str>,
}

#[derive(Clone, PartialEq)]
struct Shown {
    version: Option<i32>,
    diagnostics: Vec<Diagnostic>,
}

impl<'a, A: Analyse> Server<'a, A> {
    pub(super) fn new(connection: &'a Connection, encoding: Encoding, folder: PathBuf, analyser: A) -> Self {
        Self {
            connection,
            encoding,
            folder,
            analyser,
            open: HashMap::new(),
            stale: true,
            analysis: None,
            shown: HashMap::new(),
            told: None,
        }
    }

    /// Serves until the editor ends it.
    pub(super) fn run(mut self) -> Result<(), ProtocolError> {
        loop {
            // A person who types sends faster than anyone reads: only the last state is analysed.
            let message = match self.connection.receiver.try_recv() {
                Ok(message) => message,
                Err(_) => {
                    self.refresh();
                    let Ok(message) = self.connection.receiver.recv() else { return Ok(()) };
                    message
                }
            };
            match message {
                Message::Request(request) => {
                    if self.connection.handle_shutdown(&request)? {
                        return Ok(());
                    }
                    // What is asked is asked about the text that was sent before.
                    self.refresh();
                    let response = self.answer(request);
                    self.send(Message::Response(response));
                }
                Message::Notification(notification) => self.hear(notification),
                Message::Response(_) => {}
            }
        }
    }

    fn send(&self, message: Message) {
        // The editor is gone, which the next reading tells.
        let _ = self.connection.sender.send(message);
    }

    fn hear(&mut self, notification: Notification) {
        fn params<P: DeserializeOwned>(notification: Notification) -> Option<P> {
            serde_json::from_value(notification.params).ok()
        }
        // What is typed is not on disk.
        let typed = notification.method == "textDocument/didChange";
        match notification.method.as_str() {
            "textDocument/didOpen" => {
                let Some(DidOpenTextDocumentParams { text_document }) = params(notification) else { return };
                let document = Document { version: text_document.version, text: text_document.text.into() };
                self.open.insert(text_document.uri, document);
            }
            "textDocument/didChange" => {
                let Some(params) = params::<DidChangeTextDocumentParams>(notification) else { return };
                let identifier = params.text_document;
                let whole = params.content_changes.into_iter().rev().find_map(|change| match change {
                    TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                        Some(whole.text)
                    }
                    // Was not offered.
                    TextDocumentContentChangeEvent::TextDocumentContentChangePartial(_) => None,
                });
                let Some(text) = whole else { return };
                let document = Document { version: identifier.version, text: text.into() };
                self.open.insert(identifier.text_document_identifier.uri, document);
            }
            "textDocument/didClose" => {
                let Some(DidCloseTextDocumentParams { text_document }) = params(notification) else { return };
                self.open.remove(&text_document.uri);
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {}
            _ => return,
        }
        if !typed {
            self.analyser.doubt_manifests();
        }
        self.stale = true;
    }

    /// Analyses if something has changed, and shows what is found.
    fn refresh(&mut self) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        let overlay: Overlay = self
            .open
            .iter()
            .filter_map(|(uri, document)| Some((uri.to_file_path().ok()?, document.text.clone())))
            .collect();
        let outcome =
            catch_unwind(AssertUnwindSafe(|| self.analyser.analyse(overlay))).unwrap_or_else(|_| {
                Err(Failure::internal("the analyser stopped by a mistake of its own".to_owned()))
            });
        match outcome {
            Ok(analysis) => {
                let view = View { report: &analysis.report, root: &analysis.root, encoding: self.encoding };
                self.show(view.diagnostics());
                self.analysis = Some(analysis);
                self.told = None;
            }
            Err(Failure::Config(error)) => {
                let found =
                    url(&self.folder, &error.path).map(|uri| (uri, configuration(&error, self.encoding)));
                self.show(found.into_iter().collect());
                self.analysis = None;
            }
            Err(failure) => {
                self.show(HashMap::new());
                self.analysis = None;
                self.tell(failure.render(false));
            }
        }
    }

    /// Shows what is found, and takes away what is no longer. A file that is open is told of each of its versions, so that
    /// the editor knows when it has been looked at; one that is as it was is not told again.
    fn show(&mut self, mut found: HashMap<Uri, Vec<Diagnostic>>) {
        for uri in self.open.keys().chain(self.shown.keys()) {
            found.entry(uri.clone()).or_default();
        }
        let mut before = std::mem::take(&mut self.shown);
        for (uri, diagnostics) in found {
            let version = self.open.get(&uri).map(|document| document.version);
            let shown = Shown { version, diagnostics };
            if before.remove(&uri).as_ref() != Some(&shown) {
                let Shown { version, diagnostics } = shown.clone();
                let params = PublishDiagnosticsParams { uri: uri.clone(), version, diagnostics };
                let notification = Notification::new("textDocument/publishDiagnostics".to_owned(), params);
                self.send(Message::Notification(notification));
            }
            if version.is_some() || !shown.diagnostics.is_empty() {
                self.shown.insert(uri, shown);
            }
        }
    }

    /// Tells a person, once.
    fn tell(&mut self, text: String) {
        if self.told.as_ref() == Some(&text) {
            return;
        }
        let params = serde_json::json!({ "type": 1, "message": format!("cargo fa: {}", text.trim()) });
        self.send(Message::Notification(Notification::new("window/showMessage".to_owned(), params)));
        self.told = Some(text);
    }

    fn answer(&self, request: Request) -> Response {
        match request.method.as_str() {
            "textDocument/codeAction" => respond(request, |params: CodeActionParams| {
                let uri = params.text_document.uri;
                let text = self.text(&uri)?;
                let part = self.encoding.byte(&text, params.range.start)
                    ..self.encoding.byte(&text, params.range.end);
                Some(self.view()?.actions(&uri, part))
            }),
            "textDocument/hover" => respond(request, |params: HoverParams| {
                let place = params.text_document_position_params;
                let text = self.text(&place.text_document.uri)?;
                let at = self.encoding.byte(&text, place.position);
                self.view()?.hover(&place.text_document.uri, &text, at)
            }),
            "textDocument/documentSymbol" => respond(request, |params: DocumentSymbolParams| {
                Some(symbols(&self.text(&params.text_document.uri)?, self.encoding))
            }),
            other => {
                let message = format!("there is no `{other}` here");
                Response::new_err(request.id, ErrorCode::MethodNotFound as i32, message)
            }
        }
    }

    fn view(&self) -> Option<View<'_>> {
        let analysis = self.analysis.as_ref()?;
        Some(View { report: &analysis.report, root: &analysis.root, encoding: self.encoding })
    }

    fn text(&self, uri: &Uri) -> Option<Arc<str>> {
        match self.open.get(uri) {
            Some(document) => Some(document.text.clone()),
            None => std::fs::read_to_string(uri.to_file_path().ok()?).ok().map(Arc::from),
        }
    }
}

/// Reads the parameters and answers, or says what is wrong with them.
fn respond<P: DeserializeOwned, R: Serialize>(
    request: Request,
    answer: impl FnOnce(P) -> Option<R>,
) -> Response {
    match serde_json::from_value(request.params) {
        Ok(params) => Response::new_ok(request.id, answer(params)),
        Err(error) => Response::new_err(request.id, ErrorCode::InvalidParams as i32, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Analyse, Encoding, Server};
    use crate::commands::analysis::Analysis;
    use crate::commands::failure::Failure;
    use crate::source::Overlay;
    use lsp_server::{Connection, Message, Notification};

    /// Stops at the first text, and finds nothing in others.
    #[derive(Default)]
    struct Stumbles {
        stumbled: bool,
    }

    impl Analyse for Stumbles {
        fn analyse(&mut self, _: Overlay) -> Result<Analysis, Failure> {
            assert!(std::mem::replace(&mut self.stumbled, true), "a mistake, for the test");
            Ok(Analysis::default())
        }

        fn doubt_manifests(&mut self) {}
    }

    #[test]
    fn a_mistake_of_the_analysers_own_is_told_and_the_server_goes_on() {
        let (ours, theirs) = Connection::memory();
        let server = std::thread::spawn(move || {
            Server::new(&ours, Encoding::Utf8, "".into(), Stumbles::default()).run().unwrap();
        });
        let next = || match theirs.receiver.recv().unwrap() {
            Message::Notification(Notification { method, params }) => (method, params),
            other => panic!("{other:?}"),
        };
        let (method, params) = next();
        assert_eq!(method, "window/showMessage");
        assert!(params["message"].as_str().unwrap().contains("mistake of its own"), "{params}");
        let document =
            serde_json::json!({ "uri": "file:///a.rs", "languageId": "rust", "version": 7, "text": "" });
        let params = serde_json::json!({ "textDocument": document });
        let opened = Notification { method: "textDocument/didOpen".to_owned(), params };
        theirs.sender.send(Message::Notification(opened)).unwrap();
        let (method, params) = next();
        assert_eq!((&*method, &params["version"]), ("textDocument/publishDiagnostics", &7.into()));
        drop(theirs);
        server.join().unwrap();
    }
}
