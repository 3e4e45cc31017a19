//! How much memory the process has, and how much of it nothing accounts for.

use std::fs::File;
use std::io::Read as _;
use std::sync::OnceLock;

use framealloc_snapshot::Snapshot;

use crate::memory::tracking::global_bytes_alive;

/// Adds what the system says of the process's memory at this moment, unless somebody has done so.
pub(super) fn add_to(snapshot: &mut Snapshot) {
    let summary = &mut snapshot.summary;
    if summary.resident_bytes.is_none() && summary.untracked_bytes.is_none() {
        summary.resident_bytes = resident_bytes();
        let tracked = summary.resident_bytes.zip(global_bytes_alive());
        summary.untracked_bytes = tracked.map(|(resident, tracked)| resident.saturating_sub(tracked));
    }
}

/// Bytes of memory that the process has; only Linux is asked.
fn resident_bytes() -> Option<u64> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let mut text = [0; 128];
    let read = File::open("/proc/self/statm").ok()?.read(&mut text).ok()?;
    pages_in(text.get(..read)?)?.checked_mul(page_size()?)
}

/// The second number of `statm`: resident pages.
fn pages_in(statm: &[u8]) -> Option<u64> {
    let mut numbers = statm.split(u8::is_ascii_whitespace);
    std::str::from_utf8(numbers.nth(1)?).ok()?.parse().ok()
}

/// The size of the pages that Linux counts, which it tells each program at its start.
fn page_size() -> Option<u64> {
    static SIZE: OnceLock<Option<u64>> = OnceLock::new();
    *SIZE.get_or_init(|| page_size_in(&std::fs::read("/proc/self/auxv").ok()?))
}

/// Looks for the entry `AT_PAGESZ` among pairs of words.
fn page_size_in(vector: &[u8]) -> Option<u64> {
    const WORD: usize = size_of::<usize>();
    const PAGE_SIZE: usize = 6;
    let word = |bytes: &[u8]| Some(usize::from_ne_bytes(bytes.try_into().ok()?));
    let mut pairs = vector.chunks_exact(2 * WORD).map(|pair| pair.split_at(WORD));
    let (_, size) = pairs.find(|&(kind, _)| word(kind) == Some(PAGE_SIZE))?;
    word(size).map(|size| size as u64).filter(|size| size.is_power_of_two())
}

#[cfg(test)]
mod tests {
    use super::{page_size_in, pages_in};

    #[test]
    fn the_second_number_is_what_is_resident() {
        assert_eq!(pages_in(b"4096 123 99 1 0 7 0\n"), Some(123));
        assert_eq!(pages_in(b"4096"), None);
        assert_eq!(pages_in(b"4096 x"), None);
    }

    #[test]
    fn the_page_size_is_found_among_the_others() {
        let words = |words: &[usize]| words.iter().flat_map(|word| word.to_ne_bytes()).collect::<Vec<u8>>();
        assert_eq!(page_size_in(&words(&[33, 6, 6, 16384, 0, 0])), Some(16384));
        assert_eq!(page_size_in(&words(&[33, 6, 0, 0])), None);
        assert_eq!(page_size_in(&words(&[6, 100])), None);
        assert_eq!(page_size_in(&[6, 0, 0]), None);
    }
}
