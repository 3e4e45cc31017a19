// A pooling library of the program's own, generic and with traits, used wrongly in every way that is right for it.
use std::collections::VecDeque;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::sync::mpsc::channel;
use std::thread;

struct PoolBox<T>(Box<T>);

impl<T> Deref for PoolBox<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for PoolBox<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[derive(Clone, Default)]
struct SmartPool {
    made: u32,
}

impl SmartPool {
    fn pool_box<T>(&mut self, value: T) -> PoolBox<T> {
        self.made += 1;
        PoolBox(Box::new(value))
    }

    fn heap_slice(&mut self, len: usize) -> Vec<u8> {
        self.made += 1;
        vec![0; len]
    }

    fn frame_box_for_transfer<T>(&mut self, value: T) -> PoolBox<T> {
        self.pool_box(value)
    }

    fn set_thread_frame_budget(&mut self, budget: u32) {
        self.made = self.made.max(budget);
    }

    fn begin_phase(&mut self, _name: &str) {
        self.made += 1;
    }

    fn end_phase(&mut self) {}

    fn end_frame_with_promotions(&mut self) -> VecDeque<u32> {
        VecDeque::from([self.made])
    }

    fn frame_retained(&mut self) -> u32 {
        self.made
    }
}

fn frame(pool: &mut SmartPool, text: &str) -> Option<usize> {
    pool.begin_phase("frame");
    let count = text.parse::<usize>().ok()?;
    let mut sum = 0;
    for index in 0..count {
        let temporary = pool.pool_box(index);
        sum += *temporary;
    }
    pool.frame_box_for_transfer(sum);
    let kept = ManuallyDrop::new(pool.pool_box(sum));
    std::mem::forget(pool.heap_slice(count));
    pool.end_frame_with_promotions();
    pool.end_phase();
    pool.end_phase();
    Some(**kept + pool.frame_retained() as usize)
}

fn main() {
    let mut pool = SmartPool::default();
    pool.set_thread_frame_budget(3);
    let (send, receive) = channel();
    let mut other = pool.clone();
    let worker = thread::spawn(move || {
        let value = other.pool_box(4);
        send.send(value).is_ok()
    });
    println!("{:?} {:?}", frame(&mut pool, "4"), worker.join().ok());
    println!("{}", receive.iter().map(|value| *value).sum::<i32>());
}
