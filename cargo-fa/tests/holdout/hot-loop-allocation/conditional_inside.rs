// Allocations behind conditions in the loop; one that leaves the loop with its value, and a sum that may not.
use framealloc::{HeapBox, SmartAlloc};

struct Emitter {
    rate: f32,
    burst: bool,
}

struct Fx<'a>(&'a SmartAlloc);

impl Fx<'_> {
    fn run(&self, emitters: &[Emitter]) -> f32 {
        let alloc = self.0;
        alloc.begin_frame();
        let mut emitted = 0.0;
        for emitter in emitters {
            if emitter.burst {
                let curve = alloc.frame_slice_from_fn(32, |i| i as f32 * 0.1); //~ FA602
                emitted += curve[7] * emitter.rate;
            } else if emitter.rate > 1.0 {
                let curve = alloc.frame_slice_from_fn(32, |i| i as f32 * emitter.rate);
                emitted += curve[3];
            } else {
                match alloc.try_heap_box([emitter.rate; 128]) { //~ FA602
                    Ok(samples) => emitted += samples.iter().sum::<f32>(),
                    Err(_) => continue,
                }
            }
        }
        alloc.end_frame();
        emitted
    }

    fn strongest(&self, emitters: &[Emitter]) -> Option<HeapBox<[f32; 128]>> {
        let alloc = self.0;
        alloc.begin_frame();
        let mut found = None;
        for emitter in emitters {
            if emitter.rate > 0.5 {
                found = Some(alloc.heap_box([emitter.rate; 128]));
                break;
            }
        }
        alloc.end_frame();
        found
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let fx = Fx(&alloc);
    let emitters = [Emitter { rate: 0.3, burst: true }, Emitter { rate: 2.0, burst: false }];
    println!("{} {}", fx.run(&emitters), fx.strongest(&emitters).is_some());
}
