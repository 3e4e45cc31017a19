// A tool's scopes: the first sets budgets in its closure, the second spawns from a loop and sets none.
use framealloc::{AllocConfig, SmartAlloc, frame_format, kilobytes};
use std::thread;

struct Tool {
    alloc: SmartAlloc,
    files: Vec<String>,
}

impl Tool {
    fn sizes(&self) -> usize {
        thread::scope(|scope| {
            let workers: Vec<_> = self
                .files
                .iter()
                .map(|file| {
                    scope.spawn(move || {
                        self.alloc.set_thread_frame_budget(kilobytes(16));
                        let _frame = self.alloc.frame();
                        frame_format!(self.alloc, "{file}.bin").len()
                    })
                })
                .collect();
            workers.into_iter().filter_map(|worker| worker.join().ok()).sum()
        })
    }

    fn hashes(&self) -> usize {
        let mut total = 0;
        thread::scope(|scope| {
            let mut workers = Vec::new();
            for file in &self.files {
                workers.push(scope.spawn(move || { //~ FA302
                    let frame = self.alloc.frame();
                    frame
                        .alloc_slice_copy(file.as_bytes())
                        .iter()
                        .map(|byte| usize::from(*byte))
                        .sum::<usize>()
                }));
            }
            total = workers.into_iter().filter_map(|worker| worker.join().ok()).sum();
        });
        total
    }

    fn lengths(&self) -> usize {
        thread::scope(|scope| scope.spawn(|| self.files.iter().map(String::len).sum()).join().unwrap_or(0))
    }
}

fn main() {
    let tool = Tool { alloc: SmartAlloc::new(AllocConfig::default()), files: vec!["a".into(), "bc".into()] };
    println!("{} {} {}", tool.sizes(), tool.hashes(), tool.lengths());
}
