//! The text on the screen: a label for each squad and a panel about the battle.

use std::ops::Deref;

use allocator_api2::alloc::Allocator;
use allocator_api2::vec::Vec;

use crate::math::Vec2;
use crate::memory::FrameMemory;
use crate::random::Checksum;
use crate::systems::particles::Burst;
use crate::world::{World, leader_of};

/// The size of a letter on the screen.
const LETTER: Vec2 = Vec2::new(8.0, 14.0);
/// Points on the screen for each unit on the map.
const SCALE: f32 = 3.0;
/// Hot spots that the panel lists.
const HOT_SPOTS: usize = 5;

/// A line of text and where it goes.
struct Line<T> {
    at: Vec2,
    text: T,
}

/// A letter, laid out.
#[derive(Clone, Copy, Debug)]
struct Glyph {
    at: Vec2,
    letter: u32,
}

/// What the panel tells about the frame's drawing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DrawCounts {
    pub(crate) sprites: usize,
    pub(crate) batches: usize,
}

/// Writes the frame's text, lays it out and shows it.
pub(crate) fn show<M: FrameMemory>(
    memory: &M,
    world: &World,
    bursts: &[Burst],
    drawn: DrawCounts,
    screen: &mut Checksum,
) {
    let mut lines = Vec::new_in(memory.allocator());
    panel(memory, world, drawn, |line| lines.push(line));
    hot_spots(memory, world, bursts, |line| lines.push(line));
    lines.extend((0..world.squads()).map(|squad| label(memory, world, squad)));
    for glyph in lay_out(&lines, memory.allocator()) {
        screen.add_f32(glyph.at.x);
        screen.add_f32(glyph.at.y);
        screen.add(u64::from(glyph.letter));
    }
}

/// The state of the battle, top left.
fn panel<'f, M: FrameMemory>(
    memory: &'f M,
    world: &World,
    drawn: DrawCounts,
    mut add: impl FnMut(Line<M::Text<'f>>),
) {
    let [red, blue] = world.losses;
    let texts = [
        memory.text(format_args!("frame {:>6}   {:.2} s", world.frame, f64::from(world.frame) / 60.0)),
        memory.text(format_args!("{} agents in {} squads", world.agents(), world.squads())),
        memory.text(format_args!("lost: {red} red, {blue} blue")),
        memory.text(format_args!("{} sprites in {} batches", drawn.sprites, drawn.batches)),
        memory.text(format_args!("{} particles", world.particles.len())),
    ];
    for (row, text) in texts.into_iter().enumerate() {
        add(Line { at: Vec2::new(8.0, 8.0 + row as f32 * LETTER.y), text });
    }
}

/// Where most blows land.
fn hot_spots<'f, M: FrameMemory>(
    memory: &'f M,
    world: &World,
    bursts: &[Burst],
    mut add: impl FnMut(Line<M::Text<'f>>),
) {
    let mut hottest = Vec::with_capacity_in(bursts.len(), memory.allocator());
    hottest.extend_from_slice(bursts);
    hottest.sort_unstable_by_key(|burst| (std::cmp::Reverse(burst.blows), burst.tile));
    for burst in hottest.iter().take(HOT_SPOTS) {
        let text = memory.text(format_args!("{} blows", burst.blows));
        add(Line { at: world.map.centre(burst.tile) * SCALE, text });
    }
}

/// A squad's name and strength, above its leader.
fn label<'f, M: FrameMemory>(memory: &'f M, world: &World, squad: usize) -> Line<M::Text<'f>> {
    let members = world.members(squad);
    let fit = world.health[members.clone()].iter().filter(|health| **health > 50.0).count();
    let text = match world.routes[squad].ahead() {
        [] => memory.text(format_args!("Squad {squad}: {fit}/{}, fighting", members.len())),
        way => memory.text(format_args!("Squad {squad}: {fit}/{}, {} tiles to go", members.len(), way.len())),
    };
    Line { at: world.positions[leader_of(squad)] * SCALE, text }
}

/// Places the letters of each line one after another.
fn lay_out<T: Deref<Target = str>, A: Allocator>(lines: &[Line<T>], alloc: A) -> Vec<Glyph, A> {
    let mut glyphs = Vec::new_in(alloc);
    for line in lines {
        let mut at = line.at;
        for letter in line.text.chars() {
            glyphs.push(Glyph { at, letter: u32::from(letter) });
            at.x += LETTER.x;
        }
    }
    glyphs
}

#[cfg(test)]
mod tests {
    use allocator_api2::alloc::Global;

    use super::*;

    #[test]
    fn letters_follow_one_another() {
        let lines = [Line { at: Vec2::new(1.0, 2.0), text: "ab" }];
        let glyphs = lay_out(&lines, Global);
        assert_eq!(glyphs[1].at, Vec2::new(1.0 + LETTER.x, 2.0));
        assert_eq!(glyphs[1].letter, u32::from('b'));
    }
}
