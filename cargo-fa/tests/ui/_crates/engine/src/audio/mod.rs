//! Sound.

mod mixer;
mod voice;

pub use mixer::Mixer;
pub use voice::{Voice, VoiceBank};
