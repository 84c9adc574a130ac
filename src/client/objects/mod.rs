//! Handles of a host's objects: domains, networks, storage and the rest, each with its verbs.
//!
//! What they are, `client`'s front page says. Whatever is not here is a call of the same name as the procedure, with
//! [`wire`](Domain::wire) as its argument.

mod checkpoint;
mod cpu_map;
mod domain;
mod interface;
mod network;
mod network_port;
mod node;
mod node_device;
mod nwfilter;
mod pool;
mod secret;
mod snapshot;
mod stats;
mod volume;

use virtwire_protocol::profile::Feature;

use super::{CallError, Connection};

pub use checkpoint::Checkpoint;
pub use cpu_map::CpuMap;
pub use domain::{
    BlockInfo, BlockJob, BlockStats, Control, Domain, DomainInfo, InterfaceStats, JobStats, MemoryStats,
    SecurityLabel, Vcpu,
};
pub use interface::Interface;
pub use network::{Metadata, Network, NetworkUpdate};
pub use network_port::NetworkPort;
pub use node::NodeInfo;
pub use node_device::NodeDevice;
pub use nwfilter::{NwFilter, NwFilterBinding};
pub use pool::{StoragePool, StoragePoolInfo};
pub use secret::Secret;
pub use snapshot::Snapshot;
pub use stats::DomainStats;
pub use volume::{StorageVol, StorageVolInfo};

/// Declares a handle.
macro_rules! handle {
    ($(#[$attribute:meta])* $name:ident($wire:ty)) => {
        $(#[$attribute])*
        #[derive(Clone)]
        pub struct $name {
            pub(in $crate::client::objects) connection: $crate::client::Connection,
            pub(in $crate::client::objects) wire: $wire,
        }

        impl $name {
            /// The handle of an object that is known already, as one that an event or a reply names. Asks nobody.
            pub fn new(connection: &$crate::client::Connection, wire: $wire) -> $name {
                $name { connection: connection.clone(), wire }
            }

            /// The connection that it is of.
            pub fn connection(&self) -> &$crate::client::Connection {
                &self.connection
            }

            /// What calls name it by.
            pub fn wire(&self) -> &$wire {
                &self.wire
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.wire).finish()
            }
        }
    };
}
use handle;

impl Connection {
    /// The flags of a call that reads typed parameters: with TYPED_PARAM_STRING_OKAY, without which daemons leave strings out.
    async fn with_strings(&self, flags: u32) -> Result<u32, CallError> {
        const STRING_OKAY: u32 = 4;
        match self.supports(Feature::TYPED_PARAM_STRING).await {
            Ok(true) => Ok(flags | STRING_OKAY),
            Ok(false) => Ok(flags),
            // A daemon from before there were features.
            Err(error) if error.is_unsupported() => Ok(flags),
            Err(error) => Err(error),
        }
    }
}
