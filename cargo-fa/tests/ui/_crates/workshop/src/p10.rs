//! Lights of a scene, by someone who did not want destructors to run.

use std::mem::{self, ManuallyDrop};

use framealloc::SmartAlloc;

#[derive(Clone, Copy)]
pub struct Light {
    position: [f32; 3],
    radius: f32,
    enabled: bool,
}

pub struct LightList {
    alloc: SmartAlloc,
    lights: Vec<Light>,
    uploaded: u64,
}

fn checksum(lights: &[Light]) -> u64 {
    lights.iter().map(|light| u64::from(light.radius.to_bits())).fold(0, u64::wrapping_add)
}

impl LightList {
    pub fn cull(&mut self, reach: f32) -> usize {
        self.alloc.begin_frame();
        let mut visible = self.alloc.frame_vec_with_capacity::<Light>(self.lights.len());
        visible.extend(self.lights.iter().copied().filter(|light| light.enabled && light.radius < reach));
        let count = visible.len();
        self.uploaded = checksum(&visible);
        mem::forget(visible); //~ FA607
        self.alloc.end_frame();
        count
    }

    pub fn stage(&mut self) {
        self.alloc.begin_frame();
        let mut staging = ManuallyDrop::new(self.alloc.frame_slice_copy(&self.lights)); //~ FA607
        for light in staging.iter_mut() {
            light.radius = light.radius.max(0.01);
        }
        self.uploaded = checksum(&staging);
        self.alloc.end_frame();
    }

    pub fn brightest(&self) -> Option<f32> {
        let best = self.lights.iter().copied().max_by(|one, other| one.radius.total_cmp(&other.radius))?;
        let kept = self.alloc.frame_box(best);
        let light = kept.leak(); //~ FA607
        light.radius *= 2.0;
        Some(light.radius)
    }

    pub fn centre(&self) -> [f32; 3] {
        let scope = self.alloc.scope();
        let points = scope.alloc_slice_from_fn(self.lights.len(), |i| self.lights[i].position);
        let mut sum = [0.0f32; 3];
        for point in points.iter() {
            for (all, one) in sum.iter_mut().zip(point) {
                *all += *one;
            }
        }
        mem::forget(scope); //~ FA607
        sum.map(|all| all / self.lights.len().max(1) as f32)
    }
}
