//! Tracy: a zone for each phase, a mark for each frame, and plots: of each thread's frame memory and pool, and of each tag,
//! the sum of all threads.
//!
//! Nothing while no viewer is connected: what is sent to none waits in the client's memory for one, for as long as the
//! program runs. A plot that has not moved is not sent again, so that a frame like the last one costs a mark.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use ::tracy_client::{Client, FrameName, PlotConfiguration, PlotFormat, PlotLineStyle, PlotName, Span};

use super::profilers::Frame;

/// A zone, which ends when it is dropped.
pub(super) type Zone = Span;

/// The client, while a viewer is connected to it.
pub(super) fn client() -> Option<Client> {
    let connected = Client::is_connected();
    if connected != CONNECTED.load(Ordering::Relaxed)
        && CONNECTED.swap(connected, Ordering::Relaxed) != connected
    {
        CONNECTIONS.fetch_add(u64::from(connected), Ordering::Relaxed);
    }
    if connected { Client::running() } else { None }
}

/// Whether a viewer was connected when somebody last looked.
static CONNECTED: AtomicBool = AtomicBool::new(false);

/// How many viewers have come so far. Each has to be sent what has not moved since.
static CONNECTIONS: AtomicU64 = AtomicU64::new(0);

/// A phase begins.
pub(super) fn begin(name: &'static str, location: &'static Location<'static>) -> Option<Zone> {
    // Tracy has no name for the function here; the file and the line tell enough.
    Some(client()?.span_alloc(Some(name), "", location.file(), location.line(), 0))
}

/// A plot. Tracy keeps a pointer to its name for as long as the program runs, so there is one plot of each name.
struct Plot {
    name: PlotName,
    format: PlotFormat,
    /// Held while the value is sent, so that the last one sent is the last one there was.
    state: Mutex<PlotState>,
}

#[derive(Default)]
struct PlotState {
    value: u64,
    /// The value is what this connection was last sent; zero for none.
    sent_to: u64,
}

static PLOTS: Mutex<BTreeMap<String, &'static Plot>> = Mutex::new(BTreeMap::new());

impl Plot {
    /// The plot of this name.
    fn named(name: String, format: PlotFormat) -> &'static Self {
        let mut plots = PLOTS.lock().unwrap_or_else(PoisonError::into_inner);
        plots.entry(name).or_insert_with_key(|name| {
            let name = PlotName::new_leak(name.clone());
            Box::leak(Box::new(Self { name, format, state: Mutex::default() }))
        })
    }

    fn set(&self, client: &Client, value: u64) {
        self.change(client, |_| value);
    }

    fn change(&self, client: &Client, to: impl FnOnce(u64) -> u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (value, connection) = (to(state.value), CONNECTIONS.load(Ordering::Relaxed));
        if (state.value, state.sent_to) == (value, connection) {
            return;
        }
        if state.sent_to != connection {
            let looks = PlotConfiguration::default().format(self.format).line_style(PlotLineStyle::Stepped);
            client.plot_config(self.name, looks);
        }
        client.plot(self.name, value as f64);
        *state = PlotState { value, sent_to: connection };
    }
}

/// One thread's part in the plot of a tag.
#[derive(Default)]
pub(super) struct TagPlot {
    plot: Cell<Option<&'static Plot>>,
    /// What it has added to the sum.
    part: Cell<u64>,
}

impl TagPlot {
    /// The thread has no part in it any more; the next frame that has the tag shows it.
    pub(super) fn forget_thread(&self) {
        let part = self.part.take();
        if let (Some(plot), 1..) = (self.plot.get(), part) {
            let mut state = plot.state.lock().unwrap_or_else(PoisonError::into_inner);
            *state = PlotState { value: state.value.saturating_sub(part), sent_to: 0 };
        }
    }
}

/// The plots of one thread and the name of its frames' marks.
#[derive(Default)]
pub(super) struct ThreadPlots {
    allocator: u64,
    thread: u64,
    made: Cell<Option<Made>>,
}

#[derive(Clone, Copy)]
struct Made {
    bytes: &'static Plot,
    allocations: &'static Plot,
    high_water: &'static Plot,
    parked: &'static Plot,
    pool: &'static Plot,
    mark: FrameName,
}

impl ThreadPlots {
    pub(super) fn new(allocator: u64, thread: u64) -> Self {
        Self { allocator, thread, made: Cell::new(None) }
    }

    /// The next thread may have another name.
    pub(super) fn forget_thread(&self) {
        self.made.set(None);
    }

    fn made(&self) -> Made {
        self.made.get().unwrap_or_else(|| {
            let made = self.make();
            self.made.set(Some(made));
            made
        })
    }

    fn make(&self) -> Made {
        let current = std::thread::current();
        // Threads may share a name: the number tells them apart, and is the one that snapshots give.
        let whose = format!("{} {}", current.name().unwrap_or("thread"), self.thread);
        let plot = |what: &str, format| Plot::named(self.name(&format!("{whose}: {what}")), format);
        Made {
            bytes: plot("frame bytes", PlotFormat::Memory),
            allocations: plot("frame allocations", PlotFormat::Number),
            high_water: plot("high water", PlotFormat::Memory),
            parked: plot("parked bytes", PlotFormat::Memory),
            pool: plot("pool bytes", PlotFormat::Memory),
            mark: frame_name(self.name(&format!("{whose}: frames"))),
        }
    }

    /// `what` belongs to the allocator: those after the first have their number in front.
    fn name(&self, what: &str) -> String {
        if self.allocator == 1 { what.to_owned() } else { format!("allocator {}, {what}", self.allocator) }
    }
}

/// The one copy of this name that lasts.
fn frame_name(name: String) -> FrameName {
    static NAMES: Mutex<BTreeMap<String, FrameName>> = Mutex::new(BTreeMap::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    *names.entry(name).or_insert_with_key(|name| FrameName::new_leak(name.clone()))
}

/// Sends what has moved, and the frame's mark at the end.
pub(super) struct FrameReport<'a> {
    client: Client,
    plots: &'a ThreadPlots,
}

impl<'a> FrameReport<'a> {
    pub(super) fn begin(plots: &'a ThreadPlots, frame: &Frame) -> Option<Self> {
        let client = client()?;
        let made = plots.made();
        made.bytes.set(&client, frame.bytes);
        made.allocations.set(&client, frame.allocations);
        made.high_water.set(&client, frame.high_water);
        made.parked.set(&client, frame.parked);
        made.pool.set(&client, frame.pool);
        Some(Self { client, plots })
    }

    pub(super) fn tag(&self, tag: &TagPlot, path: &impl Fn() -> Option<&'static str>, bytes: u64) {
        let plot = tag.plot.get().or_else(|| {
            let plot = Plot::named(self.plots.name(&format!("tag {}", path()?)), PlotFormat::Memory);
            tag.plot.set(Some(plot));
            Some(plot)
        });
        if let Some(plot) = plot {
            let before = tag.part.replace(bytes);
            plot.change(&self.client, |sum| (sum + bytes).saturating_sub(before));
        }
    }
}

impl Drop for FrameReport<'_> {
    fn drop(&mut self) {
        self.client.secondary_frame_mark(self.plots.made().mark);
    }
}
