//! Text that grows in the memory of a frame or scope, and `frame_format!`.

use std::fmt;
use std::ops::{Deref, DerefMut};

use allocator_api2::alloc::Allocator;
use allocator_api2::vec::Vec;

use super::frame_box::FrameBox;
use super::frame_collections::FrameAllocator;

/// A string in frame memory.
pub type FrameString<'a> = ArenaString<FrameAllocator<'a>>;

/// A string in the memory of an allocator: [`FrameString`], [`ScratchString`](crate::ScratchString).
///
/// # Examples
///
/// ```
/// use framealloc::{SmartAlloc, frame_format};
///
/// let alloc = SmartAlloc::with_defaults();
/// let mut line = alloc.frame_string();
/// line.push_str("frame ");
/// line.push('7');
/// assert_eq!(line, "frame 7");
/// assert_eq!(frame_format!(alloc, "{line}: {} ms", 16), "frame 7: 16 ms");
/// ```
#[derive(Clone)]
pub struct ArenaString<A: Allocator> {
    /// Always UTF-8.
    bytes: Vec<u8, A>,
}

impl<A: Allocator> ArenaString<A> {
    /// An empty string that grows in the memory of `allocator`.
    #[inline]
    #[must_use]
    pub fn new_in(allocator: A) -> Self {
        Self { bytes: Vec::new_in(allocator) }
    }

    /// An empty string with room for `capacity` bytes.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses.
    #[inline]
    #[must_use]
    pub fn with_capacity_in(capacity: usize, allocator: A) -> Self {
        Self { bytes: Vec::with_capacity_in(capacity, allocator) }
    }

    /// A string of these bytes.
    ///
    /// # Errors
    ///
    /// The bytes, when they are not UTF-8.
    pub fn from_utf8(bytes: Vec<u8, A>) -> Result<Self, Vec<u8, A>> {
        if std::str::from_utf8(&bytes).is_ok() { Ok(Self { bytes }) } else { Err(bytes) }
    }

    /// The text.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        // SAFETY: the bytes are UTF-8: every method keeps them so.
        unsafe { std::str::from_utf8_unchecked(&self.bytes) }
    }

    /// The text, whose bytes may change as long as it stays text.
    #[inline]
    #[must_use]
    pub fn as_mut_str(&mut self) -> &mut str {
        // SAFETY: the bytes are UTF-8, and a `&mut str` keeps them so.
        unsafe { std::str::from_utf8_unchecked_mut(&mut self.bytes) }
    }

    /// Bytes that fit without growing.
    #[inline]
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Makes room for `additional` bytes.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses.
    pub fn reserve(&mut self, additional: usize) {
        self.bytes.reserve(additional);
    }

    /// Makes room for `additional` bytes; for strings of a fallible allocator.
    ///
    /// # Errors
    ///
    /// When a budget, a ceiling or the system refuses.
    pub fn try_reserve(
        &mut self,
        additional: usize,
    ) -> Result<(), allocator_api2::collections::TryReserveError> {
        self.bytes.try_reserve(additional)
    }

    /// Gives back what the text does not need.
    pub fn shrink_to_fit(&mut self) {
        self.bytes.shrink_to_fit();
    }

    /// Appends text.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses the growth.
    #[inline]
    pub fn push_str(&mut self, text: &str) {
        // The vector's own way copies byte by byte.
        let (len, more) = (self.bytes.len(), text.len());
        self.bytes.reserve(more);
        // SAFETY: there is room for `more` bytes behind the first `len`, and `text` cannot overlap them.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr(), self.bytes.as_mut_ptr().add(len), more);
            self.bytes.set_len(len + more);
        }
    }

    /// Appends a character.
    ///
    /// # Panics
    ///
    /// When a budget, a ceiling or the system refuses the growth.
    #[inline]
    pub fn push(&mut self, character: char) {
        self.push_str(character.encode_utf8(&mut [0; 4]));
    }

    /// Takes the last character.
    pub fn pop(&mut self) -> Option<char> {
        let last = self.chars().next_back()?;
        self.bytes.truncate(self.len() - last.len_utf8());
        Some(last)
    }

    /// Cuts the text off at `len` bytes; does nothing when it is shorter.
    ///
    /// # Panics
    ///
    /// When `len` is not between two characters.
    #[track_caller]
    pub fn truncate(&mut self, len: usize) {
        if len <= self.len() {
            assert!(self.is_char_boundary(len), "byte {len} is not between two characters");
            self.bytes.truncate(len);
        }
    }

    /// Empties the string and keeps its memory.
    #[inline]
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Inserts text at `index` bytes from the start.
    ///
    /// # Panics
    ///
    /// When `index` is not between two characters, or the growth is refused.
    #[track_caller]
    pub fn insert_str(&mut self, index: usize, text: &str) {
        assert!(self.is_char_boundary(index), "byte {index} is not between two characters");
        self.push_str(text);
        self.bytes[index..].rotate_right(text.len());
    }

    /// Inserts a character at `index` bytes from the start.
    ///
    /// # Panics
    ///
    /// As [`ArenaString::insert_str`].
    #[track_caller]
    pub fn insert(&mut self, index: usize, character: char) {
        self.insert_str(index, character.encode_utf8(&mut [0; 4]));
    }

    /// Takes the character at `index` bytes from the start.
    ///
    /// # Panics
    ///
    /// When no character begins there.
    #[track_caller]
    pub fn remove(&mut self, index: usize) -> char {
        let Some(character) = self[index..].chars().next() else {
            panic!("no character begins at byte {index}")
        };
        self.bytes.drain(index..index + character.len_utf8());
        character
    }

    /// The bytes of the text.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8, A> {
        self.bytes
    }
}

impl<'a> FrameString<'a> {
    /// The text in a box of just its size.
    ///
    /// # Panics
    ///
    /// When the text has to move and there is no memory for it.
    #[must_use]
    pub fn into_boxed_str(self) -> FrameBox<'a, str> {
        let mut bytes = self.bytes;
        bytes.shrink_to_fit();
        let (start, len, capacity, allocator) = bytes.into_raw_parts_with_alloc();
        let state = allocator.state();
        debug_assert!(capacity == len);
        let slice = std::ptr::slice_from_raw_parts_mut(start, len);
        // SAFETY: the vector's own block, of as many bytes, which were UTF-8; its pointer is not null.
        unsafe {
            FrameBox::from_utf8_unchecked(FrameBox::from_parts(
                std::ptr::NonNull::new_unchecked(slice),
                state,
            ))
        }
    }
}

impl<A: Allocator> Deref for ArenaString<A> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<A: Allocator> DerefMut for ArenaString<A> {
    #[inline]
    fn deref_mut(&mut self) -> &mut str {
        self.as_mut_str()
    }
}

impl<A: Allocator> fmt::Write for ArenaString<A> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }

    #[inline]
    fn write_char(&mut self, character: char) -> fmt::Result {
        self.push(character);
        Ok(())
    }
}

impl<A: Allocator> fmt::Debug for ArenaString<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl<A: Allocator> fmt::Display for ArenaString<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl<A: Allocator> AsRef<str> for ArenaString<A> {
    fn as_ref(&self) -> &str {
        self
    }
}

impl<A: Allocator> AsRef<[u8]> for ArenaString<A> {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl<A: Allocator> std::borrow::Borrow<str> for ArenaString<A> {
    fn borrow(&self) -> &str {
        self
    }
}

impl<A: Allocator> PartialEq for ArenaString<A> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl<A: Allocator> Eq for ArenaString<A> {}

impl<A: Allocator> PartialEq<str> for ArenaString<A> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl<A: Allocator> PartialEq<&str> for ArenaString<A> {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl<A: Allocator> PartialEq<String> for ArenaString<A> {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl<A: Allocator> PartialOrd for ArenaString<A> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<A: Allocator> Ord for ArenaString<A> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl<A: Allocator> std::hash::Hash for ArenaString<A> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl<A: Allocator> Extend<char> for ArenaString<A> {
    fn extend<I: IntoIterator<Item = char>>(&mut self, characters: I) {
        characters.into_iter().for_each(|character| self.push(character));
    }
}

impl<'t, A: Allocator> Extend<&'t str> for ArenaString<A> {
    fn extend<I: IntoIterator<Item = &'t str>>(&mut self, texts: I) {
        texts.into_iter().for_each(|text| self.push_str(text));
    }
}

/// Formats into a [`FrameString`]: `frame_format!(alloc, "{x} of {y}")`.
///
/// # Panics
///
/// When a budget, a ceiling or the system refuses, or a formatted value returns an error.
#[macro_export]
macro_rules! frame_format {
    ($alloc:expr, $($format:tt)*) => {{
        let mut text = $alloc.frame_string();
        ::std::fmt::Write::write_fmt(&mut text, ::std::format_args!($($format)*))
            .expect("a formatting trait returned an error");
        text
    }};
}
