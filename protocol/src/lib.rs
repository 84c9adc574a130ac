//! libvirt's remote protocol without I/O: the contract, frames, sessions and migration.
//!
//! Nothing here awaits, reads a clock, spawns or touches a socket. It is given bytes, results and times, and answers with
//! what to do next, so the very code that ships can be fuzzed, model-checked and simulated. `virtwire` is the shell of
//! tokio around it.
//!
//! In the order in which bytes become sense:

pub mod frame;
pub mod header;

pub mod access;
pub mod error;
pub mod program;

pub mod contract;
mod generated;
mod numbers;
pub use generated::{admin, keepalive, lxc, message, qemu, remote};

pub mod enums;
pub mod flags;
pub mod params;

pub mod dissect;
pub mod event;
pub mod pace;
pub mod profile;
pub mod session;

pub mod migrate;
