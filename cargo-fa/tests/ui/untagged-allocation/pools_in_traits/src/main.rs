// A file that is mapped, with pools in trait methods; the file beside it is not mapped.
use framealloc::SmartAlloc;

mod items;
mod shop;

fn main() {
    let alloc = SmartAlloc::with_defaults();
    let mut bag = items::Bag::new(&alloc);
    items::Fill::fill(&mut bag, 3);
    println!("{} {}", shop::prices(&alloc, 3), bag.weight());
}
