// A rigid body solver with substeps: contacts per frame, warm starting from pools that stay, islands in scopes.
use framealloc::{AllocConfig, FrameBox, FrameMap, FrameVec, PoolBox, SmartAlloc, frame_format, megabytes};
use std::collections::HashMap;

#[derive(Clone, Copy, Debug, Default)]
struct Body {
    position: [f32; 2],
    velocity: [f32; 2],
    inverse_mass: f32,
}

#[derive(Clone, Copy)]
struct Contact {
    a: usize,
    b: usize,
    normal: [f32; 2],
    depth: f32,
}

struct Impulse {
    value: f32,
    seen: u64,
}

struct Step<'f> {
    alloc: &'f SmartAlloc,
    contacts: FrameVec<'f, Contact>,
    impulses: Option<FrameBox<'f, [f32]>>,
    islands: FrameMap<'f, usize, FrameVec<'f, usize>>,
}

impl<'f> Step<'f> {
    fn new(alloc: &'f SmartAlloc) -> Self {
        Self { alloc, contacts: alloc.frame_vec(), impulses: None, islands: alloc.frame_map() }
    }

    fn detect(&mut self, bodies: &[Body]) {
        for a in 0..bodies.len() {
            for b in a + 1..bodies.len() {
                let delta = [
                    bodies[b].position[0] - bodies[a].position[0],
                    bodies[b].position[1] - bodies[a].position[1],
                ];
                let distance = delta[0].hypot(delta[1]);
                if distance >= 1.0 || distance == 0.0 {
                    continue;
                }
                let normal = [delta[0] / distance, delta[1] / distance];
                self.contacts.push(Contact { a, b, normal, depth: 1.0 - distance });
            }
        }
    }

    fn warm_start(&mut self, cache: &HashMap<(usize, usize), PoolBox<Impulse>>) {
        let contacts = &self.contacts;
        let impulses = self.alloc.frame_slice_from_fn(contacts.len(), |i| {
            cache.get(&(contacts[i].a, contacts[i].b)).map_or(0.0, |impulse| impulse.value * 0.8)
        });
        self.impulses = Some(impulses);
    }

    fn split(&mut self) {
        let alloc = self.alloc;
        for (index, contact) in self.contacts.iter().enumerate() {
            let island = contact.a.min(contact.b) / 8;
            self.islands.entry(island).or_insert_with(|| alloc.frame_vec()).push(index);
        }
    }

    fn solve(&mut self, bodies: &mut [Body], iterations: u32) {
        let Some(impulses) = self.impulses.as_mut() else { return };
        for _ in 0..iterations {
            for island in self.islands.values() {
                for index in island {
                    let contact = self.contacts[*index];
                    let change = contact.depth * 0.2 - impulses[*index] * 0.01;
                    impulses[*index] += change;
                    for axis in 0..2 {
                        bodies[contact.a].velocity[axis] -=
                            contact.normal[axis] * change * bodies[contact.a].inverse_mass;
                        bodies[contact.b].velocity[axis] +=
                            contact.normal[axis] * change * bodies[contact.b].inverse_mass;
                    }
                }
            }
        }
    }
}

struct World {
    alloc: SmartAlloc,
    bodies: Vec<Body>,
    cache: HashMap<(usize, usize), PoolBox<Impulse>>,
    frame: u64,
}

impl World {
    fn store(&mut self, contacts: &[Contact], impulses: &[f32]) {
        let (alloc, frame) = (&self.alloc, self.frame);
        for (contact, value) in contacts.iter().zip(impulses) {
            let entry = self.cache.entry((contact.a, contact.b));
            let impulse = entry.or_insert_with(|| alloc.pool_box(Impulse { value: 0.0, seen: frame }));
            impulse.value = *value;
            impulse.seen = frame;
        }
        self.cache.retain(|_, impulse| impulse.seen + 2 > frame);
    }

    fn step(&mut self, dt: f32) -> usize {
        self.frame += 1;
        let alloc = self.alloc.clone();
        let _tag = alloc.tag("physics");
        let mut count = 0;
        for substep in 0..4 {
            let scope = alloc.scope();
            let start = scope.alloc_slice_copy(&self.bodies);
            let mut step = Step::new(&alloc);
            step.detect(&self.bodies);
            step.warm_start(&self.cache);
            step.split();
            step.solve(&mut self.bodies, 4 + substep);
            for (body, start) in self.bodies.iter_mut().zip(start.iter()) {
                for axis in 0..2 {
                    body.position[axis] = start.position[axis] + body.velocity[axis] * dt / 4.0;
                }
            }
            count += step.contacts.len();
            if let Some(impulses) = step.impulses.take() {
                self.store(&step.contacts, &impulses);
            }
        }
        count
    }
}

fn main() {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(1)));
    let bodies = (0..40)
        .map(|i| Body { position: [i as f32 * 0.9, 0.0], velocity: [0.0; 2], inverse_mass: 1.0 })
        .collect();
    let mut world = World { alloc: alloc.clone(), bodies, cache: HashMap::new(), frame: 0 };
    for _ in 0..30 {
        alloc.begin_frame();
        let contacts = world.step(1.0 / 60.0);
        let line = frame_format!(alloc, "{contacts} contacts, {} kept", world.cache.len());
        println!("{line}");
        drop(line);
        alloc.end_frame();
    }
}
