//! Waves of enemies: what has to stay is copied, boxed in the pool or retained before the frame ends.

use framealloc::{FrameBox, PoolBox, Promoted, RetentionPolicy, SmartAlloc, frame_format};

#[derive(Clone, Copy)]
pub struct Enemy {
    kind: u8,
    threat: f32,
}

#[derive(Default)]
pub struct NavMesh {
    cells: Vec<u32>,
}

pub struct Spawner {
    alloc: &'static SmartAlloc,
    live: Vec<PoolBox<Enemy>>,
    labels: Vec<String>,
    history: Vec<f32>,
    nav: Option<Promoted<NavMesh>>,
    peak: f32,
    wave: u32,
}

impl Spawner {
    fn threats(&self, wave: &[Enemy]) -> FrameBox<'static, [f32]> {
        self.alloc.frame_slice_from_fn(wave.len(), |i| wave[i].threat)
    }

    pub fn tick(&mut self, wave: &[Enemy], slots: usize) {
        self.alloc.begin_frame();
        let mut candidates = self.alloc.frame_vec_with_capacity::<Enemy>(wave.len());
        candidates.extend(wave.iter().copied().filter(|enemy| enemy.threat > 0.1));
        candidates.sort_unstable_by(|one, other| other.threat.total_cmp(&one.threat));
        for enemy in candidates.iter().take(slots) {
            self.live.push(self.alloc.pool_box(*enemy));
        }

        let label = frame_format!(self.alloc, "wave {} of {}", self.wave, candidates.len());
        self.labels.push(label.as_str().to_owned());

        let threats = self.threats(wave);
        self.history = threats.to_vec();
        let peak = self.alloc.frame_box(threats.iter().copied().fold(0.0, f32::max));
        self.peak = *peak;
        self.wave += 1;
        self.alloc.end_frame();
    }

    pub fn rebuild_navigation(&mut self, cells: &[u32]) {
        self.alloc.begin_frame();
        let mut mesh = self.alloc.frame_retained::<NavMesh>(RetentionPolicy::PromoteToPool);
        let mut open = self.alloc.frame_vec_with_capacity::<u32>(cells.len());
        open.extend(cells.iter().copied().filter(|cell| cell % 2 == 0));
        mesh.cells = open.to_vec();
        self.nav = Some(mesh.into_promoted());
        self.alloc.end_frame();
    }

    pub fn reachable(&self) -> usize {
        self.nav.as_ref().map_or(0, |mesh| mesh.cells.len())
    }
}
