//! Every call of the remote program with one word that makes no sense: a number, a count or a length. It is answered, by a handler that
//! does not panic.

use std::time::Duration;

use tokio::time::timeout;
use virtwire::hypervisor::HypervisorService;
use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::program::{ProcedureKind, Program};
use virtwire::protocol::remote::*;
use virtwire::server::Server;
use virtwire::xdr::{Text, to_vec};

use crate::raw::{Answer, Raw, serve};

/// The least number there is, the largest, and all ones.
const WORDS: [i32; 3] = [i32::MIN, i32::MAX, -1];

/// Words behind the object that a call is about, as many as any call's numbers take. Where they are zeros, numbers are 0, strings and lists
/// are empty, and what may be absent is.
const WORDS_BEHIND: usize = 10;

/// Of the calls that a host in memory serves, those that get further than to say that they are not served.
const SERVED_MIN: usize = 250;

const UUID: [u8; 16] = [6; 16];

#[tokio::test]
async fn a_word_that_makes_no_sense_fails_no_more_than_its_call() {
    let address = serve(Server::new(HypervisorService::new(Mem::new(Config::default())))).await;
    let mut served = 0;
    for info in Program::REMOTE.procedures().iter().filter(|info| info.kind == ProcedureKind::Call) {
        if info.name == "connect_close" {
            continue;
        }
        let mut raw = Raw::open(&address, 0).await;
        let mut is_served = false;
        'objects: for object in objects(info.name) {
            furnish(&mut raw).await;
            let plain = [object, vec![0; 4 * WORDS_BEHIND]].concat();
            for at in 0..plain.len() / 4 {
                for word in WORDS {
                    let mut payload = plain.clone();
                    payload[4 * at..4 * at + 4].copy_from_slice(&word.to_be_bytes());
                    let answering = raw.call(Program::REMOTE, info.number.0, &payload);
                    let answer: Answer = timeout(Duration::from_secs(60), answering)
                        .await
                        .unwrap_or_else(|_| panic!("{} does not answer, with {word} at {at}", info.name));
                    match answer {
                        Err(error) if error.code == ErrorCode::NO_SUPPORT => break 'objects,
                        Err(_) => is_served = true,
                        // It has changed something, as likely as not.
                        Ok(_) => {
                            is_served = true;
                            furnish(&mut raw).await;
                        }
                    }
                }
            }
        }
        served += usize::from(is_served);
    }
    assert!(served >= SERVED_MIN, "{served} are served");
    // The host goes on for somebody else.
    let mut raw = Raw::open(&address, 0).await;
    furnish(&mut raw).await;
    raw.ask(&DomainGetInfo { dom: dom() }).await.unwrap();
}

/// What a call of this name may be about, as it stands before its other arguments.
fn objects(name: &str) -> Vec<Vec<u8>> {
    let named = |prefix| name.starts_with(prefix);
    if name.contains("snapshot") {
        let snap = DomainSnapshot { name: "snapshot".into(), dom: dom() };
        vec![to_vec(&dom()).unwrap(), to_vec(&snap).unwrap()]
    } else if named("domain_") {
        // Some are about one of its devices.
        let device = |device: &str| [to_vec(&dom()).unwrap(), to_vec(&Text::from(device)).unwrap()].concat();
        vec![to_vec(&dom()).unwrap(), device("vda"), device("tap0")]
    } else if named("secret_") {
        vec![to_vec(&secret()).unwrap()]
    } else if named("interface_") {
        vec![to_vec(&Interface { name: "interface".into(), mac: "".into() }).unwrap()]
    } else if named("node_device_") {
        vec![to_vec(&NodeDevice { name: "computer".into() }).unwrap()]
    } else if named("network_") {
        vec![to_vec(&Network { name: "network".into(), uuid: UUID }).unwrap()]
    } else if named("storage_pool_") {
        vec![to_vec(&StoragePool { name: "pool".into(), uuid: UUID }).unwrap()]
    } else if named("storage_vol_") {
        let vol = StorageVol { pool: "pool".into(), name: "volume".into(), key: "/pool/volume".into() };
        vec![to_vec(&vol).unwrap()]
    } else {
        vec![Vec::new()]
    }
}

fn dom() -> Domain {
    Domain { name: "guest".into(), uuid: UUID, id: -1 }
}

fn secret() -> Secret {
    Secret { uuid: UUID, usage_type: 4, usage_id: "secret".into() }
}

/// Has there be one of everything, as far as it has gone: a guest that runs, and has a snapshot.
async fn furnish(raw: &mut Raw) {
    let uuid = virtwire::hypervisor::Uuid(UUID);
    let guest = format!(
        "<domain type='mem'><name>guest</name><uuid>{uuid}</uuid><memory>1024</memory><vcpu>2</vcpu><devices>\
         <disk><source file='/pool/volume'/><target dev='vda'/></disk><interface><target dev='tap0'/></interface>\
         </devices></domain>"
    );
    let snapshot = "<domainsnapshot><name>snapshot</name></domainsnapshot>";
    let network = format!("<network><name>network</name><uuid>{uuid}</uuid></network>");
    let pool = format!(
        "<pool type='dir'><name>pool</name><uuid>{uuid}</uuid><target><path>/pool</path></target></pool>"
    );
    let volume = "<volume><name>volume</name><capacity>4096</capacity></volume>";
    let usage = "<usage type='tls'><name>secret</name></usage>";
    let document = format!("<secret><uuid>{uuid}</uuid>{usage}</secret>");
    let interface = "<interface type='ethernet' name='interface'/>";
    // Most are there already.
    let _ = raw.ask(&SecretDefineXml { xml: document.into(), flags: 0 }).await;
    let _ = raw.ask(&SecretSetValue { secret: secret(), value: vec![7; 7], flags: 0 }).await;
    let _ = raw.ask(&DomainDefineXml { xml: guest.into() }).await;
    let _ = raw.ask(&DomainCreate { dom: dom() }).await;
    let _ = raw.ask(&DomainResume { dom: dom() }).await;
    let _ = raw.ask(&DomainSnapshotCreateXml { dom: dom(), xml_desc: snapshot.into(), flags: 0 }).await;
    let _ = raw.ask(&InterfaceDefineXml { xml: interface.into(), flags: 0 }).await;
    let _ = raw.ask(&NetworkCreateXml { xml: network.into() }).await;
    let _ = raw.ask(&StoragePoolCreateXml { xml: pool.into(), flags: 0 }).await;
    let pool = StoragePool { name: "pool".into(), uuid: UUID };
    let _ = raw.ask(&StorageVolCreateXml { pool, xml: volume.into(), flags: 0 }).await;
}
