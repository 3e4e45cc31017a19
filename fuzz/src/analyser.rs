//! Texts that are nearly programs through the analyser: reading, every lint, every report. Nothing panics, overflows the
//! stack or takes long.

#![no_main]

#[path = "../../cargo-fa/tests/it/mutated/analyse.rs"]
mod analyse;
#[path = "../../cargo-fa/tests/it/mutated/mutate.rs"]
mod mutate;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    analyse::analyse(&text, data.len() % 2 == 0);
});

// By tokens, since bytes seldom make anything but what the parser refuses at once; now and then by bytes all the same.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed % 16 == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    let mutated = mutate::mutate(&String::from_utf8_lossy(&data[..size]), seed.into(), max_size);
    data[..mutated.len()].copy_from_slice(mutated.as_bytes());
    mutated.len()
});
