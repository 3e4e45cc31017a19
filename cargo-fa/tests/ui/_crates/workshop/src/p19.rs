//! The physics module: mapped to the tag `physics`.

use framealloc::{FrameSet, SmartAlloc};

#[derive(Clone, Copy)]
pub struct Body {
    at: [f32; 2],
    by: [f32; 2],
    radius: f32,
    island: u32,
}

pub struct Solver<'a> {
    alloc: &'a SmartAlloc,
    bodies: Vec<Body>,
}

fn touch(one: &Body, other: &Body) -> bool {
    let [dx, dy] = [one.at[0] - other.at[0], one.at[1] - other.at[1]];
    dx.hypot(dy) < one.radius + other.radius
}

impl Solver<'_> {
    fn broad_phase(&self) -> usize {
        self.alloc.with_tag("physics/broad", |a| {
            let mut order = a.frame_vec_with_capacity::<u32>(self.bodies.len());
            order.extend(0..self.bodies.len() as u32);
            order.sort_unstable_by(|one, other| {
                let [one, other] = [one, other].map(|index| self.bodies[*index as usize].at[0]);
                one.total_cmp(&other)
            });
            order.len()
        })
    }

    fn narrow_phase(&self) -> usize {
        self.alloc.with_tag("physics", |a| {
            a.with_tag("contacts", |a| {
                let mut pairs = a.frame_vec::<[u32; 2]>();
                for (index, one) in self.bodies.iter().enumerate() {
                    let rest = self.bodies.iter().enumerate().skip(index + 1);
                    let found = rest.filter(|(_, other)| touch(one, other));
                    pairs.extend(found.map(|(other, _)| [index as u32, other as u32]));
                }
                pairs.len()
            })
        })
    }

    fn debug_lines(&self) -> f32 {
        self.alloc.with_tag("render", |a| { //~ FA801
            let lengths = a.frame_slice_from_fn(self.bodies.len(), |i| {
                let [x, y] = self.bodies[i].by;
                x.hypot(y)
            });
            lengths.iter().sum()
        })
    }

    fn islands(&self) -> usize {
        let _tag = self.alloc.tag("ai"); //~ FA801
        let mut islands: FrameSet<'_, u32> = self.alloc.frame_set();
        islands.extend(self.bodies.iter().map(|body| body.island));
        islands.len()
    }

    fn integrate(&mut self, dt: f32) {
        let speeds = self.alloc.frame_slice_from_fn(self.bodies.len(), |i| self.bodies[i].by); //~ FA803
        for (body, [vx, vy]) in self.bodies.iter_mut().zip(speeds.iter()) {
            body.at[0] += vx * dt;
            body.at[1] += vy * dt;
        }
    }

    pub fn step(&mut self, dt: f32) -> usize {
        self.alloc.begin_frame();
        self.alloc.begin_phase("terrain");
        self.integrate(dt);
        let pairs = self.broad_phase().min(self.narrow_phase());
        self.alloc.end_phase();
        let drawn = self.debug_lines() as usize + self.islands();
        self.alloc.end_frame();
        pairs + drawn
    }
}
