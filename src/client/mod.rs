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
//!
//! # The window
//!
//! Of a connection's calls so many as [`OpenOptions::window`] wait for their replies at a time: 4, as libvirt's daemons read nothing more, pings
//! included, while they work on 5. Of 4, calls that wait for guests ([`Urgency::Patient`]) have 2, and with the questions how far a job is, with
//! a migration's limits and about the host's storage and devices 3: the last is for calls that wait for neither, and for those that end others
//! ([`Urgency::Ending`]), which go first. So an abort never waits behind what it is to abort; with a window of 1 it goes beyond it.
//!
//! A call has its place until the daemon answers, also where nobody waits for it any more because its future was dropped or its deadline
//! has passed: two that the daemon never answers keep all others that wait for guests from being sent, and questions about a guest that
//! hangs, given up or not, keep all places but the last. So poll on a connection of its own; the error of a call that had no place names
//! those that were given up and have it. The last place is free for the first abort, of whichever guest. So has an abort its place, though:
//! where a guest hangs and with it the answer to its abort, that may be the last one, and then nothing ends any guest on this connection.
//! Where one abort is not answered, destroy the guest instead of asking again, or from another connection.
//!
//! [`Urgency::Patient`]: virtwire_protocol::pace::Urgency::Patient
//! [`Urgency::Ending`]: virtwire_protocol::pace::Urgency::Ending

mod admin;
mod ask;
mod asks;
mod at_once;
mod auth;
mod connection;
mod encoded;
mod error;
mod events;
mod objects;
mod opening;
mod options;
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
pub use connection::Connection;
pub use error::{CallError, CloseReason, OpenError, OpenPhase};
pub use events::{Missed, SubscribeError, Subscription};
pub use objects::{
    BlockInfo, BlockJob, BlockStats, Checkpoint, Control, CpuMap, Domain, DomainInfo, DomainStats, Interface,
    InterfaceStats, JobStats, MemoryStats, Metadata, Network, NetworkPort, NetworkUpdate, NodeDevice,
    NodeInfo, NwFilter, NwFilterBinding, Secret, SecurityLabel, Snapshot, StoragePool, StoragePoolInfo,
    StorageVol, StorageVolInfo, Vcpu,
};
pub use options::OpenOptions;
pub use reconnecting::{Backoff, GaveUp, Link, Reconnecting, ReconnectingSubscription, Told};
pub use stream::Stream;
pub use task::{Observer, Passed};
pub use tls_fault::{TlsFault, Unconfirmed};
pub use waiting::{CallPhase, Meter};

pub use crate::stream::{Chunk, FileError, StreamError, StreamReader, StreamWriter};
