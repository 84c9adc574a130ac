//! Every kind of event that a client may register for can be told, and comes to whoever asked for it.
#![cfg(all(feature = "mem", feature = "client"))]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use virtwire_protocol::event::{DomainEvent, Event, KINDS, RawNotice};
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::program::Notice;

use super::*;
use crate::client::{Connection, Subscription};
use crate::hypervisor::mem::{Config, Mem};
use crate::hypervisor::*;
use crate::server::{Exposure, ListenAddress, Listener, Server};

/// One of each, the kinds that it is told as, and what each says beside the domain.
fn everything() -> Vec<(Happening, Vec<(i32, Value)>)> {
    let alias = || "net0".to_owned();
    let path = || "/a.raw".to_owned();
    vec![
        (Happening::Reboot, vec![(1, json!({}))]),
        (Happening::RtcChange { offset_s: -3_600 }, vec![(2, json!({ "offset": -3_600 }))]),
        (Happening::Watchdog(WatchdogAction::Pause), vec![(3, json!({ "action": 1 }))]),
        (
            Happening::IoError {
                path: path(),
                alias: alias(),
                action: IoErrorAction::Pause,
                reason: "enospc".into(),
            },
            vec![
                (4, json!({ "srcPath": "/a.raw", "devAlias": "net0", "action": 1 })),
                (6, json!({ "srcPath": "/a.raw", "devAlias": "net0", "action": 1, "reason": "enospc" })),
            ],
        ),
        (
            Happening::Graphics {
                phase: GraphicsPhase::Initialize,
                local: GraphicsEnd::Unix("/run/vnc".into()),
                remote: GraphicsEnd::Tcp("[::1]:5901".parse().unwrap()),
                auth_scheme: "sasl".into(),
                subject: vec![("saslUsername".into(), "ada".into())],
            },
            vec![(
                5,
                json!({
                    "phase": 1,
                    "local": { "family": 2, "node": "/run/vnc", "service": "" },
                    "remote": { "family": 1, "node": "::1", "service": "5901" },
                    "authScheme": "sasl",
                    "subject": [{ "type": "saslUsername", "name": "ada" }],
                }),
            )],
        ),
        (Happening::ControlError, vec![(7, json!({}))]),
        (
            Happening::BlockJob {
                target: "vda".into(),
                path: path(),
                kind: BlockJobType::Copy,
                status: BlockJobStatus::Ready,
            },
            vec![
                (8, json!({ "path": "/a.raw", "type": 2, "status": 3 })),
                (16, json!({ "dst": "vda", "type": 2, "status": 3 })),
            ],
        ),
        (
            Happening::DiskChange {
                alias: alias(),
                old_path: Some(path()),
                new_path: None,
                reason: DiskChangeReason::DropMissingOnStart,
            },
            vec![(9, json!({ "oldSrcPath": "/a.raw", "newSrcPath": null, "devAlias": "net0", "reason": 1 }))],
        ),
        (
            Happening::TrayChange { alias: alias(), reason: TrayChangeReason::Close },
            vec![(10, json!({ "devAlias": "net0", "reason": 1 }))],
        ),
        (Happening::PmWakeup, vec![(11, json!({}))]),
        (Happening::PmSuspend, vec![(12, json!({}))]),
        (Happening::BalloonChange { memory_kib: 4_096 }, vec![(13, json!({ "actual": 4_096 }))]),
        (Happening::PmSuspendDisk, vec![(14, json!({}))]),
        (Happening::DeviceRemoved { alias: alias() }, vec![(15, json!({ "devAlias": "net0" }))]),
        (
            Happening::Tunable(TypedParams::new().with("cputune.cpu_shares", 9_u64).unwrap()),
            vec![(17, json!({ "params": [{ "field": "cputune.cpu_shares", "value": { "ul": 9 } }] }))],
        ),
        (
            Happening::AgentLifecycle { state: AgentState::Connected, reason: AgentReason::Channel },
            vec![(18, json!({ "state": 1, "reason": 2 }))],
        ),
        (Happening::DeviceAdded { alias: alias() }, vec![(19, json!({ "devAlias": "net0" }))]),
        (Happening::DeviceRemovalFailed { alias: alias() }, vec![(22, json!({ "devAlias": "net0" }))]),
        (
            Happening::MetadataChange(Metadata::Element("urn:a".into())),
            vec![(23, json!({ "type": 2, "nsuri": "urn:a" }))],
        ),
        (
            Happening::BlockThreshold { target: "vda".into(), path: Some(path()), threshold: 7, excess: 1 },
            vec![(24, json!({ "dev": "vda", "path": "/a.raw", "threshold": 7, "excess": 1 }))],
        ),
        (
            Happening::MemoryFailure {
                recipient: MemoryFailureRecipient::Guest,
                action: MemoryFailureAction::Inject,
                flags: MemoryFailureFlags::RECURSIVE,
            },
            vec![(25, json!({ "recipient": 1, "action": 1, "flags": 2 }))],
        ),
        (
            Happening::MemoryDeviceSizeChange { alias: alias(), size_kib: 1_024 },
            vec![(26, json!({ "alias": "net0", "size": 1_024 }))],
        ),
        (
            Happening::NicMacChange { alias: alias(), old_mac: "52::1".into(), new_mac: "52::2".into() },
            vec![(27, json!({ "alias": "net0", "oldMAC": "52::1", "newMAC": "52::2" }))],
        ),
        (Happening::VcpuRemoved(3), vec![(28, json!({ "vcpu": 3 }))]),
        (
            Happening::ChannelLifecycle { channel: "org.a".into(), state: 1, reason: 2 },
            vec![(29, json!({ "channelName": "org.a", "state": 1, "reason": 2 }))],
        ),
    ]
}

/// A daemon with nobody's guests, and where its embedder tells of them.
async fn daemon(release: Release) -> (Events, String) {
    let mem = Mem::new(Config { migration_ports: 0..=0, ..Config::default() });
    let events = Hypervisor::events(&mem).unwrap().clone();
    let address: ListenAddress = "tcp://127.0.0.1:0".parse().unwrap();
    let listener = Listener::bind(&address, Exposure::LocalOnly).await.unwrap();
    let uri = format!("mem+{}/default", listener.address());
    let server = Server::new(HypervisorService::new(mem)).profile(Profile::of(release));
    tokio::spawn(async move { server.serve(&listener).await });
    (events, uri)
}

/// What an event says beside its domain and the callback.
fn said(event: &DomainEvent) -> Value {
    let mut said = serde_json::to_value(event).unwrap();
    let fields = said.as_object_mut().unwrap();
    assert_eq!(fields.remove("dom").unwrap()["name"], "a");
    fields.remove("callbackID");
    said
}

/// The next event, as it is decoded, and the callback that it came for.
async fn next(notices: &mut Subscription<RawNotice>) -> (DomainEvent, i32) {
    let notice = notices.next().await.unwrap().unwrap();
    let callback = notice.payload.first_chunk().map(|word| i32::from_be_bytes(*word)).unwrap();
    (DomainEvent::decode(notice).unwrap(), callback)
}

/// What a client of the third generation hears is what was told, at the callbacks of that kind that are for this domain.
#[tokio::test]
async fn whatever_happens_is_heard_by_who_asked_for_it() {
    let (events, uri) = daemon(Release::NEWEST).await;
    let client = Connection::open(&uri).await.unwrap();
    let mut notices = client.subscribe::<RawNotice>(None).await.unwrap();
    let guest = DomainInfo { id: Some(7), ..DomainInfo::new("a", Uuid::random()) };
    let other = DomainInfo::new("b", Uuid::random());
    let mut callbacks = BTreeMap::new();
    for event_id in 0..30 {
        for of in [None, Some(&guest), Some(&other)] {
            let dom = of.map(super::super::wire::domain);
            let register = ConnectDomainEventCallbackRegisterAny { event_id, dom };
            let callback = client.call(register).await.unwrap().callback_id;
            callbacks.insert(callback, (event_id, of.map(|of| of.name.clone())));
        }
    }
    let mut kinds_told = vec![0, 20, 21]; // Life and jobs have doors of their own.
    for (what, kinds) in everything() {
        events.tell(&crate::hypervisor::Event::Happening(guest.clone(), what.clone()));
        for (kind, expected) in &kinds {
            for of in [None, Some("a".to_owned())] {
                let (event, callback) = next(&mut notices).await;
                assert_eq!(callbacks[&callback], (*kind, of), "{what:?}");
                assert_eq!(event.kind().map(|kind| kind.event_id), Some(*kind), "{what:?}");
                assert_eq!(said(&event), *expected, "{what:?}");
            }
        }
        kinds_told.extend(kinds.into_iter().map(|(kind, _)| kind));
    }
    kinds_told.sort_unstable();
    assert_eq!(kinds_told, (0..30).collect::<Vec<_>>());
    assert_eq!(KINDS[0].len(), 30);
}

/// Clients of before callbacks hear each kind that they know once, with the same in it.
#[tokio::test]
async fn older_clients_hear_the_kinds_that_they_know() {
    let (events, uri) = daemon(Release::new(1, 0, 0)).await;
    let client = Connection::open(&uri).await.unwrap();
    let mut notices = client.subscribe::<RawNotice>(None).await.unwrap();
    for event_id in 0..15 {
        client.call(ConnectDomainEventRegisterAny { event_id }).await.unwrap();
    }
    let unknown = client.call(ConnectDomainEventRegisterAny { event_id: 15 }).await.unwrap_err();
    assert_eq!(unknown.remote().unwrap().code.0, 1);
    let guest = DomainInfo::new("a", Uuid::random());
    for (what, kinds) in everything() {
        events.tell(&crate::hypervisor::Event::Happening(guest.clone(), what.clone()));
        for (kind, expected) in kinds.iter().filter(|(kind, _)| *kind < 15) {
            let notice = notices.next().await.unwrap().unwrap();
            let event = DomainEvent::decode(notice.clone()).unwrap();
            assert_eq!(event.kind().unwrap().older, Some(notice.number), "{what:?}");
            assert_eq!(event.kind().unwrap().event_id, *kind, "{what:?}");
            assert_eq!(said(&event), *expected, "{what:?}");
        }
    }
    events.tell(&crate::hypervisor::Event::Domain(guest, Lifecycle::Resumed(ResumedDetail::Unpaused)));
    let last = notices.next().await.unwrap().unwrap();
    assert_eq!(last.number, DomainEventLifecycle::NUMBER, "nothing but what was expected came before");
}
