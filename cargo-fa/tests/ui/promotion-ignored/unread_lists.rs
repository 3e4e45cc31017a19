// Lists of promotions that are dropped unread, and those that somebody looks at.
use framealloc::{Promotion, Promotions, RetentionPolicy, SmartAlloc};

struct Engine {
    alloc: SmartAlloc,
    last: Option<Promotions>,
}

impl Engine {
    fn begin(&self) {
        self.alloc.begin_frame();
        let kept = self.alloc.frame_retained_value(1u32, RetentionPolicy::PromoteToPool);
        println!("{}", *kept);
    }

    fn statement(&self) {
        self.begin();
        self.alloc.end_frame_with_promotions(); //~ FA604
    }

    fn wildcard(&self) {
        self.begin();
        let _ = self.alloc.end_frame_with_promotions(); //~ FA604
    }

    fn unused(&self) {
        self.begin();
        let _promotions = self.alloc.end_frame_with_promotions(); //~ FA604
    }

    fn dropped(&self) {
        self.begin();
        drop(self.alloc.end_frame_with_promotions()); //~ FA604
    }

    fn stored(&mut self) {
        self.begin();
        self.last = Some(self.alloc.end_frame_with_promotions());
    }

    fn returned(&self) -> Promotions {
        self.begin();
        self.alloc.end_frame_with_promotions()
    }

    fn counted(&self) -> usize {
        self.returned().into_iter().count()
    }

    fn dropped_later(&self) {
        self.begin();
        let promotions = self.alloc.end_frame_with_promotions(); //~ FA604
        println!("frame over");
        drop(promotions);
    }

    fn looked_at(&self) {
        self.begin();
        for promotion in self.alloc.end_frame_with_promotions() {
            look(&promotion);
        }
    }

    fn either(&self, verbose: bool) {
        self.begin();
        let promotions = self.alloc.end_frame_with_promotions();
        if verbose {
            promotions.into_iter().for_each(|promotion| look(&promotion));
        }
    }

    fn branches(&self, last: bool) {
        self.begin();
        if last {
            self.alloc.end_frame_with_promotions(); //~ FA604
        } else {
            println!("{}", self.alloc.end_frame_with_promotions().into_iter().count());
        }
    }
}

fn look(promotion: &Promotion) {
    println!("{} {}", promotion.size, promotion.type_name);
}

fn main() {
    let mut engine = Engine { alloc: SmartAlloc::with_defaults(), last: None };
    engine.statement();
    engine.wildcard();
    engine.unused();
    engine.dropped();
    engine.stored();
    println!("{} {}", engine.counted(), engine.last.is_some());
    engine.dropped_later();
    engine.looked_at();
    engine.either(true);
    engine.branches(true);
}
