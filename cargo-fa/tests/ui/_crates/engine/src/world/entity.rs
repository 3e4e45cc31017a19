//! Things in the world.

use crate::math::Vec3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntityKind {
    Player,
    Monster,
    Prop,
    Trigger,
}

#[derive(Clone, Copy, Debug)]
pub struct Entity {
    pub id: u32,
    pub kind: EntityKind,
    pub alive: bool,
    pub health: i32,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Body {
    pub position: Vec3,
    pub velocity: Vec3,
    pub radius: f32,
}
