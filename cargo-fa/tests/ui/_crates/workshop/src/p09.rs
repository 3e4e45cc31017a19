//! Frames that begin close to one another and never within one another.

use framealloc::SmartAlloc;

pub struct Widget {
    area: [f32; 4],
    layer: i32,
}

/// Two allocators: one for the world and one for what is drawn over it.
pub struct Editor {
    world: SmartAlloc,
    overlay: SmartAlloc,
    widgets: Vec<Widget>,
    heights: Vec<f32>,
    open: bool,
}

impl Editor {
    fn top_layer(&self) -> i32 {
        let layers = self.overlay.frame_slice_from_fn(self.widgets.len(), |i| self.widgets[i].layer);
        layers.iter().copied().max().unwrap_or(0)
    }

    pub fn tick(&self) -> f32 {
        self.world.begin_frame();
        self.overlay.begin_frame();
        let smoothed = self.world.frame_slice_from_fn(self.heights.len(), |i| self.heights[i] * 0.5);
        let tallest = smoothed.iter().copied().fold(0.0, f32::max);
        let layer = self.top_layer();
        drop(smoothed);
        self.overlay.end_frame();
        self.world.end_frame();
        tallest + layer as f32
    }

    pub fn refresh(&self, fast: bool) -> i32 {
        let layer = if fast {
            self.overlay.begin_frame();
            self.widgets.first().map_or(0, |widget| widget.layer)
        } else {
            self.overlay.begin_frame();
            self.top_layer()
        };
        self.overlay.end_frame();
        layer
    }

    /// The guard within the frame acts as a scope.
    pub fn measure(&self) -> f32 {
        self.overlay.begin_frame();
        let area = {
            let inner = self.overlay.frame();
            let sizes = inner.alloc_slice_from_fn(self.widgets.len(), |i| {
                let [x0, y0, x1, y1] = self.widgets[i].area;
                (x1 - x0) * (y1 - y0)
            });
            sizes.iter().sum::<f32>()
        };
        self.overlay.end_frame();
        area
    }

    pub fn start(&mut self) {
        if self.open {
            self.finish();
        }
        self.world.begin_frame();
        self.open = true;
    }

    pub fn finish(&mut self) {
        self.world.end_frame();
        self.open = false;
    }

    /// One frame for each half, one after the other.
    pub fn halves(&self) -> i32 {
        self.overlay.begin_frame();
        let first = self.top_layer();
        self.overlay.end_frame();
        self.overlay.begin_frame();
        let second = self.top_layer() - 1;
        self.overlay.end_frame();
        first.max(second)
    }
}
