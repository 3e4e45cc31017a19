//! A level editor: previews within previews, and phases that are left early.

use std::num::ParseFloatError;

use framealloc::SmartAlloc;

pub struct Editor {
    alloc: SmartAlloc,
    depth: u32,
}

impl Editor {
    pub fn preview(&self, deep: bool, heights: &[f32]) -> f32 {
        self.alloc.begin_frame();
        let inner = self.alloc.clone();
        let mut top = heights.iter().copied().fold(0.0, f32::max);
        if deep {
            inner.begin_frame(); //~ FA605
            top += inner.frame_slice_copy(heights).len() as f32;
        }
        self.alloc.end_frame();
        top
    }

    pub fn collide(&self, pairs: &[(u32, u32)]) -> usize {
        self.alloc.begin_frame();
        let hits = self.alloc.with_tag("physics", |a| {
            a.begin_frame(); //~ FA605
            let mut hits = a.frame_vec();
            hits.extend(pairs.iter().filter(|(one, other)| one != other).copied());
            hits.len()
        });
        self.alloc.end_frame();
        hits
    }

    /// Warm or cold, the frame begins again.
    pub fn warm_up(&mut self, warm: bool) -> u32 {
        if warm {
            self.alloc.begin_frame();
            self.depth += *self.alloc.frame_box(1_u32);
        }
        self.alloc.begin_frame(); //~ FA605
        self.depth += *self.alloc.frame_box(2_u32);
        self.alloc.end_frame();
        self.depth
    }

    pub fn heights(&self, text: &str) -> Result<f32, ParseFloatError> {
        self.alloc.begin_phase("heights");
        let mut sum = 0.0;
        for word in text.split(' ') {
            sum += word.parse::<f32>()?; //~ FA805
        }
        self.alloc.end_phase();
        Ok(sum)
    }

    pub fn pick(&self, cursor: Option<[f32; 2]>) -> f32 {
        self.alloc.begin_phase("pick");
        let Some([x, y]) = cursor else { return f32::MAX }; //~ FA805
        let length = x.hypot(y);
        self.alloc.end_phase();
        length
    }

    pub fn sparks(&self, count: u16) -> usize {
        const SPARKS: &str = "particels"; let _tag = self.alloc.tag(SPARKS); //~ FA802
        self.alloc.frame_slice::<f32>(usize::from(count)).len()
    }
}
