//! The page on this machine's own address, for whoever was given the link.

use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use framealloc_snapshot::SnapshotFileName;
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::folder::{Entry, Folder};
use super::history::History;
use super::message::{Item, Message};
use super::page::{Feed, html, policy};
use super::watch::changes;

/// So many digests are sent at once, since they have their names in common.
const BATCH: usize = 25;

/// A server that has its port and waits to be run.
#[derive(Debug)]
pub struct Server {
    listener: std::net::TcpListener,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    history: History,
    changes: watch::Receiver<u64>,
    address: SocketAddr,
    /// Who knows it was given the link.
    token: String,
}

impl Server {
    /// Takes a port of this machine's own address; any free one for zero.
    ///
    /// # Errors
    ///
    /// When the port is taken, the folder cannot be watched, or the system has no random numbers.
    pub fn bind(folder: Folder, port: u16) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let changes = changes(folder.path()).map_err(io::Error::other)?;
        let history = History::new(folder);
        let shared = Shared { history, changes, address: listener.local_addr()?, token: random()? };
        Ok(Self { listener, shared: Arc::new(shared) })
    }

    /// What to open in a browser.
    #[must_use]
    pub fn link(&self) -> String {
        format!("http://{}/?token={}", self.shared.address, self.shared.token)
    }

    /// Serves until the process ends.
    ///
    /// # Errors
    ///
    /// When the system does not give what a server needs.
    pub fn run(self) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = TcpListener::from_std(self.listener)?;
            let routes = Router::new()
                .route("/", get(page))
                .route("/events", get(events))
                .route("/snapshot", get(snapshot))
                .layer(from_fn_with_state(self.shared.clone(), guard))
                .with_state(self.shared);
            axum::serve(listener, routes).await
        })
    }
}

/// 128 bits in hexadecimal digits.
fn random() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

/// Lets through who was given the link, and tells browsers to keep what is answered to themselves.
async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let mut response = match shared.admits(request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err((status, why)) => (status, why).into_response(),
    };
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        // The link holds the token.
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

impl Shared {
    /// Whether a request is from a page of ours, or typed by a person. A page of somebody else's may reach this address
    /// under a name of its own, and may have the browser send what it likes.
    fn admits(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let port = self.address.port();
        let hosts = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
        let host = text(header::HOST).unwrap_or_default();
        if !hosts.iter().any(|own| own == host) {
            return Err((StatusCode::MISDIRECTED_REQUEST, "this is not served under that name\n"));
        }
        let foreign = headers.contains_key(header::ORIGIN)
            && text(header::ORIGIN).and_then(|origin| origin.strip_prefix("http://")) != Some(host);
        if foreign {
            return Err((StatusCode::FORBIDDEN, "this is not for pages from elsewhere\n"));
        }
        let token = parameter(uri, "token");
        // Every byte is looked at, so that the time taken does not tell how many were right.
        let same = |token: &str| {
            let differing = token.bytes().zip(self.token.bytes()).map(|(a, b)| a ^ b);
            token.len() == self.token.len() && differing.fold(0, |all, one| all | one) == 0
        };
        match token.is_some_and(same) {
            true => Ok(()),
            false => Err((StatusCode::FORBIDDEN, "open the link that `cargo fa serve` has printed\n")),
        }
    }
}

/// What a query says of this name.
fn parameter<'a>(uri: &'a Uri, wanted: &str) -> Option<&'a str> {
    let mut given = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    given.find_map(|(name, value)| (name == wanted).then_some(value))
}

async fn page(State(shared): State<Arc<Shared>>) -> Response {
    let Ok(nonce) = random() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let [url, snapshots] = ["events", "snapshot"].map(|path| format!("/{path}?token={}", shared.token));
    let feed = Feed::Events { url: &url, snapshots: &snapshots };
    let policy = format!("{}; frame-ancestors 'none'", policy(&feed, &nonce));
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(html(&feed, &nonce))).into_response()
}

/// A whole snapshot, as a message. There is one folder, so that nobody need say which.
async fn snapshot(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    let writer = parameter(&uri, "writer").unwrap_or_default();
    let sequence = parameter(&uri, "sequence").and_then(|digits| digits.parse().ok());
    let (Some(sequence), Ok(number)) = (sequence, u64::from_str_radix(writer, 16)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let found = shared.history.read(SnapshotFileName { sequence, writer: number });
    let answer = match &found {
        Some(Ok(entry)) => Message::Entries { entries: vec![Item::Whole(entry)] },
        _ => Message::Gone { source: shared.history.folder().source(), writer, sequence },
    };
    ([(header::CONTENT_TYPE, "application/json")], answer.print()).into_response()
}

async fn events(State(shared): State<Arc<Shared>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = shared.changes.clone();
    let listener = Listener { changes, shared, waiting: None, sent: BTreeSet::new(), newest: None };
    let events = unfold(listener, |mut listener| async {
        let message = listener.next().await?;
        Some((Ok(Event::default().data(message)), listener))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// One page that listens: what it has been told, and what it is to be told next.
struct Listener {
    shared: Arc<Shared>,
    changes: watch::Receiver<u64>,
    /// What is to be read, the newest first, since that is what people look at; `None` before anything was told.
    waiting: Option<VecDeque<SnapshotFileName>>,
    sent: BTreeSet<SnapshotFileName>,
    /// Of those that were sent.
    newest: Option<SnapshotFileName>,
}

impl Listener {
    /// The next message; waits for it if need be.
    async fn next(&mut self) -> Option<String> {
        if self.waiting.is_none() {
            self.waiting = Some(VecDeque::new());
            self.changes.mark_changed();
            return Some(Message::RESET.print());
        }
        loop {
            if let Some(message) = self.told() {
                return Some(message);
            }
            // The one who tells lives as long as the server.
            self.changes.changed().await.ok()?;
            match self.shared.history.names() {
                Ok(names) => {
                    let new = names.iter().rev().filter(|name| !self.sent.contains(name));
                    self.waiting = Some(new.copied().collect());
                    // What is gone need not be remembered.
                    self.sent = names;
                }
                Err(error) => {
                    let trouble = self.shared.history.folder().unreadable(&error);
                    return Some(Message::Troubles { troubles: [trouble] }.print());
                }
            }
        }
    }

    /// What is to be told of what waits: the newest whole, and some digests at a time of the others.
    fn told(&mut self) -> Option<String> {
        let waiting = self.waiting.as_mut()?;
        let mut digests = Vec::new();
        let mut before: Option<Arc<Entry>> = None;
        while digests.len() < BATCH
            && let Some(name) = waiting.pop_front()
        {
            let entry = match self.shared.history.read(name) {
                None => continue,
                Some(Err(trouble)) => {
                    // Those before it go first.
                    if !digests.is_empty() {
                        waiting.push_front(name);
                        break;
                    }
                    return Some(Message::Troubles { troubles: [trouble] }.print());
                }
                Some(Ok(entry)) => entry,
            };
            if self.newest < Some(name) {
                self.newest = Some(name);
                return Some(Message::Entries { entries: vec![Item::Whole(&entry)] }.print());
            }
            digests.push(Item::Digest(entry.point(before.as_deref())));
            before = Some(entry);
        }
        (!digests.is_empty()).then(|| Message::Entries { entries: digests }.print())
    }
}

#[cfg(test)]
mod tests {
    use super::{Folder, Server};
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};

    fn server() -> (tempfile::TempDir, Server) {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::bind(Folder::new(folder.path().to_owned()), 0).unwrap();
        (folder, server)
    }

    fn ask(server: &Server, uri: &str, headers: &[(HeaderName, &str)]) -> u16 {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        match server.shared.admits(&uri.parse::<Uri>().unwrap(), &headers) {
            Ok(()) => 200,
            Err((status, _)) => status.as_u16(),
        }
    }

    #[test]
    fn only_the_link_opens_it() {
        let (_folder, server) = server();
        let host = server.shared.address.to_string();
        let link = format!("/?token={}", server.shared.token);
        let own = (header::HOST, host.as_str());
        assert_eq!(ask(&server, &link, std::slice::from_ref(&own)), 200);
        let local = format!("localhost:{}", server.shared.address.port());
        assert_eq!(ask(&server, &link, &[(header::HOST, &local)]), 200);
        for wrong in ["/", "/?token=", "/?token=00000000000000000000000000000000", "/?other=1", "/events"] {
            assert_eq!(ask(&server, wrong, std::slice::from_ref(&own)), 403, "{wrong}");
        }
        let short = &link[..link.len() - 1];
        assert_eq!(ask(&server, short, &[own]), 403);
    }

    #[test]
    fn nobody_reaches_it_under_another_name_or_from_another_page() {
        let (_folder, server) = server();
        let host = server.shared.address.to_string();
        let link = format!("/events?token={}", server.shared.token);
        for name in ["evil.example", "127.0.0.1", "127.0.0.1:1", "[::1]:80", ""] {
            assert_eq!(ask(&server, &link, &[(header::HOST, name)]), 421, "{name}");
        }
        assert_eq!(ask(&server, &link, &[]), 421);
        let own = (header::HOST, host.as_str());
        for origin in ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"] {
            assert_eq!(ask(&server, &link, &[own.clone(), (header::ORIGIN, origin)]), 403, "{origin}");
        }
        let origin = format!("http://{host}");
        assert_eq!(ask(&server, &link, &[own, (header::ORIGIN, &origin)]), 200);
    }
}
