//! libvirt's remote protocol in pure Rust: client, server and live migration.
//!
//! - [`client`]: [`Connection`](client::Connection) opens a daemon by its URI, over unix sockets, TCP, TLS or SSH; typed calls, handles
//!   of a host's objects, events and streams. [`Reconnecting`](client::Reconnecting) comes back after a loss.
//! - [`server`] and [`hypervisor`]: implement [`Hypervisor`](hypervisor::Hypervisor), or any procedure by itself, and libvirt's tools can
//!   drive your daemon.
//! - [`migrate`]: moves a guest between two daemons, and says where it is.
//! - [`protocol`]: the contract, and everything that needs no I/O. [`uri`] reads URIs; [`xdr`] is the wire's format.
//!
//! # A first program
//!
//! ```no_run
//! # #[cfg(feature = "client")]
//! # async fn first() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use virtwire::client::Connection;
//! use virtwire::protocol::flags::ListDomainsFlags;
//!
//! let connection = Connection::open("qemu:///system").await?;
//! for domain in connection.domains(ListDomainsFlags::ACTIVE).await? {
//!     println!("{}: {}", domain.name(), domain.state().await?);
//! }
//! // With a deadline, and what to do when there is no answer.
//! let guest = connection.within(Duration::from_secs(10)).domain("vm1").await?;
//! if let Err(error) = guest.shutdown().await {
//!     println!("{error}: {:?}", error.fate()); // DidNotRun, Failed, or Unknown: look before you try again
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Deadlines, cancellation and order
//!
//! A call takes as long as the daemon takes, unless [`within`](client::Connection::within),
//! [`call_within`](client::Connection::call_within) or [`OpenOptions::call_within`](client::OpenOptions::call_within) says otherwise;
//! the last is not for calls that rightly take as long as a guest is big, such as a Perform. Any future may be dropped: no other call is
//! harmed, and what was sent may still run. Many tasks share a connection; their replies come in any order, and at most
//! [`OpenOptions::window`](client::OpenOptions::window) calls wait for replies at a time, so that a daemon never stops reading. An
//! abort and the answers to pings wait for none of them. A daemon that falls silent is noticed in half a minute, if it has said that it
//! answers pings ([`OpenOptions::keepalive`](client::OpenOptions::keepalive)). Opening has 10 s
//! ([`OpenOptions::open_within`](client::OpenOptions::open_within)), and [`close`](client::Connection::close) 5.
//!
//! # In a program that is not Rust's
//!
//! A peer may be gone when it is written to. That is told by an error, as long as the process ignores the signal SIGPIPE: Rust's own `main` has
//! it do so, Python's and Go's too, C's does not.
//!
//! # More
//!
//! `examples/` has the smallest complete programs: `list_domains`, `watch_events`, `console`, `download_volume`, `manage`, `migrate`,
//! `serve_minimal`, `serve_processes`. Features are in the README; the default ones link 24 crates.

/// `main` prints the `Debug` of the error that it returns: of these it is the text that says what to do.
macro_rules! debug_is_display {
    ($error:ident) => {
        impl std::fmt::Debug for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    };
}

pub mod codec;
pub mod uri;
pub mod uuid;

#[cfg(any(feature = "client", feature = "server"))]
mod net;
#[cfg(any(feature = "client", feature = "server"))]
mod panics;
#[cfg(any(feature = "client", feature = "server"))]
mod shell;
#[cfg(any(feature = "client", feature = "server"))]
mod stream;

#[cfg(feature = "client")]
pub mod client;

#[cfg(feature = "server")]
pub mod server;

#[cfg(feature = "server")]
pub mod hypervisor;

#[cfg(feature = "migrate")]
pub mod migrate;

pub mod generated;

pub use virtwire_protocol as protocol;
pub use virtwire_xdr as xdr;

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
