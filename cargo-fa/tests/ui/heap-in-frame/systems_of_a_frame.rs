// Systems of a frame that use the global heap for what they throw away at once.
use framealloc::SmartAlloc;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque};

#[derive(Clone, Copy)]
struct Body {
    position: f32,
    group: u32,
}

#[derive(Default)]
struct World {
    bodies: Vec<Body>,
    scratch: Vec<u32>,
    log: Vec<String>,
    index: HashMap<u32, Vec<usize>>,
}

impl World {
    fn new(count: usize) -> Self {
        let mut bodies = Vec::with_capacity(count);
        bodies.resize(count, Body { position: 0.0, group: 1 });
        Self { bodies, ..Self::default() }
    }

    fn update(&mut self, alloc: &SmartAlloc) -> usize {
        alloc.begin_frame();
        let moved = self.integrate();
        let groups = self.groups() + self.deepest() as usize;
        self.rebuild();
        self.report(moved);
        let found = self.search(1) + self.kept().len() + draw(&self.bodies);
        alloc.end_frame();
        moved + groups + found
    }

    fn integrate(&mut self) -> usize {
        let moved: Vec<usize> = (0..self.bodies.len()).filter(|i| i % 2 == 0).collect(); //~ FA608
        for index in &moved {
            self.bodies[*index].position += 1.0;
        }
        moved.len()
    }

    fn groups(&self) -> usize {
        let mut seen = HashSet::new(); //~ FA608
        for body in &self.bodies {
            seen.insert(body.group);
        }
        seen.len()
    }

    fn deepest(&self) -> u32 {
        let mut heap = BinaryHeap::from([1u32]); //~ FA608
        heap.extend(self.bodies.iter().map(|body| body.group));
        heap.peek().copied().unwrap_or(0)
    }

    fn rebuild(&mut self) {
        self.scratch.clear();
        self.scratch.extend(self.bodies.iter().map(|body| body.group));
        let mut index: HashMap<u32, Vec<usize>> = HashMap::new();
        for (place, body) in self.bodies.iter().enumerate() {
            index.entry(body.group).or_default().push(place);
        }
        self.index = index;
    }

    fn report(&mut self, moved: usize) {
        let line = format!("{moved} moved");
        self.log.push(line);
        let text = format!("{} groups", self.index.len()); //~ FA608
        println!("{text}");
    }

    fn search(&self, from: usize) -> usize {
        let mut open = VecDeque::with_capacity(8); //~ FA608
        open.push_back(from);
        let mut seen = vec![false; self.bodies.len()]; //~ FA608
        let mut steps = 0;
        while let Some(next) = open.pop_front() {
            if seen.get(next).is_none_or(|seen| *seen) {
                continue;
            }
            seen[next] = true;
            steps += 1;
            open.push_back(next + 1);
        }
        steps
    }

    fn kept(&self) -> Vec<f32> {
        self.bodies.iter().map(|body| body.position).collect()
    }
}

fn draw(bodies: &[Body]) -> usize {
    let mut by_depth: BTreeMap<u32, usize> = BTreeMap::new(); //~ FA608
    for body in bodies {
        *by_depth.entry(body.group).or_insert(0) += 1;
    }
    let boxed = Box::new(bodies.len()); //~ FA608
    let name = "sprites".to_string(); //~ FA608
    by_depth.len() + *boxed + name.len()
}

fn guarded(alloc: &SmartAlloc, names: &[&str]) -> usize {
    let frame = alloc.frame();
    let joined = names.join(","); //~ FA608
    let upper = joined.to_uppercase(); //~ FA608
    frame.alloc_slice_copy(upper.as_bytes()).len()
}

fn returned(alloc: &SmartAlloc, names: &[&str]) -> String {
    let _frame = alloc.frame();
    let mut text = String::new();
    for name in names {
        text.push_str(name);
    }
    text
}

fn load(names: &[&str]) -> usize {
    let sizes: Vec<usize> = names.iter().map(|name| name.len()).collect();
    sizes.iter().sum()
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut world = World::new(4);
    println!("{}", load(&["a"]));
    for _ in 0..2 {
        println!("{}", world.update(&alloc));
    }
    println!("{} {}", guarded(&alloc, &["a"]), returned(&alloc, &["b"]));
}
