//! A hypervisor with the few verbs of [`Migrating`](virtwire::hypervisor::Migrating), moved by every version and role; and what
//! becomes of its guests when steps are out of order, when clients go, and when sending fails.

mod lost;
mod order;
mod panics;
pub(crate) mod small;
mod versions;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use virtwire::client::{Connection, OpenOptions};
use virtwire::hypervisor::{
    DomainState, HypervisorService, MigrationSettings, PausedReason, RunningReason, Uuid,
};
use virtwire::protocol::profile::Profile;
use virtwire::protocol::remote::*;
use virtwire::server::Server;
use virtwire::xdr::from_slice;

use crate::raw::{Answer, Raw, serve};
use small::{Guest, Small};

const GUEST: Uuid = Uuid([7; 16]);
const LIVE: u64 = 1;
const PROTECTED: u64 = 256;
const RUNS: DomainState = DomainState::Running(RunningReason::Booted);
const RAN_ON: DomainState = DomainState::Running(RunningReason::MigrationCanceled);
const MOVED: DomainState = DomainState::Running(RunningReason::Migrated);
const WAITS: DomainState = DomainState::Paused(PausedReason::Migration);

/// What all hosts share: where each guest runs, and how guests are sent.
#[derive(Clone, Debug)]
pub(crate) struct World(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    running: Mutex<BTreeMap<Uuid, Uuid>>,
    /// Guests that ran in two places at once.
    doubled: Mutex<Vec<Uuid>>,
    how: watch::Sender<How>,
    /// Whether half of a guest has been sent.
    half: watch::Sender<bool>,
    last_id: AtomicU32,
}

/// How guests are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    Well,
    /// Half of it, and then not until it is to go otherwise.
    Stalling,
    Failing,
    Panicking,
}

impl World {
    pub(crate) fn new(how: How) -> World {
        World(Arc::new(Shared {
            running: Mutex::default(),
            doubled: Mutex::default(),
            how: watch::Sender::new(how),
            half: watch::Sender::new(false),
            last_id: AtomicU32::new(0),
        }))
    }

    fn note(&self, host: Uuid, guest: Uuid, runs: bool) {
        let mut running = self.0.running.lock().unwrap();
        match runs {
            true if running.insert(guest, host).is_some_and(|other| other != host) => {
                self.0.doubled.lock().unwrap().push(guest);
            }
            false if running.get(&guest) == Some(&host) => drop(running.remove(&guest)),
            _ => {}
        }
    }

    fn new_id(&self) -> u32 {
        self.0.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    async fn half_sent(&self) -> How {
        self.0.half.send_replace(true);
        let mut how = self.0.how.subscribe();
        *how.wait_for(|how| *how != How::Stalling).await.unwrap()
    }

    async fn until_half_sent(&self) {
        self.0.half.subscribe().wait_for(|half| *half).await.unwrap();
    }

    /// The first law.
    fn check(&self) {
        assert_eq!(*self.0.doubled.lock().unwrap(), [], "guests that ran on two hosts");
    }
}

struct Host {
    small: Small,
    address: String,
}

impl Host {
    async fn start(world: &World) -> Host {
        Host::of_age(world, Profile::default()).await
    }

    async fn of_age(world: &World, profile: Profile) -> Host {
        Host::with(world, profile, MigrationSettings::default()).await
    }

    async fn with(world: &World, profile: Profile, mut settings: MigrationSettings) -> Host {
        settings.ports = 0..=0;
        let small = Small::new(world.clone());
        let service = HypervisorService::new(small.clone()).moving(settings);
        let service = service.dialling(|_, _| Ok(OpenOptions::default()));
        Host { small, address: serve(Server::new(service).profile(profile)).await }
    }

    fn uri(&self) -> String {
        format!("small+tcp://{}/system", self.address)
    }

    async fn connect(&self) -> Connection {
        Connection::open(&self.uri()).await.unwrap()
    }

    async fn open(&self) -> Raw {
        Raw::open(&self.address, 0).await
    }

    async fn create(&self) -> Guest {
        self.connect().await.domain_create_xml(&xml(GUEST), 0).await.unwrap();
        self.guest().unwrap()
    }

    fn guest(&self) -> Option<Guest> {
        self.small.guest(GUEST)
    }

    fn state(&self) -> Option<DomainState> {
        self.guest().map(|guest| guest.info.state)
    }
}

fn xml(guest: Uuid) -> String {
    format!("<domain type='small'><name>guest{}</name><uuid>{guest}</uuid></domain>", guest.0[0])
}

fn dom() -> Domain {
    Domain { name: "guest7".into(), uuid: GUEST.0, id: -1 }
}

fn begin() -> DomainMigrateBegin3 {
    DomainMigrateBegin3 { dom: dom(), flags: LIVE | PROTECTED, ..DomainMigrateBegin3::default() }
}

async fn prepare3(to: &mut Raw, cookie_in: Vec<u8>) -> DomainMigratePrepare3Reply {
    let dom_xml = xml(GUEST).into();
    let prepare =
        DomainMigratePrepare3 { cookie_in, dom_xml, flags: LIVE, ..DomainMigratePrepare3::default() };
    from_slice(&to.ask(&prepare).await.unwrap()).unwrap()
}

async fn prepare2(to: &mut Raw, guest: Uuid) -> DomainMigratePrepare2Reply {
    let prepare = DomainMigratePrepare2 { dom_xml: xml(guest).into(), ..DomainMigratePrepare2::default() };
    from_slice(&to.ask(&prepare).await.unwrap()).unwrap()
}

fn perform3(prepared: &DomainMigratePrepare3Reply) -> DomainMigratePerform3 {
    DomainMigratePerform3 {
        dom: dom(),
        cookie_in: prepared.cookie_out.clone(),
        uri: prepared.uri_out.clone(),
        flags: LIVE | PROTECTED,
        ..DomainMigratePerform3::default()
    }
}

fn perform2(prepared: &DomainMigratePrepare2Reply) -> DomainMigratePerform {
    let (cookie, uri) = (prepared.cookie.clone(), prepared.uri_out.clone().unwrap());
    DomainMigratePerform { dom: dom(), cookie, uri, ..DomainMigratePerform::default() }
}

fn finish3(cookie_in: Vec<u8>, cancelled: i32) -> DomainMigrateFinish3 {
    DomainMigrateFinish3 { dname: "guest7".into(), cookie_in, cancelled, ..DomainMigrateFinish3::default() }
}

fn finish2(prepared: &DomainMigratePrepare2Reply, retcode: i32) -> DomainMigrateFinish2 {
    let (cookie, uri) = (prepared.cookie.clone(), prepared.uri_out.clone().unwrap());
    DomainMigrateFinish2 { dname: "guest7".into(), cookie, uri, flags: 0, retcode }
}

fn confirm3(cancelled: i32) -> DomainMigrateConfirm3 {
    DomainMigrateConfirm3 { dom: dom(), cookie_in: vec![], flags: LIVE | PROTECTED, cancelled }
}

fn cookie(performed: &Answer) -> Vec<u8> {
    let reply: DomainMigratePerform3Reply = from_slice(performed.as_ref().unwrap()).unwrap();
    reply.cookie_out
}

/// Waits until it is so, which is not a matter of time.
async fn until(what: &str, so: impl Fn() -> bool) {
    let so = async {
        while !so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), so).await.unwrap_or_else(|_| panic!("{what}"));
}
