//! Our daemon in its roles of a migration, by calls that no good client makes, and by a client that goes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use virtwire::client::OpenOptions;
use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::hypervisor::{
    Begin, Begun, DomainInfo, DomainState, Handshakes, Host, Hypervisor, HypervisorService, Job, Jobs,
    MigrationSupport, OutgoingId, PausedReason, Perform, Performed, Result, RunningReason, Uuid, WhichXml,
    errors,
};
use virtwire::protocol::remote::*;
use virtwire::server::Server;

use crate::raw::{Raw, code, serve};

const GUEST: Uuid = Uuid([7; 16]);
const READ_ONLY: u32 = 1;

fn xml() -> String {
    format!(
        "<domain type='mem'><name>guest</name><uuid>{GUEST}</uuid><memory unit='KiB'>64</memory></domain>"
    )
}

fn dom() -> Domain {
    Domain { name: "guest".into(), uuid: GUEST.0, id: -1 }
}

async fn daemon() -> String {
    let service =
        HypervisorService::new(Mem::new(Config::default())).dialling(|_, _| Ok(OpenOptions::default()));
    serve(Server::new(service)).await
}

fn text(field: &str, value: &str) -> TypedParam {
    TypedParam { field: field.into(), value: TypedParamValue::String(value.into()) }
}

/// What libvirt's daemons answer to calls that make no sense, and nothing has come of any of them.
#[tokio::test]
async fn what_makes_no_sense_is_refused_in_libvirts_codes() {
    let (source, destination) = (daemon().await, daemon().await);
    let (mut from, mut to) = (Raw::open(&source, 0).await, Raw::open(&destination, 0).await);
    from.ask(&DomainCreateXml { xml_desc: xml().into(), flags: 0 }).await.unwrap();

    let begin = |flags| DomainMigrateBegin3 { dom: dom(), flags, ..DomainMigrateBegin3::default() };
    assert_eq!(code(&Raw::open(&source, READ_ONLY).await.ask(&begin(0)).await).0, 29);
    assert_eq!(code(&from.ask(&begin(1 << 30)).await), (8, 10));
    assert_eq!(code(&from.ask(&begin(1 << 40)).await), (8, 10));

    let params = |params| DomainMigrateBegin3Params { dom: dom(), params, flags: 0 };
    let number = TypedParam { field: "destination_name".into(), value: TypedParamValue::Int(1) };
    let twice = vec![text("destination_name", "a"), text("destination_name", "b")];
    assert_eq!(code(&from.ask(&params(vec![text("no_such", "a")])).await), (74, 10));
    assert_eq!(code(&from.ask(&params(vec![number])).await), (8, 10));
    assert_eq!(code(&from.ask(&params(twice)).await), (8, 10));

    let prepare = |flags, uri: &str| DomainMigratePrepare3 {
        uri_in: Some(uri.into()),
        flags,
        dom_xml: xml().into(),
        ..DomainMigratePrepare3::default()
    };
    for (flags, uri, expected) in [
        (4, "tcp:127.0.0.1", (1, 10)),
        (1 << 30, "tcp:127.0.0.1", (8, 10)),
        (0, "127.0.0.1", (8, 10)),
        (0, "tcp://", (8, 10)),
        (0, "fax:127.0.0.1", (74, 10)),
    ] {
        assert_eq!(code(&to.ask(&prepare(flags, uri)).await), expected, "{flags} {uri}");
    }
    // A tunnel that nobody asked for.
    let tunnel =
        DomainMigratePrepareTunnel3 { dom_xml: xml().into(), ..DomainMigratePrepareTunnel3::default() };
    assert_eq!(code(&to.ask(&tunnel).await), (1, 10));
    let tunnel =
        DomainMigratePrepareTunnel { dom_xml: xml().into(), ..DomainMigratePrepareTunnel::default() };
    assert_eq!(code(&to.ask(&tunnel).await), (1, 10));
    let tunnel =
        DomainMigratePrepareTunnel3Params { flags: 4, ..DomainMigratePrepareTunnel3Params::default() };
    assert_eq!(code(&to.ask(&tunnel).await), (1, 10), "without a configuration");
    let nameless = DomainMigrateFinish3Params { params: vec![], cookie_in: vec![], flags: 0, cancelled: 0 };
    assert_eq!(code(&to.ask(&nameless).await), (42, 10));

    // Peer to peer: a cookie, a way beside the tunnel, nobody to go to, and a tunnel that nobody drives.
    let there = format!("mem+tcp://{destination}/default");
    let perform = |flags, dconnuri: Option<&str>, cookie: &[u8], uri: Option<&str>| DomainMigratePerform3 {
        dom: dom(),
        cookie_in: cookie.to_vec(),
        dconnuri: dconnuri.map(Into::into),
        uri: uri.map(Into::into),
        flags,
        ..DomainMigratePerform3::default()
    };
    for (call, expected) in [
        (perform(3, Some(&there), b"cookie", None), 55),
        (perform(7, Some(&there), b"", Some("tcp:127.0.0.1")), 74),
        (perform(7 | 1 << 15, Some(&there), b"", None), 74),
        (perform(7 | 1 << 10, Some(&there), b"", None), 55),
        (perform(7 | 1 << 6, Some(&there), b"", None), 84),
        (perform(3, None, b"", None), 8),
        (perform(5, Some(&there), b"", None), 55),
    ] {
        assert_eq!(code(&from.ask(&call).await), (expected, 10), "{call:?}");
    }

    assert_eq!(code(&from.ask(&DomainReset { dom: dom(), flags: 0 }).await), (0, 0));
    assert_eq!(code(&to.ask(&DomainLookupByName { name: "guest".into() }).await).0, 42);
}

/// A guest that Begin holds is its client's alone, until the client goes.
#[tokio::test]
async fn a_hold_is_one_clients_and_goes_with_it() {
    let source = daemon().await;
    let (mut owner, mut other) = (Raw::open(&source, 0).await, Raw::open(&source, 0).await);
    owner.ask(&DomainCreateXml { xml_desc: xml().into(), flags: 0 }).await.unwrap();
    let begin = DomainMigrateBegin3 { dom: dom(), flags: 1 | 256, ..DomainMigrateBegin3::default() };
    owner.ask(&begin).await.unwrap();
    assert_eq!(code(&other.ask(&begin).await), (55, 10));
    assert_eq!(code(&owner.ask(&begin).await), (55, 10));
    assert_eq!(code(&other.ask(&DomainReset { dom: dom(), flags: 0 }).await), (55, 10));
    let confirm =
        |cancelled| DomainMigrateConfirm3 { dom: dom(), cookie_in: vec![], flags: 1 | 256, cancelled };
    assert_eq!(code(&other.ask(&confirm(1)).await), (55, 10));
    // Nothing has been performed that could be confirmed.
    assert_eq!(code(&owner.ask(&confirm(0)).await), (1, 10));
    drop(owner);
    let mine = async {
        while code(&other.ask(&begin).await) == (55, 10) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), mine).await.expect("a hold that goes with its client");
    assert_eq!(code(&other.ask(&confirm(1)).await), (0, 0));
    assert_eq!(code(&other.ask(&DomainReset { dom: dom(), flags: 0 }).await), (0, 0));
}

/// A hypervisor whose Perform fails, stops the guest, and lets nobody resume it while it is held.
#[derive(Clone, Default)]
struct Stuck(Arc<Mutex<At>>);

#[derive(Default)]
struct At {
    held: bool,
    stopped: bool,
    told: Vec<&'static str>,
}

impl Hypervisor for Stuck {
    fn host(&self) -> Host {
        let mut host = Host::new("Stuck", "stuck:///system", "mem");
        host.migration = MigrationSupport::ALL;
        host
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        let state = match self.0.lock().unwrap().stopped {
            true => DomainState::Paused(PausedReason::Migration),
            false => DomainState::Running(RunningReason::Booted),
        };
        Ok(vec![DomainInfo { id: Some(1), state, ..DomainInfo::new("guest", GUEST) }])
    }

    async fn xml(&self, _: Uuid, _: WhichXml) -> Result<String> {
        Ok(xml())
    }

    async fn resume(&self, _: Uuid) -> Result<()> {
        let mut at = self.0.lock().unwrap();
        if at.held {
            return Err(errors::invalid("held"));
        }
        at.stopped = false;
        at.told.push("resumed");
        Ok(())
    }

    fn handshakes(&self) -> &impl Handshakes {
        self
    }

    fn jobs(&self) -> &impl Jobs {
        self
    }
}

impl Handshakes for Stuck {
    async fn begin(&self, _: Begin) -> Result<Begun> {
        self.0.lock().unwrap().held = true;
        // A cookie of mem, as another host would write it.
        let cookie = [&b"VWMIG3\0\0"[..], &[9; 16], &GUEST.0, &[0; 16]].concat();
        Ok(Begun { cookie, xml: xml(), outgoing: Some(OutgoingId(1)) })
    }

    async fn perform(&self, _: Perform) -> Result<Performed> {
        self.0.lock().unwrap().stopped = true;
        Err(errors::failed("the disk is full"))
    }

    fn holds(&self, _: OutgoingId) -> bool {
        self.0.lock().unwrap().held
    }

    fn release(&self, _: OutgoingId) {
        let mut at = self.0.lock().unwrap();
        at.held = false;
        at.told.push("released");
    }
}

impl Jobs for Stuck {
    async fn job(&self, _: Uuid) -> Result<Option<Job>> {
        Ok(None)
    }
}

/// What a client's connection would take with it, a daemon that drives by itself lets go of before it has the guest run on.
#[tokio::test]
async fn a_source_that_drives_lets_the_guest_go_before_it_resumes_it() {
    let stuck = Stuck::default();
    let service = HypervisorService::new(stuck.clone()).dialling(|_, _| Ok(OpenOptions::default()));
    let mut from = Raw::open(&serve(Server::new(service)).await, 0).await;
    let destination = daemon().await;
    let perform = DomainMigratePerform3Params {
        dom: dom(),
        dconnuri: Some(format!("mem+tcp://{destination}/default").into()),
        params: vec![],
        cookie_in: vec![],
        flags: 3,
    };
    assert_eq!(code(&from.ask(&perform).await), (9, 10));
    let at = stuck.0.lock().unwrap();
    assert_eq!((&at.told[..], at.stopped), (&["released", "resumed"][..], false));
}
