//! What virtwire decides, without a daemon: pure, in seconds.

mod captures;
mod client_session;
mod codec;
mod connection;
#[cfg(feature = "fds")]
mod descriptors;
mod events;
mod migrate_model;
#[cfg(feature = "mem")]
mod migration;
mod objects;
mod opening;
mod raw_v2;
mod raw_v3;
mod reconnecting;
mod server_session;
mod streams;
#[cfg(feature = "tls")]
mod tls;
