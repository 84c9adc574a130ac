// Made from protocol/x by `cargo run -p virtwire-idl`: change what is there, not this.

//! Types, their codecs and tables, as the contract says.

pub(crate) mod access;
pub mod admin;
mod codecs;
pub(crate) mod index;
pub mod keepalive;
pub mod lxc;
pub mod message;
pub mod qemu;
pub mod remote;
pub(crate) mod tables;
