// Sessions that wait in the middle of a frame.
use framealloc::{AllocConfig, SmartAlloc};
use std::future::ready;
use std::sync::{Arc, OnceLock};

static ALLOC: OnceLock<SmartAlloc> = OnceLock::new();

fn global() -> &'static SmartAlloc {
    ALLOC.get_or_init(|| SmartAlloc::new(AllocConfig::default()))
}

async fn input(number: u32) -> Option<u32> {
    ready(Some(number)).await
}

#[derive(Clone)]
struct Session {
    alloc: Arc<SmartAlloc>,
}

impl Session {
    async fn turn(&self) -> u32 {
        self.alloc.begin_frame();
        let key = input(1).await.unwrap_or(0); //~ FA702
        let sum = *self.alloc.frame_box(key);
        self.alloc.end_frame();
        sum
    }

    async fn turns(&self) -> u32 {
        let mut sum = 0;
        while let Some(key) = input(sum).await {
            self.alloc.begin_frame();
            sum += *self.alloc.frame_box(key);
            self.alloc.end_frame();
            if sum > 8 {
                break;
            }
        }
        sum
    }

    async fn turns_in_one_frame(&self) -> u32 {
        let mut sum = 0;
        self.alloc.begin_frame();
        while let Some(key) = input(sum).await { //~ FA702
            sum += *self.alloc.frame_box(key);
        }
        self.alloc.end_frame();
        sum
    }

    async fn branch(&self, late: bool) {
        self.alloc.begin_frame();
        if late {
            self.alloc.end_frame();
            input(1).await;
        } else {
            input(2).await; //~ FA702
            self.alloc.end_frame();
        }
    }

    fn begin(&self) {
        self.alloc.begin_frame();
    }

    fn end(&self) {
        self.alloc.end_frame();
    }

    async fn paired(&self) -> u32 {
        self.begin();
        let key = input(1).await; //~ FA702
        self.end();
        key.unwrap_or(0)
    }

    async fn question(&self) -> Option<u32> {
        self.alloc.begin_frame();
        let key = input(1).await?; //~ FA702 FA603
        self.alloc.end_frame();
        Some(key)
    }

    async fn several(&self) -> u32 {
        self.alloc.begin_frame();
        let first = input(1);
        let second = input(2);
        let both = (first.await, second.await); //~ FA702 FA702
        self.alloc.end_frame();
        both.0.unwrap_or(0) + both.1.unwrap_or(0)
    }
}

async fn statics() {
    global().begin_frame();
    let numbers = global().frame_slice::<u32>(4).len();
    input(numbers as u32).await; //~ FA702
    global().end_frame_with_promotions().into_iter().for_each(drop);
}

fn block(alloc: &SmartAlloc) -> impl Future<Output = ()> + '_ {
    async {
        alloc.begin_frame();
        input(1).await; //~ FA702
        alloc.end_frame();
    }
}

async fn nested_block(alloc: &SmartAlloc) {
    alloc.begin_frame();
    let later = async { input(1).await };
    println!("{}", alloc.frame_box(1));
    alloc.end_frame();
    later.await;
}

async fn ended_in_helper(alloc: &SmartAlloc) {
    alloc.begin_frame();
    finish(alloc);
    input(1).await;
}

fn finish(alloc: &SmartAlloc) {
    alloc.end_frame();
}

async fn tagged(alloc: &SmartAlloc) {
    alloc.with_tag("net", |a| a.begin_frame());
    input(1).await; //~ FA702
    alloc.end_frame();
}

fn main() {
    let session = Session { alloc: Arc::new(SmartAlloc::with_defaults()) };
    drop((session.turn(), session.turns(), session.turns_in_one_frame(), session.branch(true)));
    drop((session.paired(), session.question(), session.several(), statics()));
    let alloc = &*session.alloc;
    drop((block(alloc), nested_block(alloc), ended_in_helper(alloc), tagged(alloc)));
}
