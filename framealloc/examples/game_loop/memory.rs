//! Where per-frame data lives: behind one trait, so that the battle is the same code on either memory.

use std::fmt;
use std::ops::Deref;
use std::path::Path;

use allocator_api2::alloc::{Allocator, Global};
use framealloc::{
    AllocConfig, Emission, FrameAllocator, FrameString, SmartAlloc, SnapshotConfig, SnapshotEmitter,
    frame_format, megabytes,
};

/// Memory for data that is gone when the frame is.
///
/// One value serves all threads; what a thread allocates in its frame stays with that thread.
pub(crate) trait FrameMemory: Sync {
    /// What vectors and maps are given to allocate from.
    type Alloc<'f>: Allocator + Clone
    where
        Self: 'f;
    /// A string in the frame.
    type Text<'f>: Deref<Target = str>
    where
        Self: 'f;

    /// Runs one frame of the calling thread.
    fn frame<R>(&self, body: impl FnOnce() -> R) -> R;

    /// Attributes what `body` allocates to a subsystem; tags nest.
    fn tag<R>(&self, name: &'static str, body: impl FnOnce() -> R) -> R;

    /// The allocator of the calling thread's frame.
    fn allocator(&self) -> Self::Alloc<'_>;

    /// Formats a string into the frame: `memory.text(format_args!("{x}"))`.
    fn text(&self, arguments: fmt::Arguments<'_>) -> Self::Text<'_>;

    /// Tells tools how things stand between two frames, if it is time for that.
    fn tell_tools(&self) {}

    /// What the memory knows about its last frame; nothing if it keeps no books.
    fn usage(&self, tags: &[&'static str]) -> Option<MemoryUsage>;
}

/// What the memory knows about the last finished frame and about itself.
#[derive(Debug)]
pub(crate) struct MemoryUsage {
    /// By tag, in the order asked for.
    pub(crate) tags: Vec<TagUsage>,
    /// The most that a frame has held at once, summed over the threads.
    pub(crate) high_water_bytes: u64,
    /// What is held from the system, all threads together.
    pub(crate) reserved_bytes: u64,
    /// What is kept alive by handles that outlived their frame; a battle leaves none.
    pub(crate) parked_bytes: u64,
}

/// One tag's share of the last finished frame.
#[derive(Debug)]
pub(crate) struct TagUsage {
    pub(crate) path: &'static str,
    /// Bytes allocated, those of the tags below it included, and those that the frame gave back and used again.
    pub(crate) bytes: u64,
    /// Bytes without those of the tags below it.
    pub(crate) own_bytes: u64,
    pub(crate) allocations: u64,
    /// The most bytes of one thread in one frame so far.
    pub(crate) peak_bytes: u64,
}

/// The frame arena of framealloc.
#[derive(Debug)]
pub(crate) struct FrameBackend {
    alloc: SmartAlloc,
    emitter: Option<SnapshotEmitter>,
}

impl FrameBackend {
    /// An allocator as a game would set it up, which writes snapshots to this directory.
    pub(crate) fn new(snapshots: Option<&Path>) -> Self {
        // A thread's first chunk, touched before the first frame; who needs more gets more.
        let config = AllocConfig::default().with_frame_size(megabytes(4)).with_prefault(true);
        let emitter = snapshots.map(|directory| {
            // A frame waits for no disk.
            let config = SnapshotConfig::default().with_directory(directory).with_background(true);
            SnapshotEmitter::new(config)
        });
        Self { alloc: SmartAlloc::new(config), emitter }
    }
}

impl FrameMemory for FrameBackend {
    type Alloc<'f> = FrameAllocator<'f>;
    type Text<'f> = FrameString<'f>;

    fn frame<R>(&self, body: impl FnOnce() -> R) -> R {
        let _frame = self.alloc.frame();
        body()
    }

    fn tag<R>(&self, name: &'static str, body: impl FnOnce() -> R) -> R {
        self.alloc.with_tag(name, |_| body())
    }

    fn allocator(&self) -> FrameAllocator<'_> {
        self.alloc.frame_allocator()
    }

    fn text(&self, arguments: fmt::Arguments<'_>) -> FrameString<'_> {
        frame_format!(self.alloc, "{arguments}")
    }

    fn tell_tools(&self) {
        let emission = self.emitter.as_ref().map(|emitter| emitter.maybe_emit_from(&self.alloc));
        if let Some(Emission::Failed(error)) = emission {
            eprintln!("warning: {error}");
        }
    }

    fn usage(&self, tags: &[&'static str]) -> Option<MemoryUsage> {
        let stats = self.alloc.stats();
        Some(MemoryUsage {
            tags: tags.iter().filter_map(|path| self.tag_usage(path)).collect(),
            high_water_bytes: stats.high_water_bytes,
            reserved_bytes: stats.reserved_bytes,
            parked_bytes: stats.parked_bytes,
        })
    }
}

impl FrameBackend {
    /// One tag's share; nothing if the tag was never open.
    fn tag_usage(&self, path: &'static str) -> Option<TagUsage> {
        let stats = self.alloc.tag_stats(path)?;
        Some(TagUsage {
            path,
            bytes: stats.bytes_allocated,
            own_bytes: stats.own_bytes,
            allocations: stats.allocations,
            peak_bytes: stats.peak_frame_bytes,
        })
    }
}

/// The program's global allocator: a frame is nothing to it, and a tag no more.
#[derive(Debug)]
pub(crate) struct HeapBackend;

impl FrameMemory for HeapBackend {
    type Alloc<'f> = Global;
    type Text<'f> = String;

    fn frame<R>(&self, body: impl FnOnce() -> R) -> R {
        body()
    }

    fn tag<R>(&self, _name: &'static str, body: impl FnOnce() -> R) -> R {
        body()
    }

    fn allocator(&self) -> Global {
        Global
    }

    fn text(&self, arguments: fmt::Arguments<'_>) -> String {
        fmt::format(arguments)
    }

    fn usage(&self, _tags: &[&'static str]) -> Option<MemoryUsage> {
        None
    }
}
