//! A client: connections to daemons, and the calls that they take.
//!
//! [`Connection::open`] takes a [URI](crate::uri) and runs on tokio; [`OpenOptions`] says how to open it. There are three ways to make a call,
//! each by means of the next:
//!
//! - Handles of a host's objects have verbs: `connection.domain("vm1").await?.shutdown().await?`. A handle, such as a [`Domain`], is
//!   the connection and what the wire calls the object by, cheap to clone, and no more: it keeps nothing of the object's state, and
//!   the object may be gone. Every verb is one call (those that ask how many there are first, two). A verb without flags is the oldest
//!   call, which every daemon has; its sibling `…_with` takes flags and may be newer.
//! - Every procedure is a method of its own name: `connection.domain_shutdown(domain.wire())`.
//! - [`Connection::call`] takes a procedure as a value: `connection.call(DomainShutdown { dom })`.
//!
//! Each fails with a [`CallError`], whose [`fate`](CallError::fate) says whether the call may have run. Events come by
//! [`Connection::subscribe`]; a console, a volume's content and a screenshot are a [`Stream`]. [`Reconnecting`] comes back after a loss, and
//! [`Admin`] looks after the daemon itself.

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

pub use crate::stream::{Chunk, FileError, StreamError, StreamReader, StreamWriter};
