// A strategy game whose list of tags has grown over the years.
use framealloc::{SmartAlloc, kilobytes};

const FOG: &str = "map/fog";

struct Game {
    alloc: SmartAlloc,
}

impl Game {
    fn map(&self) -> usize {
        let tiles = self.alloc.with_tag("map", |a| {
            let _sub = a.tag("rivers");
            a.frame_slice::<u8>(16).len()
        });
        tiles + self.alloc.with_tag(FOG, |a| a.frame_slice::<u8>(16).len())
    }

    fn units(&self) -> usize {
        let _tag = self.alloc.tag("units");
        self.alloc.frame_slice::<u32>(16).len()
    }

    fn limits(&self) {
        self.alloc.set_tag_budget("economy", kilobytes(4));
    }

    fn report(&self) {
        self.alloc.begin_phase("weather");
        self.alloc.end_phase();
    }
}

fn main() {
    let game = Game { alloc: SmartAlloc::with_defaults() };
    game.limits();
    println!("{} {}", game.map(), game.units());
    game.report();
}
