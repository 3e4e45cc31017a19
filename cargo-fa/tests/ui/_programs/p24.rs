//! Saved games: sections are written by anything that can, checked, and read back.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::io::{self, Write};

use framealloc::{AllocConfig, FrameBox, FrameMap, FrameString, FrameVec, HeapBox, SmartAlloc, frame_format, kilobytes};

const MAX_SECTION: u32 = 1 << 16;

macro_rules! section {
    ($name:ident { $($field:ident : $kind:ty),* $(,)? }) => {
        #[derive(Clone, Debug, Default, PartialEq)]
        struct $name {
            $($field: $kind),*
        }

        impl Section for $name {
            const NAME: &'static str = stringify!($name);

            fn write(&self, out: &mut FrameVec<'_, u8>) {
                $(out.extend_from_slice(&self.$field.to_le_bytes());)*
            }

            fn read(bytes: &mut &[u8]) -> Option<Self> {
                Some(Self {
                    $($field: {
                        let (field, rest) = bytes.split_first_chunk()?;
                        *bytes = rest;
                        <$kind>::from_le_bytes(*field)
                    }),*
                })
            }
        }
    };
}

trait Section: Sized {
    const NAME: &'static str;
    fn write(&self, out: &mut FrameVec<'_, u8>);
    fn read(bytes: &mut &[u8]) -> Option<Self>;
}

section!(Hero { health: i32, gold: u64, angle: f32 });
section!(Clock { day: u32, seconds: u16 });

/// The sum that FNV makes of bytes.
#[derive(Default)]
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// The parts of a file while it is read; they borrow the frame.
struct Index<'f, 'b> {
    sections: FrameMap<'f, &'b str, &'b [u8]>,
}

impl<'f, 'b> Index<'f, 'b> {
    fn parse(alloc: &'f SmartAlloc, mut bytes: &'b [u8]) -> Option<Self> {
        let mut sections = alloc.frame_map();
        while let Some((&name_len, rest)) = bytes.split_first() {
            let (name, rest) = rest.split_at_checked(usize::from(name_len))?;
            let (len, rest) = rest.split_first_chunk()?;
            let len = u32::from_le_bytes(*len).min(MAX_SECTION) as usize;
            let (body, rest) = rest.split_at_checked(len)?;
            sections.insert(std::str::from_utf8(name).ok()?, body);
            bytes = rest;
        }
        Some(Self { sections })
    }

    fn get<S: Section>(&self) -> Option<S> {
        S::read(&mut self.sections.get(S::NAME).copied()?)
    }
}

struct Saves {
    alloc: SmartAlloc,
    slots: HashMap<u8, HeapBox<[u8]>>,
    sums: Vec<u64>,
}

impl Saves {
    fn encode<S: Section>(&self, section: &S) -> FrameBox<'_, [u8]> {
        let mut body = self.alloc.frame_vec_with_capacity::<u8>(64);
        section.write(&mut body);
        let mut out = self.alloc.frame_vec_with_capacity(body.len() + S::NAME.len() + 5);
        out.push(S::NAME.len() as u8);
        out.extend_from_slice(S::NAME.as_bytes());
        out.extend_from_slice(&(body.len() as u32).to_le_bytes());
        out.extend_from_slice(&body);
        self.alloc.frame_slice_copy(&out)
    }

    fn title(&self, slot: u8) -> FrameString<'_> {
        frame_format!(self.alloc, "slot {slot}: {} saved", self.slots.len())
    }

    /// What is saved outlives the frame: it is on the heap.
    fn save(&mut self, slot: u8, hero: &Hero, clock: &Clock, log: &mut impl Write) -> io::Result<u64> {
        let _frame = self.alloc.frame();
        let (first, second) = (self.encode(hero), self.encode(clock));
        let mut saved = self.alloc.heap_slice::<u8>(first.len() + second.len());
        saved[..first.len()].copy_from_slice(&first);
        saved[first.len()..].copy_from_slice(&second);
        let mut sum = Fnv::default();
        saved.hash(&mut sum);
        writeln!(log, "{} {:x}", self.title(slot).as_str(), sum.finish())?;
        drop((first, second));
        self.slots.insert(slot, saved);
        self.sums.push(sum.finish());
        Ok(sum.finish())
    }

    fn load(&self, slot: u8) -> Option<(Hero, Clock)> {
        let _frame = self.alloc.frame();
        let index = Index::parse(&self.alloc, self.slots.get(&slot)?)?;
        Some((index.get()?, index.get()?))
    }

    /// Simulates what a save would cost at other sizes; slow, and only in tools.
    fn measure(&self, sizes: &[usize]) -> usize {
        self.alloc.begin_frame();
        let mut total = 0;
        for &size in sizes {
            let block = self.alloc.heap_slice::<u8>(size); // fa: allow(FA602) -- the heap is what is measured
            total += block.iter().filter(|&&byte| byte == 0).count();
        }
        self.alloc.end_frame();
        total
    }
}

fn main() -> io::Result<()> {
    let alloc = SmartAlloc::new(AllocConfig::default().with_frame_size(kilobytes(64)));
    let mut saves = Saves { alloc, slots: HashMap::new(), sums: Vec::new() };
    let mut log = Vec::new();
    for slot in 0..3 {
        let hero = Hero { health: 100 - i32::from(slot), gold: 7, angle: 0.5 };
        saves.save(slot, &hero, &Clock { day: slot.into(), seconds: 3600 }, &mut log)?;
    }
    println!("{:?} {} {:?}", saves.load(1), saves.measure(&[10, 100, 1000]), saves.sums);
    io::stdout().write_all(&log)
}
