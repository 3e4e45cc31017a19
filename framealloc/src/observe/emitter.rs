//! `SnapshotEmitter`: when snapshots are written, and what is said about it.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

use framealloc_snapshot::Snapshot;

use super::directory::{Directory, EmitError, Reason};
use super::process;
use crate::api::SmartAlloc;
use crate::thread::shared::now;

/// Snapshots are never written more often.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(500);
/// How long the end of an emitter waits for a file that is being written.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where an emitter writes, and how often.
///
/// # Examples
///
/// ```
/// use framealloc::SnapshotConfig;
///
/// let config = SnapshotConfig::default().with_directory("target/framealloc").with_max_snapshots(30);
/// assert_eq!(config, SnapshotConfig::default());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct SnapshotConfig {
    directory: PathBuf,
    max_snapshots: usize,
    min_interval: Duration,
    background: bool,
}

impl Default for SnapshotConfig {
    fn default() -> Self {
        Self {
            directory: PathBuf::from("target/framealloc"),
            max_snapshots: 30,
            min_interval: SHORTEST_INTERVAL,
            background: false,
        }
    }
}

impl SnapshotConfig {
    /// The directory, made when it is first written to; `target/framealloc` unless set.
    pub fn with_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    /// How many files are kept, those of earlier runs included; the oldest go first. 30 unless set. `latest.json`
    /// counts apart: with zero it is the only one.
    pub fn with_max_snapshots(mut self, count: usize) -> Self {
        self.max_snapshots = count;
        self
    }

    /// How much time lies between two files. Half a second unless set, and never less.
    pub fn with_min_interval(mut self, interval: Duration) -> Self {
        self.min_interval = interval.max(SHORTEST_INTERVAL);
        self
    }

    /// Whether a thread of the emitter's own writes the files, so that the frame's thread waits for no disk. It does not
    /// unless set.
    pub fn with_background(mut self, background: bool) -> Self {
        self.background = background;
        self
    }
}

/// What became of a snapshot.
#[derive(Debug)]
#[non_exhaustive]
pub enum Emission {
    /// It is in this file, and in `latest.json`.
    Written(PathBuf),
    /// The emitter's thread writes it.
    Queued,
    /// The last one was not long enough ago, or is still being written.
    RateLimited,
    /// It was not written, and this is the first time that it failed for this reason. In the background, it is what
    /// became of an earlier one.
    Failed(EmitError),
    /// It was not written, for the same reason as the last one.
    StillFailing,
}

impl Emission {
    /// Whether it was written, or will be unless that fails.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Written(_) | Self::Queued)
    }
}

/// Writes snapshots to a directory, for tools that watch it.
///
/// A file is never seen half written, also when the program is killed: it gets its name when it is complete. Names are
/// [`SnapshotFileName`](crate::snapshot::SnapshotFileName)s; files of other names are left alone, but for
/// `latest.json`, which is replaced if it is a snapshot.
///
/// Nothing that happens to the directory makes a program panic or print. A failure is told once, by
/// [`Emission::Failed`], and the next snapshot that is due tries again; a directory that was removed is made again then.
///
/// A snapshot that does not say how much memory the process has is told, on Linux, when it is written: on the emitter's
/// own thread if it has one.
///
/// # Examples
///
/// ```
/// use framealloc::{SmartAlloc, SnapshotConfig, SnapshotEmitter};
///
/// let alloc = SmartAlloc::with_defaults();
/// # let target = std::env::temp_dir().join(format!("framealloc-doc-{}", std::process::id()));
/// let emitter = SnapshotEmitter::new(SnapshotConfig::default().with_directory(&target));
/// for _ in 0..3 {
///     alloc.begin_frame();
///     drop(alloc.frame_box(1));
///     alloc.end_frame();
///     emitter.maybe_emit_from(&alloc); // some nanoseconds, unless one is due
/// }
/// assert!(target.join("latest.json").exists());
/// # std::fs::remove_dir_all(target).unwrap();
/// ```
#[derive(Debug)]
pub struct SnapshotEmitter {
    interval: Duration,
    directory: PathBuf,
    clock: Arc<Clock>,
    sink: Mutex<Sink>,
}

/// When the next snapshot is due.
#[derive(Debug)]
struct Clock {
    born: Instant,
    /// In nanoseconds from there.
    due: AtomicU64,
}

impl Clock {
    fn nanoseconds(&self) -> u64 {
        now().duration_since(self.born).as_nanos() as u64
    }

    fn is_due(&self) -> bool {
        self.nanoseconds() >= self.due.load(Ordering::Relaxed)
    }

    /// The next one is due so much later than now.
    fn postpone(&self, interval: Duration) {
        let interval = u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX);
        self.due.store(self.nanoseconds().saturating_add(interval), Ordering::Relaxed);
    }
}

/// Who writes.
#[derive(Debug)]
enum Sink {
    Here(Writer),
    /// A thread that has not been started yet.
    Idle(Writer),
    Thread(Background),
    /// The system has had no thread for it.
    Broken,
}

/// A directory, and whether it can be written to.
#[derive(Debug)]
struct Writer {
    directory: Directory,
    /// Why the last attempt failed, as long as attempts fail.
    failure: Option<Reason>,
}

impl Writer {
    fn write(&mut self, snapshot: &Snapshot) -> Emission {
        match self.directory.write(snapshot.to_json().as_bytes()) {
            Ok(path) => {
                self.failure = None;
                Emission::Written(path)
            }
            Err(error) => {
                let reason = error.reason();
                if self.failure.replace(reason) == Some(reason) {
                    Emission::StillFailing
                } else {
                    Emission::Failed(error)
                }
            }
        }
    }
}

/// A thread that writes what it is sent.
#[derive(Debug)]
struct Background {
    /// Gone when the thread is to end. Has room for one snapshot, beside the one that is being written.
    queue: Option<SyncSender<Box<Snapshot>>>,
    /// What has failed for the first time; closed when the thread has ended.
    failures: Receiver<EmitError>,
}

impl Background {
    fn start(mut writer: Writer, clock: Arc<Clock>, interval: Duration) -> io::Result<Self> {
        let (queue, snapshots) = mpsc::sync_channel::<Box<Snapshot>>(1);
        let (report, failures) = mpsc::channel();
        thread::Builder::new().name("framealloc snapshots".to_owned()).spawn(move || {
            for mut snapshot in snapshots {
                process::add_to(&mut snapshot);
                if let Emission::Failed(error) = writer.write(&snapshot) {
                    // Nobody listens any more when the emitter goes.
                    let _ = report.send(error);
                }
                clock.postpone(interval);
            }
        })?;
        Ok(Self { queue: Some(queue), failures })
    }

    fn send(&self, snapshot: Box<Snapshot>) -> Emission {
        let sent = self.queue.as_ref().is_some_and(|queue| queue.try_send(snapshot).is_ok());
        if let Ok(error) = self.failures.try_recv() {
            return Emission::Failed(error);
        }
        if sent { Emission::Queued } else { Emission::RateLimited }
    }
}

impl Drop for Background {
    /// Lets the thread write what it has, but waits for no disk that does not answer.
    fn drop(&mut self) {
        self.queue = None;
        let patience = now() + PATIENCE;
        while let Ok(_unread) = self.failures.recv_timeout(patience.saturating_duration_since(now())) {}
    }
}

impl SnapshotEmitter {
    /// An emitter; it touches no disk before the first snapshot.
    #[must_use]
    pub fn new(config: SnapshotConfig) -> Self {
        let directory = Directory::new(config.directory.clone(), config.max_snapshots);
        let writer = Writer { directory, failure: None };
        let sink = if config.background { Sink::Idle(writer) } else { Sink::Here(writer) };
        Self {
            interval: config.min_interval,
            directory: config.directory,
            clock: Arc::new(Clock { born: now(), due: AtomicU64::new(0) }),
            sink: Mutex::new(sink),
        }
    }

    /// Whether a snapshot would be written now, as far as time goes. Reads the clock, and no more.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.clock.is_due()
    }

    /// Writes the snapshot if one is due.
    #[inline]
    pub fn maybe_emit(&self, snapshot: &Snapshot) -> Emission {
        if self.is_due() { self.emit(|| Cow::Borrowed(snapshot)) } else { Emission::RateLimited }
    }

    /// Takes a snapshot and writes it if one is due; so nothing but the clock is looked at when none is.
    ///
    /// # Panics
    ///
    /// As [`SmartAlloc::snapshot`], when one is due.
    #[inline]
    #[track_caller]
    pub fn maybe_emit_from(&self, alloc: &SmartAlloc) -> Emission {
        if self.is_due() { self.emit(|| Cow::Owned(alloc.snapshot())) } else { Emission::RateLimited }
    }

    #[cold]
    #[inline(never)]
    #[track_caller]
    fn emit<'s>(&self, take: impl FnOnce() -> Cow<'s, Snapshot>) -> Emission {
        let mut sink = match self.sink.try_lock() {
            Ok(sink) => sink,
            // A panic while the snapshot was taken; the sink was not touched.
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Emission::RateLimited,
        };
        // Another thread may have been faster.
        if !self.is_due() {
            return Emission::RateLimited;
        }
        self.clock.postpone(self.interval);
        let snapshot = take();
        if let Sink::Idle(_) = *sink
            && let Sink::Idle(writer) = std::mem::replace(&mut *sink, Sink::Broken)
        {
            match Background::start(writer, Arc::clone(&self.clock), self.interval) {
                Ok(background) => *sink = Sink::Thread(background),
                Err(error) => {
                    return Emission::Failed(EmitError::new("start a thread for", &self.directory, error));
                }
            }
        }
        match &mut *sink {
            Sink::Here(writer) => {
                let mut snapshot = snapshot;
                process::add_to(snapshot.to_mut());
                let emission = writer.write(&snapshot);
                // From the end of the writing, which may have taken long.
                self.clock.postpone(self.interval);
                emission
            }
            Sink::Thread(background) => background.send(Box::new(snapshot.into_owned())),
            Sink::Idle(_) | Sink::Broken => Emission::StillFailing,
        }
    }
}
