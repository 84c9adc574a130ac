//! A client: connections to daemons, and the calls that they take.

mod connection;
mod error;
mod events;
mod task;
mod tls_fault;
mod transport;

pub use connection::{Connection, OpenOptions};
pub use error::{CallError, CloseReason, OpenError};
pub use events::{Missed, SubscribeError, Subscription};
pub use task::{Observer, Passed};
pub use tls_fault::{TlsFault, Unconfirmed};
