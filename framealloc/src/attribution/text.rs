//! Paths of names as text that lives as long as the program, for what outlives the tree they stand in.

use std::sync::{Mutex, PoisonError};

use super::node::NodeRef;

/// Every path that was asked for, sorted. They are as few as the ways in which a program nests its names.
static TEXTS: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

impl NodeRef {
    /// The path of this name, empty for the root. `None` when there is no memory for it.
    #[inline]
    pub(crate) fn text(self) -> Option<&'static str> {
        if self.path().len() == self.name.len() {
            return Some(self.name);
        }
        self.text.get().or_else(|| self.find_text())
    }

    #[cold]
    #[inline(never)]
    fn find_text(self) -> Option<&'static str> {
        let text = lasting(self.path())?;
        self.text.set(Some(text));
        Some(text)
    }
}

/// The one copy of `path` that lasts.
fn lasting(path: &str) -> Option<&'static str> {
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let index = match texts.binary_search(&path) {
        Ok(index) => return Some(texts[index]),
        Err(index) => index,
    };
    texts.try_reserve(1).ok()?;
    let mut text = String::new();
    text.try_reserve_exact(path.len()).ok()?;
    text.push_str(path);
    let text = text.leak();
    texts.insert(index, text);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::lasting;

    #[test]
    fn each_path_is_kept_once() {
        let paths = ["physics/contacts", "audio/mix", "physics/islands", "audio/mix"];
        let first: Vec<_> = paths.iter().filter_map(|path| lasting(path)).collect();
        let second: Vec<_> = paths.iter().filter_map(|path| lasting(path)).collect();
        assert_eq!(first, paths);
        assert!(first.iter().zip(&second).all(|(one, other)| std::ptr::eq(*one, *other)));
        assert!(std::ptr::eq(first[1], first[3]));
    }
}
