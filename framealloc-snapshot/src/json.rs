//! Snapshots as JSON.

use std::fmt;

use serde::Deserialize;

use crate::snapshot::{Snapshot, VERSION};

/// Why a snapshot could not be read.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The text is not that of a snapshot.
    Json(serde_json::Error),
    /// It has a version that this reader does not know.
    Version(u32),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => write!(f, "not a snapshot: {error}"),
            Self::Version(found) => write!(f, "a snapshot of version {found}; this reader knows {VERSION}"),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            Self::Version(_) => None,
        }
    }
}

/// What every version has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl Snapshot {
    /// The snapshot as JSON, in one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Only maps with keys that are no strings, and a `Serialize` that fails by itself, make this fail; there are
        // neither.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a snapshot; what it does not know, it leaves alone.
    ///
    /// # Errors
    ///
    /// When the text is not a snapshot's, or one of a version that is not known.
    ///
    /// # Examples
    ///
    /// ```
    /// use framealloc_snapshot::{ReadError, Snapshot};
    ///
    /// let newer = br#"{ "version": 1, "frame": 7, "summary": { "frame_bytes": 64, "moon": "full" }, "extra": [] }"#;
    /// assert_eq!(Snapshot::from_json(newer).unwrap().summary.frame_bytes, 64);
    /// assert!(matches!(Snapshot::from_json(br#"{ "version": 2 }"#), Err(ReadError::Version(2))));
    /// ```
    pub fn from_json(text: &[u8]) -> Result<Self, ReadError> {
        let Versioned { version } = serde_json::from_slice(text).map_err(ReadError::Json)?;
        if version != VERSION {
            return Err(ReadError::Version(version));
        }
        serde_json::from_slice(text).map_err(ReadError::Json)
    }
}
