//! Steering of a crowd.
use framealloc::{FrameVec, SmartAlloc};
use std::sync::mpsc::Sender;

#[derive(Clone, Copy)]
struct Agent {
    at: [f32; 2],
    to: [f32; 2],
}

fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

fn near(agents: &[Agent], of: usize) -> usize {
    let mut near = Vec::new(); //~ FA608
    for (index, agent) in agents.iter().enumerate() {
        if index != of && distance(agent.at, agents[of].at) < 2.0 {
            near.push(index);
        }
    }
    near.len()
}

/// Returned: whoever calls it has it.
fn goals(agents: &[Agent]) -> Vec<[f32; 2]> {
    agents.iter().map(|agent| agent.to).collect()
}

fn weights(alloc: &SmartAlloc, agents: &[Agent]) -> f32 {
    let mut weights: FrameVec<'_, f32> = alloc.frame_vec_with_capacity(agents.len());
    weights.extend(agents.iter().map(|agent| distance(agent.at, agent.to)));
    weights.iter().sum()
}

fn picture(agents: &[Agent]) -> usize {
    let mut picture = String::new(); //~ FA608
    for agent in agents {
        picture.push(if agent.at[0] < agent.to[0] { '>' } else { '<' });
    }
    picture.trim_start_matches('<').len()
}

fn report(out: &Sender<Vec<f32>>, agents: &[Agent]) {
    let lengths = agents.iter().map(|agent| distance(agent.at, agent.to)).collect();
    let _ = out.send(lengths);
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let (out, lengths) = std::sync::mpsc::channel();
    let agents = vec![Agent { at: [0.0; 2], to: [1.0; 2] }; 10];
    let mut last = Vec::new();
    for _ in 0..30 {
        let _frame = alloc.frame();
        println!("{} {} {}", near(&agents, 0), weights(&alloc, &agents), picture(&agents));
        let buckets = vec![0u32; 16]; //~ FA608
        println!("{}", buckets.len());
        report(&out, &agents);
        last = goals(&agents);
    }
    drop(out);
    println!("{} {}", last.len(), lengths.into_iter().count());
}
