//! A small executor for asset tasks, and tasks that take frame values with them.
use framealloc::{FrameBox, FrameVec, PoolBox, SmartAlloc, TransferHandle};
use std::cell::RefCell;
use std::future::{Future, ready};
use std::pin::Pin;
use std::task::{Context, Waker};

type Task<'t> = Pin<Box<dyn Future<Output = ()> + 't>>;

#[derive(Default)]
struct Executor<'t> {
    tasks: RefCell<Vec<Task<'t>>>,
}

impl<'t> Executor<'t> {
    fn spawn(&self, task: impl Future<Output = ()> + 't) {
        self.tasks.borrow_mut().push(Box::pin(task));
    }

    fn poll(&self) {
        let mut context = Context::from_waker(Waker::noop());
        self.tasks.borrow_mut().retain_mut(|task| task.as_mut().poll(&mut context).is_pending());
    }
}

struct Atlas<'a> {
    pixels: FrameVec<'a, u8>,
    width: usize,
}

async fn upload(pixels: FrameBox<'_, [u8]>) {
    ready(pixels.len()).await; //~ FA701
}

async fn upload_owned(pixels: Vec<u8>) {
    println!("{} bytes", ready(pixels.len()).await);
}

fn textures<'t>(executor: &Executor<'t>, alloc: &'t SmartAlloc, image: &[u8]) {
    let pixels = alloc.frame_slice_copy(image);
    executor.spawn(async move { //~ FA703
        println!("{}", pixels.len());
    });

    let pixels = alloc.frame_slice_copy(image);
    executor.spawn(upload(pixels)); //~ FA703

    let pixels = alloc.frame_slice_copy(image);
    executor.spawn(upload_owned(pixels.to_vec()));

    let count = pixels.iter().filter(|pixel| **pixel > 0).count();
    executor.spawn(async move {
        println!("{count} are not black");
    });
}

fn atlas<'t>(executor: &Executor<'t>, alloc: &'t SmartAlloc, images: &[&[u8]]) {
    let mut atlas = Atlas { pixels: alloc.frame_vec(), width: 0 };
    for image in images {
        atlas.pixels.extend_from_slice(image);
        atlas.width = atlas.width.max(image.len());
    }
    let task = async move {
        println!("{} of {}", atlas.pixels.len(), atlas.width);
    };
    executor.spawn(task); //~ FA703
}

fn parcels<'t>(executor: &Executor<'t>, alloc: &'t SmartAlloc, image: &[u8]) {
    let parcel: TransferHandle<usize> = alloc.frame_box_for_transfer(image.len());
    let kept: PoolBox<usize> = alloc.pool_box(image.len());
    executor.spawn(async move {
        println!("{} {kept}", parcel.into_inner());
    });
    executor.spawn(async move {
        let row = alloc.frame_slice::<u8>(64);
        println!("a row of its own: {}", row.len());
    });
}

fn thumbnails<'t>(executor: &Executor<'t>, alloc: &'t SmartAlloc, images: &[&[u8]]) {
    for image in images {
        let thumbnail = alloc.frame_slice_from_fn(image.len() / 4, |index| image[index * 4]);
        executor.spawn(async move { println!("{}", thumbnail.len()) }); //~ FA703
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let executor = Executor::default();
    alloc.begin_frame();
    textures(&executor, &alloc, &[1, 2, 3]);
    atlas(&executor, &alloc, &[&[1], &[2, 3]]);
    parcels(&executor, &alloc, &[4]);
    thumbnails(&executor, &alloc, &[&[1; 16]]);
    alloc.end_frame();
    executor.poll();
}
