// Made from protocol/x by `cargo run -p virtwire-idl`: change what is there, not this.

//! Methods of a client's connection.

mod admin;
mod qemu;
mod remote;
