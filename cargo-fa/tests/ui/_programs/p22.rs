//! Light maps are baked over many frames: charts are loaded, probes are traced, results are kept.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;

use framealloc::{
    AllocConfig, FrameVec, HeapBox, PoolBox, Promoted, RetentionPolicy, SmartAlloc, kilobytes, megabytes,
};

#[derive(Debug)]
enum BakeError {
    Empty(u32),
    Budget(framealloc::AllocError),
}

impl fmt::Display for BakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(chart) => write!(f, "chart {chart} has no texels"),
            Self::Budget(error) => write!(f, "{error}"),
        }
    }
}

impl From<framealloc::AllocError> for BakeError {
    fn from(error: framealloc::AllocError) -> Self {
        Self::Budget(error)
    }
}

struct Chart {
    id: u32,
    texels: HeapBox<[f32]>,
}

struct Probe {
    light: [f32; 9],
    seen: u32,
}

impl Probe {
    fn trace(texels: &[f32], salt: u32) -> Self {
        let mut light = [0.0; 9];
        for (at, texel) in texels.iter().enumerate() {
            light[(at + salt as usize) % 9] += texel;
        }
        Self { light, seen: texels.len() as u32 }
    }

    fn power(&self) -> f32 {
        self.light.iter().sum()
    }
}

struct Baker {
    scene: SmartAlloc,
    scratch: SmartAlloc,
    charts: Vec<Chart>,
    probes: BTreeMap<u32, PoolBox<Probe>>,
    brightest: Option<PoolBox<Probe>>,
    finished: Vec<Promoted<Vec<f32>>>,
}

impl Baker {
    fn new() -> Self {
        let scene = SmartAlloc::new(AllocConfig::default().with_frame_size(megabytes(1)));
        let scratch = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(256)));
        let (charts, finished) = (Vec::new(), Vec::new());
        Self { scene, scratch, charts, probes: BTreeMap::new(), brightest: None, finished }
    }

    /// Loading: no frame is open, and what is made stays.
    fn load(&mut self, sizes: &[usize]) {
        for (id, &size) in sizes.iter().enumerate() {
            let mut texels = self.scene.heap_slice::<f32>(size);
            texels.iter_mut().enumerate().for_each(|(i, texel)| *texel = (i % 13) as f32);
            let preview = self.scene.pool_box(texels.first().copied());
            if preview.is_some() || size == 0 {
                self.charts.push(Chart { id: id as u32, texels });
            }
        }
    }

    fn bright<'a>(alloc: &'a SmartAlloc, texels: &[f32], over: f32) -> FrameVec<'a, (u32, f32)> {
        let mut bright = alloc.frame_vec();
        bright.extend(texels.iter().zip(0..).filter(|(texel, _)| **texel > over).map(|(&texel, at)| (at, texel)));
        bright
    }

    /// Two allocators, each with a frame of its own, one within the other.
    fn chart(&self, chart: &Chart) -> Option<f32> {
        self.scene.begin_frame();
        let bright = Self::bright(&self.scene, &chart.texels, 3.0);
        self.scratch.begin_frame();
        let halves = self.scratch.frame_slice_from_fn(bright.len().div_ceil(2), |i| bright[i * 2].1);
        let mean = NonZeroUsize::new(halves.len()).map(|count| {
            if count.get() == 1 {
                return halves[0];
            }
            halves.iter().sum::<f32>() / count.get() as f32
        });
        drop((halves, bright));
        self.scratch.end_frame();
        self.scene.end_frame();
        mean
    }

    /// Probes live on; one that is in the way of nothing is dropped again.
    fn probe(&mut self, wanted: f32) -> Result<u32, BakeError> {
        let _frame = self.scene.frame();
        let mut rays = 0;
        for chart in &self.charts {
            if chart.texels.is_empty() {
                return Err(BakeError::Empty(chart.id));
            }
            let probe = self.probes.entry(chart.id).or_insert_with(|| {
                self.scene.pool_box(Probe::trace(&chart.texels, chart.id))
            });
            rays += probe.seen;
        }
        let candidate = self.scene.try_pool_box(Probe::trace(&[wanted; 4], 0))?;
        let best = self.brightest.as_ref().map_or(0.0, |probe| probe.power());
        if candidate.power() > best {
            self.brightest = Some(candidate);
        }
        Ok(rays)
    }

    /// The result leaves the frame by its promotion, or at once through its handle.
    fn finish(&mut self, at_once: bool) -> usize {
        self.scene.begin_frame();
        let mut result = self.scene.frame_retained::<Vec<f32>>(RetentionPolicy::PromoteToHeap);
        result.extend(self.probes.values().map(|probe| probe.power()));
        let count = result.len();
        if at_once {
            self.finished.push(result.into_promoted());
            self.scene.end_frame();
            return count;
        }
        drop(result);
        self.scene.end_frame();
        let promoted = self.scene.take_promotions().into_iter().filter_map(|one| one.downcast().ok());
        self.finished.extend(promoted);
        count
    }
}

fn main() {
    let mut baker = Baker::new();
    baker.load(&[64, 1024, 9]);
    for wanted in [1.0, 0.5, 4.0] {
        match baker.probe(wanted) {
            Ok(rays) => println!("{rays} rays"),
            Err(error) => println!("not baked: {error}"),
        }
    }
    let mean: f32 = baker.charts.iter().filter_map(|chart| baker.chart(chart)).sum();
    let count = baker.finish(true) + baker.finish(false);
    println!("{mean} {count} {} {:?}", baker.finished.len(), baker.brightest.map(|probe| probe.power()));
}
