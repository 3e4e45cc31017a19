//! Turns of a strategy game over the network, with plans that live too long.

use std::cell::RefCell;
use std::future;

use framealloc::{FrameVec, SmartAlloc};

#[derive(Clone, Copy)]
pub struct Order {
    unit: u32,
    target: [i16; 2],
}

pub struct Link {
    orders: RefCell<Vec<Order>>,
    acknowledged: RefCell<u32>,
}

impl Link {
    pub async fn next_order(&self) -> Option<Order> {
        let order = self.orders.borrow_mut().pop();
        future::ready(order).await
    }

    pub async fn flush(&self) -> u32 {
        let count = *self.acknowledged.borrow();
        future::ready(count).await
    }
}

pub struct Game {
    alloc: &'static SmartAlloc,
    link: Link,
    eager: bool,
}

fn threatened(alloc: &SmartAlloc, orders: &[Order]) -> usize {
    let near = alloc.frame_slice_from_fn(orders.len(), |i| orders[i].target[0] < 16);
    near.iter().filter(|near| **near).count()
}

impl Game {
    fn units(&self) -> FrameVec<'static, u32> {
        let mut units = self.alloc.frame_vec::<u32>();
        units.extend(self.link.orders.borrow().iter().map(|order| order.unit));
        units
    }

    pub async fn collect(&self) -> usize {
        let mut seen = self.alloc.frame_set::<u32>();
        while let Some(order) = self.link.next_order().await { //~ FA701
            seen.insert(order.unit);
        }
        seen.len()
    }

    /// Copied, but the original is still there under the copy's name.
    pub async fn resend(&self) -> usize {
        let units = self.units();
        let units = units.to_vec();
        let count = self.link.flush().await; //~ FA701
        units.len() + count as usize
    }

    pub async fn plan(&self) -> u32 {
        let mut plan = self.units();
        plan.sort_unstable();
        let first = plan.first().copied().unwrap_or(0);
        if self.eager {
            drop(plan);
        }
        first + self.link.flush().await //~ FA701
    }

    pub async fn assess(&self) -> usize {
        let orders = self.link.orders.borrow().clone();
        let near = threatened(self.alloc, &orders);
        let count = self.link.flush().await as usize;
        near.min(count)
    }

    pub async fn conclude(&self) -> u32 {
        let last = {
            let units = self.units();
            units.iter().copied().max().unwrap_or(0)
        };
        self.link.flush().await.max(last)
    }
}
