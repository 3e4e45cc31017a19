//! The AI module, mapped to the tag `ai`: everything is under it, also where that is hard to see.

use framealloc::{FrameMap, SmartAlloc};

#[derive(Clone, Copy, PartialEq)]
pub enum Task {
    Path,
    Steer,
    Think,
}

#[derive(Clone, Copy)]
pub struct Agent {
    cell: [i32; 2],
    goal: [i32; 2],
    task: Task,
}

pub struct Minds {
    alloc: SmartAlloc,
    agents: Vec<Agent>,
}

/// The tag of a task.
fn tag_of(task: Task) -> &'static str {
    match task {
        Task::Path => "ai/path",
        Task::Steer => "ai/steer",
        Task::Think => "ai",
    }
}

fn distance(from: [i32; 2], to: [i32; 2]) -> i32 {
    (from[0] - to[0]).abs() + (from[1] - to[1]).abs()
}

/// Called under a tag only.
fn crowds(alloc: &SmartAlloc, agents: &[Agent]) -> u32 {
    let mut cells: FrameMap<'_, [i32; 2], u32> = alloc.frame_map();
    for agent in agents {
        *cells.entry(agent.cell).or_insert(0) += 1;
    }
    cells.values().copied().max().unwrap_or(0)
}

impl Minds {
    fn run_task(&self, task: Task) -> i32 {
        self.alloc.with_tag(tag_of(task), |a| {
            let mut costs = a.frame_vec_with_capacity::<i32>(self.agents.len());
            let busy = self.agents.iter().filter(|agent| agent.task == task);
            costs.extend(busy.map(|agent| distance(agent.cell, agent.goal)));
            costs.iter().sum()
        })
    }

    fn think(&self) -> u32 {
        self.alloc.with_tag("ai", |a| crowds(a, &self.agents))
    }

    fn steer(&self) -> usize {
        let _ai = self.alloc.tag("ai");
        self.alloc.with_tag("steer", |a| {
            let headings = a.frame_slice_from_fn(self.agents.len(), |i| {
                let Agent { cell, goal, .. } = self.agents[i];
                [(goal[0] - cell[0]).signum(), (goal[1] - cell[1]).signum()]
            });
            headings.iter().filter(|heading| **heading != [0, 0]).count()
        })
    }

    fn farthest(&self) -> i32 {
        let _tag = self.alloc.tag("ai/path");
        let _phase = self.alloc.phase("planning");
        let ways = self.alloc.frame_slice_from_fn(self.agents.len(), |i| {
            distance(self.agents[i].cell, self.agents[i].goal)
        });
        ways.iter().copied().max().unwrap_or(0)
    }

    pub fn update(&self) -> i32 {
        self.alloc.begin_frame();
        let costs = [Task::Path, Task::Steer, Task::Think].map(|task| self.run_task(task));
        let crowd = self.think() as i32;
        let moving = self.steer() as i32;
        let farthest = self.farthest();
        self.alloc.end_frame();
        costs.iter().sum::<i32>() + crowd + moving + farthest
    }
}
