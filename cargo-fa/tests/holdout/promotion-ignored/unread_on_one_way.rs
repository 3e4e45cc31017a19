// One function drops its list unread, another counts it, a third filters it.
use framealloc::{AllocConfig, RetentionPolicy, SmartAlloc};
use std::sync::Arc;

type Mem = Arc<SmartAlloc>;

fn particles(mem: &Mem, count: usize) -> usize {
    mem.begin_frame();
    let burst = mem.frame_retained_value(vec![0.0f32; count], RetentionPolicy::PromoteToHeap);
    let len = burst.len();
    drop(burst);
    mem.end_frame_with_promotions(); //~ FA604
    len
}

fn decals(mem: &Mem, count: usize) -> usize {
    mem.begin_frame();
    let list = mem.frame_retained_value(vec![1u8; count], RetentionPolicy::PromoteToHeap);
    drop(list);
    mem.end_frame_with_promotions().into_iter().map(|promotion| promotion.size).sum()
}

fn sounds(mem: &Mem, names: &[&str]) -> Vec<&'static str> {
    mem.begin_frame();
    let longest = mem.frame_retained_value(names.len(), RetentionPolicy::PromoteToPool);
    drop(longest);
    let promotions = mem.end_frame_with_promotions();
    promotions
        .into_iter()
        .filter(|promotion| !promotion.is_held())
        .map(|promotion| promotion.type_name)
        .collect()
}

fn main() {
    let mem: Mem = Arc::new(SmartAlloc::new(AllocConfig::default()));
    println!("{} {} {:?}", particles(&mem, 9), decals(&mem, 3), sounds(&mem, &["hit"]));
}
