//! A client: connections to daemons, and the calls that they take.

mod auth;
mod connection;
mod error;
mod events;
mod opening;
mod task;
mod transport;

pub use auth::{AuthError, CredentialAsk, CredentialSource, Credentials, Unfit};
pub use connection::{Connection, OpenOptions};
pub use error::{CallError, CloseReason, OpenError};
pub use events::{Missed, SubscribeError, Subscription};
pub use task::{CallPhase, Meter, Observer, Passed};
