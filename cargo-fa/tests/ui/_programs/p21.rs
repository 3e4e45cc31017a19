//! A crowd: agents steer in groups on workers; routes are served by a thread of their own.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use framealloc::{FrameBarrier, FrameBox, PoolBox, SmartAlloc};

#[derive(Clone, Copy, Debug, Default, framealloc::Zeroable)]
struct Agent {
    at: [f32; 2],
    goal: [f32; 2],
}

struct Route {
    steps: [[f32; 2]; 16],
    agent: usize,
}

enum Request {
    Route { agent: usize, from: [f32; 2], to: [f32; 2] },
    Forget(usize),
    Stop,
}

impl Route {
    fn straight(agent: usize, from: [f32; 2], to: [f32; 2]) -> Self {
        let steps = std::array::from_fn(|i| {
            let t = (i + 1) as f32 / 16.0;
            [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t]
        });
        Self { steps, agent }
    }
}

/// Serves routes until it is told to stop; what it has found it remembers.
fn serve(alloc: SmartAlloc, requests: Receiver<Request>, answers: Sender<(usize, [f32; 2])>) -> usize {
    let mut known: Vec<PoolBox<Route>> = Vec::new();
    'serve: loop {
        match requests.recv() {
            Ok(Request::Route { agent, from, to }) => {
                let route = alloc.pool_box(Route::straight(agent, from, to)); //~ FA301
                if answers.send((route.agent, route.steps[0])).is_err() {
                    break 'serve;
                }
                known.push(route);
            }
            Ok(Request::Forget(_)) => continue 'serve,
            Ok(Request::Stop) | Err(_) => break,
        }
    }
    known.len()
}

/// The pressure of the neighbours on each agent.
fn pressure<'a>(alloc: &'a SmartAlloc, agents: &[Agent]) -> FrameBox<'a, [f32]> {
    alloc.frame_slice_from_fn(agents.len(), |i| { //~ FA204
        let near = agents.iter().filter(|other| (other.at[0] - agents[i].at[0]).abs() < 1.0);
        near.count() as f32
    })
}

fn crowd_map(alloc: Arc<SmartAlloc>, agents: Vec<Agent>) -> JoinHandle<f32> {
    let worst = move || {
        let mut worst = 0.0f32;
        for part in agents.chunks(16) {
            worst = pressure(&alloc, part).iter().copied().fold(worst, f32::max);
        }
        worst
    };
    thread::spawn(worst)
}

struct Group {
    alloc: SmartAlloc,
    agents: Vec<Agent>,
    barrier: Arc<FrameBarrier>,
}

impl Group {
    fn steer(&mut self) {
        let alloc = self.alloc.clone();
        let _frame = alloc.frame();
        let _tag = alloc.tag("ai");
        let next = alloc.frame_slice_from_fn(self.agents.len(), |i| {
            let Agent { at, goal } = self.agents[i];
            [at[0] + (goal[0] - at[0]) * 0.1, at[1] + (goal[1] - at[1]) * 0.1]
        });
        for (agent, next) in self.agents.iter_mut().zip(next.iter()) {
            agent.at = *next;
        }
    }

    /// Leads: it never waits for the others, which wait for it.
    fn lead(mut self, ticks: u32) -> Self {
        for _ in 0..ticks {
            self.steer();
            self.barrier.signal_frame_complete(); //~ FA202
        }
        self
    }

    fn follow(mut self, ticks: u32) -> Self {
        let barrier = Arc::clone(&self.barrier);
        for tick in 0..ticks {
            self.steer();
            match tick % 8 {
                7 => {}
                _ => barrier.signal_frame_complete(),
            }
            let met = barrier.wait_all_timeout(std::time::Duration::from_millis(2)); //~ FA202
            if met.is_err() {
                return self;
            }
        }
        self
    }

    /// Where groups are: each in a frame within the frame.
    fn survey(groups: &[Self], alloc: &SmartAlloc) -> HashMap<usize, f32> {
        let mut means = HashMap::new();
        alloc.begin_frame();
        for (index, group) in groups.iter().enumerate() {
            let inner = alloc;
            inner.begin_frame(); //~ FA605
            let _tag = inner.tag("crowd"); //~ FA802
            let xs = inner.frame_slice_from_fn(group.agents.len(), |i| group.agents[i].at[0]);
            means.insert(index, xs.iter().sum::<f32>() / xs.len().max(1) as f32);
            drop(xs);
            inner.end_frame();
        }
        alloc.end_frame();
        means
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let agents = |count: usize| -> Vec<Agent> {
        (0..count).map(|i| Agent { at: [i as f32, 0.0], goal: [0.0, i as f32] }).collect()
    };
    let (requests, to_serve) = mpsc::channel();
    let (answers, first_steps) = mpsc::channel();
    let server = thread::spawn({
        let alloc = alloc.clone();
        move || serve(alloc, to_serve, answers)
    });
    for (agent, Agent { at: from, goal: to }) in agents(10).into_iter().enumerate() {
        let _ = requests.send(Request::Route { agent, from, to });
    }
    let _ = requests.send(Request::Forget(3));
    let _ = requests.send(Request::Stop);
    let worst = crowd_map(Arc::new(alloc.clone()), agents(100));
    let barrier = Arc::new(FrameBarrier::new(2));
    let group = |count| Group { alloc: alloc.clone(), agents: agents(count), barrier: barrier.clone() };
    let (leaders, followers) = (group(8), group(40));
    let (lead, follow) = (thread::spawn(move || leaders.lead(20)), thread::spawn(move || followers.follow(20)));
    let groups: Vec<Group> = [lead, follow].into_iter().filter_map(|worker| worker.join().ok()).collect();
    println!("{:?}", Group::survey(&groups, &alloc));
    println!("{:?} served, {} answers, {:?}", server.join().ok(), first_steps.iter().count(), worst.join().ok());
}
