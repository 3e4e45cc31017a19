//! Decides for all.

use std::collections::HashMap;
use std::mem::ManuallyDrop;

use framealloc::{PoolBox, SmartAlloc};

use super::{Agent, Goal, PathFinder};
use crate::memory::Alloc;
use crate::schedule::System;
use crate::world::{EntityKind, WorldRef, ids_of_kind};

pub struct Memory {
    pub seen: u32,
    pub at: u64,
}

pub struct Brain {
    world: WorldRef,
    finder: PathFinder,
    agents: Vec<Agent>,
    memories: HashMap<u32, PoolBox<Memory>>,
    score: u64,
}

impl Brain {
    pub fn new(alloc: &'static Alloc, world: WorldRef) -> Self {
        Self {
            world,
            finder: PathFinder::new(alloc, 32),
            agents: Vec::new(),
            memories: HashMap::new(),
            score: 0,
        }
    }

    fn adopt(&mut self, ids: &[u32]) {
        for &id in ids {
            if !self.agents.iter().any(|agent| agent.id == id) {
                self.agents.push(Agent::new(id));
            }
        }
    }

    /// What agents remember outlives the frame.
    fn remember(&mut self, alloc: &SmartAlloc, ids: &[u32], tick: u64) {
        for &id in ids {
            let memory = self
                .memories
                .entry(id)
                .or_insert_with(|| alloc.pool_box(Memory { seen: 0, at: tick }));
            memory.seen += 1 + u32::from(memory.at > tick);
        }
    }

    fn weigh(&mut self, alloc: &SmartAlloc) {
        for agent in &self.agents {
            let weights = alloc.frame_slice::<f32>(16); //~ FA602
            let sum: f32 = weights.iter().sum();
            self.score += sum as u64 + u64::from(agent.cost);
        }
        for turn in 0..4u64 {
            let small = alloc.frame_slice::<u64>(4);
            self.score += small.iter().sum::<u64>() + turn;
        }
    }

    /// Weighs with one table for all.
    fn weigh_once(&mut self, alloc: &SmartAlloc) {
        let mut weights = alloc.frame_slice::<f32>(16);
        for agent in &self.agents {
            weights[agent.id as usize % 16] += 1.0;
        }
        self.score += weights.iter().sum::<f32>() as u64;
    }

    /// Looks at one agent alone.
    fn inspect(&mut self, alloc: &SmartAlloc) {
        let copy = alloc.pool_box(self.score); //~ FA606
        if *copy > 1_000_000 {
            self.score = 0;
        }
        drop(copy);
    }

    /// Leaves a table behind on purpose, as it thinks, for the debugger.
    pub fn expose(&self, alloc: &SmartAlloc) -> usize {
        let costs = alloc.frame_slice_from_fn(self.agents.len(), |i| self.agents[i].cost);
        let kept = ManuallyDrop::new(costs); //~ FA607
        kept.len()
    }
}

impl System for Brain {
    system_name!("brain");

    fn run(&mut self, alloc: &SmartAlloc) {
        let _tag = alloc.tag("ai");
        let world = self.world.clone();
        let world = world.borrow();
        let monsters = ids_of_kind(alloc, &world, EntityKind::Monster);
        self.adopt(&monsters);
        self.remember(alloc, &monsters, world.tick);
        for agent in &mut self.agents {
            let goal = (agent.id % 32, (agent.id / 32) % 32);
            if agent.goal == Goal::Idle {
                agent.goal = Goal::Reach(goal.0, goal.1);
                self.finder.assign_copy(agent, goal);
            } else {
                self.finder.assign(agent, goal);
            }
        }
        self.weigh(alloc);
        self.weigh_once(alloc);
        self.inspect(alloc);
    }
}
