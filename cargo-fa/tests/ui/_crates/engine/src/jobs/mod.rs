//! Work for other threads.

mod culling;
mod lockstep;
mod pool;
mod transfer;

pub use culling::{cull_detached, cull_parallel, cull_scoped};
pub use lockstep::{Lockstep, run_fan, run_pairs};
pub use pool::{Job, JobPool, start_indexer, start_sampler};
pub use transfer::{Mailbox, Parcel};
