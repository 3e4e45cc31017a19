// Own methods with these names, and frames that end with their promotions without retaining anything.
use framealloc::SmartAlloc;

struct Texture(u32);

#[derive(Default)]
struct Cache {
    kept: Vec<Texture>,
}

#[derive(Clone, Copy)]
enum RetentionPolicy {
    Level,
    Session,
}

impl Cache {
    fn frame_retained(&mut self, policy: RetentionPolicy) -> &mut Texture {
        let id = match policy {
            RetentionPolicy::Level => 1,
            RetentionPolicy::Session => 2,
        };
        self.kept.push(Texture(id));
        self.kept.last_mut().unwrap()
    }

    fn end_frame_with_promotions(&mut self) -> usize {
        self.kept.len()
    }
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut cache = Cache::default();
    for turn in 0..4 {
        alloc.begin_frame();
        let texture =
            cache.frame_retained(if turn == 0 { RetentionPolicy::Session } else { RetentionPolicy::Level });
        texture.0 += turn;
        let mip = alloc.frame_slice::<u8>(64);
        println!("{}", mip.len());
        drop(mip);
        alloc.end_frame();
        let _ = cache.end_frame_with_promotions();
    }
}
