//! Settings, by a builder.

use framealloc::{AllocConfig, DeferredConfig, QueueFullPolicy, megabytes};

use crate::memory::Alloc;

#[derive(Clone, Debug)]
pub struct EngineConfig {
    pub frame_mb: usize,
    pub pool_mb: usize,
    pub workers: usize,
    pub prefault: bool,
    pub title: String,
}

#[derive(Clone, Debug, Default)]
pub struct EngineConfigBuilder {
    frame_mb: Option<usize>,
    pool_mb: Option<usize>,
    workers: Option<usize>,
    prefault: bool,
    title: Option<String>,
}

impl EngineConfigBuilder {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn frame_mb(mut self, mb: usize) -> Self {
        self.frame_mb = Some(mb);
        self
    }

    pub fn pool_mb(mut self, mb: usize) -> Self {
        self.pool_mb = Some(mb);
        self
    }

    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers);
        self
    }

    pub fn prefault(mut self, on: bool) -> Self {
        self.prefault = on;
        self
    }

    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    pub fn build(self) -> EngineConfig {
        EngineConfig {
            frame_mb: self.frame_mb.unwrap_or(4),
            pool_mb: self.pool_mb.unwrap_or(2),
            workers: self.workers.unwrap_or(2).max(1),
            prefault: self.prefault,
            title: self.title.unwrap_or_else(|| "engine".to_owned()),
        }
    }
}

impl EngineConfig {
    /// The allocator of the whole program.
    pub fn allocator(&self) -> &'static Alloc {
        let alloc = Alloc::leaked(
            AllocConfig::default()
                .with_frame_size(megabytes(self.frame_mb))
                .with_pool_size(megabytes(self.pool_mb))
                .with_prefault(self.prefault),
        );
        alloc.configure_deferred(
            DeferredConfig::default().with_max_queue_depth(1024).with_policy(QueueFullPolicy::Grow),
        );
        alloc
    }
}
