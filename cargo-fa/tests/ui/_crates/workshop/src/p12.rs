//! A replication client that builds its messages in frame memory.

use std::future;

use framealloc::SmartAlloc;

pub struct Socket {
    sent: std::cell::Cell<usize>,
}

impl Socket {
    pub async fn send(&self, bytes: &[u8]) -> usize {
        self.sent.set(self.sent.get() + bytes.len());
        future::ready(bytes.len()).await
    }

    pub async fn acknowledge(&self) -> u32 {
        future::ready(self.sent.get() as u32).await
    }
}

#[derive(Clone, Copy)]
pub struct Update {
    entity: u32,
    health: u8,
}

pub struct Client {
    alloc: SmartAlloc,
    socket: Socket,
    updates: Vec<Update>,
}

impl Client {
    pub async fn replicate(&self) -> Option<u32> {
        let mut entities = self.alloc.frame_vec_with_capacity::<u32>(self.updates.len() + 1);
        entities.extend(self.updates.iter().map(|update| update.entity));
        let acknowledged = self.socket.acknowledge().await; //~ FA701
        entities.push(acknowledged);
        entities.iter().copied().max()
    }

    pub async fn send_health(&self) -> bool {
        let bytes: Vec<u8> = self.updates.iter().map(|update| update.health).collect();
        if bytes.is_empty() {
            return false;
        }
        let sent = self.socket.send(&self.alloc.frame_slice_copy(&bytes)).await; //~ FA701
        sent == bytes.len()
    }

    pub async fn send_header(&self) -> usize {
        let scope = self.alloc.scope();
        let header = scope.alloc_slice_copy(&[0x46, 0x41, self.updates.len() as u8]);
        header[0] ^= 0x80;
        self.socket.send(header).await //~ FA701
    }

    pub async fn send_count(&self) -> usize {
        let count = {
            let wounded = self.alloc.frame_slice_from_fn(self.updates.len(), |i| self.updates[i].health < 50);
            wounded.iter().filter(|wounded| **wounded).count()
        };
        self.socket.send(&count.to_le_bytes()).await
    }
}
