//! A recorder of replays: inputs are delta-coded each frame, keyframes are retained.

use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use framealloc::{AllocConfig, FrameBox, FrameVec, Promoted, RetainedId, RetentionPolicy, SmartAlloc, kilobytes};

static LAST_INPUT: AtomicPtr<Input> = AtomicPtr::new(ptr::null_mut());
static RECORDED: AtomicUsize = AtomicUsize::new(0);

#[derive(Clone, Copy, Debug, Default, PartialEq, framealloc::Zeroable)]
struct Input {
    buttons: u32,
    stick: [i8; 2],
}

impl Input {
    fn at(tick: u32) -> Self {
        Self { buttons: tick / 5 & 0xf, stick: [(tick % 11) as i8, (tick % 7) as i8 - 3] }
    }

    fn delta(self, before: Self) -> Option<u8> {
        let turned = self.stick.iter().zip(before.stick).filter(|(now, then)| **now != *then).count() as u8;
        let pressed = (self.buttons ^ before.buttons).count_ones() as u8;
        (turned + pressed > 0).then_some(turned << 4 | pressed)
    }
}

#[derive(Default)]
struct Keyframe {
    tick: u32,
    world: Vec<u8>,
}

struct Replay {
    alloc: &'static SmartAlloc,
    stream: Vec<u8>,
    keyframes: Vec<Promoted<Keyframe>>,
    pending: Option<RetainedId<Keyframe>>,
    players: usize,
}

impl Replay {
    fn inputs(&self, tick: u32) -> FrameBox<'static, [Input]> {
        self.alloc.frame_slice_from_fn(self.players, |player| Input::at(tick + player as u32))
    }

    fn publish(inputs: &mut FrameBox<'static, [Input]>) {
        if let Some(first) = inputs.first_mut() {
            LAST_INPUT.store(ptr::from_mut(first), Ordering::Release);
        }
        RECORDED.fetch_add(inputs.len(), Ordering::Relaxed);
    }

    fn record(&mut self, tick: u32) {
        self.alloc.begin_frame();
        let mut inputs = self.inputs(tick);
        let before = self.inputs(tick.saturating_sub(1));
        let deltas = inputs.iter().zip(before.iter()).filter_map(|(now, then)| now.delta(*then));
        self.stream.extend(deltas);
        Self::publish(&mut inputs);
        self.alloc.end_frame();
    }

    /// The keyframe's id is kept, and the value is taken when the frame has ended.
    fn keyframe(&mut self, tick: u32) {
        self.alloc.begin_frame();
        let mut keyframe = self.alloc.frame_retained::<Keyframe>(RetentionPolicy::PromoteToPool);
        keyframe.tick = tick;
        keyframe.world.extend_from_slice(&self.stream);
        self.pending = Some(keyframe.id());
        drop(keyframe);
        let mut promotions = self.alloc.end_frame_with_promotions();
        let taken = self.pending.take().and_then(|id| promotions.take(id));
        self.keyframes.extend(taken);
    }

    /// A keyframe that the loop closes over.
    fn checkpoint(&mut self, tick: u32) -> usize {
        let frame_bytes = {
            self.alloc.begin_frame();
            let mut keyframe = self.alloc.frame_retained::<Keyframe>(RetentionPolicy::PromoteToHeap);
            keyframe.tick = tick;
            let _ = self.alloc.end_frame_with_promotions(); //~ FA604
            size_of::<Keyframe>()
        };
        frame_bytes + self.stream.len()
    }

    fn thumbnail(&self, tick: u32) -> usize {
        self.alloc.begin_frame();
        let thumbnail = self.alloc.frame_retained_value([tick as u8; 64], RetentionPolicy::PromoteToPool);
        let lit = thumbnail.iter().filter(|&&texel| texel > 3).count();
        drop(thumbnail);
        self.alloc.end_frame_with_promotions(); //~ FA604
        lit
    }

    fn hold(&mut self, tick: u32) -> usize {
        let guard = self.alloc.frame();
        let scratch = ManuallyDrop::new(self.inputs(tick)); //~ FA607
        let len = scratch.len();
        drop(guard);
        len
    }

    /// A sum over a tick's inputs, to find out where two machines part.
    fn digest(&self, tick: u32) -> usize {
        self.alloc.begin_frame();
        let mut digest = self.alloc.heap_box([0u8; 32]); //~ FA606
        for (at, input) in self.inputs(tick).iter().enumerate() {
            digest[at % 32] ^= input.buttons as u8;
        }
        let sum = digest.iter().map(|&byte| usize::from(byte)).sum();
        self.alloc.heap_free(digest);
        self.alloc.end_frame();
        sum
    }

    /// The last inputs, as bytes for the network.
    fn bytes(&self, tick: u32) -> *const u8 {
        self.alloc.begin_frame();
        let mut bytes: FrameVec<'_, u8> = self.alloc.frame_vec();
        bytes.extend(self.inputs(tick).iter().map(|input| input.buttons as u8));
        let start = bytes.as_ptr();
        self.alloc.end_frame();
        start //~ FA601
    }
}

fn main() {
    let alloc = SmartAlloc::leaked(AllocConfig::default().with_frame_size(kilobytes(128)));
    let mut replay =
        Replay { alloc, stream: Vec::new(), keyframes: Vec::new(), pending: None, players: 4 };
    let mut sum = 0;
    for tick in 0..120 {
        replay.record(tick);
        if tick % 30 == 0 {
            replay.keyframe(tick);
            sum += replay.checkpoint(tick) + replay.thumbnail(tick) + replay.hold(tick) + replay.digest(tick);
        }
    }
    let worlds: usize = replay.keyframes.iter().map(|keyframe| keyframe.world.len() + keyframe.tick as usize).sum();
    println!("{worlds} {sum} {}", replay.bytes(3).is_null());
    println!("{} recorded, last {:?}", RECORDED.load(Ordering::Relaxed), LAST_INPUT.load(Ordering::Acquire).is_null());
}
