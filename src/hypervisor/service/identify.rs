//! Whom a call is about, for who decides whether it may be: what the call says of its object, completed by what is known of it.

use virtwire_protocol::access::{Named, ObjectKind};
use virtwire_protocol::error::ErrorCode;

use super::super::{Hypervisor, Lookup, Networks, Result, Secrets, Storage, Uuid};
use super::HypervisorService;

impl<H: Hypervisor> HypervisorService<H> {
    /// The UUID and the name of a domain, a network or a pool, whichever of the two the call has, or those that its configuration says. A
    /// secret's name is what it is for. Interfaces and devices of the host have names alone.
    /// A volume is named by its pool and its key, and one with another key is not found later.
    ///
    /// # Errors
    /// The hypervisor's, where it does not tell what there is: who decides by names would let pass what has none.
    pub(super) async fn identified(
        &self,
        kind: ObjectKind,
        mut object: Named<'static>,
    ) -> Result<Named<'static>> {
        if let Some(xml) = &object.xml {
            if let Some((uuid, name)) = self.hypervisor.described(kind, xml) {
                (object.uuid, object.name) = (uuid.map(|uuid| uuid.0), Some(name.into()));
            }
            // What is to arrive under another name never has the one in its configuration.
            object.name = object.new_name.take().or(object.name);
        }
        let key = match (&object.uuid, &object.name) {
            (Some(uuid), _) => Lookup::Uuid(Uuid(*uuid)),
            (None, Some(name)) => Lookup::Name(name),
            (None, None) => return Ok(object),
        };
        let found = match kind {
            ObjectKind::Domain => {
                let domain = match self.hypervisor.domain(key).await {
                    // Which says as well that there is none.
                    Err(error) if error.code == ErrorCode::NO_DOMAIN => None,
                    found => found?,
                };
                domain.map(|domain| (domain.uuid, domain.name))
            }
            ObjectKind::Network => self.network_by(key).await?,
            ObjectKind::StoragePool => self.pool_by(key).await?,
            ObjectKind::Secret => self.secret_by(key).await?,
            // The UUID is of the pool in which it is looked for or made.
            ObjectKind::StorageVol if object.uuid.is_some() => {
                object.pool = self.pool_by(key).await?.map(|(_, name)| name.into());
                None
            }
            _ => None,
        };
        if let Some((uuid, name)) = found {
            object.uuid = Some(uuid.0);
            // A configuration may call what is there by another name.
            let said = object.name.replace(name.into());
            object.new_name = object.new_name.or(said).filter(|said| object.name.as_ref() != Some(said));
        }
        Ok(object)
    }

    /// What a configuration of a domain describes that no argument of a call is.
    pub(super) async fn described(&self, xml: &str) -> Result<Named<'static>> {
        let mut object = Named::default();
        object.xml = Some(xml.to_owned().into());
        self.identified(ObjectKind::Domain, object).await
    }

    async fn network_by(&self, key: Lookup<'_>) -> Result<Option<(Uuid, String)>> {
        let Some(networks) = self.hypervisor.networks() else { return Ok(None) };
        let mut those = networks.networks().await?.into_iter().map(|network| (network.uuid, network.name));
        Ok(those.find(|(uuid, name)| is_it(key, *uuid, name)))
    }

    /// By its UUID alone: what is for nothing in particular has no other name.
    async fn secret_by(&self, key: Lookup<'_>) -> Result<Option<(Uuid, String)>> {
        let (Lookup::Uuid(uuid), Some(secrets)) = (key, self.hypervisor.secrets()) else { return Ok(None) };
        let found = secrets.secrets().await?.into_iter().find(|secret| secret.uuid == uuid);
        Ok(found.map(|secret| (uuid, secret.usage_id)))
    }

    async fn pool_by(&self, key: Lookup<'_>) -> Result<Option<(Uuid, String)>> {
        let Some(storage) = self.hypervisor.storage() else { return Ok(None) };
        let mut those = storage.pools().await?.into_iter().map(|pool| (pool.uuid, pool.name));
        Ok(those.find(|(uuid, name)| is_it(key, *uuid, name)))
    }
}

fn is_it(key: Lookup<'_>, uuid: Uuid, name: &str) -> bool {
    match key {
        Lookup::Uuid(asked) => asked == uuid,
        Lookup::Name(asked) => asked == name,
        Lookup::Id(_) => false,
    }
}
