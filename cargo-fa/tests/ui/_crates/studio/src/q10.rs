//! One turn of a crowd: contacts, influence, noise.

use framealloc::{FrameVec, SmartAlloc};

#[derive(Clone, Copy)]
pub struct Agent {
    at: f32,
    reach: usize,
    mood: i32,
}

struct Influence {
    weights: [f32; 16],
}

impl Influence {
    fn between(one: &Agent, other: &Agent) -> Self {
        Self { weights: [(one.at - other.at).abs(); 16] }
    }

    fn total(&self) -> f32 { self.weights.iter().sum() }
}

pub struct Crowd<'e> {
    alloc: &'e SmartAlloc,
    agents: Vec<Agent>,
}

impl<'e> Crowd<'e> {
    fn near<'v>(&self, agent: &Agent, mut into: FrameVec<'v, f32>) -> FrameVec<'v, f32> {
        into.extend(self.agents.iter().map(|other| other.at - agent.at).filter(|d| d.abs() < 2.0));
        into
    }

    // fa: allow(FA601) -- from the old renderer, which kept its lists //~ FA001
    fn influence(&self, agent: &Agent) -> f32 {
        let mut sum = 0.0;
        for other in &self.agents {
            if other.mood < 0 {
                continue;
            }
            let link = self.alloc.pool_box(Influence::between(agent, other)); //~ FA602
            sum += link.total();
        }
        sum
    }

    pub fn turn(&self) -> f32 {
        self.alloc.begin_frame();
        let mut pressure = 0.0;
        for agent in &self.agents {
            let found = self.near(agent, self.alloc.frame_vec()); //~ FA602
            pressure += found.iter().sum::<f32>();
        }
        pressure += self.agents.first().map_or(0.0, |first| self.influence(first));
        self.alloc.end_frame();
        pressure
    }

    pub fn noise(&self) -> f32 {
        let _frame = self.alloc.frame();
        let mut left = self.agents.as_slice();
        let mut sum = 0.0;
        while let [agent, rest @ ..] = left {
            left = rest;
            let Some(start) = agent.reach.checked_sub(1) else { continue };
            let mut octaves = self.alloc.heap_alloc::<[f32; 64]>(); //~ FA602
            octaves[start % 64] = agent.at;
            sum += octaves.iter().sum::<f32>();
        }
        sum
    }

    /// Each turn has its own length, and four channels are few.
    pub fn trails(&self) -> f32 {
        let _frame = self.alloc.frame();
        let mut sum = 0.0;
        for agent in &self.agents {
            let trail = self.alloc.frame_slice_from_fn(agent.reach, |i| agent.at + i as f32);
            sum += trail.iter().sum::<f32>();
        }
        for channel in 0..4 {
            let mut mixed = self.alloc.frame_vec();
            mixed.extend(self.agents.iter().map(|agent| agent.at * channel as f32));
            sum += mixed.iter().copied().fold(0.0, f32::max);
        }
        sum
    }
}
