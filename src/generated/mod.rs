// Made from protocol/x by `cargo run -p virtwire-idl`: change what is there, not this.

//! Every procedure of the contract by name: methods of a client's connection, and what a daemon may implement.

#[cfg(feature = "client")]
mod calls;
#[cfg(feature = "server")]
mod services;

#[cfg(feature = "server")]
pub use services::admin::{AdminService, dispatch_admin};
#[cfg(feature = "server")]
pub use services::lxc::{LxcService, dispatch_lxc};
#[cfg(feature = "server")]
pub use services::qemu::{QemuService, dispatch_qemu};
#[cfg(feature = "server")]
pub use services::remote::{RemoteService, dispatch_remote};
