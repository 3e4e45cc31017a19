// In a loop, in an arm and in a closure; the other arm is right.
use framealloc::SmartAlloc as Memory;
use std::sync::mpsc::{Sender, channel};

enum Quality {
    Draft,
    Final,
}

struct Baker<'m> {
    memory: &'m Memory,
    out: Sender<framealloc::TransferHandle<[f32; 8]>>,
    baked: u32,
}

impl Baker<'_> {
    fn bake(&mut self, quality: &Quality, probes: &[f32]) {
        for probe in probes {
            match quality {
                Quality::Draft => {
                    let light = self.memory.frame_box_for_transfer([*probe; 8]); //~ FA203
                    self.baked += size_of_val(&light) as u32;
                }
                Quality::Final => {
                    let light = self.memory.frame_box_for_transfer([probe * 2.0; 8]);
                    self.baked += u32::from(self.out.send(light).is_ok());
                }
            }
        }
    }

    fn estimate(&self, probes: &[f32]) -> usize {
        let cost = |probe: &f32| {
            let handle = self.memory.frame_box_for_transfer(*probe); //~ FA203
            size_of_val(&handle)
        };
        probes.iter().map(cost).sum()
    }

    fn rebake(&mut self, probes: &[f32]) {
        let handles = probes.iter().map(|probe| self.memory.frame_box_for_transfer([*probe; 8]));
        for handle in handles {
            let _ = self.out.send(handle);
        }
    }
}

fn main() {
    let memory = Memory::with_defaults();
    let (out, receive) = channel();
    let mut baker = Baker { memory: &memory, out, baked: 0 };
    baker.bake(&Quality::Draft, &[0.1, 0.2]);
    baker.bake(&Quality::Final, &[0.3]);
    baker.rebake(&[0.4]);
    println!("{} {}", baker.baked, baker.estimate(&[0.5]));
    println!("{}", receive.try_iter().map(|light| light.receive()[0]).sum::<f32>());
}
