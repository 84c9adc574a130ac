// Made from protocol/x by `cargo run -p virtwire-idl`: change what is there, not this.

//! What a daemon may implement.

pub(super) mod admin;
pub(super) mod lxc;
pub(super) mod qemu;
pub(super) mod remote;
