// Retained values in arms and closures of a crate that has only plain ends; an own list is called promotions.
use framealloc::{FrameRetained, RetentionPolicy as Keep, SmartAlloc};

#[derive(Default)]
struct Quest {
    steps: Vec<u8>,
}

enum Source {
    New(u8),
    Copy(Quest),
}

#[derive(Default)]
struct Career {
    promotions: Vec<u32>,
}

impl Career {
    fn take_promotions(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.promotions)
    }
}

fn quest(alloc: &SmartAlloc, source: Source) -> FrameRetained<'_, Quest> {
    match source {
        Source::New(steps) => {
            let mut quest = alloc.frame_retained::<Quest>(Keep::PromoteToHeap); //~ FA604
            quest.steps.extend(0..steps);
            quest
        }
        Source::Copy(quest) => alloc.frame_retained_value(quest, Keep::PromoteToPool), //~ FA604
    }
}

fn tick(alloc: &SmartAlloc, steps: u8) -> usize {
    alloc.begin_frame();
    let first = quest(alloc, Source::New(steps));
    let second = quest(alloc, Source::Copy(Quest { steps: first.steps.clone() }));
    let count = first.steps.len() + second.steps.len();
    drop((first, second));
    alloc.end_frame();
    count
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut career = Career { promotions: vec![1, 2] };
    for steps in 0..4 {
        println!("{} {}", tick(&alloc, steps), career.take_promotions().len());
    }
}
