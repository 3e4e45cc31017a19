// An engine that gives budgets to some of its threads.
use framealloc::{AllocConfig, SmartAlloc, kilobytes, megabytes};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

struct Engine {
    alloc: Arc<SmartAlloc>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Clone, Copy)]
enum Budget {
    Small,
    Large,
}

fn limit(alloc: &SmartAlloc, budget: Budget) {
    match budget {
        Budget::Small => alloc.set_thread_frame_budget(kilobytes(64)),
        Budget::Large => alloc.set_thread_frame_budget(megabytes(4)),
    }
}

fn simulate(alloc: &SmartAlloc) {
    limit(alloc, Budget::Large);
    for _ in 0..3 {
        let frame = alloc.frame();
        println!("{}", frame.alloc_slice_from_fn(16, |i| i).len());
    }
}

fn mix(alloc: &SmartAlloc) {
    for _ in 0..3 {
        let frame = alloc.frame();
        println!("{}", frame.alloc_slice_from_fn(16, |i| i).len());
    }
}

fn watch() {
    println!("nothing is allocated here");
}

impl Engine {
    fn start(&mut self) {
        let alloc = self.alloc.clone();
        self.threads.push(thread::spawn(move || simulate(&alloc)));
        let alloc = self.alloc.clone();
        self.threads.push(thread::spawn(move || mix(&alloc))); //~ FA302
        self.threads.push(thread::spawn(watch));
    }

    fn start_named(&mut self, name: &str) -> std::io::Result<()> {
        let alloc = Arc::clone(&self.alloc);
        let builder = thread::Builder::new().name(name.to_owned()).stack_size(1 << 20);
        let handle = builder.spawn(move || { //~ FA302
            let kept = alloc.pool_box([0u8; 32]);
            println!("{}", kept.len());
        })?;
        self.threads.push(handle);
        Ok(())
    }

    fn start_limited(&mut self) {
        let alloc = Arc::clone(&self.alloc);
        self.threads.push(thread::spawn(move || {
            limit(&alloc, Budget::Small);
            mix(&alloc);
        }));
    }

    fn scoped(&self, jobs: &[u32]) -> usize {
        thread::scope(|scope| {
            let mut handles = Vec::new();
            for job in jobs {
                let alloc = &self.alloc;
                handles.push(scope.spawn(move || { //~ FA302
                    let _frame = alloc.frame();
                    alloc.frame_slice_from_fn(2, |i| i as u32 + job).len()
                }));
            }
            let counted = scope.spawn(|| jobs.len());
            handles.into_iter().map(|handle| handle.join().unwrap()).sum::<usize>() + counted.join().unwrap()
        })
    }

    fn scoped_limited(&self) -> usize {
        thread::scope(|scope| {
            let worker = scope.spawn(|| {
                self.alloc.set_thread_pool_budget(kilobytes(16));
                self.alloc.set_thread_frame_budget(kilobytes(16));
                self.alloc.pool_box(7usize).checked_add(1)
            });
            worker.join().unwrap().unwrap_or(0)
        })
    }
}

struct Loader {
    alloc: SmartAlloc,
    files: Vec<String>,
}

impl Loader {
    fn run(self) -> usize {
        self.files.iter().map(|file| self.load(file)).sum()
    }

    fn load(&self, file: &str) -> usize {
        let _frame = self.alloc.frame();
        self.alloc.frame_slice_copy(file.as_bytes()).len()
    }

    fn start(self) -> JoinHandle<usize> {
        thread::spawn(|| self.run()) //~ FA302
    }

    fn start_bounded(self, bytes: usize) -> JoinHandle<usize> {
        thread::spawn(move || {
            self.alloc.set_thread_frame_budget(bytes);
            self.run()
        })
    }
}

fn spawn_job<F: FnOnce(&SmartAlloc) + Send + 'static>(alloc: &SmartAlloc, job: F) -> JoinHandle<()> {
    let alloc = alloc.clone();
    thread::spawn(move || {
        alloc.set_thread_frame_budget(kilobytes(8));
        job(&alloc);
    })
}

fn nested(alloc: &SmartAlloc) {
    let alloc = alloc.clone();
    thread::spawn(move || {
        alloc.set_thread_pool_budget(kilobytes(8));
        let inner = alloc.clone();
        let child = thread::spawn(move || println!("{}", inner.pool_box(1u32))); //~ FA302
        child.join().ok();
        println!("{}", alloc.pool_box(2u32));
    });
}

fn main() {
    let alloc = Arc::new(SmartAlloc::new(AllocConfig::default()));
    let mut engine = Engine { alloc: alloc.clone(), threads: Vec::new() };
    engine.start();
    engine.start_named("stream").unwrap();
    engine.start_limited();
    println!("{} {}", engine.scoped(&[1, 2]), engine.scoped_limited());
    let files = vec!["a".to_owned()];
    let loader = Loader { alloc: (*alloc).clone(), files: files.clone() };
    println!("{:?}", loader.start().join().ok());
    println!("{:?}", Loader { alloc: (*alloc).clone(), files }.start_bounded(4096).join().ok());
    spawn_job(&alloc, |a| println!("{}", a.pool_box(3u8))).join().unwrap();
    nested(&alloc);
    let twin = Arc::clone(&alloc);
    let last = thread::spawn(move || { //~ FA302
        twin.begin_frame();
        println!("{}", twin.frame_vec::<u8>().len());
        twin.end_frame();
    });
    last.join().unwrap();
}
