//! Numbers that look random and are the same in every run, and the checksum that proves it.

/// SplitMix64: eight lines, no state beyond a counter, the same on every platform.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The sequence that belongs to `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A sequence for one event of a run, whichever thread meets it and in whatever order.
    pub(crate) fn for_event(seed: u64, frame: u32, agent: u32) -> Self {
        Self(mix(seed ^ mix(u64::from(frame) << 32 | u64::from(agent))))
    }

    /// 64 even bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `limit`, which is not zero.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        // The high half of a product spreads evenly enough for a game, and divides nothing.
        (((self.bits() >> 32) * u64::from(limit)) >> 32) as u32
    }

    /// A number in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f32 {
        // 24 bits are what an `f32` holds exactly.
        (self.bits() >> 40) as f32 / (1 << 24) as f32
    }

    /// A number in `low..high`.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }
}

/// A running checksum: depends on every value and on their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checksum(u64);

impl Checksum {
    /// Takes a value in.
    pub(crate) fn add(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    /// Takes the exact bits of a number in.
    pub(crate) fn add_f32(&mut self, value: f32) {
        self.add(u64::from(value.to_bits()));
    }

    /// The sum so far.
    pub(crate) fn value(self) -> u64 {
        mix(self.0)
    }
}

/// Spreads every bit over all of the word.
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_the_sequence() {
        // The published first outputs of SplitMix64 for the seed 1234567.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut random = Random::new(1);
        for _ in 0..10_000 {
            assert!(random.below(7) < 7);
            assert!((0.0..1.0).contains(&random.unit()));
            assert!((-2.0..3.0).contains(&random.between(-2.0, 3.0)));
        }
    }

    #[test]
    fn the_checksum_sees_order() {
        let sum = |values: [u64; 2]| {
            let mut sum = Checksum::default();
            values.into_iter().for_each(|value| sum.add(value));
            sum.value()
        };
        assert_ne!(sum([1, 2]), sum([2, 1]));
    }
}
