use framealloc::{FrameVec, SmartAlloc};

pub struct Army {
    pub memory: &'static SmartAlloc,
    pub units: Vec<u32>,
    pub lost: usize,
}

impl Army {
    pub fn march(&mut self) {
        let steps = self.memory.frame_slice_from_fn(self.units.len(), |i| i as u32);
        for (unit, step) in self.units.iter_mut().zip(steps.iter()) {
            *unit += step;
        }
    }

    fn weak(&self) -> FrameVec<'static, usize> {
        let mut weak = self.memory.frame_vec(); //~ FA803
        weak.extend(self.units.iter().enumerate().filter(|(_, unit)| **unit < 5).map(|(index, _)| index));
        weak
    }

    pub fn fight(&mut self) {
        let weak = self.weak();
        self.lost += weak.len();
        if self.lost > 2 {
            let _tag = self.memory.tag("battle/retreat");
            let routes = self.memory.frame_slice::<u32>(4);
            self.lost -= routes.len().min(self.lost);
        }
        let dust = self.memory.try_frame_alloc::<[f32; 8]>(); //~ FA803
        self.lost += usize::from(dust.is_err());
    }

    pub fn count(&self) -> usize {
        self.memory.with_tag("battle", |m| {
            let mut alive = m.frame_set::<u32>();
            alive.extend(self.units.iter().copied());
            alive.len()
        })
    }
}
