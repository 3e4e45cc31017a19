//! The program `cargo-fa`, which cargo runs as `cargo fa`.

use cargo_fa::exit::Exit;

fn main() -> Exit {
    cargo_fa::commands::run(std::env::args_os())
}
