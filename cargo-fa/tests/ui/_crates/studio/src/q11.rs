//! Waves of a tower defence, whose turns end in more ways than one.

use std::collections::VecDeque;
use std::num::ParseIntError;

use framealloc::SmartAlloc;

#[derive(Clone, Copy, PartialEq)]
pub enum Event {
    Hit(u32),
    Heal(u32),
    BossDown,
    Corrupt,
}

pub struct Defence {
    alloc: SmartAlloc,
    queue: VecDeque<u32>,
    score: u32,
}

impl Defence {
    pub fn load(&self, text: &str) -> Result<u32, ParseIntError> {
        self.alloc.begin_frame();
        let mut ids = self.alloc.frame_vec::<u32>();
        for word in text.split(',') {
            ids.push(word.trim().parse()?); //~ FA603
        }
        let sum = ids.iter().sum();
        self.alloc.end_frame();
        Ok(sum)
    }

    pub fn spawn_next(&mut self) -> u32 {
        self.alloc.begin_frame();
        let Some(next) = self.queue.pop_front() else { return 0 }; //~ FA603
        let ring = self.alloc.frame_slice_copy(&[next, next + 1, next + 2]);
        let sum = ring.iter().sum();
        self.alloc.end_frame();
        sum
    }

    pub fn play(&mut self, waves: &[Vec<Event>]) -> u32 {
        'game: for wave in waves {
            self.alloc.begin_frame();
            for event in wave {
                match event {
                    Event::BossDown if self.score > 100 => break 'game, //~ FA603
                    Event::BossDown => self.score += 50,
                    Event::Hit(damage) => self.score = self.score.saturating_sub(*damage),
                    Event::Heal(amount) => self.score += amount,
                    Event::Corrupt => break,
                }
            }
            self.alloc.end_frame();
        }
        self.score
    }

    pub fn replay(&mut self, events: &[Event]) {
        for event in events {
            self.alloc.begin_frame();
            let gained = match event {
                Event::Heal(amount) | Event::Hit(amount) => self.alloc.frame_box(*amount),
                Event::BossDown => continue, //~ FA603
                Event::Corrupt => panic!("the replay is damaged"), //~ FA603
            };
            self.score += *gained;
            self.alloc.end_frame();
        }
    }
}
