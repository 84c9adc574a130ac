//! A client: connections to daemons, and the calls that they take.

mod connection;
mod error;
mod events;
mod stream;
mod task;
mod tls_fault;
mod transport;

pub use connection::{Connection, OpenOptions};
pub use error::{CallError, CloseReason, OpenError};
pub use events::{Missed, SubscribeError, Subscription};
pub use stream::Stream;
pub use task::{Observer, Passed};
pub use tls_fault::{TlsFault, Unconfirmed};

pub use crate::stream::{Chunk, StreamError, StreamReader, StreamWriter};
