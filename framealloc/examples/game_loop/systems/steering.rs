//! Where an agent wants to go: to its place in the squad, not into its neighbours, and at its enemies.

use allocator_api2::alloc::Allocator;
use allocator_api2::vec::Vec;

use crate::math::Vec2;
use crate::systems::spatial_hash::SpatialHash;
use crate::world::{PERSONAL_SPACE, Stripe, World, leader_of, place_in_ranks, squad_of, team_of};

/// How far an agent looks.
const SIGHT: f32 = 2.0;
/// Neighbours that an agent heeds: the nearest.
const HEEDED: usize = 12;
/// How far a blow reaches.
const WEAPON_REACH: f32 = 1.8;
/// Health that an enemy in reach takes in a frame.
const BLOW: f32 = 0.4;
const TOP_SPEED: f32 = 10.0;
/// A leader halts so many tiles before the enemy and lets the ranks fight.
const STAND_OFF: usize = 2;

/// Someone near.
#[derive(Clone, Copy, Debug)]
struct Neighbour {
    agent: u32,
    distance_squared: f32,
    position: Vec2,
}

/// Decides velocity and wounds of a stripe's agents.
pub(crate) fn steer<A: Allocator + Clone>(
    world: &World,
    stripe: &mut Stripe,
    hash: &SpatialHash<A>,
    alloc: A,
) {
    let goals = squad_goals(world, stripe, alloc.clone());
    for (slot, step) in stripe.steps.iter_mut().enumerate() {
        let agent = stripe.first_agent + slot;
        let place = place_of(world, agent, goals[squad_of(agent) - stripe.squads.start]);
        let near = nearest(world.positions[agent], agent, hash, alloc.clone());
        step.velocity = velocity(world, agent, place, &near);
        step.damage = damage(agent, &near);
    }
}

/// Where the leader of each squad is heading: its next waypoint, or where it stands if the enemy is close.
fn squad_goals<A: Allocator>(world: &World, stripe: &Stripe, alloc: A) -> Vec<Vec2, A> {
    let mut goals = Vec::with_capacity_in(stripe.squads.len(), alloc);
    goals.extend(stripe.squads.clone().map(|squad| match world.routes[squad].ahead() {
        [next, rest @ ..] if rest.len() >= STAND_OFF => world.map.centre(*next),
        _ => world.positions[leader_of(squad)],
    }));
    goals
}

/// Where an agent should be: the leader at its goal, the others in their ranks.
fn place_of(world: &World, agent: usize, goal: Vec2) -> Vec2 {
    let leader = leader_of(squad_of(agent));
    if agent == leader { goal } else { world.positions[leader] + place_in_ranks(agent - leader) }
}

/// The agents nearest to one, itself left out.
fn nearest<A: Allocator + Clone>(
    position: Vec2,
    agent: usize,
    hash: &SpatialHash<A>,
    alloc: A,
) -> Vec<Neighbour, A> {
    let mut near = Vec::with_capacity_in(HEEDED, alloc);
    hash.each_near(position, SIGHT, |entry, distance_squared| {
        if entry.agent as usize != agent {
            near.push(Neighbour { agent: entry.agent, distance_squared, position: entry.position });
        }
    });
    if near.len() > HEEDED {
        // The number settles ties, so that the same twelve are chosen in every run.
        near.select_nth_unstable_by(HEEDED - 1, |a, b| {
            a.distance_squared.total_cmp(&b.distance_squared).then(a.agent.cmp(&b.agent))
        });
        near.truncate(HEEDED);
    }
    near
}

/// The velocity for the next frame.
fn velocity(world: &World, agent: usize, place: Vec2, near: &[Neighbour]) -> Vec2 {
    let position = world.positions[agent];
    let mut desired = ((place - position) * 2.0).clamp_length(TOP_SPEED);
    let mut others = Vec2::ZERO;
    for neighbour in near {
        if neighbour.distance_squared < PERSONAL_SPACE * PERSONAL_SPACE {
            let urgency = 1.0 - neighbour.distance_squared.sqrt() / PERSONAL_SPACE;
            desired += (position - neighbour.position) * (urgency * 6.0);
        }
        others += world.velocities[neighbour.agent as usize];
    }
    if !near.is_empty() {
        desired += others * (0.2 / near.len() as f32);
    }
    let current = world.velocities[agent];
    (current + (desired - current) * 0.2).clamp_length(TOP_SPEED)
}

/// What an agent takes from the enemies around it.
fn damage(agent: usize, near: &[Neighbour]) -> f32 {
    let team = team_of(agent);
    let strikes = |other: &&Neighbour| {
        other.distance_squared < WEAPON_REACH * WEAPON_REACH && team_of(other.agent as usize) != team
    };
    near.iter().filter(strikes).count() as f32 * BLOW
}
