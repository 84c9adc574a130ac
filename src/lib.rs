//! libvirt's remote protocol in pure Rust: client, server and live migration.

pub mod codec;
pub mod uri;
pub mod uuid;

#[cfg(any(feature = "client", feature = "server"))]
mod shell;
#[cfg(any(feature = "client", feature = "server"))]
mod stream;

#[cfg(feature = "client")]
pub mod client;

#[cfg(feature = "server")]
pub mod hypervisor;
#[cfg(feature = "server")]
pub mod server;

#[cfg(feature = "migrate")]
pub mod migrate;

pub mod generated;

pub use virtwire_protocol as protocol;
pub use virtwire_xdr as xdr;

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
