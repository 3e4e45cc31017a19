// Tags in guards, budgets, constants, statistics and helpers; some are misspelt.
use framealloc::{SmartAlloc, kilobytes};
use std::sync::Arc;

mod tags {
    pub const PHYSICS: &str = "physics";
    pub const RENDER: &str = "rendering";
    pub mod audio {
        pub const MIX: &str = "audio/mix";
        pub const VOICES: &str = "audio/voice";
    }
}

use tags::audio::{MIX, VOICES as CHANNELS};

struct Engine {
    alloc: Arc<SmartAlloc>,
}

impl Engine {
    const TAG: &'static str = "network";
    const OTHER: &'static str = "netwrok";

    fn budgets(&self) {
        self.alloc.set_tag_budget(tags::PHYSICS, kilobytes(64));
        self.alloc.set_tag_budget("phyics", kilobytes(64)); //~ FA802
        self.alloc.set_tag_budget("audio", kilobytes(64));
    }

    fn physics(&self) -> usize {
        self.alloc.with_tag(tags::PHYSICS, |a| {
            let _sub = a.tag("contacts");
            a.frame_slice::<u32>(4).len()
        })
    }

    fn islands(&self) -> usize {
        let _tag = self.alloc.tag("physics/islands"); //~ FA802
        self.alloc.frame_slice::<u32>(4).len()
    }

    fn render(&self) -> usize {
        let _tag = self.alloc.tag(tags::RENDER); //~ FA802
        self.alloc.frame_slice::<u32>(4).len()
    }

    fn audio(&self) -> usize {
        let mixed = self.alloc.with_tag(MIX, |a| a.frame_slice::<f32>(4).len());
        mixed + self.alloc.with_tag(CHANNELS, |a| a.frame_slice::<f32>(4).len()) //~ FA802
    }

    fn network(&self, reliable: bool) -> usize {
        let received = self.alloc.with_tag(Self::TAG, |a| a.frame_slice::<u8>(4).len());
        let sent = self.alloc.with_tag(Self::OTHER, |a| a.frame_slice::<u8>(4).len()); //~ FA802
        let tag = if reliable { "network" } else { "net" };
        received + sent + self.alloc.with_tag(tag, |a| a.frame_slice::<u8>(4).len()) //~ FA802
    }

    fn nested(&self) -> usize {
        let _outer = self.alloc.tag("audio");
        let _inner = self.alloc.tag("mxi"); //~ FA802
        self.alloc.frame_slice::<u8>(4).len()
    }

    fn stats(&self) -> bool {
        self.alloc.begin_phase("fixed update");
        let some = self.alloc.tag_stats("physics").is_some();
        self.alloc.end_phase();
        some
    }
}

fn tagged<R>(alloc: &SmartAlloc, tag: &'static str, body: impl FnOnce(&SmartAlloc) -> R) -> R {
    alloc.with_tag(tag, |a| body(a))
}

fn main() {
    let engine = Engine { alloc: Arc::new(SmartAlloc::with_defaults()) };
    engine.budgets();
    println!("{} {} {}", engine.physics(), engine.islands(), engine.render());
    println!("{} {} {}", engine.audio(), engine.network(true), engine.nested());
    println!("{}", engine.stats());
    println!("{}", tagged(&engine.alloc, "audio", |a| a.frame_box(1u32).count_ones()));
    println!("{}", tagged(&engine.alloc, "sound", |a| a.frame_box(1u32).count_ones())); //~ FA802
}
