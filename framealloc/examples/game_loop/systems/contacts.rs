//! Agents that overlap push each other apart.

use allocator_api2::alloc::Allocator;
use allocator_api2::vec::Vec;

use crate::math::Vec2;
use crate::systems::spatial_hash::SpatialHash;
use crate::world::{AGENT_RADIUS, Stripe, World};

/// An agent of the stripe and one that it overlaps.
///
/// A pair across two stripes is found by both, each for its own agent: no thread waits for another's result, and
/// pushes are summed in the same order for any number of threads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contact {
    /// The agent's place in its stripe.
    slot: u32,
    /// From the other one to this one, one long.
    normal: Vec2,
    /// How far they overlap.
    depth: f32,
}

/// Finds the contacts of a stripe's agents.
pub(crate) fn find<A: Allocator + Clone>(
    world: &World,
    stripe: &Stripe,
    hash: &SpatialHash<A>,
    alloc: A,
) -> Vec<Contact, A> {
    let mut contacts = Vec::new_in(alloc);
    for slot in 0..stripe.steps.len() {
        let agent = stripe.first_agent + slot;
        let position = world.positions[agent];
        hash.each_near(position, 2.0 * AGENT_RADIUS, |other, distance_squared| {
            if other.agent as usize != agent {
                let distance = distance_squared.sqrt();
                let normal = normal(position - other.position, distance, agent as u32, other.agent);
                contacts.push(Contact { slot: slot as u32, normal, depth: 2.0 * AGENT_RADIUS - distance });
            }
        });
    }
    contacts
}

/// The direction of a push. Two agents on one spot have none: the one with the smaller number goes left.
fn normal(offset: Vec2, distance: f32, agent: u32, other: u32) -> Vec2 {
    if distance > 1e-4 {
        offset * (1.0 / distance)
    } else {
        Vec2::new(if agent < other { -1.0 } else { 1.0 }, 0.0)
    }
}

/// Adds up what pushes each agent of the stripe.
pub(crate) fn resolve(contacts: &[Contact], stripe: &mut Stripe) {
    stripe.steps.iter_mut().for_each(|step| step.push = Vec2::ZERO);
    for contact in contacts {
        // Half of the way is the other one's, and a little softness keeps crowds from trembling.
        stripe.steps[contact.slot as usize].push += contact.normal * (contact.depth * 0.4);
    }
    // In a crowd, pushes add up to more than anyone can move.
    for step in &mut stripe.steps {
        step.push = step.push.clamp_length(AGENT_RADIUS);
    }
}
