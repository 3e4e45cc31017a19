//! An asynchronous client that never holds frame memory while it waits.
use framealloc::{PoolBox, SmartAlloc, frame_format};
use std::future::{Future, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

struct Client {
    alloc: SmartAlloc,
    cached: Option<PoolBox<Reply>>,
}

#[derive(Debug)]
struct Reply {
    status: u16,
    body: String,
}

async fn request(path: String) -> Reply {
    ready(()).await;
    Reply { status: 200, body: path }
}

impl Client {
    fn path(&self, id: u32) -> String {
        let _frame = self.alloc.frame();
        let path = frame_format!(self.alloc, "/items/{id}");
        path.as_str().to_owned()
    }

    async fn item(&mut self, id: u32) -> Option<usize> {
        let path = self.path(id);
        let reply = request(path).await;
        self.alloc.begin_frame();
        let words = {
            let copy = self.alloc.frame_slice_copy(reply.body.as_bytes());
            copy.split(|byte| *byte == b'/').count()
        };
        self.alloc.end_frame();
        if reply.status != 200 {
            return None;
        }
        self.cached = Some(self.alloc.pool_box(reply));
        Some(words)
    }

    async fn items(&mut self, ids: &[u32]) -> usize {
        let mut found = 0;
        for id in ids {
            if let Some(words) = self.item(*id).await {
                let _frame = self.alloc.frame();
                let row = frame_format!(self.alloc, "{id}: {words}");
                println!("{row}");
                found += 1;
            }
        }
        found
    }
}

#[derive(Default)]
struct Tasks<'t>(Vec<Pin<Box<dyn Future<Output = ()> + 't>>>);

impl<'t> Tasks<'t> {
    fn spawn(&mut self, task: impl Future<Output = ()> + 't) {
        self.0.push(Box::pin(task));
    }
}

fn main() {
    let mut context = Context::from_waker(Waker::noop());
    let alloc = SmartAlloc::with_defaults();
    let mut client = Client { alloc: alloc.clone(), cached: None };
    let found = match pin!(client.items(&[1, 2])).poll(&mut context) {
        Poll::Ready(found) => found,
        Poll::Pending => 0,
    };
    println!("{found} {:?}", client.cached);
    let mut tasks = Tasks::default();
    let parcel = alloc.frame_box_for_transfer([1u8; 32]);
    let numbers = {
        let _frame = alloc.frame();
        alloc.frame_slice_from_fn(4, |index| index).to_vec()
    };
    tasks.spawn(async move {
        request(String::from("/log")).await;
        println!("{} {}", parcel.receive().len(), numbers.len());
    });
    for mut task in tasks.0 {
        let _ = task.as_mut().poll(&mut context);
    }
}
