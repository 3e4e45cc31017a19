// Methods and trait methods of a mapped file: pools, heap, formats and twins under no tag.
use framealloc::{AllocError, HeapBox, PoolBox, SmartAlloc, frame_format};
use std::sync::Arc;

struct Mixer {
    memory: Arc<SmartAlloc>,
    voices: Vec<PoolBox<[f32; 8]>>,
    table: Option<HeapBox<[f32]>>,
}

trait Source {
    fn fill(&mut self, gain: f32) -> Result<usize, AllocError>;
}

impl Source for Mixer {
    fn fill(&mut self, gain: f32) -> Result<usize, AllocError> {
        let bus = self.memory.try_frame_slice::<f32>(64)?; //~ FA803
        let wet = self.memory.with_tag("audio", |m| m.try_frame_slice::<f32>(64))?;
        self.voices.push(self.memory.pool_box([gain; 8])); //~ FA803
        Ok(bus.len() + wet.len())
    }
}

impl Mixer {
    fn prepare(&mut self) {
        self.table = Some(self.memory.heap_slice(256)); //~ FA803
        let _tag = self.memory.tag("audio");
        self.voices.push(self.memory.pool_alloc());
    }

    fn describe(&self) -> usize {
        let text = frame_format!(self.memory, "{} voices", self.voices.len()); //~ FA803
        let stats = self.memory.tag_stats("audio").map_or(0, |stats| stats.own_bytes);
        text.len() + stats as usize
    }
}

fn main() -> Result<(), AllocError> {
    let memory = Arc::new(SmartAlloc::with_defaults());
    let mut mixer = Mixer { memory: memory.clone(), voices: Vec::new(), table: None };
    mixer.prepare();
    let _frame = memory.frame();
    println!("{} {}", mixer.fill(0.5)?, mixer.describe());
    Ok(())
}
