//! Helpers that have a frame of their own, called where one is open and where none is.
use framealloc::SmartAlloc;

struct Game {
    alloc: SmartAlloc,
    scores: Vec<u32>,
}

impl Game {
    /// Right where it is called from the menu.
    fn ranking(&self) -> u32 {
        self.alloc.begin_frame();
        let mut sorted = self.alloc.frame_slice_copy(&self.scores);
        sorted.sort_unstable();
        let best = sorted.last().copied().unwrap_or(0);
        drop(sorted);
        self.alloc.end_frame();
        best
    }

    fn menu(&self) -> u32 {
        self.ranking()
    }

    fn update(&self) -> u32 {
        self.alloc.begin_frame();
        let counted = self.alloc.frame_box(self.scores.len() as u32);
        let best = self.ranking(); //~ FA605
        // Past the end of its frame, which is the same mistake.
        let sum = best + *counted;
        drop(counted);
        self.alloc.end_frame();
        sum
    }

    fn hud(&self) -> u32 {
        let frame = self.alloc.frame();
        let best = self.menu(); //~ FA605
        *frame.alloc(best)
    }

    /// Ends its frame before it asks for the ranking.
    fn pause(&self) -> u32 {
        self.alloc.begin_frame();
        let count = self.alloc.frame_box(self.scores.len());
        let count = *count as u32;
        self.alloc.end_frame();
        count + self.ranking()
    }
}

fn bake(alloc: &SmartAlloc, items: &[u32]) -> u32 {
    alloc.begin_frame();
    let sum = alloc.frame_slice_copy(items).iter().sum();
    alloc.end_frame();
    sum
}

fn tools(alloc: &SmartAlloc, scratch: &SmartAlloc, items: &[u32]) -> u32 {
    alloc.begin_frame();
    let first = bake(scratch, items);
    let second = items.iter().map(|item| bake(alloc, &[*item])).sum::<u32>(); //~ FA605
    alloc.end_frame();
    first + second
}

fn main() {
    let game = Game { alloc: SmartAlloc::with_defaults(), scores: vec![3, 1] };
    println!("{} {} {} {}", game.menu(), game.update(), game.hud(), game.pause());
    println!("{}", tools(&game.alloc, &SmartAlloc::with_defaults(), &[1]));
}
