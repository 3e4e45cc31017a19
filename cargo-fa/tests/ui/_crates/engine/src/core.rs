//! The engine: it owns the loop.

use crate::config::EngineConfig;
use crate::memory::{Alloc, StaticList};
use crate::schedule::{Scheduler, Stage};
use crate::world::{EntityKind, World, WorldRef, ids_of_kind};

pub struct Engine {
    pub alloc: &'static Alloc,
    pub scheduler: Scheduler,
    pub world: WorldRef,
    pub frame: u64,
    last_monsters: Vec<u32>,
    title: String,
}

#[derive(Debug)]
pub enum TickError {
    Empty,
    Stopped,
}

impl Engine {
    pub fn new(config: &EngineConfig) -> Self {
        Self {
            alloc: config.allocator(),
            scheduler: Scheduler::new(),
            world: World::shared(),
            frame: 0,
            last_monsters: Vec::new(),
            title: config.title.clone(),
        }
    }

    pub fn title(&self) -> &str {
        &self.title
    }

    /// One frame.
    pub fn tick(&mut self) {
        let alloc = self.alloc;
        alloc.begin_frame();
        self.scheduler.run_all(alloc);
        let monsters = ids_of_kind(alloc, &self.world.borrow(), EntityKind::Monster);
        self.last_monsters.clear();
        self.last_monsters.extend_from_slice(&monsters);
        drop(monsters);
        alloc.end_frame();
        self.frame += 1;
    }

    /// As `tick`, and tells what was wrong.
    pub fn try_tick(&mut self) -> Result<u64, TickError> {
        if self.scheduler.is_empty() {
            return Err(TickError::Empty);
        }
        let alloc = self.alloc;
        alloc.begin_frame();
        self.scheduler.run_all(alloc);
        self.check()?; //~ FA603
        alloc.end_frame();
        self.frame += 1;
        Ok(self.frame)
    }

    /// Frames until one fails; each ends its frame before it looks at the result.
    pub fn run_until_stopped(&mut self, most: u64) -> Result<(), TickError> {
        for _ in 0..most {
            self.alloc.begin_frame();
            self.scheduler.run_all(self.alloc);
            let checked = self.check();
            self.alloc.end_frame();
            checked?;
        }
        Ok(())
    }

    /// The paused editor: only presents.
    pub fn present_only(&mut self, turns: u32) -> usize {
        let mut shown = 0;
        for turn in 0..turns {
            self.start_frame();
            if turn % 2 == 0 {
                shown += self.scheduler.run_stage(Stage::Present, self.alloc);
            }
            self.finish_frame();
        }
        shown
    }

    /// Skips frames in which nothing is alive.
    pub fn run_sparse(&mut self, turns: u32) {
        for _ in 0..turns {
            self.alloc.begin_frame();
            let ids = ids_of_kind(self.alloc, &self.world.borrow(), EntityKind::Player);
            if ids.is_empty() {
                continue; //~ FA603
            }
            self.scheduler.run_all(self.alloc);
            drop(ids);
            self.alloc.end_frame();
        }
    }

    fn start_frame(&self) {
        self.alloc.begin_frame();
    }

    fn finish_frame(&mut self) {
        self.alloc.end_frame();
        self.frame += 1;
    }

    /// How many monsters were left when the frame was over.
    pub fn count_monsters(&mut self) -> usize {
        let alloc = self.alloc;
        alloc.begin_frame();
        let ids: StaticList<u32> = ids_of_kind(alloc, &self.world.borrow(), EntityKind::Monster);
        self.finish_frame();
        ids.len() //~ FA601
    }

    /// The same, in the right order.
    pub fn count_props(&mut self) -> usize {
        let alloc = self.alloc;
        alloc.begin_frame();
        let ids: StaticList<u32> = ids_of_kind(alloc, &self.world.borrow(), EntityKind::Prop);
        let count = ids.len();
        self.finish_frame();
        count
    }

    fn check(&self) -> Result<(), TickError> {
        if self.world.borrow().tick == u64::MAX { Err(TickError::Stopped) } else { Ok(()) }
    }
}
