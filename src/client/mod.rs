//! A client: connections to daemons, and the calls that they take.

mod admin;
mod asks;
mod auth;
mod connection;
mod encoded;
mod error;
mod events;
mod objects;
mod opening;
#[cfg(feature = "fds")]
mod passing;
mod reconnecting;
mod stream;
mod task;
mod tls_fault;
mod transport;
mod waiting;
mod way;

pub use admin::{Admin, AdminClient, AdminServer};
pub use auth::{AuthError, CredentialAsk, CredentialSource, Credentials, Unfit};
pub use connection::{Connection, OpenOptions};
pub use error::{CallError, CloseReason, OpenError, OpenPhase};
pub use events::{Missed, SubscribeError, Subscription};
pub use objects::{
    BlockInfo, BlockJob, BlockStats, Checkpoint, Control, CpuMap, Domain, DomainInfo, DomainStats, Interface,
    InterfaceStats, JobStats, MemoryStats, Metadata, Network, NetworkPort, NetworkUpdate, NodeDevice,
    NodeInfo, NwFilter, NwFilterBinding, Secret, SecurityLabel, Snapshot, StoragePool, StoragePoolInfo,
    StorageVol, StorageVolInfo, Vcpu,
};
pub use reconnecting::{Backoff, GaveUp, Link, Reconnecting, ReconnectingSubscription, Told};
pub use stream::Stream;
pub use task::{Observer, Passed};
pub use tls_fault::{TlsFault, Unconfirmed};
pub use waiting::{CallPhase, Meter};

pub use crate::stream::{Chunk, StreamError, StreamReader, StreamWriter};
