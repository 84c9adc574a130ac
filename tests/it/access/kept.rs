//! Networks, pools, volumes and secrets that a client may not know of: they are in none of its lists and events, and whatever a call says of them,
//! it is the one that is meant about which the authorizer is asked.

use std::sync::Arc;

use virtwire::hypervisor::HypervisorService;
use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::protocol::header::MessageKind;
use virtwire::protocol::program::Notice;
use virtwire::protocol::remote::*;
use virtwire::server::{AccessRequest, Authorizer, Server};
use virtwire::xdr::from_slice;

use crate::raw::{Raw, call_of, code, serve};

/// Lets everybody do everything but what is about something of this name, or in a pool of this name.
struct HidesSecrets;

impl Authorizer for HidesSecrets {
    fn allows(&self, request: &AccessRequest<'_>) -> bool {
        let Some(object) = request.object else { return true };
        let is_secret = |name: Option<&str>| name.is_some_and(|name| name.contains("secret"));
        !is_secret(object.name.as_deref()) && !is_secret(object.pool.as_deref())
    }
}

const DENIED: (i32, i32) = (88, 55);

fn uuid(name: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    bytes
}

fn document(kind: &str, name: &str) -> virtwire::xdr::Text {
    let uuid = virtwire::hypervisor::Uuid(uuid(name));
    let said = format!("<name>{name}</name><uuid>{uuid}</uuid>");
    match kind {
        "pool" => format!("<pool type='dir'>{said}<target><path>/mem/{name}</path></target></pool>").into(),
        _ => format!("<{kind}>{said}</{kind}>").into(),
    }
}

fn volume(name: &str) -> virtwire::xdr::Text {
    format!("<volume><name>{name}</name><capacity>7</capacity></volume>").into()
}

// The names are lies: it is the UUID that counts.
fn net(name: &str) -> Network {
    Network { name: "open".into(), uuid: uuid(name) }
}

fn pool(name: &str) -> StoragePool {
    StoragePool { name: "open".into(), uuid: uuid(name) }
}

fn vol(pool: &str, name: &str, key: &str) -> StorageVol {
    StorageVol { pool: pool.into(), name: name.into(), key: key.into() }
}

/// A host with two networks and two pools, a volume and a secret one in each, and two clients: one may do everything.
async fn host() -> (Raw, Raw) {
    let service = Arc::new(HypervisorService::new(Mem::new(Config::default())));
    let free = serve(Server::shared(service.clone())).await;
    let guarded = serve(Server::shared(service).authorizer(HidesSecrets)).await;
    let mut free = Raw::open(&free, 0).await;
    for name in ["open", "secret"] {
        free.ask(&NetworkDefineXml { xml: document("network", name) }).await.unwrap();
        free.ask(&StoragePoolCreateXml { xml: document("pool", name), flags: 0 }).await.unwrap();
        for volume in ["disk", "secret-disk"].map(self::volume) {
            free.ask(&StorageVolCreateXml { pool: pool(name), xml: volume, flags: 0 }).await.unwrap();
        }
    }
    (free, Raw::open(&guarded, 0).await)
}

#[tokio::test]
async fn they_are_in_none_of_its_lists() {
    let (_free, mut guarded) = host().await;
    let reply = guarded.ask(&ConnectListAllNetworks { need_results: 1, flags: 0 }).await.unwrap();
    let reply: ConnectListAllNetworksReply = from_slice(&reply).unwrap();
    assert_eq!((reply.ret, reply.nets.len(), reply.nets[0].name.to_str().unwrap()), (1, 1, "open"));
    assert_eq!(guarded.ask(&ConnectNumOfDefinedNetworks {}).await.unwrap(), [0, 0, 0, 1]);
    let names = guarded.ask(&ConnectListDefinedNetworks { maxnames: 9 }).await.unwrap();
    assert_eq!(from_slice::<ConnectListDefinedNetworksReply>(&names).unwrap().names, ["open"]);

    let reply = guarded.ask(&ConnectListAllStoragePools { need_results: 0, flags: 0 }).await.unwrap();
    assert_eq!(from_slice::<ConnectListAllStoragePoolsReply>(&reply).unwrap().ret, 1);
    let names = guarded.ask(&ConnectListStoragePools { maxnames: 9 }).await.unwrap();
    assert_eq!(from_slice::<ConnectListStoragePoolsReply>(&names).unwrap().names, ["open"]);
    assert_eq!(guarded.ask(&StoragePoolNumOfVolumes { pool: pool("open") }).await.unwrap(), [0, 0, 0, 1]);
    let names = guarded.ask(&StoragePoolListVolumes { pool: pool("open"), maxnames: 9 }).await.unwrap();
    assert_eq!(from_slice::<StoragePoolListVolumesReply>(&names).unwrap().names, ["disk"]);
    let all = StoragePoolListAllVolumes { pool: pool("open"), need_results: 1, flags: 0 };
    let all: StoragePoolListAllVolumesReply = from_slice(&guarded.ask(&all).await.unwrap()).unwrap();
    assert_eq!((all.ret, all.vols), (1, vec![vol("open", "disk", "/mem/open/disk")]));
}

#[tokio::test]
async fn nothing_that_a_call_says_leads_to_them() {
    let (mut free, mut guarded) = host().await;
    macro_rules! denied {
        ($($call:expr),* $(,)?) => {
            $(
                assert_eq!(code(&guarded.ask(&$call).await), DENIED, "{}", stringify!($call));
                assert_eq!(code(&free.ask(&$call).await), (0, 0), "{}", stringify!($call));
            )*
        };
    }
    let secret = || vol("open", "secret-disk", "/mem/open/secret-disk");
    denied![
        NetworkLookupByName { name: "secret".into() },
        NetworkLookupByUuid { uuid: uuid("secret") },
        NetworkCreate { net: net("secret") },
        NetworkGetXmlDesc { net: net("secret"), flags: 0 },
        StoragePoolLookupByName { name: "secret".into() },
        StoragePoolLookupByUuid { uuid: uuid("secret") },
        StoragePoolGetInfo { pool: pool("secret") },
        StoragePoolListVolumes { pool: pool("secret"), maxnames: 9 },
        StoragePoolLookupByVolume { vol: vol("secret", "disk", "/mem/secret/disk") },
        StorageVolCreateXml { pool: pool("secret"), xml: volume("new"), flags: 0 },
        StorageVolLookupByName { pool: pool("secret"), name: "disk".into() },
        StorageVolLookupByName { pool: pool("open"), name: "secret-disk".into() },
        StorageVolLookupByKey { key: "/mem/open/secret-disk".into() },
        StorageVolLookupByPath { path: "/mem/open/secret-disk".into() },
        StorageVolGetInfo { vol: secret() },
        StorageVolGetInfo { vol: vol("secret", "disk", "/mem/secret/disk") },
        StorageVolGetPath { vol: secret() },
        StorageVolGetXmlDesc { vol: secret(), flags: 0 },
        StorageVolResize { vol: secret(), capacity: 9, flags: 0 },
        StorageVolCreateXmlFrom {
            pool: pool("secret"),
            xml: volume("clone"),
            clonevol: vol("open", "disk", "/mem/open/disk"),
            flags: 0
        },
        StorageVolCreateXmlFrom { pool: pool("open"), xml: volume("clone"), clonevol: secret(), flags: 0 },
        StorageVolWipe { vol: secret(), flags: 0 },
        NetworkUpdate {
            net: net("secret"),
            command: 3,
            section: 9,
            parent_index: -1,
            xml: "<portgroup name='g'/>".into(),
            flags: 0,
        },
        NetworkGetDhcpLeases { net: net("secret"), mac: None, need_results: 1, flags: 0 },
        StorageVolDelete { vol: secret(), flags: 0 },
    ];
    // The key of another volume does not lead to it either.
    let lie = vol("open", "disk", "/mem/open/other");
    assert_eq!(code(&guarded.ask(&StorageVolDelete { vol: lie.clone(), flags: 0 }).await), (50, 18));
    let lie = StorageVol { name: "secret-disk".into(), ..vol("secret", "", "/mem/secret/disk") };
    assert_eq!(code(&free.ask(&StorageVolDelete { vol: lie, flags: 0 }).await), (50, 18));
}

/// Of a document it is not the text that counts, in which a name can be written in many ways.
#[tokio::test]
async fn a_configuration_is_about_what_the_host_reads_in_it() {
    let (mut free, mut guarded) = host().await;
    let written = |kind| format!("<{kind}><name>&#115;ecret-too</name></{kind}>");
    let network = || written("network").into();
    // What is there has its name also where the document says another.
    let renamed = |kind, name| document(kind, name).to_string().replace(">secret<", ">other<").into();
    let place = "<target><path>/mem/secret-too</path></target></pool>";
    let pool = || written("pool").replace("<pool>", "<pool type='dir'>").replace("</pool>", place).into();
    assert_eq!(code(&guarded.ask(&NetworkDefineXml { xml: network() }).await), DENIED);
    assert_eq!(code(&guarded.ask(&NetworkDefineXmlFlags { xml: network(), flags: 0 }).await), DENIED);
    assert_eq!(code(&guarded.ask(&NetworkCreateXml { xml: network() }).await), DENIED);
    assert_eq!(code(&guarded.ask(&NetworkDefineXml { xml: renamed("network", "secret") }).await), DENIED);
    assert_eq!(code(&guarded.ask(&StoragePoolDefineXml { xml: pool(), flags: 0 }).await), DENIED);
    assert_eq!(code(&guarded.ask(&StoragePoolCreateXml { xml: pool(), flags: 0 }).await), DENIED);
    let xml = renamed("pool", "secret");
    assert_eq!(code(&guarded.ask(&StoragePoolDefineXml { xml, flags: 0 }).await), DENIED);
    free.ask(&NetworkDefineXml { xml: network() }).await.unwrap();
    free.ask(&StoragePoolDefineXml { xml: pool(), flags: 0 }).await.unwrap();
    let xml = document("network", "open");
    assert_eq!(code(&guarded.ask(&NetworkDefineXml { xml }).await), (0, 0));
}

/// Which volumes it has is not known then, and not asked.
#[tokio::test]
async fn a_pool_that_is_off_is_found_by_its_volume() {
    let (mut free, mut guarded) = host().await;
    for name in ["off", "secret-off"] {
        free.ask(&StoragePoolDefineXml { xml: document("pool", name), flags: 0 }).await.unwrap();
        let call = StoragePoolLookupByVolume { vol: vol(name, "disk", &format!("/mem/{name}/disk")) };
        let reply: StoragePoolLookupByVolumeReply = from_slice(&free.ask(&call).await.unwrap()).unwrap();
        assert_eq!(reply.pool.uuid, uuid(name));
        assert_eq!(code(&guarded.ask(&call).await), if name == "off" { (0, 0) } else { DENIED });
    }
}

#[tokio::test]
async fn events_are_told_to_those_who_may_know_of_it() {
    let (mut free, mut guarded) = host().await;
    for raw in [&mut free, &mut guarded] {
        raw.ask(&ConnectNetworkEventRegisterAny { event_id: 0, net: None }).await.unwrap();
        raw.ask(&ConnectStoragePoolEventRegisterAny { event_id: 1, pool: None }).await.unwrap();
    }
    for name in ["secret", "open"] {
        free.send(&call_of(&NetworkCreate { net: net(name) })).await;
        free.send(&call_of(&StoragePoolRefresh { pool: pool(name), flags: 0 })).await;
    }
    for (raw, expected) in [
        (&mut free, &["network secret", "pool secret", "network open", "pool open"][..]),
        (&mut guarded, &["network open", "pool open"]),
    ] {
        let mut heard = Vec::new();
        while heard.len() < expected.len() {
            heard.extend(event(&raw.next().await.unwrap()));
        }
        assert_eq!(heard, expected);
    }
    // Of a network that it may not know of it hears nothing, also where it registers for that one.
    guarded.ask(&ConnectNetworkEventRegisterAny { event_id: 0, net: Some(net("secret")) }).await.unwrap();
    for name in ["secret", "open"] {
        free.send(&call_of(&NetworkDestroy { net: net(name) })).await;
    }
    loop {
        if let Some(name) = event(&guarded.next().await.unwrap()) {
            assert_eq!(name, "network open");
            break;
        }
    }
}

fn event(frame: &virtwire::protocol::frame::Frame) -> Option<String> {
    if frame.header.kind() != Ok(MessageKind::Notice) {
        return None;
    }
    match frame.header.procedure {
        NetworkEventLifecycle::NUMBER => {
            let event: NetworkEventLifecycle = from_slice(&frame.payload).unwrap();
            Some(format!("network {}", event.net.name.to_string_lossy()))
        }
        StoragePoolEventRefresh::NUMBER => {
            let event: StoragePoolEventRefresh = from_slice(&frame.payload).unwrap();
            Some(format!("pool {}", event.pool.name.to_string_lossy()))
        }
        _ => None,
    }
}

fn kept_secret(number: u8, usage: &str, private: bool) -> virtwire::xdr::Text {
    let (uuid, private) = (virtwire::hypervisor::Uuid([number; 16]), if private { "yes" } else { "no" });
    let usage = format!("<usage type='ceph'><name>{usage}</name></usage>");
    format!("<secret private='{private}'><uuid>{uuid}</uuid>{usage}</secret>").into()
}

/// The same of secrets, whose names are what they are for; and the value of a private one is told to nobody.
#[tokio::test]
async fn secrets_are_told_to_those_who_may_know_of_them() {
    let service = Arc::new(HypervisorService::new(Mem::new(Config::default())));
    let free = serve(Server::shared(service.clone())).await;
    let guarded = serve(Server::shared(service).authorizer(HidesSecrets)).await;
    let [mut free, mut guarded, mut ear] =
        [Raw::open(&free, 0).await, Raw::open(&guarded, 0).await, Raw::open(&guarded, 0).await];
    for event_id in [0, 1] {
        ear.ask(&ConnectSecretEventRegisterAny { event_id, secret: None }).await.unwrap();
    }
    // The usage is a lie: it is the UUID that counts.
    let named = |number: u8| Secret { uuid: [number; 16], usage_type: 2, usage_id: "open".into() };
    let set = |number: u8| SecretSetValue { secret: named(number), value: vec![number], flags: 0 };
    for (number, usage, private) in [(1, "secret", false), (2, "open", false), (3, "silent", true)] {
        free.ask(&SecretDefineXml { xml: kept_secret(number, usage, private), flags: 0 }).await.unwrap();
        free.ask(&set(number)).await.unwrap();
    }
    let reply = guarded.ask(&ConnectListAllSecrets { need_results: 1, flags: 0 }).await.unwrap();
    let reply: ConnectListAllSecretsReply = from_slice(&reply).unwrap();
    let told: Vec<_> = reply.secrets.iter().map(|secret| secret.usage_id.to_string_lossy()).collect();
    assert_eq!((reply.ret, told), (2, vec!["open".into(), "silent".into()]));
    assert_eq!(guarded.ask(&ConnectNumOfSecrets {}).await.unwrap(), [0, 0, 0, 2]);
    let get = |number: u8| SecretGetValue { secret: named(number), flags: 0 };
    for refused in [
        guarded.ask(&get(1)).await,
        guarded.ask(&set(1)).await,
        guarded.ask(&SecretUndefine { secret: named(1) }).await,
        guarded.ask(&SecretDefineXml { xml: kept_secret(4, "secret-too", false), flags: 0 }).await,
        // What is there under that UUID is another.
        guarded.ask(&SecretDefineXml { xml: kept_secret(1, "open-too", false), flags: 0 }).await,
    ] {
        assert_eq!(code(&refused), DENIED);
    }
    let usage = SecretLookupByUsage { usage_type: 2, usage_id: "secret".into() };
    assert_eq!(code(&guarded.ask(&usage).await), (66, 30), "it is not there");
    let value: SecretGetValueReply = from_slice(&guarded.ask(&get(2)).await.unwrap()).unwrap();
    assert_eq!(value.value, [2]);
    for raw in [&mut guarded, &mut free] {
        assert_eq!(code(&raw.ask(&get(3)).await), (65, 30));
    }

    // What happened to the two was heard, in order, and nothing else.
    free.ask(&SecretUndefine { secret: named(2) }).await.unwrap();
    let mut heard = Vec::new();
    while heard.len() < 5 {
        let frame = ear.next().await.unwrap();
        heard.push(match frame.header.procedure {
            SecretEventLifecycle::NUMBER => {
                let event: SecretEventLifecycle = from_slice(&frame.payload).unwrap();
                (event.secret.uuid[0], event.event)
            }
            _ => {
                let event: SecretEventValueChanged = from_slice(&frame.payload).unwrap();
                (event.secret.uuid[0], -1)
            }
        });
    }
    assert_eq!(heard, [(2, 0), (2, -1), (3, 0), (3, -1), (2, 1)]);
}
