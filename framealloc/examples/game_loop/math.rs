//! Points and directions on the battlefield.

use std::ops::{Add, AddAssign, Mul, Sub};

/// A point or a direction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Vec2 {
    pub(crate) x: f32,
    pub(crate) y: f32,
}

impl Vec2 {
    /// Neither here nor there.
    pub(crate) const ZERO: Self = Self::new(0.0, 0.0);

    /// The point `(x, y)`.
    pub(crate) const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// The square of the length: enough to compare, and it takes no root.
    pub(crate) fn length_squared(self) -> f32 {
        self.x * self.x + self.y * self.y
    }

    /// The same direction, at most `limit` long.
    pub(crate) fn clamp_length(self, limit: f32) -> Self {
        let squared = self.length_squared();
        if squared <= limit * limit { self } else { self * (limit / squared.sqrt()) }
    }
}

impl Add for Vec2 {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y)
    }
}

impl AddAssign for Vec2 {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Vec2 {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Vec2 {
    type Output = Self;

    fn mul(self, factor: f32) -> Self {
        Self::new(self.x * factor, self.y * factor)
    }
}
