//! A host that does not tell for a moment what there is: nobody gets past an authorizer that goes by names meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use virtwire::hypervisor::{
    CreateVolume, DomainInfo, Host, Hypervisor, HypervisorService, NetworkInfo, Networks, PoolInfo, Result,
    SecretInfo, Secrets, Standing, Storage, Uuid, VolumeInfo, WhichXml, errors,
};
use virtwire::protocol::remote::*;
use virtwire::server::{AccessRequest, Authorizer, Server};

use crate::raw::{Answer, Raw, code, serve};

const OWN: Uuid = Uuid([7; 16]);

/// Lets everybody do everything but what is about the database.
struct Spared;

impl Authorizer for Spared {
    fn allows(&self, request: &AccessRequest<'_>) -> bool {
        let named = |name: Option<&str>| name == Some("database");
        let object = request.object;
        !object.is_some_and(|object| named(object.name.as_deref()) || named(object.pool.as_deref()))
    }
}

/// A host of one of each, all called so.
#[derive(Clone, Default)]
struct Forgetful(Arc<State>);

#[derive(Default)]
struct State {
    /// The next that is looked for is not found out about.
    fails: AtomicBool,
    /// How often anything was done or told.
    done: AtomicU32,
}

impl Forgetful {
    fn tells<T>(&self, one: T) -> Result<Vec<T>> {
        match self.0.fails.swap(false, Ordering::Relaxed) {
            true => Err(errors::failed("the database of databases is locked")),
            false => Ok(vec![one]),
        }
    }

    fn does<T: Default>(&self) -> Result<T> {
        self.0.done.fetch_add(1, Ordering::Relaxed);
        Ok(T::default())
    }
}

impl Hypervisor for Forgetful {
    fn host(&self) -> Host {
        Host::new("Forgetful", "forgetful:///system", "forgetful")
    }

    fn networks(&self) -> Option<&impl Networks> {
        Some(self)
    }

    fn storage(&self) -> Option<&impl Storage> {
        Some(self)
    }

    fn secrets(&self) -> Option<&impl Secrets> {
        Some(self)
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        self.tells(DomainInfo { id: Some(1), ..DomainInfo::new("database", OWN) })
    }

    async fn xml(&self, _: Uuid, _: WhichXml) -> Result<String> {
        self.does()
    }

    async fn destroy(&self, _: Uuid) -> Result<()> {
        self.does()
    }
}

fn active() -> Standing {
    Standing { active: true, ..Standing::default() }
}

impl Networks for Forgetful {
    async fn networks(&self) -> Result<Vec<NetworkInfo>> {
        self.tells(NetworkInfo { standing: active(), ..NetworkInfo::new("database", OWN) })
    }

    async fn network_xml(&self, _: Uuid, _: bool) -> Result<String> {
        self.does()
    }

    async fn destroy_network(&self, _: Uuid) -> Result<()> {
        self.does()
    }
}

impl Storage for Forgetful {
    async fn pools(&self) -> Result<Vec<PoolInfo>> {
        self.tells(PoolInfo { standing: active(), ..PoolInfo::new("database", OWN) })
    }

    async fn pool_xml(&self, _: Uuid, _: bool) -> Result<String> {
        self.does()
    }

    async fn volumes(&self, _: Uuid) -> Result<Vec<VolumeInfo>> {
        Ok(Vec::new())
    }

    async fn volume_xml(&self, _: Uuid, _: &str) -> Result<String> {
        self.does()
    }

    async fn destroy_pool(&self, _: Uuid) -> Result<()> {
        self.does()
    }

    async fn create_volume(&self, _: Uuid, _: String, _: CreateVolume) -> Result<VolumeInfo> {
        self.does::<()>()?;
        Ok(VolumeInfo::new("disk", "/disk"))
    }
}

impl Secrets for Forgetful {
    async fn secrets(&self) -> Result<Vec<SecretInfo>> {
        self.tells(SecretInfo { usage_id: "database".to_owned(), ..SecretInfo::new(OWN) })
    }

    async fn secret_xml(&self, _: Uuid) -> Result<String> {
        self.does()
    }

    async fn undefine_secret(&self, _: Uuid) -> Result<()> {
        self.does()
    }
}

/// By UUID: nothing that the call says is the name.
#[tokio::test]
async fn what_the_host_cannot_look_up_now_is_nobodys_to_touch() {
    let host = Forgetful::default();
    let service = HypervisorService::new(host.clone());
    let mut client = Raw::open(&serve(Server::new(service).authorizer(Spared)).await, 0).await;
    let dom = || Domain { name: "".into(), uuid: OWN.0, id: 1 };
    let net = || Network { name: "".into(), uuid: OWN.0 };
    let pool = || StoragePool { name: "".into(), uuid: OWN.0 };
    let secret = || Secret { uuid: OWN.0, ..Secret::default() };
    macro_rules! refused {
        ($($call:expr),* $(,)?) => {
            $(
                let denied = client.ask(&$call).await;
                assert_eq!(code(&denied), (88, 55), "{}", stringify!($call));
                host.0.fails.store(true, Ordering::Relaxed);
                let answer: Answer = client.ask(&$call).await;
                assert_eq!(code(&answer), (9, 10), "{}", stringify!($call));
                assert!(!host.0.fails.load(Ordering::Relaxed), "it was looked for");
            )*
        };
    }
    refused![
        DomainDestroy { dom: dom() },
        DomainGetXmlDesc { dom: dom(), flags: 0 },
        NetworkDestroy { net: net() },
        NetworkGetXmlDesc { net: net(), flags: 0 },
        StoragePoolDestroy { pool: pool() },
        StorageVolCreateXml { pool: pool(), xml: "<volume/>".into(), flags: 0 },
        SecretUndefine { secret: secret() },
    ];
    assert_eq!(host.0.done.load(Ordering::Relaxed), 0);
}
