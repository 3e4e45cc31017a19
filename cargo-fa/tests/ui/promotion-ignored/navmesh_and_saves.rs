// Paths and save games are kept beyond the frame, and nobody ever asks for them.
use framealloc::{FrameRetained, RetentionPolicy as Keep, SmartAlloc};

#[derive(Default, Clone, Copy)]
struct Path {
    nodes: [u32; 8],
    len: usize,
}

#[derive(Default)]
struct Save {
    slots: [u64; 4],
}

struct Planner {
    alloc: SmartAlloc,
    policy: Keep,
}

impl Planner {
    fn plan(&self, from: u32, to: u32) -> usize {
        let path = self.alloc.frame_retained_value(Path { nodes: [from; 8], len: to as usize }, self.policy); //~ FA604
        path.len
    }

    fn replan(&self) -> FrameRetained<'_, Path> {
        self.alloc.frame_retained::<Path>(Keep::PromoteToHeap) //~ FA604
    }

    fn save(&self) -> Result<u64, framealloc::AllocError> {
        let save = self.alloc.try_frame_retained::<Save>(Keep::PromoteToPool)?; //~ FA604
        Ok(save.slots[0])
    }

    fn tick(&self) {
        self.alloc.begin_frame();
        println!("{} {}", self.plan(1, 2), self.replan().nodes[0]);
        println!("{:?}", self.save().is_ok());
        for policy in [Keep::PromoteToPool, Keep::PromoteToHeap] {
            let flag = self.alloc.with_tag("ai", |a| a.frame_retained_value(true, policy)); //~ FA604
            println!("{}", *flag);
        }
        self.alloc.end_frame();
    }
}

fn guarded(alloc: &SmartAlloc) -> u64 {
    let _frame = alloc.frame();
    let save = alloc.frame_retained_value(Save { slots: [1; 4] }, Keep::Leak); //~ FA604
    save.slots[1]
}

fn main() {
    let planner = Planner { alloc: SmartAlloc::with_defaults(), policy: Keep::PromoteToPool };
    planner.tick();
    println!("{}", guarded(&planner.alloc));
}
