//! What is known of the call sites of one thread's allocations.
//!
//! Bounded: so many sites, so many living blocks; what is beyond is counted. Works without memory too, and counts what it
//! has missed then.

#![forbid(unsafe_code)]

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::attribution::{NodeRef, Origin, Place, Purpose};
use crate::config::BehaviorConfig;
use crate::memory::address_table::AddressTable;
use crate::memory::tracking;

/// Who allocates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) place: Place,
    pub(crate) origin: &'static Origin,
    pub(crate) tag: NodeRef,
    pub(crate) phase: NodeRef,
}

impl Caller {
    fn hash(&self, state: &FixedState) -> u64 {
        let mut hasher = state.build_hasher();
        hasher.write_u64(self.place.line_and_column());
        hasher.write_u64((self.tag.key() as u64) ^ ((self.phase.key() as u64) << 1));
        hasher.write_u8(self.origin.purpose as u8);
        hasher.finish()
    }

    /// Where it is looked for first.
    fn place(&self) -> usize {
        let location = self.place.key();
        let name = self.tag.key() ^ self.phase.key();
        ((location >> 3) ^ (name >> 6)) % RECENT
    }

    /// Whether both come from the same copy of a location and an origin.
    fn is_copy(&self, other: &Self) -> bool {
        self.place.key() == other.place.key()
            && std::ptr::eq(self.origin, other.origin)
            && self.tag == other.tag
            && self.phase == other.phase
    }

    /// Whether both are the same place of the program.
    fn is(&self, other: &Self) -> bool {
        self.place.is(other.place)
            && self.tag == other.tag
            && self.phase == other.phase
            && self.origin.is(other.origin)
    }
}

/// How many sites are found without looking for them.
const RECENT: usize = 128;

#[derive(Debug)]
struct Recent([u32; RECENT]);

impl Default for Recent {
    fn default() -> Self {
        Self([u32::MAX; RECENT])
    }
}

/// When an allocation happens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) frame: u64,
    pub(crate) in_frame: bool,
}

/// How often something happened, and in how many and which frames.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Events {
    pub(crate) count: u64,
    pub(crate) bytes: u64,
    pub(crate) frames: u64,
    pub(crate) first: u64,
    pub(crate) last: u64,
}

impl Events {
    fn note(&mut self, count: u64, bytes: u64, frame: u64) {
        if self.frames == 0 {
            self.first = frame;
        }
        if self.frames == 0 || self.last != frame {
            self.frames += 1;
            self.first = self.first.min(frame);
            self.last = self.last.max(frame);
        }
        self.count += count;
        self.bytes += bytes;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        if other.frames == 0 {
            return;
        }
        let first = if self.frames == 0 { other.first } else { self.first.min(other.first) };
        *self = Self {
            count: self.count + other.count,
            bytes: self.bytes + other.bytes,
            frames: self.frames.max(other.frames),
            first,
            last: self.last.max(other.last),
        };
    }
}

/// One call site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    pub(crate) caller: Caller,
    /// All that it allocated.
    pub(crate) count: u64,
    pub(crate) bytes: u64,
    /// What is reported of it: frame blocks that grew old, pool blocks that died young, promotions in frames that had too
    /// many, heap blocks made within frames.
    pub(crate) faults: Events,
    /// By how many samples it is known.
    #[cfg(feature = "call-sites")]
    pub(crate) samples: u64,
    /// How many of its blocks were large: straight from the system.
    pub(crate) large: u64,
    /// The oldest of its frame blocks, in frames.
    pub(crate) oldest: u64,
    /// How many frames were seen when it first allocated within one.
    pub(crate) since: u64,
    /// In how many frames it has allocated, and in which first and last: none for outside of frames.
    pub(crate) frames: u64,
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// What it promoted in the frame that is open.
    promoted: (u64, u64),
}

impl Site {
    /// Its first allocation in this frame, before which so many were seen.
    #[cold]
    #[inline(never)]
    fn enter_frame(&mut self, frame: u64, seen: u64) {
        if self.frames == 0 {
            (self.since, self.first) = (seen, frame);
        }
        self.frames += 1;
        self.last = frame;
    }
}

/// A living block of a frame.
#[derive(Clone, Copy, Debug, Default)]
struct Block {
    site: u32,
    frame: u64,
    size: usize,
}

/// Promotions in frames that had too many.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Excess {
    pub(crate) promoted: u64,
    pub(crate) allocations: u64,
}

impl Excess {
    pub(crate) fn add(&mut self, other: Self) {
        self.promoted += other.promoted;
        self.allocations += other.allocations;
    }
}

#[derive(Debug, Default)]
pub(crate) struct Records {
    /// When the filter was enabled that these belong to.
    pub(super) session: u64,
    pub(crate) config: BehaviorConfig,
    pub(crate) sites: Vec<Site>,
    index: HashTable<u32>,
    /// Sites that were found last, each at a place that follows from its caller.
    recent: Recent,
    hasher: FixedState,
    /// No two are at one address, since the end of each is noted.
    blocks: AddressTable<Block>,
    /// Sites that promoted in the frame that is open.
    promoting: Vec<u32>,
    /// Allocations of the frame that is open: in its memory, and promoted.
    allocations: u64,
    promoted: u64,
    pub(crate) excess: Excess,
    /// Frames that have ended.
    pub(crate) frames: u64,
    /// Allocations that there was no room to note.
    pub(crate) missed: u64,
}

impl Records {
    pub(super) fn restart(&mut self, session: u64, config: BehaviorConfig) {
        *self = Self { session, config, ..Self::default() };
    }

    /// The number of the site that allocates so much.
    #[inline(always)]
    pub(super) fn note(&mut self, caller: Caller, size: usize, now: Moment) -> Option<u32> {
        let Some(number) = self.find_or_add(caller) else {
            self.missed += 1;
            return None;
        };
        let (size, purpose) = (size as u64, caller.origin.purpose);
        let site = &mut self.sites[number as usize];
        if now.in_frame && site.last != now.frame {
            site.enter_frame(now.frame, self.frames);
        }
        site.count += 1;
        site.bytes += size;
        match purpose {
            Purpose::Frame | Purpose::Growth | Purpose::Scope => self.allocations += 1,
            // Outside any frame it belongs to the next that ends.
            Purpose::Retained => {
                self.allocations += 1;
                self.promoted += 1;
                if site.promoted.0 == 0 {
                    // There is room for every site.
                    self.promoting.push(number);
                }
                site.promoted = (site.promoted.0 + 1, site.promoted.1 + size);
            }
            Purpose::Heap if now.in_frame => site.faults.note(1, size, now.frame),
            _ => {}
        }
        Some(number)
    }

    /// A call of so many bytes to the global allocator, which stands for several.
    #[cfg(feature = "call-sites")]
    pub(super) fn note_sampled(&mut self, caller: Caller, bytes: u64, stands_for: u64, now: Moment) {
        let Some(number) = self.find_or_add(caller) else {
            self.missed += stands_for;
            return;
        };
        let site = &mut self.sites[number as usize];
        if site.last != now.frame {
            site.enter_frame(now.frame, self.frames);
        }
        site.count += stands_for;
        site.bytes += bytes * stands_for;
        site.samples += 1;
        site.faults.note(stands_for, bytes * stands_for, now.frame);
    }

    fn find_or_add(&mut self, caller: Caller) -> Option<u32> {
        let place = caller.place();
        let recent = self.recent.0[place];
        if self.sites.get(recent as usize).is_some_and(|site| site.caller.is_copy(&caller)) {
            return Some(recent);
        }
        let number = self.find_or_add_slow(caller)?;
        self.recent.0[place] = number;
        Some(number)
    }

    #[cold]
    #[inline(never)]
    fn find_or_add_slow(&mut self, caller: Caller) -> Option<u32> {
        tracking::uncounted(|| self.look_or_add(caller))
    }

    fn look_or_add(&mut self, caller: Caller) -> Option<u32> {
        let hash = caller.hash(&self.hasher);
        let Self { sites, index, hasher, .. } = self;
        if let Some(&number) = index.find(hash, |&number| sites[number as usize].caller.is(&caller)) {
            return Some(number);
        }
        if sites.len() >= self.config.most_sites.min(u32::MAX as usize) {
            return None;
        }
        index.try_reserve(1, |&number| sites[number as usize].caller.hash(hasher)).ok()?;
        sites.try_reserve(1).ok()?;
        let promoting = sites.len() + 1 - self.promoting.len();
        self.promoting.try_reserve(promoting).ok()?;
        let number = sites.len() as u32;
        sites.push(Site {
            caller,
            count: 0,
            bytes: 0,
            faults: Events::default(),
            #[cfg(feature = "call-sites")]
            samples: 0,
            large: 0,
            oldest: 0,
            since: u64::MAX,
            frames: 0,
            first: 0,
            last: u64::MAX,
            promoted: (0, 0),
        });
        index.insert_unique(hash, number, |&number| sites[number as usize].caller.hash(hasher));
        Some(number)
    }

    /// A frame block at `address` is alive.
    #[inline(always)]
    pub(super) fn note_block(&mut self, address: usize, site: u32, size: usize, frame: u64) {
        if !self.blocks.make_room(self.config.most_blocks) {
            self.missed += 1;
            return;
        }
        self.blocks.insert(address, Block { site, frame, size });
    }

    /// The block that the site has just made is a large one.
    pub(super) fn note_large(&mut self, site: u32) {
        self.sites[site as usize].large += 1;
    }

    /// There was no room to keep something in mind.
    pub(super) fn note_missed(&mut self, count: u64) {
        self.missed += count;
    }

    /// The block at `address`, of which `kept` bytes stay, has given back the others.
    pub(super) fn note_block_gone(&mut self, address: usize, kept: usize, frame: u64) {
        if kept != 0 {
            return self.note_block_size(address, kept);
        }
        if let Some(block) = self.blocks.remove(address) {
            Self::note_age(&mut self.sites, &self.config, &block, frame);
        }
    }

    pub(super) fn note_block_size(&mut self, address: usize, size: usize) {
        if let Some(block) = self.blocks.get_mut(address) {
            block.size = size;
        }
    }

    fn note_age(sites: &mut [Site], config: &BehaviorConfig, block: &Block, frame: u64) {
        let age = frame.saturating_sub(block.frame);
        if age > config.frame_age {
            let site = &mut sites[block.site as usize];
            site.faults.note(1, block.size as u64, block.frame);
            site.oldest = site.oldest.max(age);
        }
    }

    /// So many pool blocks of a site have died in the frame that made them.
    pub(super) fn note_young_deaths(&mut self, site: u32, count: u32, frame: u64) {
        if let Some(site) = self.sites.get_mut(site as usize) {
            // All of a site's blocks are of one size.
            let size = site.bytes / site.count.max(1);
            site.faults.note(u64::from(count), size * u64::from(count), frame);
        }
    }

    /// The frame ends.
    pub(super) fn end_frame(&mut self, frame: u64) {
        let (promoted, allocations) =
            (std::mem::take(&mut self.promoted), std::mem::take(&mut self.allocations));
        let too_many =
            u128::from(promoted) * 100 > u128::from(allocations) * u128::from(self.config.promoted_percent);
        if too_many {
            self.excess.promoted += promoted;
            self.excess.allocations += allocations;
        }
        for number in self.promoting.drain(..) {
            let site = &mut self.sites[number as usize];
            let (count, bytes) = std::mem::take(&mut site.promoted);
            if too_many {
                site.faults.note(count, bytes, frame);
            }
        }
        self.frames += 1;
    }

    /// Nothing is recorded any more: what is alive is judged by the age it has.
    pub(super) fn stop(&mut self, frame: u64) {
        for block in std::mem::take(&mut self.blocks).values() {
            Self::note_age(&mut self.sites, &self.config, block, frame);
        }
        for number in std::mem::take(&mut self.promoting) {
            self.sites[number as usize].promoted = (0, 0);
        }
        (self.allocations, self.promoted) = (0, 0);
    }

    /// The sites, with what is alive judged by the age it has in this frame.
    pub(crate) fn sites_at(&self, frame: u64) -> Vec<Site> {
        let mut sites = self.sites.clone();
        for block in self.blocks.values() {
            Self::note_age(&mut sites, &self.config, block, frame);
        }
        sites
    }
}
