//! Statistics (telemetry) of a server, under tags of which some are misspelt.

use framealloc::{RetentionPolicy, SmartAlloc, frame_format};

#[derive(Clone, Copy)]
pub struct Player {
    id: u32,
    ping: u16,
    score: i32,
}

#[derive(Default)]
pub struct Board {
    best: [i32; 4],
}

pub struct Server {
    alloc: SmartAlloc,
    players: Vec<Player>,
    boards: u32,
}

impl Server {
    fn slowest(&self) -> u16 {
        self.alloc.with_tag("netwrk", |a| { //~ FA802
            let mut pings = a.frame_slice_from_fn(self.players.len(), |i| self.players[i].ping);
            pings.sort_unstable();
            pings.last().copied().unwrap_or(0)
        })
    }

    fn banner(&self) -> usize {
        let _tag = self.alloc.tag("hud"); //~ FA802
        let text = frame_format!(self.alloc, "{} players", self.players.len());
        text.len()
    }

    fn voices(&self) -> i32 {
        self.alloc.with_tag("audio", |a| {
            a.with_tag("mixr", |a| { //~ FA802
                let loud = a.frame_slice_from_fn(self.players.len(), |i| self.players[i].score.min(9));
                loud.iter().sum()
            })
        })
    }

    fn sightings(&self) -> u32 {
        self.alloc.with_tag("ai", |a| {
            let seen = a.frame_slice_from_fn(self.players.len(), |i| self.players[i].id % 7);
            seen.iter().copied().max().unwrap_or(0)
        })
    }

    pub fn publish_board(&mut self) {
        self.alloc.begin_frame();
        let mut scores = self.alloc.frame_slice_from_fn(self.players.len(), |i| self.players[i].score);
        scores.sort_unstable_by(|one, other| other.cmp(one));
        let mut board = self.alloc.frame_retained::<Board>(RetentionPolicy::PromoteToHeap);
        for (slot, score) in board.best.iter_mut().zip(scores.iter()) {
            *slot = *score;
        }
        drop((board, scores));
        self.alloc.end_frame_with_promotions(); //~ FA604
        self.boards += 1;
    }

    pub fn tick(&self) -> usize {
        self.alloc.begin_frame();
        let slowest = usize::from(self.slowest());
        let shown = self.banner() + self.voices().unsigned_abs() as usize;
        let seen = self.sightings() as usize;
        self.alloc.end_frame();
        slowest + shown + seen
    }
}
