// Made from protocol/x by `cargo run -p virtwire-idl`: change what is there, not this.

//! How each type is written, and its bounds.

mod admin;
mod keepalive;
mod lxc;
mod message;
mod qemu;
mod remote;
