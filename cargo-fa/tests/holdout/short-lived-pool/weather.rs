// Weather: temporaries of a helper of a helper; a value that goes into a channel from one path only.
use framealloc::{AllocConfig, HeapBox, SmartAlloc};
use std::sync::mpsc::{Sender, channel};

struct Weather<'m> {
    memory: &'m SmartAlloc,
    out: Sender<HeapBox<[f32; 8]>>,
    wind: f32,
}

impl Weather<'_> {
    fn gust(&self, seed: u32) -> f32 {
        let state = self.memory.pool_box([seed; 4]); //~ FA606
        state.iter().map(|value| (*value % 7) as f32).sum()
    }

    fn blow(&mut self, seed: u32) {
        self.wind += self.gust(seed) * 0.1;
    }

    fn forecast(&mut self, storm: bool) -> f32 {
        let map = self.memory.heap_box([self.wind; 8]);
        let first = map[0];
        if storm && self.out.send(map).is_err() {
            println!("nobody wants the forecast");
        }
        first
    }

    fn tick(&mut self, seed: u32) -> f32 {
        self.memory.begin_frame();
        self.blow(seed);
        let forecast = self.forecast(seed % 2 == 0);
        let fog = {
            let density = self.memory.try_heap_box([self.wind; 4]); //~ FA606
            match &density {
                Ok(density) => density[0],
                Err(_) => 0.0,
            }
        };
        self.memory.end_frame();
        forecast + fog
    }
}

fn main() {
    let memory = SmartAlloc::new(AllocConfig::default());
    let (out, maps) = channel();
    let mut weather = Weather { memory: &memory, out, wind: 1.0 };
    for seed in 0..4 {
        println!("{}", weather.tick(seed));
    }
    println!("{}", maps.try_iter().count());
}
