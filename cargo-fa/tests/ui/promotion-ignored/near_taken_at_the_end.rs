// Promotions are read where the frame ends: iterated, taken by their id, handed to a function, returned.
use framealloc::{PoolBox, Promoted, Promotions, RetainedId, RetentionPolicy, SmartAlloc};

#[derive(Default)]
struct Route {
    points: Vec<[f32; 2]>,
}

struct Planner {
    alloc: SmartAlloc,
    routes: Vec<PoolBox<Route>>,
    seen: usize,
}

impl Planner {
    fn plan(&mut self, goal: [f32; 2]) -> RetainedId<Route> {
        let mut route = self.alloc.frame_retained::<Route>(RetentionPolicy::PromoteToPool);
        route.points.push(goal);
        route.id()
    }

    fn by_id(&mut self, goal: [f32; 2]) {
        self.alloc.begin_frame();
        let id = self.plan(goal);
        let mut promotions = self.alloc.end_frame_with_promotions();
        if let Some(Promoted::Pool(route)) = promotions.take(id) {
            self.routes.push(route);
        }
    }

    fn collected(&mut self, goal: [f32; 2]) {
        self.alloc.begin_frame();
        self.plan(goal);
        let promotions = self.alloc.end_frame_with_promotions();
        self.absorb(promotions);
    }

    fn absorb(&mut self, promotions: Promotions) {
        for promotion in promotions {
            self.seen += promotion.size;
            if let Ok(Promoted::Pool(route)) = promotion.downcast::<Route>() {
                self.routes.push(route);
            }
        }
    }

    fn handed_back(&mut self, goal: [f32; 2]) -> Promotions {
        self.alloc.begin_frame();
        self.plan(goal);
        self.alloc.end_frame_with_promotions()
    }
}

fn main() {
    let mut planner = Planner { alloc: SmartAlloc::with_defaults(), routes: Vec::new(), seen: 0 };
    planner.by_id([1.0, 2.0]);
    planner.collected([3.0, 4.0]);
    for promotion in planner.handed_back([5.0, 6.0]) {
        println!("{}", promotion.type_name);
    }
    println!("{} {}", planner.routes.len(), planner.seen);
}
