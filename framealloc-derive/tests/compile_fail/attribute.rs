extern crate bytemuck as framealloc;

#[derive(framealloc_derive::Zeroable)]
#[zeroable(path = "framealloc")]
struct Unknown(u8);

#[derive(framealloc_derive::Zeroable)]
#[zeroable(crate = "not a path")]
struct Malformed(u8);

#[derive(framealloc_derive::Zeroable)]
#[zeroable(crate = "framealloc", crate = "framealloc")]
struct Twice(u8);

fn main() {}
