//! What comes over the wire.

mod packet;
mod session;

pub use packet::{Packet, PacketError, decode};
pub use session::{Inbox, Session};
