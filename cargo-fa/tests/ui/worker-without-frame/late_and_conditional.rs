// Allocations in arms, collections with arguments, a worker that is a method of a generic trait; receivers by channel.
use framealloc::{AllocConfig, FrameString, SmartAlloc, frame_format};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};

#[derive(Debug)]
enum Order {
    Report(u32),
    Sum(Vec<u32>),
    Stop,
}

struct Clerk {
    memory: &'static SmartAlloc,
    orders: Receiver<Order>,
}

fn report(memory: &SmartAlloc, number: u32) -> FrameString<'_> {
    frame_format!(memory, "report {number}")
}

impl Clerk {
    fn careless(self) -> usize {
        let mut bytes = 0;
        for _ in 0..64 {
            match self.orders.recv() {
                Ok(Order::Sum(numbers)) => {
                    let mut sorted = self.memory.frame_vec_with_capacity(numbers.len()); //~ FA204
                    sorted.extend(numbers);
                    bytes += sorted.len();
                }
                Ok(Order::Report(number)) => bytes += number as usize,
                Ok(Order::Stop) | Err(_) => break,
            }
        }
        bytes
    }

    fn careful(self) -> usize {
        let mut bytes = 0;
        while let Ok(order) = self.orders.recv() {
            let _frame = self.memory.frame();
            match order {
                Order::Report(number) => bytes += report(self.memory, number).len(),
                Order::Sum(numbers) => bytes += self.memory.frame_slice_copy(&numbers).len(),
                Order::Stop => break,
            }
        }
        bytes
    }
}

trait Service: Send + Sized + 'static {
    fn serve(self) -> usize;

    fn start(self) -> JoinHandle<usize> {
        thread::spawn(move || self.serve())
    }
}

struct Careful(Clerk);

impl Service for Careful {
    fn serve(self) -> usize {
        self.0.careful()
    }
}

fn main() {
    let memory = SmartAlloc::leaked(AllocConfig::default());
    let ((send, orders), (send_well, orders_well)) = (channel(), channel());
    let clerk = Clerk { memory, orders };
    let careless = thread::spawn(move || clerk.careless());
    let careful = Careful(Clerk { memory, orders: orders_well }).start();
    for number in 0..3 {
        let _ = send.send(Order::Report(number));
        let _ = send_well.send(Order::Sum(vec![number; 4]));
    }
    let _ = (send.send(Order::Stop), send_well.send(Order::Stop));
    println!("{:?} {:?}", careless.join().ok(), careful.join().ok());
}
