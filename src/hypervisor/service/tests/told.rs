//! Whole conversations, between a client and a daemon of this crate over loopback.
#![cfg(all(feature = "mem", feature = "client"))]

use virtwire_protocol::event::RawNotice;
use virtwire_protocol::program::Notice;

use super::*;
use crate::client::{CallError, Connection, OpenOptions, Subscription};
use crate::hypervisor::StartOptions;
use crate::hypervisor::mem::{Config, Mem};
use crate::server::{Exposure, ListenAddress, Listener, Server};

/// A daemon on loopback.
struct Daemon {
    uri: String,
    mem: Mem,
}

impl Daemon {
    async fn new(release: Release) -> Daemon {
        let config = Config { migration_ports: 0..=0, max_speed_mib_s: u64::MAX, ..Config::default() };
        let mem = Mem::new(config);
        let address: ListenAddress = "tcp://127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind(&address, Exposure::LocalOnly).await.unwrap();
        let at = listener.address().to_string();
        let uri = format!("mem+{at}/default");
        let server = Server::new(HypervisorService::new(mem.clone())).profile(Profile::of(release));
        tokio::spawn(async move { server.serve(&listener).await });
        Daemon { uri, mem }
    }

    async fn client(&self) -> Connection {
        Connection::open(&self.uri).await.unwrap()
    }
}

fn xml(name: &str) -> String {
    let uuid = Uuid::random();
    format!(
        "<domain type='test'>\n  <name>{name}</name>\n  <uuid>{uuid}</uuid>\n  <memory>1024</memory>\n</domain>\n"
    )
}

fn code<T>(result: std::result::Result<T, CallError>) -> (i32, i32) {
    result.err().map_or((0, 0), |error| {
        let error = error.remote().unwrap_or_else(|| panic!("{error}"));
        (error.code.0, error.domain.0)
    })
}

/// The next event that is told: its number, callback, event and detail.
async fn heard(notices: &mut Subscription<RawNotice>) -> (i32, Option<i32>, i32, i32) {
    let notice = notices.next().await.unwrap().unwrap();
    let lenient = virtwire_xdr::Options::lenient();
    if notice.number == DomainEventLifecycle::NUMBER {
        let event: DomainEventLifecycle = lenient.from_slice(&notice.payload).unwrap();
        return (notice.number.0, None, event.event, event.detail);
    }
    let event: DomainEventCallbackLifecycle = lenient.from_slice(&notice.payload).unwrap();
    (notice.number.0, Some(event.callback_id), event.msg.event, event.msg.detail)
}

#[tokio::test]
async fn a_guest_lives_and_its_life_is_told() {
    let daemon = Daemon::new(Release::NEWEST).await;
    let client = daemon.client().await;
    let mut notices = client.subscribe::<RawNotice>(None).await.unwrap();
    let all = ConnectDomainEventCallbackRegisterAny { event_id: 0, dom: None };
    let all = client.call(all).await.unwrap().callback_id;
    let dom = client.call(DomainDefineXml { xml: xml("a").into() }).await.unwrap().dom;
    assert_eq!((dom.name.to_string().as_str(), dom.id), ("a", -1));
    let other = client.call(DomainDefineXml { xml: xml("b").into() }).await.unwrap().dom;
    let one = ConnectDomainEventCallbackRegisterAny { event_id: 0, dom: Some(dom.clone()) };
    let one = client.call(one).await.unwrap().callback_id;
    let kind = ConnectDomainEventCallbackRegisterAny { event_id: 1, dom: None };
    client.call(kind).await.unwrap();
    assert_ne!(all, one);

    client.call(DomainCreate { dom: dom.clone() }).await.unwrap();
    client.call(DomainCreate { dom: other.clone() }).await.unwrap();
    let started = client.call(DomainLookupByUuid { uuid: dom.uuid }).await.unwrap().dom;
    assert_eq!(client.call(ConnectListDomains { maxids: 16 }).await.unwrap().ids.len(), 2);
    assert_eq!(client.call(DomainLookupById { id: started.id }).await.unwrap().dom, started);
    assert_eq!(client.call(DomainGetState { dom: dom.clone(), flags: 0 }).await.unwrap().state, 1);
    client.call(DomainShutdown { dom: dom.clone() }).await.unwrap();
    for expected in [
        (all, 0, 0), // defined a
        (all, 0, 0), // defined b
        (all, 2, 0), // started a, told twice
        (one, 2, 0),
        (all, 2, 0), // started b
        (all, 6, 1), // shut down a
        (one, 6, 1),
        (all, 5, 0), // stopped a
        (one, 5, 0),
    ] {
        let (number, callback, what, detail) = heard(&mut notices).await;
        assert_eq!((number, callback.unwrap(), what, detail), (318, expected.0, expected.1, expected.2));
    }
    client.call(ConnectDomainEventCallbackDeregisterAny { callback_id: all }).await.unwrap();
    client.call(DomainUndefine { dom: other }).await.unwrap();
    client.call(DomainUndefine { dom }).await.unwrap();
    assert_eq!(heard(&mut notices).await, (318, Some(one), 1, 0));
}

#[tokio::test]
async fn old_clients_hear_what_they_know() {
    let daemon = Daemon::new(Release::new(0, 9, 1)).await;
    let client = daemon.client().await;
    let mut notices = client.subscribe::<RawNotice>(None).await.unwrap();
    client.call(ConnectDomainEventRegister {}).await.unwrap();
    let dom = client.call(DomainCreateXml { xml_desc: xml("a").into(), flags: 1 }).await.unwrap().dom;
    client.call(DomainResume { dom: dom.clone() }).await.unwrap();
    // 0.9.8 brought the event of a shutdown, between these two.
    client.call(DomainShutdown { dom }).await.unwrap();
    for expected in [(2, 0), (3, 0), (4, 0), (5, 0)] {
        assert_eq!(heard(&mut notices).await, (107, None, expected.0, expected.1));
    }
}

#[tokio::test]
async fn whatever_is_not_there_is_answered_as_such() {
    let daemon = Daemon::new(Release::NEWEST).await;
    let client = daemon.client().await;
    let dom = client.call(DomainDefineXml { xml: xml("a").into() }).await.unwrap().dom;
    let d = || dom.clone();
    assert_eq!(client.call(DomainHasManagedSaveImage { dom: d(), flags: 0 }).await.unwrap().result, 0);
    assert_eq!(client.call(DomainSnapshotNum { dom: d(), flags: 0 }).await.unwrap().num, 0);
    assert_eq!(code(client.call(DomainGetJobInfo { dom: d() }).await), (55, 10));
    assert!(client.call(NodeGetSecurityModel {}).await.unwrap().model.is_empty());
    assert!(client.call(DomainGetMessages { dom: d(), flags: 0 }).await.unwrap().msgs.is_empty());
    assert_eq!(client.call(ConnectGetType {}).await.unwrap().r#type, "Mem");
    assert_eq!(client.call(ConnectGetLibVersion {}).await.unwrap().lib_ver, Release::NEWEST.packed());
    assert_eq!(client.call(ConnectGetUri {}).await.unwrap().uri, "mem:///default");
    // Absent, off, or asked in a way that nobody knows.
    let absent = || Domain { uuid: [9; 16], ..dom.clone() };
    assert_eq!(code(client.call(DomainLookupByName { name: "x".into() }).await), (42, 10));
    assert_eq!(code(client.call(DomainLookupByName { name: b"\xff".to_vec().into() }).await), (42, 10));
    assert_eq!(code(client.call(DomainLookupById { id: -1 }).await), (42, 10));
    assert_eq!(code(client.call(DomainGetInfo { dom: absent() }).await), (42, 10));
    assert_eq!(code(client.call(DomainDestroy { dom: d() }).await), (55, 10));
    assert_eq!(code(client.call(DomainGetXmlDesc { dom: d(), flags: 16 }).await), (8, 10));
    assert_eq!(code(client.call(DomainCreateWithFlags { dom: d(), flags: 64 }).await), (8, 10));
    assert_eq!(code(client.call(DomainDefineXml { xml: b"<domain>\xff".to_vec().into() }).await), (35, 20));
    assert_eq!(code(client.call(ConnectListDomains { maxids: -1 }).await), (39, 7));
    assert_eq!(code(client.call(ConnectListDomains { maxids: 16_385 }).await), (39, 7));
    assert_eq!(client.call(ConnectListDomains { maxids: 0 }).await.unwrap().ids, Vec::<i32>::new());
    assert_eq!(client.call(ConnectListDefinedDomains { maxnames: 9 }).await.unwrap().names.len(), 1);
    let all = client.call(ConnectListAllDomains { need_results: 0, flags: 3 }).await.unwrap();
    assert_eq!((all.ret, all.domains), (1, vec![]));
    let peek = |flags, size| DomainMemoryPeek { dom: d(), offset: 0, size, flags };
    assert_eq!(code(client.call(peek(1, 1)).await), (8, 10));
    assert_eq!(code(client.call(peek(2, 1)).await), (55, 10));
    assert_eq!(code(client.call(peek(2, 4_194_305)).await), (1, 7));
}

#[tokio::test]
async fn who_opens_read_only_may_look() {
    let daemon = Daemon::new(Release::NEWEST).await;
    let dom = daemon.client().await.call(DomainDefineXml { xml: xml("a").into() }).await.unwrap().dom;
    let options = OpenOptions { read_only: true, ..OpenOptions::default() };
    let client = Connection::open_with(&daemon.uri, options).await.unwrap();
    let look = |flags| DomainGetXmlDesc { dom: dom.clone(), flags };
    assert_eq!(code(client.call(look(0)).await), (0, 0));
    assert_eq!(code(client.call(look(1)).await), (29, 20));
    assert_eq!(code(client.call(look(8)).await), (29, 20));
    assert_eq!(code(client.call(DomainCreate { dom: dom.clone() }).await), (29, 20));
    assert_eq!(client.call(DomainIsActive { dom }).await.unwrap().active, 0);
}

/// Version 2 by its calls, up to the end of Prepare: the guest on its source, and what Prepare answered.
async fn prepared(source: &Connection, destination: &Connection) -> (Domain, DomainMigratePrepare2Reply) {
    let dom = source.call(DomainCreateXml { xml_desc: xml("a").into(), flags: 0 }).await.unwrap().dom;
    let dom_xml = source.call(DomainGetXmlDesc { dom: dom.clone(), flags: 8 }).await.unwrap().xml;
    let prepare = DomainMigratePrepare2 { uri_in: None, flags: 1, dname: None, resource: 0, dom_xml };
    let ready = destination.call(prepare).await.unwrap();
    (dom, ready)
}

#[tokio::test]
async fn a_guest_moves_by_calls() {
    let (from, to) = (Daemon::new(Release::NEWEST).await, Daemon::new(Release::NEWEST).await);
    let (source, destination) = (from.client().await, to.client().await);
    let (dom, ready) = prepared(&source, &destination).await;
    let checksum = from.mem.checksum("a");
    let DomainMigratePrepare2Reply { cookie, uri_out } = ready;
    let uri = uri_out.unwrap();
    let perform = DomainMigratePerform {
        dom: dom.clone(),
        cookie: cookie.clone(),
        uri: uri.clone(),
        flags: 1,
        dname: None,
        resource: 0,
    };
    source.call(perform).await.unwrap();
    let finish = DomainMigrateFinish2 { dname: "a".into(), cookie, uri, flags: 1, retcode: 0 };
    let moved = destination.call(finish.clone()).await.unwrap().ddom;
    assert_eq!((&moved.name, moved.uuid), (&dom.name, dom.uuid));
    assert_eq!(to.mem.checksum("a"), checksum);
    assert_eq!(code(source.call(DomainGetInfo { dom }).await), (42, 10));
    // Its connection may go: the guest is a guest like any other.
    destination.close().await.unwrap();
    let destination = to.client().await;
    assert_eq!(destination.call(DomainGetState { dom: moved, flags: 0 }).await.unwrap().state, 1);
    assert_eq!(code(destination.call(finish).await), (55, 10));
}

#[tokio::test]
async fn a_cancelled_finish_answers_93() {
    let (from, to) = (Daemon::new(Release::NEWEST).await, Daemon::new(Release::NEWEST).await);
    let (source, destination) = (from.client().await, to.client().await);
    let (dom, ready) = prepared(&source, &destination).await;
    let uri = ready.uri_out.unwrap();
    let cancel = DomainMigrateFinish2 { dname: "a".into(), cookie: ready.cookie, uri, flags: 1, retcode: 1 };
    assert_eq!(code(destination.call(cancel.clone()).await), (93, 10));
    assert_eq!(code(destination.call(cancel).await), (42, 10));
    assert_eq!(source.call(DomainGetState { dom, flags: 0 }).await.unwrap().state, 1);
}

#[tokio::test]
async fn an_incoming_guest_goes_with_the_connection_that_prepared_it() {
    let (from, to) = (Daemon::new(Release::NEWEST).await, Daemon::new(Release::NEWEST).await);
    let (source, destination, watcher) = (from.client().await, to.client().await, to.client().await);
    let mut notices = watcher.subscribe::<RawNotice>(None).await.unwrap();
    watcher.call(ConnectDomainEventRegisterAny { event_id: 0 }).await.unwrap();
    let (dom, _) = prepared(&source, &destination).await;
    assert_eq!(heard(&mut notices).await, (107, None, 2, 1));
    drop(destination);
    assert_eq!(heard(&mut notices).await, (107, None, 5, 1));
    assert_eq!(code(watcher.call(DomainLookupByUuid { uuid: dom.uuid }).await), (42, 10));
}

/// The codes tell a program what was wrong: its arguments, or the guest's state.
#[tokio::test]
async fn what_is_too_much_or_nowhere_is_told_by_its_code() {
    let mem = Mem::new(Config::default());
    let transient = mem.create(xml("transient"), StartOptions::default()).await.unwrap();
    let defined = mem.define(xml("defined")).await.unwrap();
    let (service, cx) = (HypervisorService::new(mem), cx(Release::NEWEST));
    let dom = |of: &DomainInfo| super::super::wire::domain(of);
    for (guest, flags, expected) in [
        (&transient, 0, (0, 0)),
        (&transient, 1, (0, 0)),
        (&transient, 2, (55, 10)),
        (&transient, 3, (8, 10)),
        (&defined, 0, (0, 0)),
        (&defined, 1, (55, 10)),
        (&defined, 2, (0, 0)),
    ] {
        let count = DomainGetVcpusFlags { dom: dom(guest), flags };
        assert_eq!(super::code(service.domain_get_vcpus_flags(&cx, count).await), expected, "{flags}");
        let pins = DomainGetVcpuPinInfo { dom: dom(guest), ncpumaps: 1, maplen: 1, flags };
        assert_eq!(super::code(service.domain_get_vcpu_pin_info(&cx, pins).await), expected, "{flags}");
    }
    for (nvcpus, expected) in [(255, (0, 0)), (256, (8, 10))] {
        let most = DomainSetVcpusFlags { dom: dom(&defined), nvcpus, flags: 2 | 4 };
        assert_eq!(super::code(service.domain_set_vcpus_flags(&cx, most).await), expected, "{nvcpus}");
    }
    for (memory, expected) in [(u64::MAX >> 11, (0, 0)), (1 << 53, (82, 0))] {
        let most = DomainSetMaxMemory { dom: dom(&defined), memory };
        assert_eq!(super::code(service.domain_set_max_memory(&cx, most).await), expected, "{memory}");
    }
}

/// A virtual CPU that may be plugged in is pinned for when it is, and told of until then.
#[tokio::test]
async fn virtual_cpus_are_pinned_up_to_those_that_there_may_be() {
    let mem = Mem::new(Config::default());
    let vcpus = "<vcpu cpuset='5' current='1'>3</vcpu>\n  <memory>";
    let guest = mem.define(xml("guest").replace("<memory>", vcpus)).await.unwrap();
    mem.start(guest.uuid, StartOptions::default()).await.unwrap();
    let (service, cx) = (HypervisorService::new(mem), cx(Release::NEWEST));
    let dom = || super::super::wire::domain(&guest);
    for (vcpu, flags, expected) in
        [(0, 1, (0, 0)), (1, 1, (8, 10)), (2, 3, (8, 10)), (3, 2, (8, 10)), (2, 2, (0, 0))]
    {
        let pin = DomainPinVcpuFlags { dom: dom(), vcpu, cpumap: vec![1], flags };
        assert_eq!(super::code(service.domain_pin_vcpu_flags(&cx, pin).await), expected, "{vcpu} {flags}");
    }
    // CPU 5 is bit 32.
    for (flags, maps) in [(1, [1, 32, 32]), (2, [32, 32, 1])] {
        let pins = DomainGetVcpuPinInfo { dom: dom(), ncpumaps: 9, maplen: 1, flags };
        let told = service.domain_get_vcpu_pin_info(&cx, pins).await.unwrap();
        assert_eq!((told.num, told.cpumaps), (3, maps.to_vec()), "{flags}");
        let emulator = DomainGetEmulatorPinInfo { dom: dom(), maplen: 1, flags };
        let told = service.domain_get_emulator_pin_info(&cx, emulator).await.unwrap();
        assert_eq!(told.cpumaps, [32], "{flags}");
    }
}
