//! What can be asked for: a kind of event, of one object or of all.

use super::MonitorFilter;
use super::kind::{self, KindInfo};
use crate::remote::{Domain, Network, NodeDevice, Secret, StoragePool};

/// What one asks a daemon to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A kind of domain event (`virDomainEventID`).
    Domain {
        /// The kind. One without a name here is asked for all the same, and comes as number and bytes.
        event_id: i32,
        /// Of one domain; `None` means all.
        object: Option<Domain>,
    },
    /// A kind of network event (`virNetworkEventID`).
    Network {
        /// The kind.
        event_id: i32,
        /// Of one network; `None` means all.
        object: Option<Network>,
    },
    /// A kind of storage pool event (`virStoragePoolEventID`).
    StoragePool {
        /// The kind.
        event_id: i32,
        /// Of one pool; `None` means all.
        object: Option<StoragePool>,
    },
    /// A kind of node device event (`virNodeDeviceEventID`).
    NodeDevice {
        /// The kind.
        event_id: i32,
        /// Of one device; `None` means all.
        object: Option<NodeDevice>,
    },
    /// A kind of secret event (`virSecretEventID`).
    Secret {
        /// The kind.
        event_id: i32,
        /// Of one secret; `None` means all.
        object: Option<Secret>,
    },
    /// Events of QEMU's monitor.
    Monitor(MonitorFilter),
    /// The daemon's loss of the connection that it has upstream.
    Close,
}

/// What events are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// Domains.
    Domain,
    /// Virtual networks.
    Network,
    /// Storage pools.
    StoragePool,
    /// Devices of the host.
    NodeDevice,
    /// Secrets.
    Secret,
    /// QEMU's monitor.
    Monitor,
    /// The daemon's own connection.
    Close,
}

impl Topic {
    /// What it is of.
    pub fn family(&self) -> Family {
        match self {
            Topic::Domain { .. } => Family::Domain,
            Topic::Network { .. } => Family::Network,
            Topic::StoragePool { .. } => Family::StoragePool,
            Topic::NodeDevice { .. } => Family::NodeDevice,
            Topic::Secret { .. } => Family::Secret,
            Topic::Monitor(_) => Family::Monitor,
            Topic::Close => Family::Close,
        }
    }

    /// The kind's number within its family; 0 where the family has but one.
    pub fn event_id(&self) -> i32 {
        match self {
            Topic::Domain { event_id, .. }
            | Topic::Network { event_id, .. }
            | Topic::StoragePool { event_id, .. }
            | Topic::NodeDevice { event_id, .. }
            | Topic::Secret { event_id, .. } => *event_id,
            Topic::Monitor(_) | Topic::Close => 0,
        }
    }

    /// What is known of the kind; `None` for one that is newer than this crate.
    pub fn kind(&self) -> Option<&'static KindInfo> {
        kind::of_id(self.family(), self.event_id())
    }

    /// Whether both ask for the same. A domain that was restarted has another id and is the same domain.
    pub(crate) fn is(&self, other: &Topic) -> bool {
        let same = self.family() == other.family() && self.event_id() == other.event_id();
        same && match (self, other) {
            (Topic::Domain { object: one, .. }, Topic::Domain { object: two, .. }) => {
                one.as_ref().map(|domain| domain.uuid) == two.as_ref().map(|domain| domain.uuid)
            }
            (Topic::Monitor(one), Topic::Monitor(two)) => {
                let uuid = |filter: &MonitorFilter| filter.domain.as_ref().map(|domain| domain.uuid);
                (uuid(one), &one.event, one.flags) == (uuid(two), &two.event, two.flags)
            }
            _ => self == other,
        }
    }
}
