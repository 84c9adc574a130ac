//! Secrets that the daemon keeps for volumes and the like.

use virtwire_protocol::enums::SecretUsage;
use virtwire_protocol::flags::{DefineFlags, ListSecretsFlags};
use virtwire_protocol::remote;
use virtwire_xdr::Text;

use super::handle;
use crate::client::{CallError, Connection};
use crate::uuid::Uuid;

handle! {
    /// A secret, such as a volume's passphrase.
    Secret(remote::Secret)
}

impl Connection {
    /// The secret of this UUID.
    pub async fn secret(&self, uuid: Uuid) -> Result<Secret, CallError> {
        Ok(Secret::new(self, self.secret_lookup_by_uuid(uuid.0).await?.secret))
    }

    /// The secret for this use, such as a volume's path.
    pub async fn secret_by_usage(&self, usage: SecretUsage, id: &str) -> Result<Secret, CallError> {
        Ok(Secret::new(self, self.secret_lookup_by_usage(usage.into(), id).await?.secret))
    }

    /// All secrets, or those that the flags choose (libvirt 0.10.2).
    pub async fn secrets(&self, which: ListSecretsFlags) -> Result<Vec<Secret>, CallError> {
        let listed = self.connect_list_all_secrets(1, which.bits()).await?.secrets;
        Ok(listed.into_iter().map(|wire| Secret::new(self, wire)).collect())
    }

    /// Makes a secret without a value, or changes what it is for.
    pub async fn define_secret(&self, xml: &str, flags: DefineFlags) -> Result<Secret, CallError> {
        Ok(Secret::new(self, self.secret_define_xml(xml, flags.bits()).await?.secret))
    }
}

impl Secret {
    /// Its UUID.
    pub fn uuid(&self) -> Uuid {
        Uuid(self.wire.uuid)
    }

    /// What it is for.
    pub fn usage(&self) -> SecretUsage {
        self.wire.usage_type.into()
    }

    /// Which of those, such as a volume's path; empty where it is for nothing in particular.
    pub fn usage_id(&self) -> &Text {
        &self.wire.usage_id
    }

    /// Its configuration, without the value.
    pub async fn xml(&self) -> Result<Text, CallError> {
        Ok(self.connection.secret_get_xml_desc(&self.wire, 0).await?.xml)
    }

    /// Its value, at most 65,536 bytes. Refused where it is private, and on read-only connections.
    pub async fn value(&self) -> Result<Vec<u8>, CallError> {
        Ok(self.connection.secret_get_value(&self.wire, 0).await?.value)
    }

    /// Gives it a value, at most 65,536 bytes.
    pub async fn set_value(&self, value: &[u8]) -> Result<(), CallError> {
        self.connection.secret_set_value(&self.wire, value, 0).await
    }

    /// Forgets it.
    pub async fn undefine(&self) -> Result<(), CallError> {
        self.connection.secret_undefine(&self.wire).await
    }
}
