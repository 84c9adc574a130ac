//! Secrets: what a host keeps for its guests, such as the passphrase of a disk.

use std::future::{Future, ready};

pub use virtwire_protocol::enums::SecretUsage;
use virtwire_protocol::error::RemoteError;

use super::{Result, Uuid};

/// A host's secrets: `virsh secret-list`, `-define`, `-dumpxml`, `-set-value`, `-get-value`, `-undefine`. For
/// [`Hypervisor::secrets`](super::Hypervisor::secrets).
///
/// virtwire supplies lookups, lists with their filters, flags and access, and sees to it that the value of a private secret is told to
/// nobody. A verb that is not implemented is answered as not supported. What happens is told by
/// [`Events`](super::Events), also where a client has asked for it.
pub trait Secrets: Send + Sync {
    /// Every secret, in any order. At most 16,384 can be listed to a client.
    fn secrets(&self) -> impl Future<Output = Result<Vec<SecretInfo>>> + Send;

    /// A secret's document, without its value.
    fn secret_xml(&self, secret: Uuid) -> impl Future<Output = Result<String>> + Send;

    /// Makes a secret, or changes what is said of the one with the same UUID, which keeps its value.
    fn define_secret(&self, _xml: String) -> impl Future<Output = Result<SecretInfo>> + Send {
        ready(Err(RemoteError::no_support("virSecretDefineXML")))
    }

    /// Forgets a secret and its value.
    fn undefine_secret(&self, _secret: Uuid) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virSecretUndefine")))
    }

    /// Gives a secret a value, 1 to 65,536 bytes.
    fn set_secret_value(&self, _secret: Uuid, _value: Vec<u8>) -> impl Future<Output = Result<()>> + Send {
        ready(Err(RemoteError::no_support("virSecretSetValue")))
    }

    /// The value of a secret that is not private. `None` where it has been given none.
    fn secret_value(&self, _secret: Uuid) -> impl Future<Output = Result<Option<Vec<u8>>>> + Send {
        ready(Err(RemoteError::no_support("virSecretGetValue")))
    }
}

/// Everything that the short questions about a secret ask. Its value is not among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretInfo {
    /// Its UUID.
    pub uuid: Uuid,
    /// What it is for.
    pub usage: SecretUsage,
    /// Which of those: a path or a name, unique among all of a usage. Empty where it is for nothing in particular.
    pub usage_id: String,
    /// Whether the daemon forgets it when it ends.
    pub ephemeral: bool,
    /// Whether its value is told to no client.
    pub private: bool,
}

impl SecretInfo {
    /// A secret for nothing in particular, which is kept, and whose value is told: where a literal starts from.
    pub fn new(uuid: Uuid) -> SecretInfo {
        let (usage, usage_id) = (SecretUsage::None, String::new());
        SecretInfo { uuid, usage, usage_id, ephemeral: false, private: false }
    }
}
