//! A level loader that takes over what its frames have retained.

use framealloc::{HeapBox, PoolBox, Promoted, Promotion, RetainedId, RetentionPolicy, SmartAlloc};

#[derive(Default)]
pub struct Room {
    doors: [u16; 4],
    lit: bool,
}

#[derive(Default)]
pub struct Route {
    rooms: Vec<u16>,
}

pub struct Dungeon {
    alloc: SmartAlloc,
    rooms: Vec<PoolBox<Room>>,
    route: Option<Promoted<Route>>,
    heavy: Vec<HeapBox<Route>>,
    other: u32,
}

impl Dungeon {
    fn carve(&self, number: u16) -> RetainedId<Room> {
        let mut room = self.alloc.frame_retained::<Room>(RetentionPolicy::PromoteToPool);
        room.doors = [number, number + 1, number.saturating_sub(1), 0];
        room.id()
    }

    pub fn build(&mut self, number: u16) -> bool {
        self.alloc.begin_frame();
        let id = self.carve(number);
        let mut promotions = self.alloc.end_frame_with_promotions();
        match promotions.take(id) {
            Some(Promoted::Pool(room)) => {
                self.rooms.push(room);
                true
            }
            _ => false,
        }
    }

    fn adopt(&mut self, promotion: Promotion) {
        match promotion.policy {
            RetentionPolicy::PromoteToHeap => match promotion.downcast::<Route>() {
                Ok(Promoted::Heap(route)) => self.heavy.push(route),
                _ => self.other += 1,
            },
            RetentionPolicy::PromoteToPool => {
                if let Ok(Promoted::Pool(room)) = promotion.downcast::<Room>() {
                    self.rooms.push(room);
                }
            }
            RetentionPolicy::Leak => self.other += 1,
        }
    }

    pub fn plan(&mut self, from: u16, to: u16) {
        self.alloc.begin_frame();
        let rooms = (from..to).collect();
        let route = self.alloc.frame_retained_value(Route { rooms }, RetentionPolicy::PromoteToHeap);
        drop(route);
        for promotion in self.alloc.end_frame_with_promotions() {
            self.adopt(promotion);
        }
    }

    pub fn replan(&mut self, from: u16) {
        self.alloc.begin_frame();
        let mut route = self.alloc.frame_retained::<Route>(RetentionPolicy::PromoteToPool);
        route.rooms.push(from);
        let id = route.id();
        drop(route);
        self.alloc.end_frame();
        let mut late = self.alloc.take_promotions();
        self.route = late.take(id);
    }
}
