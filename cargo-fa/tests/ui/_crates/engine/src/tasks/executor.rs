//! Polls its tasks in turn, on the thread that owns it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

type Task = Pin<Box<dyn Future<Output = ()>>>;

#[derive(Default)]
pub struct Executor {
    tasks: RefCell<VecDeque<Task>>,
}

struct Quiet;

impl Wake for Quiet {
    fn wake(self: Arc<Self>) {}
}

/// Ready when it is polled again.
#[derive(Default)]
pub struct Tick {
    passed: bool,
}

pub fn next_tick() -> Tick {
    Tick::default()
}

impl Future for Tick {
    type Output = u32;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u32> {
        if self.passed {
            return Poll::Ready(1);
        }
        self.passed = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Executor {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.tasks.borrow_mut().push_back(Box::pin(task));
    }

    /// Polls each task once; tells how many are left.
    pub fn turn(&self) -> usize {
        let waker = Waker::from(Arc::new(Quiet));
        let mut context = Context::from_waker(&waker);
        let count = self.tasks.borrow().len();
        for _ in 0..count {
            let Some(mut task) = self.tasks.borrow_mut().pop_front() else { break };
            if task.as_mut().poll(&mut context).is_pending() {
                self.tasks.borrow_mut().push_back(task);
            }
        }
        self.tasks.borrow().len()
    }

    /// Runs one future to its end.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        let waker = Waker::from(Arc::new(Quiet));
        let mut context = Context::from_waker(&waker);
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
            self.turn();
        }
    }
}
