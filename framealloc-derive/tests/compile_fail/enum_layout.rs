extern crate bytemuck as framealloc;

#[derive(framealloc_derive::Zeroable)]
enum Mode {
    Off,
    On,
}

fn main() {}
