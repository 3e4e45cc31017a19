// A wait in one arm only is fine when the signal is in the same arm; a wait in the other is not.
use framealloc::{FrameBarrier, SmartAlloc};
use std::thread;

#[derive(Clone, Copy)]
enum Role {
    Lead,
    Follow,
    Watch,
}

fn turn(alloc: &SmartAlloc, barrier: &FrameBarrier, role: Role, number: u32) -> u32 {
    alloc.begin_frame();
    let value = *alloc.frame_box(number);
    alloc.end_frame();
    match role {
        Role::Lead => {
            barrier.signal_frame_complete();
            println!("{value}");
            barrier.wait_all();
        }
        Role::Follow => {
            println!("following");
            barrier.wait_all(); //~ FA202
        }
        Role::Watch => {}
    }
    value
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let barrier = FrameBarrier::new(3);
    thread::scope(|scope| {
        for role in [Role::Lead, Role::Watch] {
            let (alloc, barrier) = (&alloc, &barrier);
            scope.spawn(move || {
                let mut sum = 0;
                for number in 0..4 {
                    sum += turn(alloc, barrier, role, number);
                }
                sum
            });
        }
        scope.spawn(|| {
            let step = |number: u32| {
                alloc.begin_frame();
                let value = *alloc.frame_box(number);
                alloc.end_frame();
                barrier.signal_frame_complete();
                barrier.wait_all();
                value
            };
            (0..4).map(step).sum::<u32>()
        });
        println!("{}", turn(&alloc, &barrier, Role::Watch, 0));
    });
    println!("{}", turn(&alloc, &barrier, Role::Follow, 1));
}
