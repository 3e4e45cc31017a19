//! An arena of the program's own, whose methods have the names that the library's have.

use std::cell::{Cell, RefCell};
use std::future::Future;

use framealloc::SmartAlloc as Backing;

/// What weather is simulated in; nothing of it is frame memory of the library.
pub struct Arena {
    frames: Cell<u32>,
    spare: RefCell<Vec<Vec<f32>>>,
}

pub struct Parcel(Box<[f32]>);

impl Arena {
    pub fn begin_frame(&self) {
        self.frames.set(self.frames.get() + 1);
    }
    pub fn end_frame(&self) {
        self.spare.borrow_mut().clear();
    }
    pub fn end_frame_with_promotions(&self) -> Vec<Parcel> {
        self.spare.borrow_mut().drain(..).map(|values| Parcel(values.into_boxed_slice())).collect()
    }
    pub fn frame_vec<T>(&self) -> Vec<T> {
        Vec::new()
    }
    pub fn frame_box<T>(&self, value: T) -> Box<T> {
        Box::new(value)
    }
    pub fn frame_box_for_transfer(&self, values: &[f32]) -> Parcel {
        Parcel(values.into())
    }
    pub fn with_tag<R>(&self, _name: &str, work: impl FnOnce(&Self) -> R) -> R {
        work(self)
    }
}

pub struct Weather {
    arena: Arena,
    backing: Backing,
    clouds: Vec<f32>,
    kept: Option<Box<f32>>,
}

impl Weather {
    pub fn step(&mut self, dt: f32) -> f32 {
        self.arena.begin_frame();
        let mut wind = self.arena.frame_vec::<f32>();
        wind.extend(self.clouds.iter().map(|cloud| cloud * dt));
        self.kept = Some(self.arena.frame_box(wind.len() as f32));
        self.arena.begin_frame();
        self.arena.end_frame();
        let total = wind.iter().sum();
        std::mem::forget(wind);
        total
    }

    pub fn announce(&self) {
        let _ = self.arena.frame_box_for_transfer(&self.clouds);
        self.arena.end_frame_with_promotions();
    }

    pub async fn forecast<F: Future<Output = f32>>(&self, station: F) -> f32 {
        let mut samples = self.arena.frame_vec::<f32>();
        samples.push(station.await);
        samples.iter().sum()
    }

    pub fn rain(&self, drops: &std::sync::mpsc::Receiver<f32>) -> usize {
        let mut all = self.arena.with_tag("weather", |arena| arena.frame_vec());
        while let Ok(drop) = drops.recv() {
            all.push(self.arena.frame_box(drop));
        }
        all.len()
    }

    pub fn wet_cells(&self) -> usize {
        self.backing.begin_frame();
        let cells = self.backing.frame_slice_from_fn(self.clouds.len(), |i| self.clouds[i] > 0.5);
        let wet = cells.iter().filter(|wet| **wet).count();
        self.backing.end_frame();
        wet
    }
}
