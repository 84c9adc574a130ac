//! A server whose authorizer decides: what it is asked, and what clients see of its answers.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::hypervisor::{DomainInfo, Host, Hypervisor, HypervisorService, Stats, Uuid, WhichXml};
use virtwire::protocol::access::ObjectKind;
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::flags::DomainStatsKinds;
use virtwire::protocol::header::MessageKind;
use virtwire::protocol::params::TypedParams;
use virtwire::protocol::program::{Notice, Program};
use virtwire::protocol::remote::*;
use virtwire::server::{AccessRequest, Authorizer, Handler, Server};

use crate::raw::{Raw, call_of, code, serve};

/// Lets everybody do everything but what is about guests of this name, and remembers what it was asked.
#[derive(Clone, Default)]
pub(super) struct Hides {
    name: &'static str,
    pub(super) asked: Arc<Mutex<Vec<String>>>,
    denied: Option<&'static str>,
}

impl Authorizer for Hides {
    fn allows(&self, request: &AccessRequest<'_>) -> bool {
        let object = request.object;
        let name = object.and_then(|object| object.name.as_deref());
        let procedure = request.procedure.map_or("", |info| info.name);
        self.asked.lock().unwrap().push(format!(
            "{procedure} {} {} {}",
            request.right,
            name.unwrap_or("-"),
            request.flags
        ));
        let described =
            object.and_then(|object| object.xml.as_deref()).is_some_and(|xml| xml.contains(self.name));
        name != Some(self.name) && !described && self.denied != Some(request.right.to_string().as_str())
    }

    fn name(&self) -> &str {
        "mem"
    }
}

pub(super) fn xml(name: &str) -> String {
    format!("<domain type='mem'><name>{name}</name><uuid>{}</uuid><memory>1024</memory></domain>", uuid(name))
}

fn uuid(name: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    Uuid(bytes)
}

pub(super) fn dom(name: &str) -> Domain {
    // The name is a lie: it is the UUID that counts.
    Domain { name: "open".into(), uuid: uuid(name).0, id: -1 }
}

/// A host with the guests `open` and `secret`, one client that may do everything, and one that may not know of `secret`.
pub(super) async fn host(hides: Hides) -> (Raw, Raw) {
    host_within(hides, |service| service).await
}

/// The same, where this is made of what the second client's calls go to.
async fn host_within<H: Handler>(
    hides: Hides,
    around: impl FnOnce(Arc<HypervisorService<Mem>>) -> Arc<H>,
) -> (Raw, Raw) {
    let service = Arc::new(HypervisorService::new(Mem::new(Config::default())));
    let free = serve(Server::shared(service.clone())).await;
    let guarded = serve(Server::shared(around(service)).authorizer(hides)).await;
    let mut free = Raw::open(&free, 0).await;
    for name in ["open", "secret"] {
        free.ask(&DomainDefineXml { xml: xml(name).into() }).await.unwrap();
    }
    (free, Raw::open(&guarded, 0).await)
}

pub(super) fn hides() -> Hides {
    Hides { name: "secret", ..Hides::default() }
}

pub(super) const DENIED: (i32, i32) = (88, 55);

#[tokio::test]
async fn a_guest_that_a_client_may_not_know_of_is_in_none_of_its_lists() {
    let (_free, mut guarded) = host(hides()).await;
    let all = ConnectListAllDomains { need_results: 1, flags: 0 };
    let reply: ConnectListAllDomainsReply =
        virtwire::xdr::from_slice(&guarded.ask(&all).await.unwrap()).unwrap();
    assert_eq!((reply.ret, reply.domains[0].name.to_string_lossy().as_ref()), (1, "open"));
    let count = ConnectListAllDomains { need_results: 0, flags: 0 };
    let reply: ConnectListAllDomainsReply =
        virtwire::xdr::from_slice(&guarded.ask(&count).await.unwrap()).unwrap();
    assert_eq!((reply.ret, reply.domains.len()), (1, 0), "nor is it counted");
    let names = guarded.ask(&ConnectListDefinedDomains { maxnames: 10 }).await.unwrap();
    let names: ConnectListDefinedDomainsReply = virtwire::xdr::from_slice(&names).unwrap();
    assert_eq!(names.names, ["open"]);
    let number = guarded.ask(&ConnectNumOfDefinedDomains {}).await.unwrap();
    assert_eq!(number, [0, 0, 0, 1]);
}

/// Two guests, of which there are no figures but their state.
pub(super) struct Two;

impl Hypervisor for Two {
    fn host(&self) -> Host {
        Host::new("Two", "two:///system", "two")
    }

    fn stats(&self) -> Option<&impl Stats> {
        Some(self)
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>, RemoteError> {
        Ok(["open", "secret"].map(|name| DomainInfo::new(name, uuid(name))).into())
    }

    async fn xml(&self, _: Uuid, _: WhichXml) -> Result<String, RemoteError> {
        Ok(String::new())
    }
}

impl Stats for Two {
    fn kinds(&self) -> DomainStatsKinds {
        DomainStatsKinds::STATE
    }

    async fn stats(&self, _: Uuid, _: DomainStatsKinds) -> Result<TypedParams, RemoteError> {
        Ok(TypedParams::default())
    }
}

#[tokio::test]
async fn nor_are_there_figures_of_it() {
    let address = serve(Server::new(HypervisorService::new(Two)).authorizer(hides())).await;
    let mut guarded = Raw::open(&address, 0).await;
    for doms in [vec![dom("secret"), dom("open")], Vec::new()] {
        let asked = ConnectGetAllDomainStats { doms, stats: 0, flags: 0 };
        let stats = guarded.ask(&asked).await.unwrap();
        let stats: ConnectGetAllDomainStatsReply = virtwire::xdr::from_slice(&stats).unwrap();
        let names = stats.ret_stats.iter().map(|record| record.dom.name.to_string_lossy());
        assert_eq!(names.collect::<Vec<_>>(), ["open"]);
    }
}

/// Who may know of a guest, and no more.
#[tokio::test]
async fn nor_are_there_figures_for_who_may_not_read() {
    let hides = Hides { name: "nobody", denied: Some("domain:read"), ..hides() };
    let address = serve(Server::new(HypervisorService::new(Two)).authorizer(hides)).await;
    let mut guarded = Raw::open(&address, 0).await;
    for doms in [vec![dom("secret"), dom("open")], Vec::new()] {
        let asked = ConnectGetAllDomainStats { doms, stats: 0, flags: 0 };
        let stats = guarded.ask(&asked).await.unwrap();
        let stats: ConnectGetAllDomainStatsReply = virtwire::xdr::from_slice(&stats).unwrap();
        assert_eq!(stats.ret_stats, []);
    }
}

/// What a list or an event tells of is asked about by the right that the contract's row of that procedure names.
#[tokio::test]
async fn lists_and_events_are_filtered_by_the_contracts_right() {
    let hides = Hides { name: "nobody", ..hides() };
    let (mut free, mut guarded) = host(hides.clone()).await;
    let text = |kind: &str| {
        let uuid = uuid("open");
        format!("<{kind}><name>open</name><uuid>{uuid}</uuid><capacity>7</capacity></{kind}>").into()
    };
    let of_type = format!(
        "<pool type='dir'><name>open</name><uuid>{}</uuid><target><path>/open</path></target></pool>",
        uuid("open")
    );
    let pool = StoragePool { name: "open".into(), uuid: uuid("open").0 };
    free.ask(&DomainCreate { dom: dom("open") }).await.unwrap();
    free.ask(&NetworkDefineXml { xml: text("network") }).await.unwrap();
    free.ask(&StoragePoolDefineXml { xml: of_type.into(), flags: 0 }).await.unwrap();
    free.ask(&StoragePoolCreate { pool: pool.clone(), flags: 0 }).await.unwrap();
    free.ask(&StorageVolCreateXml { pool: pool.clone(), xml: text("volume"), flags: 0 }).await.unwrap();
    free.ask(&SecretDefineXml { xml: text("secret"), flags: 0 }).await.unwrap();
    let interface = "<interface type='ethernet' name='open'/>".into();
    free.ask(&InterfaceDefineXml { xml: interface, flags: 0 }).await.unwrap();
    let of_pool = [virtwire::xdr::to_vec(&pool).unwrap(), vec![0; 64]].concat();
    let mut served = 0;
    for program in [Program::REMOTE, Program::QEMU] {
        for info in program.procedures().iter().filter(|info| !info.acl_filter.is_empty()) {
            // Otherwise zeros are arguments of each.
            let arguments = if info.name.starts_with("storage_pool") { &of_pool[..] } else { &[0; 64] };
            hides.asked.lock().unwrap().clear();
            let answer = guarded.call(program, info.number.0, arguments).await;
            if code(&answer).0 == 3 {
                continue;
            }
            assert_eq!(code(&answer), (0, 0), "{}", info.name);
            if info.name.contains("event") {
                // Who has registered is told of what happens then.
                match info.acl_filter[0].object {
                    ObjectKind::Domain => free.ask(&DomainDefineXml { xml: xml("open").into() }).await,
                    ObjectKind::Network => free.ask(&NetworkDefineXml { xml: text("network") }).await,
                    ObjectKind::Secret => free.ask(&SecretDefineXml { xml: text("secret"), flags: 0 }).await,
                    // Nothing happens to the device of this host; of others' they are in `named.rs`.
                    ObjectKind::NodeDevice => continue,
                    _ => free.ask(&StoragePoolRefresh { pool: pool.clone(), flags: 0 }).await,
                }
                .unwrap();
            }
            let asked = hides.asked.lock().unwrap();
            let rights: BTreeSet<_> = asked
                .iter()
                .filter_map(|asked| asked.strip_prefix(' ')?.split(' ').next().map(str::to_owned))
                .collect();
            let expected: BTreeSet<_> = info.acl_filter.iter().map(|right| right.to_string()).collect();
            assert_eq!(rights, expected, "{}", info.name);
            served += 1;
        }
    }
    assert!(served > 28, "{served}");
}

#[tokio::test]
async fn what_is_denied_says_whose_word_it_is_and_leaves_nothing_behind() {
    what_is_denied(host(hides()).await).await;
}

/// Which knows nothing of guests: what is beneath is asked whom a call is about.
#[cfg(feature = "tower")]
#[tokio::test]
async fn so_it_is_behind_a_layer_of_towers() {
    use virtwire::server::tower::{HandlerService, ServiceHandler};

    let around = |service: Arc<HypervisorService<Mem>>| {
        Arc::new(ServiceHandler::over(HandlerService::shared(service.clone()), service))
    };
    what_is_denied(host_within(hides(), around).await).await;
}

async fn what_is_denied((mut free, mut guarded): (Raw, Raw)) {
    let denied = guarded.ask(&DomainGetXmlDesc { dom: dom("secret"), flags: 0 }).await;
    assert_eq!(code(&denied), DENIED);
    let error = denied.unwrap_err();
    assert_eq!(error.message.to_string_lossy(), "access denied: 'mem' denied access");
    assert_eq!(code(&guarded.ask(&DomainCreate { dom: dom("secret") }).await), DENIED);
    assert_eq!(code(&guarded.ask(&DomainLookupByName { name: "secret".into() }).await), DENIED);
    assert_eq!(code(&guarded.ask(&DomainLookupByUuid { uuid: uuid("secret").0 }).await), DENIED);
    assert_eq!(code(&guarded.ask(&DomainDefineXml { xml: xml("secret").into() }).await), DENIED);
    assert_eq!(code(&guarded.ask(&DomainGetXmlDesc { dom: dom("open"), flags: 0 }).await), (0, 0));
    // Nothing was started, nothing is held: the other client goes on with the guest at once.
    free.ask(&DomainCreate { dom: dom("secret") }).await.unwrap();
    let by_id = guarded.ask(&DomainLookupById { id: 1 }).await;
    assert_eq!(code(&by_id), DENIED, "it is found by its number, and then it is not shown");
    free.ask(&DomainDestroy { dom: dom("secret") }).await.unwrap();
}

#[tokio::test]
async fn events_are_told_to_those_who_may_know_of_the_guest() {
    let (mut free, mut guarded) = host(hides()).await;
    for raw in [&mut free, &mut guarded] {
        raw.ask(&ConnectDomainEventCallbackRegisterAny { event_id: 0, dom: None }).await.unwrap();
    }
    for name in ["secret", "open"] {
        free.send(&call_of(&DomainCreate { dom: dom(name) })).await;
    }
    let mut heard = Vec::new();
    while heard.len() < 2 {
        let frame = free.next().await.unwrap();
        heard.extend(event(&frame));
    }
    assert_eq!(heard, ["secret", "open"]);
    loop {
        let frame = guarded.next().await.unwrap();
        if let Some(name) = event(&frame) {
            assert_eq!(name, "open", "the first that it hears is of the guest that it may know of");
            break;
        }
    }
}

fn event(frame: &virtwire::protocol::frame::Frame) -> Option<String> {
    let is_event = frame.header.kind() == Ok(MessageKind::Notice)
        && frame.header.procedure == DomainEventCallbackLifecycle::NUMBER;
    let event: DomainEventCallbackLifecycle =
        is_event.then(|| virtwire::xdr::from_slice(&frame.payload).unwrap())?;
    Some(event.msg.dom.name.to_string_lossy().into_owned())
}

#[tokio::test]
async fn the_authorizer_is_asked_for_each_right_in_order_with_who_and_what() {
    let hides = Hides { denied: Some("domain:read_secure"), ..hides() };
    let (_free, mut guarded) = host(hides.clone()).await;
    let asked = || std::mem::take(&mut *hides.asked.lock().unwrap());
    assert_eq!(asked(), ["connect_open connect:getattr - 0"]);
    guarded.ask(&NodeGetInfo {}).await.unwrap();
    assert_eq!(asked(), ["node_get_info connect:read - 0"]);
    guarded.ask(&DomainGetXmlDesc { dom: dom("open"), flags: 2 }).await.unwrap();
    assert_eq!(asked(), ["domain_get_xml_desc domain:read open 2"]);
    assert_eq!(code(&guarded.ask(&DomainGetXmlDesc { dom: dom("open"), flags: 1 }).await), DENIED);
    assert_eq!(
        asked(),
        ["domain_get_xml_desc domain:read open 1", "domain_get_xml_desc domain:read_secure open 1"]
    );
    // Before anything is decoded: what does not decode is denied all the same.
    let hides = Hides { denied: Some("connect:search_domains"), ..self::hides() };
    let (_free, mut guarded) = host(hides).await;
    let answer = guarded.call(Program::REMOTE, 273, &[]).await;
    assert_eq!(code(&answer), DENIED);
    let answer = guarded.call(Program::REMOTE, 14, &[]).await;
    assert_eq!(code(&answer), (39, 7));
}
