extern crate bytemuck as framealloc;

#[derive(framealloc_derive::Zeroable)]
#[repr(u8)]
enum Level {
    Low = 1,
    High,
}

#[derive(framealloc_derive::Zeroable)]
#[repr(u8)]
enum Named {
    Low = LOW,
    High = 7,
}

const LOW: u8 = 0;

fn main() {}
