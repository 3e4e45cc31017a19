// Tags and sub-tags as the modules ask for them, phases with other names, own types with methods of these names.
use framealloc::SmartAlloc;

mod audio;
mod ui;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    alloc.set_tag_budget("audio", framealloc::kilobytes(64));
    let _frame = alloc.frame();
    let menu = ui::Menu { entries: vec!["start".into(), "quit".into()] };
    let render = alloc.with_tag("render", |a| a.frame_slice::<u32>(8).len());
    println!("{} {} {render}", audio::mix(&alloc, &[0.5, 0.25]), menu.layout(&alloc));
}
