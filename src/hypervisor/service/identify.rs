//! Whom a call is about, for who decides whether it may be: what the call says of its object, completed by what is known of it.

use virtwire_protocol::access::{Named, ObjectKind};

use super::super::{Hypervisor, Lookup, Networks, Storage, Uuid};
use super::HypervisorService;

impl<H: Hypervisor> HypervisorService<H> {
    /// The UUID and the name of a domain, a network or a pool, whichever of the two the call has. A volume is named by its pool and
    /// its key, and one with another key is not found later.
    pub(super) async fn identified(&self, kind: ObjectKind, mut object: Named<'static>) -> Named<'static> {
        let key = match (&object.uuid, &object.name) {
            (Some(uuid), _) => Lookup::Uuid(Uuid(*uuid)),
            (None, Some(name)) => Lookup::Name(name),
            (None, None) => return object,
        };
        let found = match kind {
            ObjectKind::Domain => {
                let domain = self.hypervisor.domain(key).await.ok().flatten();
                domain.map(|domain| (domain.uuid, domain.name))
            }
            ObjectKind::Network => self.network_by(key).await,
            ObjectKind::StoragePool => self.pool_by(key).await,
            // The UUID is of the pool in which it is looked for or made.
            ObjectKind::StorageVol if object.uuid.is_some() => {
                object.pool = self.pool_by(key).await.map(|(_, name)| name.into());
                None
            }
            _ => None,
        };
        if let Some((uuid, name)) = found {
            object.uuid = Some(uuid.0);
            object.name = Some(name.into());
        }
        object
    }

    async fn network_by(&self, key: Lookup<'_>) -> Option<(Uuid, String)> {
        let all = self.hypervisor.networks()?.networks().await.ok()?;
        let mut those = all.into_iter().map(|network| (network.uuid, network.name));
        those.find(|(uuid, name)| is_it(key, *uuid, name))
    }

    async fn pool_by(&self, key: Lookup<'_>) -> Option<(Uuid, String)> {
        let all = self.hypervisor.storage()?.pools().await.ok()?;
        let mut those = all.into_iter().map(|pool| (pool.uuid, pool.name));
        those.find(|(uuid, name)| is_it(key, *uuid, name))
    }
}

fn is_it(key: Lookup<'_>, uuid: Uuid, name: &str) -> bool {
    match key {
        Lookup::Uuid(asked) => asked == uuid,
        Lookup::Name(asked) => asked == name,
        Lookup::Id(_) => false,
    }
}
