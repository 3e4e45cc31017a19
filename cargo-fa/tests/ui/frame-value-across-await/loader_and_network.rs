// Loaders and connections that hold frame values or guards while they wait.
use framealloc::{FrameVec, SmartAlloc, frame_format};
use std::future::{Future, ready};
use std::sync::Arc;

struct Connection {
    alloc: Arc<SmartAlloc>,
    sent: usize,
}

async fn write(bytes: &[u8]) -> Result<usize, String> {
    ready(Ok(bytes.len())).await
}

async fn sleep() {}

impl Connection {
    async fn flush(&mut self, message: &str) -> Result<(), String> {
        let packet = self.alloc.frame_slice_copy(message.as_bytes());
        self.sent += write(&packet).await?; //~ FA701
        Ok(())
    }

    async fn flush_copied(&mut self, message: &str) -> Result<(), String> {
        let packet = self.alloc.frame_slice_copy(message.as_bytes()).to_vec();
        self.sent += write(&packet).await?;
        Ok(())
    }

    async fn twice(&mut self, message: &str) -> Result<usize, String> {
        let text = frame_format!(self.alloc, "> {message}");
        let first = write(text.as_bytes()).await?; //~ FA701
        sleep().await; //~ FA701
        Ok(first + text.len())
    }

    async fn guard(&self) -> usize {
        let frame = self.alloc.frame();
        let size = frame.alloc_slice_from_fn(8, |i| i).len();
        sleep().await; //~ FA701
        drop(frame);
        size
    }

    async fn guard_dropped(&self) -> usize {
        let frame = self.alloc.frame();
        let size = frame.alloc_slice_from_fn(8, |i| i).len();
        drop(frame);
        sleep().await;
        size
    }

    async fn each(&self, parts: &[&str]) -> usize {
        let mut total = 0;
        let mut seen = self.alloc.frame_set::<usize>();
        for part in parts {
            total += write(part.as_bytes()).await.unwrap_or(0); //~ FA701
            seen.insert(total);
        }
        seen.len()
    }

    async fn each_alone(&self, parts: &[&str]) -> usize {
        let mut total = 0;
        for part in parts {
            let len = {
                let copy = self.alloc.frame_slice_copy(part.as_bytes());
                copy.len()
            };
            total += len + write(part.as_bytes()).await.unwrap_or(0);
        }
        total
    }

    async fn scope(&self) -> u32 {
        let scope = self.alloc.scope();
        let number = scope.alloc(3u32);
        sleep().await; //~ FA701
        *number
    }

    async fn branch(&self, slow: bool) -> usize {
        let names = self.alloc.frame_vec::<u32>();
        if slow {
            sleep().await; //~ FA701
        }
        names.len()
    }

    async fn moved(&self, slow: bool) -> usize {
        let names = self.alloc.frame_vec::<u32>();
        let len = count(names);
        if slow {
            sleep().await;
        }
        len
    }

    async fn temporary(&self) -> usize {
        write(&self.alloc.frame_slice::<u8>(4)).await.unwrap_or(0) //~ FA701
    }
}

fn count(names: FrameVec<'_, u32>) -> usize {
    names.len()
}

fn load(alloc: &SmartAlloc) -> impl Future<Output = usize> + '_ {
    async move {
        let list = alloc.frame_slice::<u32>(16);
        sleep().await; //~ FA701
        list.len()
    }
}

fn closure(alloc: &SmartAlloc) -> impl AsyncFn() -> usize {
    async move || {
        let table = alloc.frame_map::<u32, u32>();
        sleep().await; //~ FA701
        table.len()
    }
}

async fn awaited_value(alloc: &SmartAlloc) -> usize {
    let size = made(alloc).await;
    size.len()
}

async fn made(alloc: &SmartAlloc) -> FrameVec<'_, u8> {
    alloc.frame_vec()
}

async fn held_unused(alloc: &SmartAlloc) {
    let _shared = alloc.shared_frame();
    sleep().await; //~ FA701
}

async fn pooled(alloc: &SmartAlloc) -> u32 {
    let number = alloc.pool_box(1u32);
    sleep().await;
    *number
}

fn main() {
    let mut connection = Connection { alloc: Arc::new(SmartAlloc::with_defaults()), sent: 0 };
    drop(connection.flush("a"));
    drop(connection.flush_copied("a"));
    drop(connection.twice("a"));
    drop(connection.guard());
    drop(connection.guard_dropped());
    drop((connection.each(&["a"]), connection.each_alone(&["a"]), connection.scope()));
    drop((connection.branch(true), connection.moved(true), connection.temporary()));
    let alloc = &*connection.alloc;
    drop((load(alloc), awaited_value(alloc), held_unused(alloc), pooled(alloc)));
    drop(closure(alloc));
}
