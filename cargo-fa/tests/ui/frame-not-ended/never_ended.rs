// A crate that begins frames and has no end anywhere.
use framealloc::SmartAlloc;
use std::sync::Arc;

struct Server {
    memory: Arc<SmartAlloc>,
    clients: Vec<u32>,
}

impl Server {
    fn tick(&self, now: u64) -> usize {
        self.memory.begin_frame(); //~ FA603
        let mut late = self.memory.frame_vec::<u32>();
        late.extend(self.clients.iter().copied().filter(|client| u64::from(*client) < now));
        late.len()
    }
}

fn main() {
    let server = Server { memory: Arc::new(SmartAlloc::with_defaults()), clients: vec![1, 5, 9] };
    for now in 0..10 {
        println!("{} late", server.tick(now));
    }
}
