// `?` on options, a `let else`, a labelled continue; phases of two allocators at once; paired in `match`.
use framealloc::{AllocConfig, SmartAlloc};
use std::collections::HashMap;

struct Stats {
    client: SmartAlloc,
    server: SmartAlloc,
    counts: HashMap<u32, u32>,
}

impl Stats {
    fn count(&mut self, id: u32) -> Option<u32> {
        self.client.begin_phase("count");
        let count = self.counts.get_mut(&id)?; //~ FA805
        *count += 1;
        let value = *count;
        self.client.end_phase();
        Some(value)
    }

    fn both(&mut self, id: u32) -> u32 {
        self.client.begin_phase("both");
        self.server.begin_phase("both");
        let value = self.counts.get(&id).copied().unwrap_or(0);
        self.server.end_phase();
        if value == 0 {
            return 0; //~ FA805
        }
        self.client.end_phase();
        value
    }

    fn each(&mut self, rows: &[[u32; 3]]) -> u32 {
        let mut sum = 0;
        'rows: for row in rows {
            self.server.begin_phase("row");
            for id in row {
                if *id == 0 {
                    self.server.end_phase();
                    continue 'rows;
                }
                if *id > 100 {
                    continue 'rows; //~ FA805
                }
                sum += id;
            }
            self.server.end_phase();
        }
        sum
    }

    fn guarded(&mut self, rows: &[[u32; 3]]) -> Option<u32> {
        let _client = self.client.phase("guarded");
        let row = rows.first()?;
        self.server.begin_phase("row");
        let sum = row.iter().sum();
        self.server.end_phase();
        Some(sum)
    }
}

fn main() {
    let client = SmartAlloc::with_defaults();
    let server = SmartAlloc::new(AllocConfig::default());
    let mut stats = Stats { client, server, counts: HashMap::from([(1, 2)]) };
    println!("{:?} {}", stats.count(1), stats.both(1));
    println!("{} {:?}", stats.each(&[[1, 2, 3]]), stats.guarded(&[[4, 5, 6]]));
}
