//! The host's own network interfaces.

use std::future::{Future, ready};

use virtwire_protocol::error::RemoteError;

use super::Result;

/// A host's own network interfaces: `virsh iface-list`, `-name`, `-mac`, `-dumpxml`, `-define`, `-edit`, `-bridge`, `-start`,
/// `-destroy`, `-undefine`, `-begin`, `-commit`, `-rollback`. For [`Hypervisor::interfaces`](super::Hypervisor::interfaces).
///
/// These are the remote program's procedures 126 to 134, 137, 138, 156, 220 to 222 and 284. virtwire supplies lookups by name and by
/// address, lists with their filters, flags and access. A verb that is not implemented is answered as not supported. There are no events of
/// interfaces.
pub trait Interfaces: Send + Sync {
    /// Every interface, up or down, in any order. At most 16,384 can be listed to a client.
    fn interfaces(&self) -> impl Future<Output = Result<Vec<InterfaceInfo>>> + Send;

    /// An interface's configuration: as it is now, or as it was defined.
    fn interface_xml(&self, name: &str, inactive: bool) -> impl Future<Output = Result<String>> + Send;

    /// Makes a configuration persistent, new or in place of the one with the same name.
    fn define_interface(&self, _xml: String) -> impl Future<Output = Result<InterfaceInfo>> + Send {
        ready(Err(RemoteError::no_support("virInterfaceDefineXML")))
    }

    /// Forgets an interface.
    fn undefine_interface(&self, _name: &str) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virInterfaceUndefine")))
    }

    /// Takes an interface up.
    fn start_interface(&self, _name: &str) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virInterfaceCreate")))
    }

    /// Takes it down.
    fn destroy_interface(&self, _name: &str) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virInterfaceDestroy")))
    }

    /// Remembers all interfaces as they are: what is changed from now on can be undone. One such transaction is the host's, not a client's.
    fn begin_interface_changes(&self) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virInterfaceChangeBegin")))
    }

    /// Keeps what was changed since.
    fn commit_interface_changes(&self) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virInterfaceChangeCommit")))
    }

    /// Undoes what was changed since.
    fn roll_back_interface_changes(&self) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virInterfaceChangeRollback")))
    }
}

/// Everything that the short questions about an interface ask, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceInfo {
    /// Its name, unique on this host.
    pub name: String,
    /// Its MAC address, such as `52:54:00:00:00:01`, where it has one of its own.
    pub mac: Option<String>,
    /// Whether it is up.
    pub active: bool,
}

impl InterfaceInfo {
    /// An interface that is down and has no address of its own: where a literal starts from.
    pub fn new(name: impl Into<String>) -> InterfaceInfo {
        InterfaceInfo { name: name.into(), mac: None, active: false }
    }
}
