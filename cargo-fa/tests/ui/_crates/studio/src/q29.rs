//! An engine with two allocators, whose frames lie one within the other.

use framealloc::SmartAlloc;

pub struct Engine {
    world: SmartAlloc,
    ui: SmartAlloc,
    frames: u64,
}

enum Input {
    Key(u32),
    Skip,
    Quit,
}

impl From<u32> for Input {
    fn from(code: u32) -> Self {
        match code {
            0 => Self::Quit,
            1..=9 => Self::Skip,
            key => Self::Key(key),
        }
    }
}

impl Engine {
    fn both_end(&self) {
        self.ui.end_frame();
        self.world.end_frame();
    }

    pub fn draw(&mut self, heights: &[f32]) -> f32 {
        self.world.begin_frame();
        let terrain = self.world.frame_slice_copy(heights);
        self.ui.begin_frame();
        let labels = self.ui.frame_slice_from_fn(terrain.len(), |i| terrain[i].round());
        let sum = labels.iter().sum();
        drop(labels);
        self.ui.end_frame();
        let top = terrain.iter().copied().fold(sum, f32::max);
        self.world.end_frame();
        self.frames += 1;
        top
    }

    /// The frame of the interface ends; the terrain belongs to the other one.
    pub fn outline(&self, heights: &[f32]) -> usize {
        self.world.begin_frame();
        self.ui.begin_frame();
        let terrain = self.world.frame_slice_copy(heights);
        self.ui.end_frame();
        let steep = terrain.windows(2).filter(|pair| (pair[0] - pair[1]).abs() > 1.0).count();
        self.world.end_frame();
        steep
    }

    pub fn run(&self, codes: &[u32]) -> u32 {
        let mut pressed = 0;
        'inputs: for code in codes {
            self.world.begin_frame();
            self.ui.begin_frame();
            let key = match Input::from(*code) {
                Input::Key(key) => self.world.frame_box(key),
                Input::Skip => { self.both_end(); continue 'inputs; }
                Input::Quit => {
                    self.both_end();
                    return pressed;
                }
            };
            pressed += *key;
            drop(key);
            self.both_end();
        }
        pressed
    }

    pub fn timed(&self, heights: Option<&[f32]>) -> Option<f32> {
        let _phase = self.world.phase("timed");
        let first = heights?.first()?;
        if *first < 0.0 {
            return None;
        }
        self.world.begin_phase("inner");
        let root = first.sqrt();
        self.world.end_phase();
        Some(root)
    }
}
