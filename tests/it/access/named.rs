//! Interfaces and devices of a host, which have names alone: they are found and listed as they are asked for, and who may not know of one finds,
//! lists and hears of none.

use std::sync::Arc;

use virtwire::hypervisor::mem::Mem;
use virtwire::hypervisor::{
    DomainInfo, Event, Events, Host, Hypervisor, HypervisorService, InterfaceInfo, Interfaces,
    NodeDeviceInfo, NodeDeviceLifecycle, NodeDeviceStep, NodeDevices, Place, Result, Standing, Uuid,
    WhichXml,
};
use virtwire::protocol::flags::ListNodeDevicesFlags;
use virtwire::protocol::header::MessageKind;
use virtwire::protocol::program::{Notice, Procedure};
use virtwire::protocol::remote::*;
use virtwire::server::{AccessRequest, Authorizer, Server};
use virtwire::xdr::from_slice;

use crate::raw::{Raw, code, serve};

/// Lets everybody do everything but what is about something of this name.
struct HidesSecrets;

impl Authorizer for HidesSecrets {
    fn allows(&self, request: &AccessRequest<'_>) -> bool {
        let name = request.object.and_then(|object| object.name.as_deref());
        !name.is_some_and(|name| name.contains("secret"))
    }
}

const DENIED: (i32, i32) = (88, 55);

/// A host with devices, which says of each verb with what it was called.
struct Rack {
    events: Events,
}

impl Hypervisor for Rack {
    fn host(&self) -> Host {
        Host::new("Rack", "rack:///system", "rack")
    }

    fn events(&self) -> Option<&Events> {
        Some(&self.events)
    }

    fn interfaces(&self) -> Option<&impl Interfaces> {
        Some(self)
    }

    fn node_devices(&self) -> Option<&impl NodeDevices> {
        Some(self)
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        Ok(Vec::new())
    }

    async fn xml(&self, _: Uuid, _: WhichXml) -> Result<String> {
        Ok(String::new())
    }
}

/// The least that there is to interfaces.
impl Interfaces for Rack {
    async fn interfaces(&self) -> Result<Vec<InterfaceInfo>> {
        let up = |name: &str, mac: Option<&str>| InterfaceInfo {
            mac: mac.map(str::to_owned),
            active: true,
            ..InterfaceInfo::new(name)
        };
        let secret = up("secret0", Some("52:54:00:00:00:aa"));
        Ok(vec![up("eth0", Some("52:54:00:00:00:aa")), secret, InterfaceInfo::new("br0")])
    }

    async fn interface_xml(&self, name: &str, inactive: bool) -> Result<String> {
        Ok(format!("{name} {inactive}"))
    }
}

fn told(what: impl Into<String>) -> virtwire::protocol::error::RemoteError {
    virtwire::hypervisor::errors::failed(what)
}

impl NodeDevices for Rack {
    async fn node_devices(&self) -> Result<Vec<NodeDeviceInfo>> {
        let device = |name: &str, capabilities: &[&str]| NodeDeviceInfo {
            parent: Some("computer".to_owned()),
            capabilities: capabilities.iter().map(|&one| one.to_owned()).collect(),
            ..NodeDeviceInfo::new(name)
        };
        let computer = NodeDeviceInfo { parent: None, ..device("computer", &["system"]) };
        let standing = Standing { active: false, persistent: true, autostart: false };
        let mdev = NodeDeviceInfo { standing, ..device("mdev_1", &["mdev"]) };
        let host = device("scsi_host1", &["scsi_host", "fc_host", "vports"]);
        Ok(vec![computer, device("pci_secret", &["pci"]), device("pci_2", &["pci"]), mdev, host])
    }

    async fn node_device_xml(&self, name: &str, inactive: bool) -> Result<String> {
        Ok(format!("{name} {inactive}"))
    }

    async fn scsi_host(&self, wwnn: &str, wwpn: &str) -> Result<Option<String>> {
        Ok((wwnn == "n").then(|| if wwpn == "p" { "scsi_host1" } else { "pci_secret" }.to_owned()))
    }

    async fn update_node_device(&self, name: &str, xml: String, place: Place) -> Result<()> {
        Err(told(format!("{name} {xml} {} {}", place.live, place.config)))
    }

    async fn detach_node_device(&self, name: &str, driver: Option<&str>) -> Result<()> {
        Err(told(format!("{name} {driver:?}")))
    }
}

/// A client that may do everything, one that may not know of some, and where events are told.
async fn rack() -> (Raw, Raw, Events) {
    let events = Events::new();
    let service = Arc::new(HypervisorService::new(Rack { events: events.clone() }));
    let free = serve(Server::shared(service.clone())).await;
    let guarded = serve(Server::shared(service).authorizer(HidesSecrets)).await;
    (Raw::open(&free, 0).await, Raw::open(&guarded, 0).await, events)
}

/// The reply.
async fn asked<P: Procedure>(raw: &mut Raw, call: &P) -> P::Reply {
    from_slice(&raw.ask(call).await.unwrap()).unwrap()
}

/// What a call is refused with: the words behind those of its code.
async fn refused<P: Procedure>(raw: &mut Raw, call: &P) -> String {
    raw.ask(call).await.unwrap_err().str2.unwrap().to_string()
}

fn iface(name: &str) -> Interface {
    Interface { name: name.into(), mac: "".into() }
}

#[tokio::test]
async fn interfaces_are_listed_and_found() {
    let (mut free, mut guarded, _) = rack().await;
    for (flags, expected) in [
        (0, &["eth0", "secret0", "br0"][..]),
        (1, &["br0"]),
        (2, &["eth0", "secret0"]),
        (3, &["eth0", "secret0", "br0"]),
    ] {
        for (raw, hidden) in [(&mut free, false), (&mut guarded, true)] {
            let all = asked(raw, &ConnectListAllInterfaces { need_results: 1, flags }).await;
            let names: Vec<_> = all.ifaces.iter().map(|one| one.name.to_string()).collect();
            let seen = |name: &&&str| !(hidden && name.starts_with("secret"));
            let expected: Vec<_> = expected.iter().filter(seen).map(|&name| name.to_owned()).collect();
            assert_eq!((all.ret as usize, names), (expected.len(), expected), "{flags}");
        }
    }
    let count = ConnectListAllInterfaces { need_results: 0, flags: 0 };
    assert_eq!(asked(&mut free, &count).await, ConnectListAllInterfacesReply { ifaces: vec![], ret: 3 });
    assert_eq!(asked(&mut guarded, &ConnectNumOfInterfaces {}).await.num, 1);
    assert_eq!(asked(&mut guarded, &ConnectNumOfDefinedInterfaces {}).await.num, 1);
    assert_eq!(asked(&mut free, &ConnectListInterfaces { maxnames: 1 }).await.names, ["eth0"]);
    assert_eq!(asked(&mut guarded, &ConnectListInterfaces { maxnames: 9 }).await.names, ["eth0"]);
    assert_eq!(asked(&mut free, &ConnectListDefinedInterfaces { maxnames: 9 }).await.names, ["br0"]);
    let found = asked(&mut free, &InterfaceLookupByName { name: "eth0".into() }).await.iface;
    assert_eq!(found, Interface { mac: "52:54:00:00:00:aa".into(), ..iface("eth0") });
    assert_eq!(asked(&mut free, &InterfaceLookupByName { name: "br0".into() }).await.iface, iface("br0"));
    // Of two that have an address, only one is seen by who may not know of the other.
    let mac = InterfaceLookupByMacString { mac: "52:54:00:00:00:AA".into() };
    assert_eq!(code(&free.ask(&mac).await), (59, 26));
    assert_eq!(asked(&mut guarded, &mac).await.iface, found);
    assert_eq!(code(&free.ask(&InterfaceLookupByMacString { mac: "".into() }).await), (57, 26));
    for (flags, expected) in [(0, "br0 false"), (1, "br0 true")] {
        let xml = InterfaceGetXmlDesc { iface: iface("br0"), flags };
        assert_eq!(asked(&mut free, &xml).await.xml, expected);
    }
    assert_eq!(asked(&mut free, &InterfaceIsActive { iface: iface("eth0") }).await.active, 1);
    assert_eq!(asked(&mut free, &InterfaceIsActive { iface: iface("br0") }).await.active, 0);
}

#[tokio::test]
async fn what_is_asked_of_interfaces_wrongly_is_refused() {
    let (mut free, mut guarded, _) = rack().await;
    let absent = || iface("nosuch");
    macro_rules! refused {
        ($raw:ident, $expected:expr, $($call:expr),* $(,)?) => {
            $(assert_eq!(code(&$raw.ask(&$call).await), $expected, "{}", stringify!($call));)*
        };
    }
    refused![
        free,
        (57, 26),
        InterfaceLookupByName { name: "nosuch".into() },
        InterfaceLookupByName { name: b"\xff".to_vec().into() },
        InterfaceGetXmlDesc { iface: absent(), flags: 0 },
        InterfaceIsActive { iface: absent() },
        InterfaceUndefine { iface: absent() },
        InterfaceCreate { iface: absent(), flags: 0 },
        InterfaceDestroy { iface: absent(), flags: 0 },
    ];
    refused![
        free,
        (8, 10),
        ConnectListAllInterfaces { need_results: 0, flags: 4 },
        InterfaceGetXmlDesc { iface: iface("br0"), flags: 2 },
        InterfaceDefineXml { xml: "".into(), flags: 2 },
        InterfaceCreate { iface: iface("br0"), flags: 1 },
        InterfaceDestroy { iface: iface("br0"), flags: 1 },
        InterfaceChangeBegin { flags: 1 },
        InterfaceChangeCommit { flags: 1 },
        InterfaceChangeRollback { flags: 1 },
    ];
    // What this host does not do.
    refused![
        free,
        (3, 26),
        InterfaceDefineXml { xml: "".into(), flags: 1 },
        InterfaceUndefine { iface: iface("br0") },
        InterfaceCreate { iface: iface("br0"), flags: 0 },
        InterfaceDestroy { iface: iface("br0"), flags: 0 },
        InterfaceChangeBegin { flags: 0 },
        InterfaceChangeCommit { flags: 0 },
        InterfaceChangeRollback { flags: 0 },
    ];
    refused![
        guarded,
        DENIED,
        InterfaceLookupByName { name: "secret0".into() },
        InterfaceGetXmlDesc { iface: iface("secret0"), flags: 0 },
        InterfaceUndefine { iface: iface("secret0") },
    ];
    refused![
        free,
        (39, 7),
        ConnectListInterfaces { maxnames: -1 },
        ConnectListDefinedInterfaces { maxnames: 16_385 },
    ];
}

/// However its name is written.
#[tokio::test]
async fn a_configuration_is_about_the_interface_that_the_host_reads_in_it() {
    let service = HypervisorService::new(Mem::default());
    let guarded = serve(Server::new(service).authorizer(HidesSecrets)).await;
    let mut guarded = Raw::open(&guarded, 0).await;
    let define = |name: &str| {
        let xml = format!("<interface type='ethernet' name='{name}'/>").into();
        InterfaceDefineXml { xml, flags: 0 }
    };
    assert_eq!(code(&guarded.ask(&define("&#115;ecret0")).await), DENIED);
    assert_eq!(asked(&mut guarded, &define("open0")).await.iface, iface("open0"));
    assert_eq!(asked(&mut guarded, &ConnectNumOfDefinedInterfaces {}).await.num, 1);
}

#[tokio::test]
async fn devices_are_listed_by_what_they_can_do_and_whether_they_are_there() {
    let (mut free, mut guarded, _) = rack().await;
    let (inactive, active) = (ListNodeDevicesFlags::INACTIVE.bits(), ListNodeDevicesFlags::ACTIVE.bits());
    for (flags, expected) in [
        (0, "computer pci_secret pci_2 mdev_1 scsi_host1"),
        (active, "computer pci_secret pci_2 scsi_host1"),
        (inactive, "mdev_1"),
        (1, "computer"),
        (2, "pci_secret pci_2"),
        (1 | 512, "computer scsi_host1"),
        (16_384, "mdev_1"),
        (16_384 | active, ""),
        (2_097_152, ""),
    ] {
        let all = asked(&mut free, &ConnectListAllNodeDevices { need_results: 1, flags }).await;
        let names: Vec<_> = all.devices.iter().map(|one| one.name.to_string()).collect();
        assert_eq!((names.join(" ").as_str(), names.len()), (expected, all.ret as usize), "{flags}");
    }
    let all = ConnectListAllNodeDevices { need_results: 0, flags: 0 };
    assert_eq!(asked(&mut guarded, &all).await.ret, 4);
    assert_eq!(
        code(&free.ask(&ConnectListAllNodeDevices { need_results: 0, flags: 1 << 29 }).await),
        (8, 10)
    );
    let with = |cap: Option<&str>| cap.map(Into::into);
    for (cap, count) in [(None, 4), (Some("pci"), 1), (Some("vports"), 1), (Some("foo"), 0)] {
        let number = NodeNumOfDevices { cap: with(cap), flags: 0 };
        assert_eq!(asked(&mut guarded, &number).await.num, count, "{cap:?}");
        let list = NodeListDevices { cap: with(cap), maxnames: 65_536, flags: 0 };
        assert_eq!(asked(&mut guarded, &list).await.names.len(), usize::try_from(count).unwrap());
    }
    let list = NodeListDevices { cap: None, maxnames: 1, flags: 0 };
    assert_eq!(asked(&mut free, &list).await.names, ["computer"]);
    let list = NodeListDevices { cap: None, maxnames: 65_537, flags: 0 };
    assert_eq!(code(&free.ask(&list).await), (39, 7));
}

#[tokio::test]
async fn a_device_is_found_by_its_name_and_asked_about() {
    let (mut free, mut guarded, _) = rack().await;
    let name = || "scsi_host1".into();
    let dev = NodeDevice { name: name() };
    assert_eq!(asked(&mut free, &NodeDeviceLookupByName { name: name() }).await.dev, dev);
    let by = |wwpn: &str| NodeDeviceLookupScsiHostByWwn { wwnn: "n".into(), wwpn: wwpn.into(), flags: 0 };
    assert_eq!(asked(&mut free, &by("p")).await.dev, dev);
    assert_eq!(asked(&mut free, &by("q")).await.dev.name, "pci_secret");
    assert_eq!(code(&guarded.ask(&by("q")).await), (53, 22), "it is not there");
    let xml = |flags| NodeDeviceGetXmlDesc { name: name(), flags };
    assert_eq!(asked(&mut free, &xml(0)).await.xml, "scsi_host1 false");
    assert_eq!(asked(&mut free, &xml(1)).await.xml, "scsi_host1 true");
    assert_eq!(code(&free.ask(&xml(2)).await), (8, 10));
    let parent = asked(&mut free, &NodeDeviceGetParent { name: name() }).await.parent_name;
    assert_eq!(parent, Some("computer".into()));
    assert_eq!(asked(&mut free, &NodeDeviceGetParent { name: "computer".into() }).await.parent_name, None);
    assert_eq!(asked(&mut free, &NodeDeviceNumOfCaps { name: name() }).await.num, 3);
    let caps = NodeDeviceListCaps { name: name(), maxnames: 2 };
    assert_eq!(asked(&mut free, &caps).await.names, ["scsi_host", "fc_host"]);
    for (name, expected) in [("computer", [1, 1, 1]), ("mdev_1", [0, 1, 0])] {
        let active = asked(&mut free, &NodeDeviceIsActive { name: name.into() }).await.active;
        let persistent = asked(&mut free, &NodeDeviceIsPersistent { name: name.into() }).await.persistent;
        let autostart = asked(&mut free, &NodeDeviceGetAutostart { name: name.into() }).await.autostart;
        assert_eq!([active, persistent, autostart], expected, "{name}");
    }
}

#[tokio::test]
async fn what_is_done_with_a_device_is_what_was_asked_for() {
    let (mut free, mut guarded, _) = rack().await;
    let update = |name: &str, flags| NodeDeviceUpdate { name: name.into(), xml_desc: "x".into(), flags };
    for (name, flags, expected) in [
        ("computer", 0, "computer x true false"),
        ("computer", 3, "computer x true true"),
        ("mdev_1", 0, "mdev_1 x false true"),
        ("mdev_1", 1, "node device is not active"),
    ] {
        assert_eq!(refused(&mut free, &update(name, flags)).await, expected);
    }
    assert_eq!(refused(&mut free, &NodeDeviceDettach { name: "pci_2".into() }).await, "pci_2 None");
    let driver =
        |flags| NodeDeviceDetachFlags { name: "pci_2".into(), driver_name: Some("vfio".into()), flags };
    assert_eq!(refused(&mut free, &driver(0)).await, "pci_2 Some(\"vfio\")");
    assert_eq!(code(&free.ask(&driver(1)).await), (8, 10));
    assert_eq!(code(&free.ask(&NodeDeviceReset { name: "pci_2".into() }).await), (3, 22));
    assert_eq!(code(&free.ask(&NodeDeviceReset { name: "nosuch".into() }).await), (53, 22));
    assert_eq!(code(&guarded.ask(&NodeDeviceReset { name: "pci_secret".into() }).await), DENIED);
}

#[tokio::test]
async fn events_of_devices_come_to_who_asked_and_may_know() {
    let (mut free, mut guarded, events) = rack().await;
    let register = |event_id, name: Option<&str>| ConnectNodeDeviceEventRegisterAny {
        event_id,
        dev: name.map(|name| NodeDevice { name: name.into() }),
    };
    assert_eq!(code(&free.ask(&register(2, None)).await), (1, 7));
    assert_eq!(code(&free.ask(&register(0, Some("nosuch"))).await), (53, 22));
    let gone = asked(&mut free, &register(0, None)).await.callback_id;
    let all = asked(&mut free, &register(0, None)).await.callback_id;
    let one = asked(&mut free, &register(1, Some("pci_2"))).await.callback_id;
    let hers = asked(&mut guarded, &register(0, None)).await.callback_id;
    let mut deregister = async |id| free.ask(&ConnectNodeDeviceEventDeregisterAny { callback_id: id }).await;
    assert_eq!(code(&deregister(gone).await), (0, 0));
    assert_eq!(code(&deregister(gone).await), (1, 7));

    let tell = |name: &str, what| events.tell(&Event::NodeDevice(NodeDeviceInfo::new(name), what));
    tell("pci_secret", NodeDeviceStep::Life(NodeDeviceLifecycle::Created));
    tell("pci_secret", NodeDeviceStep::Updated);
    tell("pci_2", NodeDeviceStep::Updated);
    tell("pci_2", NodeDeviceStep::Life(NodeDeviceLifecycle::Deleted));
    let expected = [(all, "pci_secret", Some(0)), (one, "pci_2", None), (all, "pci_2", Some(1))];
    for (raw, expected) in [(&mut free, &expected[..]), (&mut guarded, &[(hers, "pci_2", Some(1))])] {
        for (id, name, step) in expected {
            let frame = raw.next().await.unwrap();
            assert_eq!(frame.header.kind(), Ok(MessageKind::Notice));
            let heard = match frame.header.procedure {
                NodeDeviceEventLifecycle::NUMBER => {
                    let event: NodeDeviceEventLifecycle = from_slice(&frame.payload).unwrap();
                    (event.callback_id, event.dev.name, Some(event.event))
                }
                _ => {
                    let event: NodeDeviceEventUpdate = from_slice(&frame.payload).unwrap();
                    (event.callback_id, event.dev.name, None)
                }
            };
            assert_eq!(heard, (*id, (*name).into(), *step));
        }
    }
}
