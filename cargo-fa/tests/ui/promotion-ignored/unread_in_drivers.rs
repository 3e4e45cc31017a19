// Drivers whose frames end with promotions: one forgets the list, the other hands it to who asked.
use framealloc::{AllocConfig, Promotions, RetentionPolicy, SmartAlloc};

struct Driver {
    alloc: &'static SmartAlloc,
    ended: u64,
}

trait Ends {
    fn finish(&mut self);
}

impl Ends for Driver {
    fn finish(&mut self) {
        self.ended += 1;
        let _ignored = self.alloc.end_frame_with_promotions(); //~ FA604
    }
}

impl Driver {
    fn start(&self) {
        self.alloc.begin_frame();
    }

    fn finish_with(&mut self, mut each: impl FnMut(usize)) {
        self.ended += 1;
        for promotion in self.alloc.end_frame_with_promotions() {
            each(promotion.size);
        }
    }

    fn finish_into(&mut self, kept: &mut Vec<Promotions>) {
        self.ended += 1;
        kept.push(self.alloc.end_frame_with_promotions());
    }

    fn finish_if(&mut self, wanted: bool) -> Option<Promotions> {
        let promotions = self.alloc.end_frame_with_promotions();
        if wanted { Some(promotions) } else { None }
    }
}

fn work(alloc: &SmartAlloc, size: usize) -> usize {
    let kept = alloc.frame_retained_value(vec![0u8; size], RetentionPolicy::PromoteToHeap);
    kept.len()
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default());
    let mut driver = Driver { alloc, ended: 0 };
    let (mut kept, mut bytes) = (Vec::new(), 0);
    driver.start();
    println!("{}", work(alloc, 4));
    driver.finish();
    driver.start();
    println!("{}", work(alloc, 8));
    driver.finish_with(|size| bytes += size);
    driver.start();
    driver.finish_into(&mut kept);
    driver.start();
    println!("{bytes} {} {}", kept.len(), driver.finish_if(true).map_or(0, |list| list.len()));
}
