// Functions that end the frame and return what was made in it; helpers that end nothing may return it.
use framealloc::{AllocError, FrameBox, FrameString, FrameVec, SmartAlloc, frame_format};

struct Sprite {
    layer: u8,
    texture: u32,
}

fn collect_sprites<'a>(alloc: &'a SmartAlloc, layers: &[u8]) -> FrameVec<'a, Sprite> {
    let mut sprites = alloc.frame_vec();
    for (texture, layer) in layers.iter().enumerate() {
        sprites.push(Sprite { layer: *layer, texture: texture as u32 });
    }
    sprites
}

fn sorted_frame<'a>(alloc: &'a SmartAlloc, layers: &[u8]) -> FrameVec<'a, Sprite> {
    alloc.begin_frame();
    let mut sprites = collect_sprites(alloc, layers);
    sprites.sort_by_key(|sprite| (sprite.layer, sprite.texture));
    alloc.end_frame();
    sprites //~ FA601
}

fn title(alloc: &SmartAlloc, fps: u32) -> FrameString<'_> {
    let frame = alloc.frame();
    let spare = frame.alloc([0u8; 32]);
    spare[0] = fps as u8;
    let text = frame_format!(alloc, "game - {fps} fps");
    text //~ FA601
}

fn load_masks(alloc: &SmartAlloc, count: usize) -> Result<FrameBox<'_, [u64]>, AllocError> {
    alloc.begin_frame();
    let masks = alloc.try_frame_slice::<u64>(count.min(64));
    let masks = match masks {
        Ok(masks) => masks,
        Err(error) => {
            alloc.end_frame();
            return Err(error);
        }
    };
    alloc.end_frame();
    Ok(masks) //~ FA601
}

fn count_layers(alloc: &SmartAlloc, layers: &[u8]) -> usize {
    alloc.begin_frame();
    let sprites = collect_sprites(alloc, layers);
    let mut seen = alloc.frame_set::<u8>();
    seen.extend(sprites.iter().map(|sprite| sprite.layer));
    let count = seen.len();
    drop((sprites, seen));
    alloc.end_frame();
    count
}

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let layers = [2, 0, 1, 1];
    let sprites = sorted_frame(&alloc, &layers);
    let masks = load_masks(&alloc, 4).map(|masks| masks.len());
    println!("{} {} {masks:?} {}", sprites.len(), title(&alloc, 60), count_layers(&alloc, &layers));
}
