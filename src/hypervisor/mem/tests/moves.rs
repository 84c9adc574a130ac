//! Migrations that succeed, between two hosts over loopback.

use virtwire_protocol::error::RemoteError;

use super::*;
use crate::hypervisor::MigrationVersion;

const RUN: StartOptions = StartOptions { paused: false };
pub(super) const LIVE: MigrateFlags = MigrateFlags::LIVE;

/// The call that begins one in version 3.
pub(super) fn begin(domain: Uuid, flags: MigrateFlags) -> Begin {
    Begin { domain, xml: None, flags, dname: None, bandwidth_mib_s: 0, params: TypedParams::new() }
}

/// The call that opens a migration of this guest.
pub(super) fn prepare(dom_xml: Option<&str>) -> Prepare {
    let version = if dom_xml.is_some() { MigrationVersion::V2 } else { MigrationVersion::V1 };
    Prepare {
        version,
        cookie: Vec::new(),
        uri_in: None,
        flags: LIVE,
        dname: None,
        dom_xml: dom_xml.map(str::to_owned),
        bandwidth_mib_s: 0,
        params: TypedParams::new(),
    }
}

/// The Perform that follows.
pub(super) fn perform(domain: Uuid, prepared: &Prepared) -> Perform {
    Perform {
        keeps: false,
        holds: Vec::new(),
        domain,
        cookie: prepared.cookie.clone(),
        uri: prepared.uri_out.clone().unwrap_or_default(),
        flags: LIVE,
        dname: None,
        bandwidth_mib_s: 0,
        xml: None,
        params: TypedParams::new(),
    }
}

/// The Finish after that.
pub(super) fn finish(version: MigrationVersion, dname: &str, prepared: &Prepared) -> Finish {
    Finish {
        version,
        dname: dname.to_owned(),
        cookie: prepared.cookie.clone(),
        uri: prepared.uri_out.clone().unwrap_or_default(),
        flags: LIVE,
        params: TypedParams::new(),
    }
}

/// Two hosts, and a transient guest `a` that runs on the first.
pub(super) struct Pair {
    pub(super) source: World,
    pub(super) destination: World,
    pub(super) guest: Uuid,
    pub(super) xml: String,
}

impl Pair {
    pub(super) async fn new() -> Pair {
        Pair::with(config()).await
    }

    pub(super) async fn with(config: Config) -> Pair {
        let (mut source, destination) = (World::with(config.clone()), World::with(config));
        let xml = xml("a");
        let guest = source.mem.create(xml.clone(), RUN).await.unwrap().uuid;
        assert_eq!(source.events(), [(2, 0)]);
        Pair { source, destination, guest, xml }
    }

    /// Version 2 up to the end of Prepare.
    pub(super) async fn prepared(&mut self) -> Prepared {
        let prepared = self.destination.mem.prepare(prepare(Some(&self.xml))).await.unwrap();
        assert_eq!(self.destination.state("a").await, Some((3, 2)));
        assert_eq!(self.destination.events(), [(2, 1)]);
        prepared
    }

    pub(super) async fn perform(&self, prepared: &Prepared) -> Result<()> {
        self.source.mem.perform(perform(self.guest, prepared)).await.map(drop)
    }
}

#[tokio::test]
async fn version_2_moves_a_guest_with_its_memory() {
    let mut pair = Pair::new().await;
    let checksum = pair.source.mem.checksum("a");
    let prepared = pair.prepared().await;
    assert_eq!(pair.destination.mem.checksum("a"), None);
    pair.perform(&prepared).await.unwrap();
    assert_eq!(pair.source.find("a").await, None);
    assert_eq!(pair.source.events(), [(3, 1), (5, 3)]);
    assert_eq!(pair.destination.state("a").await, Some((3, 2)));

    let finish = finish(MigrationVersion::V2, "a", &prepared);
    let domain = pair.destination.mem.finish(finish.clone()).await.unwrap().domain;
    assert_eq!((domain.state.to_wire(), domain.persistent), ((1, 2), false));
    assert_eq!(pair.destination.events(), [(4, 1)]);
    assert_eq!(pair.destination.mem.checksum("a"), checksum);
    assert_eq!(pair.destination.mem.xml(pair.guest, WhichXml::Migratable).await.unwrap(), pair.xml);
    // A second Finish, and one for a guest that is not there.
    assert_error(pair.destination.mem.finish(finish.clone()).await, 55, 10);
    let other = Finish { dname: "b".to_owned(), ..finish };
    assert_error(pair.destination.mem.finish(other).await, 42, 10);
}

#[tokio::test]
async fn version_1_brings_name_and_configuration_in_the_stream() {
    let mut pair = Pair::new().await;
    let checksum = pair.source.mem.checksum("a");
    let prepared = pair.destination.mem.prepare(prepare(None)).await.unwrap();
    assert_eq!(pair.destination.find("a").await, None);
    pair.perform(&prepared).await.unwrap();
    assert_eq!(pair.destination.state("a").await, Some((3, 2)));
    let wrong = finish(MigrationVersion::V1, "b", &prepared);
    assert_error(pair.destination.mem.finish(wrong).await, 55, 10);
    let elsewhere =
        Finish { uri: "tcp:127.0.0.1:1".to_owned(), ..finish(MigrationVersion::V1, "a", &prepared) };
    assert_error(pair.destination.mem.finish(elsewhere).await, 55, 10);
    let newer = finish(MigrationVersion::V2, "a", &prepared);
    assert_error(pair.destination.mem.finish(newer).await, 55, 10);
    let domain = pair.destination.mem.finish(finish(MigrationVersion::V1, "a", &prepared)).await.unwrap();
    assert_eq!(domain.domain.state.to_wire(), (1, 2));
    assert_eq!(pair.destination.events(), [(2, 1), (4, 1)]);
    assert_eq!(pair.destination.mem.checksum("a"), checksum);
    assert_eq!(pair.destination.mem.xml(pair.guest, WhichXml::Migratable).await.unwrap(), pair.xml);
    assert_eq!(pair.source.find("a").await, None);
}

#[tokio::test]
async fn a_guest_can_be_renamed_on_its_way() {
    for version in [MigrationVersion::V1, MigrationVersion::V2] {
        let pair = Pair::new().await;
        let dom_xml = (version == MigrationVersion::V2).then_some(pair.xml.as_str());
        let request = Prepare { dname: Some("b".to_owned()), ..prepare(dom_xml) };
        let prepared = pair.destination.mem.prepare(request).await.unwrap();
        pair.perform(&prepared).await.unwrap();
        let domain = pair.destination.mem.finish(finish(version, "b", &prepared)).await.unwrap().domain;
        assert_eq!((domain.name.as_str(), domain.uuid), ("b", pair.guest));
        let xml = pair.destination.mem.xml(pair.guest, WhichXml::Migratable).await.unwrap();
        assert_eq!(xml, pair.xml.replace("<name>a<", "<name>b<"));
    }
}

#[tokio::test]
async fn flags_decide_what_stays_defined_and_whether_it_runs() {
    let mut pair = Pair::new().await;
    pair.source.mem.define(pair.xml.clone()).await.unwrap();
    let flags = LIVE | MigrateFlags::PERSIST_DEST | MigrateFlags::UNDEFINE_SOURCE | MigrateFlags::PAUSED;
    let prepared = pair.prepared().await;
    pair.source.events();
    let request = Perform { flags, ..perform(pair.guest, &prepared) };
    pair.source.mem.perform(request).await.unwrap();
    assert_eq!(pair.source.events(), [(3, 1), (5, 3), (1, 0)]);
    assert_eq!(pair.source.find("a").await, None);
    let request = Finish { flags, ..finish(MigrationVersion::V2, "a", &prepared) };
    let domain = pair.destination.mem.finish(request).await.unwrap().domain;
    assert_eq!((domain.state.to_wire(), domain.persistent), ((3, 1), true));
    assert_eq!(pair.destination.events(), [(0, 0), (3, 0)]);
}

#[tokio::test]
async fn a_persistent_guest_stays_defined_and_shut_off_at_its_source() {
    let mut pair = Pair::new().await;
    pair.source.mem.define(pair.xml.clone()).await.unwrap();
    let prepared = pair.prepared().await;
    // Not live: paused first.
    let request = Perform { flags: MigrateFlags(0), ..perform(pair.guest, &prepared) };
    pair.source.mem.perform(request).await.unwrap();
    assert_eq!(pair.source.state("a").await, Some((5, 4)));
    let job = pair.source.mem.completed_job(pair.guest, true).await.unwrap().unwrap();
    assert_eq!((job.kind, job.memory_processed), (JobKind::Completed, 1 << 20));
    // And back again, to where it is defined.
    let back = finish(MigrationVersion::V2, "a", &prepared);
    pair.destination.mem.finish(back).await.unwrap();
    let prepared = pair.source.mem.prepare(prepare(Some(&pair.xml))).await.unwrap();
    pair.destination.mem.perform(perform(pair.guest, &prepared)).await.unwrap();
    let domain = pair.source.mem.finish(finish(MigrationVersion::V2, "a", &prepared)).await.unwrap().domain;
    assert_eq!((domain.state.to_wire(), domain.persistent), ((1, 2), true));
    assert_eq!(pair.destination.find("a").await, None);
}

#[tokio::test]
async fn the_uri_is_the_clients_wish_completed() {
    let pair = Pair::new().await;
    let mem = &pair.destination.mem;
    let uri_out = async |uri_in: Option<&str>| {
        let request = Prepare { uri_in: uri_in.map(str::to_owned), ..prepare(Some(&pair.xml)) };
        let prepared = mem.prepare(request).await?;
        mem.abandon(prepared.incoming);
        Ok::<_, RemoteError>(prepared.uri_out)
    };
    let port = |uri: Option<String>, before: &str| {
        uri.unwrap().strip_prefix(before).unwrap().parse::<u16>().unwrap()
    };
    port(uri_out(None).await.unwrap(), "tcp:127.0.0.1:");
    // A name that every host has for itself leads nowhere.
    let nameless = Mem::new(Config { migration_host: Some("localhost.localdomain".to_owned()), ..config() });
    assert_error(nameless.prepare(prepare(Some(&pair.xml))).await, 1, 10);
    port(uri_out(Some("tcp:127.0.0.2")).await.unwrap(), "tcp:127.0.0.2:");
    port(uri_out(Some("tcp://[::1]")).await.unwrap(), "tcp://[::1]:");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(uri_out(Some(&format!("tcp://127.0.0.1:{free}"))).await.unwrap(), None);
    assert_error(uri_out(Some("rdma:h")).await, 74, 10);
    assert_error(uri_out(Some("tcp:")).await, 8, 10);
    assert_error(uri_out(Some("h")).await, 8, 10);
    assert_error(uri_out(Some("tcp:h:x")).await, 1, 45);
    assert_eq!(pair.destination.find("a").await, None);
}

/// Guests that are on their way here have no memory yet, and are to have some.
#[tokio::test]
async fn no_more_guests_may_come_than_there_is_memory_for() {
    let one = Config::default().memory_bytes_max;
    let host = Mem::new(Config { guests_bytes_max: 2 * one, ..config() });
    let xml = |name: &str| format!("<domain type='mem'><name>{name}</name><memory>4096</memory></domain>");
    let first = host.prepare(prepare(Some(&xml("first")))).await.unwrap();
    host.prepare(prepare(Some(&xml("second")))).await.unwrap();
    assert_error(host.prepare(prepare(Some(&xml("third")))).await, 9, 10);
    assert_error(host.create(xml("fourth"), StartOptions::default()).await, 9, 10);
    host.abandon(first.incoming);
    host.prepare(prepare(Some(&xml("third")))).await.unwrap();
}

/// What is said of one guest does not count beyond what is said of all: else none could come, however small.
#[tokio::test]
async fn a_guest_comes_to_a_host_that_has_less_for_all_than_one_may_have() {
    let config = config();
    let less = config.memory_bytes_max / 2;
    let mut pair = Pair::with(Config { guests_bytes_max: less, ..config }).await;
    let prepared = pair.prepared().await;
    pair.perform(&prepared).await.unwrap();
    pair.destination.mem.finish(finish(MigrationVersion::V2, "a", &prepared)).await.unwrap();
    assert!(pair.destination.mem.checksum("a").is_some());
}
