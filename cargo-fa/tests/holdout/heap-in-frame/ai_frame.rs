// An AI frame: open lists, sort keys and debug text on the heap; the chosen plan is kept.
use framealloc::SmartAlloc;
use std::collections::{BinaryHeap, HashMap, VecDeque};

struct Agent {
    at: usize,
    plan: Vec<usize>,
}

struct Ai<'m> {
    memory: &'m SmartAlloc,
    agents: Vec<Agent>,
    edges: Vec<[usize; 2]>,
}

impl Ai<'_> {
    fn think(&mut self) -> usize {
        let _frame = self.memory.frame();
        let mut steps = 0;
        for index in 0..self.agents.len() {
            let plan = self.search(self.agents[index].at);
            steps += plan.len();
            self.agents[index].plan = plan;
        }
        steps + self.crowding()
    }

    fn search(&self, from: usize) -> Vec<usize> {
        let mut open = VecDeque::new(); //~ FA608
        let mut came: HashMap<usize, usize> = HashMap::with_capacity(8); //~ FA608
        open.push_back(from);
        while let Some(node) = open.pop_front() {
            for edge in self.edges.iter().filter(|edge| edge[0] == node) {
                if came.insert(edge[1], node).is_none() {
                    open.push_back(edge[1]);
                }
            }
        }
        let mut path = Vec::new();
        path.extend(came.into_values());
        path
    }

    fn crowding(&self) -> usize {
        let mut heap = BinaryHeap::new(); //~ FA608
        for agent in &self.agents {
            heap.push(agent.at);
        }
        heap.into_iter().take(3).sum()
    }
}

fn main() {
    let memory = SmartAlloc::with_defaults();
    let agents = (0..4).map(|at| Agent { at, plan: Vec::new() }).collect();
    let mut ai = Ai { memory: &memory, agents, edges: vec![[0, 1], [1, 2], [2, 3]] };
    for _ in 0..2 {
        println!("{}", ai.think());
    }
}
