//! Changes to domains that are there.

use std::future::{Future, ready};

use virtwire_protocol::error::RemoteError;

use super::{DomainInfo, Result, Uuid};

/// What a host changes of its domains without defining them anew: `virsh desc`, `metadata`, `setmem`, `setmaxmem`, `setvcpus`, `attach-disk`,
/// `attach-interface`, `attach-device`, `change-media` and their opposites, `domrename`. For [`Hypervisor::changes`](super::Hypervisor::changes).
///
/// virtwire supplies flags, and sees to it that only what is there is changed: what runs of an active domain, and the configuration of a
/// persistent one. It tells whoever wants to hear of it that metadata has changed. What the guest has a say in the hypervisor tells itself once it
/// is so: [`Happening::DeviceAdded`](super::Happening::DeviceAdded), [`DeviceRemoved`](super::Happening::DeviceRemoved) or
/// [`DeviceRemovalFailed`](super::Happening::DeviceRemovalFailed), for which clients wait, and
/// [`BalloonChange`](super::Happening::BalloonChange).
///
/// A hypervisor that keeps its domains' documents has metadata of them by the module `document` (feature `document`).
pub trait Changes: Send + Sync {
    /// A domain's description, title or element of metadata: of what runs or would run, or of its next start. `None` where it has none.
    fn metadata(
        &self,
        domain: Uuid,
        what: &Metadata,
        inactive: bool,
    ) -> impl Future<Output = Result<Option<String>>> + Send;

    /// Makes a change. Where both places are asked for the configuration comes first, and what runs stays as it is if that fails.
    fn change(&self, domain: Uuid, change: Change, place: Place) -> impl Future<Output = Result<()>> + Send;

    /// The domain as it will be at its next start.
    fn configured(&self, domain: Uuid) -> impl Future<Output = Result<DomainInfo>> + Send;

    /// Gives a domain that is off another name.
    fn rename(&self, _domain: Uuid, _name: String) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virDomainRename")))
    }
}

/// What people and programs note with a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Metadata {
    /// What it is for.
    Description,
    /// The same in a line.
    Title,
    /// An element of a program's own, by its name space.
    Element(String),
}

/// A change to a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Another description; `None` removes it.
    Description(Option<String>),
    /// Another title; `None` removes it.
    Title(Option<String>),
    /// Another element of metadata.
    Element {
        /// The name space that it is known by.
        uri: String,
        /// The prefix that it gets, and the element; `None` removes it.
        element: Option<(String, String)>,
    },
    /// Memory that it has, KiB.
    Memory(u64),
    /// Memory that it may have, KiB.
    MemoryMax(u64),
    /// Virtual CPUs that it has.
    Vcpus(u32),
    /// Virtual CPUs that it may have.
    VcpusMax(u32),
    /// A device more: its element, such as `<disk>`.
    Attach(String),
    /// A device less: its element, complete enough to find it.
    Detach(String),
    /// A device less, by its alias.
    DetachAlias(String),
    /// A device as it shall be.
    Update {
        /// Its element, complete enough to find it.
        device: String,
        /// Also where the guest has not let go of what is in it.
        force: bool,
    },
}

impl Change {
    /// What a host answers that does not make it: code 3.
    pub fn not_supported(&self) -> RemoteError {
        RemoteError::no_support(match self {
            Change::Description(_) | Change::Title(_) | Change::Element { .. } => "virDomainSetMetadata",
            Change::Memory(_) | Change::MemoryMax(_) => "virDomainSetMemoryFlags",
            Change::Vcpus(_) | Change::VcpusMax(_) => "virDomainSetVcpusFlags",
            Change::Attach(_) => "virDomainAttachDeviceFlags",
            Change::Detach(_) => "virDomainDetachDeviceFlags",
            Change::DetachAlias(_) => "virDomainDetachDeviceAlias",
            Change::Update { .. } => "virDomainUpdateDeviceFlags",
        })
    }
}

/// Where a change is made. At least one of the two is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In what runs.
    pub live: bool,
    /// In what will run at the next start.
    pub config: bool,
}
