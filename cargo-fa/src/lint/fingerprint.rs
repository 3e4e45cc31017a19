//! What stays of a finding when lines move: baselines and code scanning recognise it by this.
//!
//! It is made of the lint, the path of the item, the line without its spacing, and which of several alike it is. A change
//! here makes every baseline stale, so the name of the scheme, `cargoFa/v1` in SARIF, would change with it.

use std::collections::HashMap;

/// Numbers findings that are alike.
#[derive(Debug, Default)]
pub struct Fingerprints {
    seen: HashMap<u64, u32>,
}

impl Fingerprints {
    /// The fingerprint of the next finding; they come in the order of the file.
    pub fn next(&mut self, code: &str, item: &str, line: &str) -> String {
        let normal: String = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let hash = fnv1a([code, item, &normal].into_iter());
        let ordinal = self.seen.entry(hash).or_default();
        *ordinal += 1;
        format!("{hash:016x}:{ordinal}")
    }
}

/// The same on every machine and in every version, which the standard library's hashers do not promise.
fn fnv1a<'a>(parts: impl Iterator<Item = &'a str>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        // No text has this byte, so that it separates the parts.
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::Fingerprints;

    #[test]
    fn spacing_and_place_do_not_matter_and_the_rest_does() {
        let mut prints = Fingerprints::default();
        let first = prints.next("FA601", "game::update", "    self.kept = alloc.frame_box(1);");
        let other = |code, item, line| Fingerprints::default().next(code, item, line);
        assert_eq!(first, other("FA601", "game::update", "self.kept  =  alloc.frame_box(1);"));
        assert_ne!(first, other("FA602", "game::update", "self.kept = alloc.frame_box(1);"));
        assert_ne!(first, other("FA601", "game::draw", "self.kept = alloc.frame_box(1);"));
        assert_ne!(first, other("FA601", "game::update", "self.lost = alloc.frame_box(1);"));
    }

    #[test]
    fn those_that_are_alike_are_numbered() {
        let mut prints = Fingerprints::default();
        let [first, second] = [(); 2].map(|()| prints.next("FA602", "f", "x();"));
        assert_eq!(first.strip_suffix(":1"), second.strip_suffix(":2"));
        assert!(first.ends_with(":1"));
    }

    #[test]
    fn the_scheme_is_what_baselines_hold() {
        let print = Fingerprints::default().next("FA601", "game::update", "self.kept = alloc.frame_box(1);");
        assert_eq!(print, "599d1f5aa46201c3:1");
    }
}
