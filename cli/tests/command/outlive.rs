//! Guests that are processes outlive their daemon, and never run twice: their own log says so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use virtwire::client::Connection;
use virtwire::hypervisor::mem::checksum;
use virtwire::protocol::error::ErrorCode;
use virtwire::protocol::remote::{
    Domain, DomainCreate, DomainCreateXml, DomainDefineXml, DomainDestroy, DomainGetJobInfo, DomainGetState,
    DomainLookupByName, DomainManagedSave, DomainMemoryPeek, DomainMigrateFinish2, DomainMigratePerform,
    DomainMigratePrepare2, DomainResume, DomainSuspend,
};

use crate::kept::{Directory, Host};
use crate::process::run;
use crate::runs::{Runs, read_runs};

pub(crate) const UUID: &str = "5f2a8c1e-0000-4000-8000-000000000001";
const BYTES: u32 = 256 << 10;

fn xml() -> String {
    format!(
        "<domain type='mem'>\n  <name>web1</name>\n  <uuid>{UUID}</uuid>\n  <memory unit='KiB'>256</memory>\n</domain>\n"
    )
}

/// Two hosts whose guests write into one log.
pub(crate) struct Lab {
    directory: Directory,
    pub(crate) source: Host,
    pub(crate) destination: Host,
}

impl Lab {
    pub(crate) fn new(name: &str) -> Lab {
        let directory = Directory::new(name);
        std::fs::create_dir(&directory.0).unwrap();
        let host = |name| {
            let log = directory.0.join("runs");
            let state = directory.0.join(name);
            let words = ["--guests", "processes", "--run-log", log.to_str().unwrap()].map(str::to_owned);
            Host::start(state, words.to_vec())
        };
        let (source, destination) = (host("source"), host("destination"));
        Lab { source, destination, directory }
    }

    fn log(&self) -> PathBuf {
        self.directory.0.join("runs")
    }

    pub(crate) fn runs(&self) -> BTreeMap<String, Runs> {
        read_runs(&std::fs::read_to_string(self.log()).unwrap())
    }

    /// The guest has counted on, beyond what it had counted.
    #[track_caller]
    pub(crate) fn counts_on(&self) {
        let before = self.runs()[UUID].counter;
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.runs()[UUID].counter <= before {
            assert!(Instant::now() < deadline, "the guest does not count beyond {before}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

pub(crate) async fn created(host: &Host) -> Domain {
    let call = DomainCreateXml { xml_desc: xml().as_str().into(), flags: 0 };
    host.open().await.call(call).await.unwrap().dom
}

pub(crate) async fn state(host: &Host, name: &str) -> Option<(i32, i32)> {
    let connection = host.open().await;
    let dom = connection.call(DomainLookupByName { name: name.into() }).await.ok()?.dom;
    match connection.call(DomainGetState { dom, flags: 0 }).await {
        Ok(reply) => Some((reply.state, reply.reason)),
        // It has ended since it was found.
        Err(error) if error.remote().is_some_and(|error| error.code == ErrorCode::NO_DOMAIN) => None,
        Err(error) => panic!("{error}"),
    }
}

/// All of its memory but for what it counts in.
pub(crate) async fn memory(connection: &Connection, dom: &Domain) -> u64 {
    let call = DomainMemoryPeek { dom: dom.clone(), offset: 0, size: BYTES - 8, flags: 2 };
    checksum(&connection.call(call).await.unwrap().buffer)
}

/// As a daemon leaves it that is killed once it has started a guest from its image: the next start is not from there once more.
#[tokio::test]
async fn an_image_beside_a_guest_that_runs_is_set_aside() {
    let mut lab = Lab::new("image");
    let connection = lab.source.open().await;
    let dom = connection.call(DomainDefineXml { xml: xml().as_str().into() }).await.unwrap().dom;
    let start = || connection.call(DomainCreate { dom: dom.clone() });
    start().await.unwrap();
    connection.call(DomainManagedSave { dom: dom.clone(), flags: 0 }).await.unwrap();
    let image = lab.source.state().join(format!("saved/{UUID}.save"));
    let saved = std::fs::read(&image).unwrap();
    start().await.unwrap();
    assert!(!image.exists());
    lab.source.kill();
    std::fs::write(&image, saved).unwrap();
    lab.source.restart();
    assert_eq!(state(&lab.source, "web1").await.map(|(state, _)| state), Some(1));
    assert!(!image.exists());
    let said = lab.source.kill();
    assert!(said.contains("its domain runs"), "{said}");
}

#[tokio::test]
async fn a_guest_outlives_its_daemon_as_it_was() {
    let mut lab = Lab::new("outlive");
    let dom = created(&lab.source).await;
    let before = memory(&lab.source.open().await, &dom).await;
    lab.counts_on();
    for ends in [Host::kill, Host::terminate] {
        ends(&mut lab.source);
        lab.counts_on();
        lab.source.restart();
        assert_eq!(state(&lab.source, "web1").await, Some((1, 1)));
        let connection = lab.source.open().await;
        assert_eq!(connection.call(DomainLookupByName { name: "web1".into() }).await.unwrap().dom, dom);
        assert_eq!(memory(&connection, &dom).await, before);
    }
    // Paused, for a reason, through a daemon's end; and it stands still.
    lab.source.open().await.call(DomainSuspend { dom: dom.clone() }).await.unwrap();
    lab.source.kill();
    let counter = lab.runs()[UUID].counter;
    std::thread::sleep(Duration::from_millis(300));
    lab.source.restart();
    assert_eq!((state(&lab.source, "web1").await, lab.runs()[UUID].counter), (Some((3, 1)), counter));
    lab.source.open().await.call(DomainResume { dom: dom.clone() }).await.unwrap();
    lab.counts_on();
    lab.source.open().await.call(DomainDestroy { dom }).await.unwrap();
    assert_eq!(state(&lab.source, "web1").await, None);
    let runs = &lab.runs()[UUID];
    assert_eq!((runs.doubled.as_ref(), runs.running), (None, 0), "{runs:?}");
    assert_eq!(std::fs::read_dir(lab.source.state().join("guests")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_guest_whose_process_ends_is_told_of() {
    let mut lab = Lab::new("ended");
    created(&lab.source).await;
    lab.source.kill();
    let pid = lab.runs()[UUID].pid.clone();
    assert!(std::process::Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    let deadline = Instant::now() + Duration::from_secs(60);
    while Path::new(&format!("/proc/{pid}/exe")).exists() {
        assert!(Instant::now() < deadline, "process {pid} is still there");
        std::thread::sleep(Duration::from_millis(5));
    }
    lab.source.restart();
    assert_eq!(state(&lab.source, "web1").await, None);
    assert_eq!(lab.source.kill(), format!("the guest {UUID} ended while no daemon watched\n"));
    // And while one watches.
    lab.source.restart();
    created(&lab.source).await;
    let pid = lab.runs()[UUID].pid.clone();
    assert!(std::process::Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    let deadline = Instant::now() + Duration::from_secs(60);
    while state(&lab.source, "web1").await.is_some() {
        assert!(Instant::now() < deadline, "the guest is still there");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[tokio::test]
async fn a_guest_moves_with_its_memory_and_counts_on_without_a_gap() {
    let lab = Lab::new("moves");
    for version in ["v3+params", "v3", "v2", "v1"] {
        let dom = created(&lab.source).await;
        let before = memory(&lab.source.open().await, &dom).await;
        lab.counts_on();
        let (from, to) = (lab.source.uri(), lab.destination.uri());
        run(&[
            "migrate",
            "--live",
            "--migration",
            version,
            "--force-v2",
            "--from",
            &from,
            "--to",
            &to,
            "web1",
        ])
        .succeeded();
        assert_eq!(
            (state(&lab.source, "web1").await, state(&lab.destination, "web1").await),
            (None, Some((1, 2)))
        );
        assert_eq!(memory(&lab.destination.open().await, &dom).await, before);
        lab.counts_on();
        let runs = &lab.runs()[UUID];
        assert_eq!((runs.doubled.as_ref(), runs.gap.as_ref()), (None, None), "{version}: {runs:?}");
        lab.destination.open().await.call(DomainDestroy { dom }).await.unwrap();
    }
}

/// Version 2 ends the guest on its source before the destination runs it: here the destination's daemon is killed in between.
#[tokio::test]
async fn an_only_copy_outlives_its_destinations_daemon_and_any_connection_finishes_it() {
    let mut lab = Lab::new("only");
    let dom = created(&lab.source).await;
    lab.counts_on();
    let (source, destination) = (lab.source.open().await, lab.destination.open().await);
    let prepare = DomainMigratePrepare2 {
        uri_in: None,
        flags: 1,
        dname: None,
        resource: 0,
        dom_xml: xml().as_str().into(),
    };
    let prepared = destination.call(prepare).await.unwrap();
    let uri = prepared.uri_out.unwrap();
    let perform = DomainMigratePerform {
        dom,
        cookie: prepared.cookie.clone(),
        uri: uri.clone(),
        flags: 1,
        dname: None,
        resource: 0,
    };
    source.call(perform).await.unwrap();
    assert_eq!(state(&lab.source, "web1").await, None);
    lab.destination.kill();
    lab.source.kill();
    lab.destination.restart();
    lab.source.restart();
    assert_eq!(
        (state(&lab.source, "web1").await, state(&lab.destination, "web1").await),
        (None, Some((3, 2)))
    );
    let finish =
        DomainMigrateFinish2 { dname: "web1".into(), cookie: prepared.cookie, uri, flags: 1, retcode: 0 };
    let moved = lab.destination.open().await.call(finish).await.unwrap().ddom;
    assert_eq!(state(&lab.destination, "web1").await, Some((1, 2)));
    lab.counts_on();
    let runs = &lab.runs()[UUID];
    assert_eq!((runs.doubled.as_ref(), runs.gap.as_ref()), (None, None), "{runs:?}");
    lab.destination.open().await.call(DomainDestroy { dom: moved }).await.unwrap();
}

/// A Perform that had paused the guest dies with its daemon: the guest runs on where it is.
#[tokio::test]
async fn a_guest_runs_on_whose_perform_died_with_its_daemon() {
    for version in ["v3+params", "v2"] {
        let mut lab = Lab::new("perform");
        // Not live, so that it is paused from the first byte on; and slow.
        lab.source.restart_with(&["--fault", "stall-perform=4096"]);
        created(&lab.source).await;
        let (from, to) = (lab.source.uri(), lab.destination.uri());
        let migrating = std::thread::spawn(move || {
            run(&["migrate", "--migration", version, "--force-v2", "--from", &from, "--to", &to, "web1"])
        });
        // Paused, and its data under way.
        let connection = lab.source.open().await;
        let dom = connection.call(DomainLookupByName { name: "web1".into() }).await.unwrap().dom;
        let deadline = Instant::now() + Duration::from_secs(60);
        while connection.call(DomainGetJobInfo { dom: dom.clone() }).await.unwrap().data_processed == 0 {
            assert!(Instant::now() < deadline, "the guest is not under way");
        }
        assert_eq!(state(&lab.source, "web1").await, Some((3, 2)));
        lab.source.kill();
        lab.source.restart_with(&[]);
        assert_eq!(state(&lab.source, "web1").await, Some((1, 6)));
        lab.counts_on();
        migrating.join().unwrap();
        assert_eq!(state(&lab.destination, "web1").await, None);
        let runs = &lab.runs()[UUID];
        assert_eq!((runs.doubled.as_ref(), runs.running), (None, 1), "{runs:?}");
    }
}
