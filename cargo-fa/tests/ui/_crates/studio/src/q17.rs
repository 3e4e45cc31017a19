//! Tasks of the main thread, run between frames.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use framealloc::{FrameString, FrameVec, SmartAlloc, frame_format};

type Task<'t> = Pin<Box<dyn Future<Output = ()> + 't>>;

#[derive(Default)]
pub struct Tasks<'t> {
    queue: RefCell<Vec<Task<'t>>>,
}

impl<'t> Tasks<'t> {
    pub fn spawn(&self, task: impl Future<Output = ()> + 't) {
        self.queue.borrow_mut().push(Box::pin(task));
    }
}

pub struct Level<'t> {
    alloc: &'t SmartAlloc,
    tasks: &'t Tasks<'t>,
    vertices: Rc<Cell<usize>>,
}

impl<'t> Level<'t> {
    fn mesh(&self, heights: &[f32]) -> FrameVec<'t, [f32; 3]> {
        let mut mesh = self.alloc.frame_vec_with_capacity(heights.len());
        mesh.extend(heights.iter().enumerate().map(|(i, height)| [i as f32, *height, 0.0]));
        mesh
    }

    pub fn upload(&self, heights: &[f32]) {
        let mesh = self.mesh(heights);
        let vertices = Rc::clone(&self.vertices);
        self.tasks.spawn(async move { //~ FA703
            vertices.set(vertices.get() + mesh.len());
        });
    }

    pub fn upload_first(&self, parts: &[&[f32]]) {
        let Some(mesh) = parts.first().map(|heights| self.mesh(heights)) else { return };
        let vertices = Rc::clone(&self.vertices);
        let task = async move {
            vertices.set(mesh.len());
        };
        self.tasks.spawn(task); //~ FA703
    }

    pub fn announce(&self, name: &str) {
        let text = frame_format!(self.alloc, "entering {name}");
        self.tasks.spawn(show(text, Rc::clone(&self.vertices))); //~ FA703
    }

    /// Only a number goes along.
    pub fn count(&self, heights: &[f32]) {
        let length = self.mesh(heights).len();
        let vertices = Rc::clone(&self.vertices);
        self.tasks.spawn(async move { vertices.set(length) });
    }
}

async fn show(text: FrameString<'_>, shown: Rc<Cell<usize>>) {
    shown.set(shown.get() + text.len());
}
