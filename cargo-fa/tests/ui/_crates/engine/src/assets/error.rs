//! What may go wrong.

use std::fmt;
use std::num::ParseIntError;

use framealloc::AllocError;

#[derive(Debug)]
pub enum AssetError {
    Io(std::io::Error),
    Number(ParseIntError),
    Memory(AllocError),
    Format(&'static str),
}

impl fmt::Display for AssetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "io: {error}"),
            Self::Number(error) => write!(f, "number: {error}"),
            Self::Memory(error) => write!(f, "memory: {error}"),
            Self::Format(what) => write!(f, "format: {what}"),
        }
    }
}

impl std::error::Error for AssetError {}

impl From<std::io::Error> for AssetError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<ParseIntError> for AssetError {
    fn from(error: ParseIntError) -> Self {
        Self::Number(error)
    }
}

impl From<AllocError> for AssetError {
    fn from(error: AllocError) -> Self {
        Self::Memory(error)
    }
}
