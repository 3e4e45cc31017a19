//! What is known of blocks, by their addresses: for what is noted of every allocation, and so has to be found in a few
//! instructions.
//!
//! Linear probing: a block stands at the place that its address says, or at the next that was free. No place between the
//! two is empty, so removing one moves others back.

#![forbid(unsafe_code)]

use super::address::spread;
use super::tracking;

/// Values of blocks that are alive, by address, which is never zero.
#[derive(Debug)]
pub(crate) struct AddressTable<V> {
    /// A power of two of them, at least half of them empty, or none at all. The address is zero where none stands.
    slots: Vec<(usize, V)>,
    len: usize,
    /// So many may stand there before something has to be done.
    room: usize,
}

impl<V> Default for AddressTable<V> {
    fn default() -> Self {
        Self { slots: Vec::new(), len: 0, room: 0 }
    }
}

const SMALLEST: usize = 64;

impl<V: Copy + Default> AddressTable<V> {
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.slots.iter().filter(|(address, _)| *address != 0).map(|(_, value)| value)
    }

    /// Has room for one more, unless there are `most` already, or no memory.
    #[inline(always)]
    pub(crate) fn make_room(&mut self, most: usize) -> bool {
        self.len < self.room || self.grow(most)
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, most: usize) -> bool {
        tracking::uncounted(|| self.grow_uncounted(most))
    }

    fn grow_uncounted(&mut self, most: usize) -> bool {
        if self.len >= most {
            return false;
        }
        let count = (2 * self.slots.len()).max(SMALLEST);
        let mut slots = Vec::new();
        if slots.try_reserve_exact(count).is_err() {
            return false;
        }
        slots.resize(count, (0, V::default()));
        self.room = most.min(count / 2);
        let before = std::mem::replace(&mut self.slots, slots);
        self.len = 0;
        for (address, value) in before.into_iter().filter(|&(address, _)| address != 0) {
            self.insert(address, value);
        }
        true
    }

    /// Where an address would stand if all places were free.
    #[inline(always)]
    fn home(&self, address: usize) -> usize {
        spread(address) as usize & self.last()
    }

    #[inline(always)]
    fn last(&self) -> usize {
        self.slots.len().wrapping_sub(1)
    }

    /// Where it stands, or else the empty place where it would. There are places.
    #[inline(always)]
    fn place(&self, address: usize) -> usize {
        let mut place = self.home(address);
        while self.slots[place].0 != address && self.slots[place].0 != 0 {
            place = (place + 1) & self.last();
        }
        place
    }

    /// Puts a value in the room that [`AddressTable::make_room`] has made, in the place of another of this address.
    #[inline(always)]
    pub(crate) fn insert(&mut self, address: usize, value: V) {
        debug_assert!(address != 0 && self.len < self.room);
        if self.slots.is_empty() {
            // Never. Said here, it need not be asked at each place.
            return;
        }
        let place = self.place(address);
        self.len += usize::from(self.slots[place].0 == 0);
        self.slots[place] = (address, value);
    }

    #[inline(always)]
    pub(crate) fn get_mut(&mut self, address: usize) -> Option<&mut V> {
        if self.slots.is_empty() {
            return None;
        }
        let place = self.place(address);
        (self.slots[place].0 == address).then(|| &mut self.slots[place].1)
    }

    #[inline(always)]
    pub(crate) fn remove(&mut self, address: usize) -> Option<V> {
        if self.slots.is_empty() {
            return None;
        }
        let place = self.place(address);
        let (found, value) = self.slots[place];
        if found != address {
            return None;
        }
        self.len -= 1;
        let next = (place + 1) & self.last();
        self.slots[place].0 = 0;
        if self.slots[next].0 != 0 {
            self.close_gap(place);
        }
        Some(value)
    }

    /// Moves those back that stand behind the place that has become empty because it was not.
    #[inline(never)]
    fn close_gap(&mut self, mut gap: usize) {
        let last = self.last();
        let mut place = gap;
        loop {
            place = (place + 1) & last;
            let (address, _) = self.slots[place];
            if address == 0 {
                return;
            }
            // How far it stands from its home, and from the gap: it may go there if that is not before its home.
            let from_home = place.wrapping_sub(self.home(address)) & last;
            let from_gap = place.wrapping_sub(gap) & last;
            if from_home >= from_gap {
                self.slots[gap] = self.slots[place];
                self.slots[place].0 = 0;
                gap = place;
            }
        }
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        if self.len != 0 {
            self.slots.fill((0, V::default()));
            self.len = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::AddressTable;

    #[test]
    fn it_does_as_a_map_does() {
        let mut table = AddressTable::default();
        let mut map = HashMap::new();
        let mut random = 1_u64;
        let mut next = |end: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % end
        };
        assert!(table.remove(8).is_none() && table.get_mut(8).is_none());
        let rounds = if cfg!(miri) { 500 } else { 100_000 };
        for round in 0..rounds {
            // Few addresses, so that they come again, close together, so that they are in each other's way.
            let address = 0x7F00_0000 + 16 * next(200) as usize;
            match next(5) {
                0 | 1 => {
                    assert!(table.make_room(1000));
                    table.insert(address, round);
                    map.insert(address, round);
                }
                2 | 3 => assert_eq!(table.remove(address), map.remove(&address)),
                _ => assert_eq!(table.get_mut(address).copied(), map.get(&address).copied()),
            }
            assert_eq!(table.len, map.len());
            if next(1000) == 0 {
                table.clear();
                map.clear();
            }
        }
        let (mut found, mut expected): (Vec<_>, Vec<_>) =
            (table.values().copied().collect(), map.into_values().collect());
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}
