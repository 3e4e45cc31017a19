//! A physics step: broad phase, contacts, islands, solver.

use framealloc::{AllocConfig, FrameBox, FrameVec, SmartAlloc, kilobytes};

#[derive(Clone, Copy)]
struct Body {
    at: [f32; 2],
    velocity: [f32; 2],
    radius: f32,
    asleep: bool,
}

#[derive(Clone, Copy, Default, framealloc::Zeroable)]
struct Contact {
    a: u32,
    b: u32,
    depth: f32,
}

fn pairs<'a>(alloc: &'a SmartAlloc, bodies: &[Body]) -> FrameVec<'a, (u32, u32)> {
    let mut order = alloc.frame_slice_from_fn(bodies.len(), |i| i as u32);
    order.sort_unstable_by(|&a, &b| bodies[a as usize].at[0].total_cmp(&bodies[b as usize].at[0]));
    let mut pairs = alloc.frame_vec();
    for (place, &a) in order.iter().enumerate() {
        for &b in &order[place + 1..] {
            let (left, right) = (&bodies[a as usize], &bodies[b as usize]);
            if right.at[0] - left.at[0] > left.radius + right.radius {
                break;
            }
            pairs.push((a, b));
        }
    }
    pairs
}

fn contacts<'a>(alloc: &'a SmartAlloc, bodies: &[Body], pairs: &[(u32, u32)]) -> FrameVec<'a, Contact> {
    let mut contacts = alloc.frame_vec_with_capacity(pairs.len());
    contacts.extend(pairs.iter().filter_map(|&(a, b)| {
        let (left, right) = (&bodies[a as usize], &bodies[b as usize]);
        let (dx, dy) = (right.at[0] - left.at[0], right.at[1] - left.at[1]);
        let depth = left.radius + right.radius - dx.hypot(dy);
        (depth > 0.0).then_some(Contact { a, b, depth })
    }));
    contacts
}

/// Union-find over the contacts; the root of each body.
fn islands<'a>(alloc: &'a SmartAlloc, count: usize, contacts: &[Contact]) -> FrameBox<'a, [u32]> {
    let mut roots = alloc.frame_slice_from_fn(count, |i| i as u32); //~ FA803
    fn root(roots: &[u32], mut at: u32) -> u32 {
        while roots[at as usize] != at {
            at = roots[at as usize];
        }
        at
    }
    for contact in contacts {
        let (a, b) = (root(&roots, contact.a), root(&roots, contact.b));
        roots[a.max(b) as usize] = a.min(b);
    }
    roots
}

struct Physics {
    alloc: SmartAlloc,
    bodies: Vec<Body>,
    awake: usize,
    debug: bool,
}

impl Physics {
    fn new(bodies: Vec<Body>) -> Self {
        let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(256)));
        alloc.set_tag_budget("physics", kilobytes(128));
        alloc.set_tag_budget("physics/contact", kilobytes(64)); //~ FA802
        Self { alloc, bodies, awake: 0, debug: true }
    }

    fn solve(&mut self, contacts: &[Contact], dt: f32) {
        let _tag = self.alloc.tag("physics/solver");
        let mut impulses = self.alloc.frame_slice::<f32>(contacts.len());
        for (impulse, contact) in impulses.iter_mut().zip(contacts) {
            *impulse = contact.depth / dt;
            self.bodies[contact.a as usize].velocity[0] -= *impulse * 0.5;
            self.bodies[contact.b as usize].velocity[0] += *impulse * 0.5;
        }
    }

    fn integrate(&mut self, dt: f32) {
        self.alloc.begin_phase("integrate");
        if self.awake == 0 {
            return; //~ FA805
        }
        for body in self.bodies.iter_mut().filter(|body| !body.asleep) {
            body.at[0] += body.velocity[0] * dt;
            body.at[1] += body.velocity[1] * dt;
        }
        self.alloc.end_phase();
    }

    fn draw_contacts(&self, found: &[Contact]) -> usize {
        self.alloc.with_tag("render", |a| { //~ FA801
            let mut lines = a.frame_vec::<[f32; 2]>();
            lines.extend(found.iter().map(|contact| self.bodies[contact.a as usize].at));
            lines.len()
        })
    }

    fn sparks(&self, found: &[Contact]) -> f32 {
        let _guard = self.alloc.tag("vfx"); //~ FA801
        let sparks = self.alloc.frame_slice_from_fn(found.len(), |i| found[i].depth * 2.0);
        sparks.iter().sum()
    }

    fn step(&mut self, dt: f32) -> f32 {
        let alloc = self.alloc.clone();
        let _frame = alloc.frame();
        let found = alloc.with_tag("physics", |a| {
            let pairs = pairs(a, &self.bodies);
            a.with_tag("contacts", |a| contacts(a, &self.bodies, &pairs))
        });
        let roots = islands(&alloc, self.bodies.len(), &found);
        let mut seen = alloc.frame_set::<u32>(); //~ FA803
        self.awake = roots.iter().filter(|&&root| seen.insert(root)).count();
        self.solve(&found, dt);
        alloc.with_tag("physics", |a| {
            let hottest = a.with_tag("warmstart", |a| a.frame_slice_copy(&found)); //~ FA802
            self.debug &= hottest.len() < 1000;
        });
        self.integrate(dt);
        if self.debug { self.draw_contacts(&found) as f32 + self.sparks(&found) } else { 0.0 }
    }
}

fn main() {
    let bodies = (0..200)
        .map(|i| Body { at: [i as f32 * 0.9, (i % 5) as f32], velocity: [0.0; 2], radius: 0.5, asleep: i % 7 == 0 })
        .collect();
    let mut physics = Physics::new(bodies);
    let total: f32 = (0..60).map(|_| physics.step(1.0 / 60.0)).sum();
    println!("{total} drawn, {} awake", physics.awake);
}
