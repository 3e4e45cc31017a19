//! Plans of agents as tasks of a local pool behind a free function.
use framealloc::{AllocConfig, FrameBox, FrameString, SmartAlloc, frame_format};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Waker};

thread_local! {
    static TASKS: RefCell<Vec<Pin<Box<dyn Future<Output = ()>>>>> = const { RefCell::new(Vec::new()) };
}

fn spawn_local<F>(future: F)
where
    F: Future<Output = ()> + 'static,
{
    TASKS.with_borrow_mut(|tasks| tasks.push(Box::pin(future)));
}

fn run() {
    let mut context = Context::from_waker(Waker::noop());
    let tasks = TASKS.with_borrow_mut(std::mem::take);
    for mut task in tasks {
        let _ = task.as_mut().poll(&mut context);
    }
}

#[derive(Clone, Copy)]
struct Goal {
    at: [f32; 2],
    weight: f32,
}

struct Agent {
    alloc: &'static SmartAlloc,
    name: &'static str,
    goals: Vec<Goal>,
    heard: Rc<RefCell<Vec<String>>>,
}

async fn weigh(goals: FrameBox<'static, [Goal]>, sum: f32) {
    println!("{}", goals.iter().map(|goal| goal.weight).sum::<f32>() / sum);
}

impl Agent {
    fn label(&self) -> FrameString<'static> {
        frame_format!(self.alloc, "agent {}", self.name)
    }

    fn plan(&self) {
        let best = self.alloc.frame_box(self.goals[0]);
        spawn_local(async move { //~ FA703
            println!("{:?}", best.at);
        });
        let best = *self.alloc.frame_box(self.goals[0]);
        spawn_local(async move {
            println!("{:?}", best.at);
        });
    }

    fn speak(&self) {
        let label = self.label();
        let heard = self.heard.clone();
        spawn_local(async move { heard.borrow_mut().push(label.as_str().to_owned()) }); //~ FA703
        let text = self.label().as_str().to_owned();
        let heard = Rc::clone(&self.heard);
        spawn_local(async move { heard.borrow_mut().push(text) });
    }

    fn compare(&self, sum: f32) {
        let goals = self.alloc.frame_slice_copy(&self.goals);
        let task = weigh(goals, sum);
        spawn_local(task); //~ FA703
    }

    fn point(&self) {
        let weights = self.alloc.frame_slice_from_fn(self.goals.len(), |index| self.goals[index].weight);
        let first: *const f32 = weights.as_ptr();
        spawn_local(async move { println!("{}", unsafe { *first }) }); //~ FA703
    }

    fn think(&self) {
        let (alloc, goals) = (self.alloc, self.goals.clone());
        spawn_local(async move {
            let frame = alloc.frame();
            let sorted = frame.alloc_slice_copy(&goals);
            sorted.sort_by(|a, b| a.weight.total_cmp(&b.weight));
            println!("{:?}", sorted.first().map(|goal| goal.at));
        });
    }
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let goals = vec![Goal { at: [1.0, 2.0], weight: 0.5 }];
    let agent = Agent { alloc, name: "bo", goals, heard: Rc::default() };
    alloc.begin_frame();
    agent.plan();
    agent.speak();
    agent.compare(2.0);
    agent.point();
    alloc.end_frame();
    agent.think();
    run();
    println!("{}", agent.heard.borrow().len());
}
