//! The table of all kinds of events: id, name, payload, and how it is numbered on the wire.

use serde::{Serialize, Serializer};
use virtwire_xdr::Options;

use super::detail::*;
use super::{Event, Family, MonitorFilter, NoObject, RawNotice, Topic, Undecodable, Words};
use crate::flags::MemoryFailureFlags;
use crate::program::{Notice, ProcedureNumber, Program};
use crate::qemu::DomainMonitorEvent;
use crate::remote::*;

/// What is known of a kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindInfo {
    /// What it is of.
    pub family: Family,
    /// Its number there, by which it is asked for; 0 where the family has but one kind.
    pub event_id: i32,
    /// libvirt's name of it within its family, such as `block-job-2`.
    pub name: &'static str,
    /// The program that sends it.
    pub program: Program,
    /// The event's number, with a callback id where the family has them.
    pub number: ProcedureNumber,
    /// Its number in the first two generations, without callback id; domain events 0 to 15 alone have one.
    pub older: Option<ProcedureNumber>,
}

/// Writes a family: its sum type, and for each row the payload's own [`Event`].
///
/// A row is the id, the name, the variant with its payload and, in braces, the fields whose numbers have words; then the
/// struct that wraps the payload in the third generation, where there is one. A payload whose words are written by hand
/// has `..` in the braces.
macro_rules! family {
    (
        $(#[$attribute:meta])*
        $sum:ident of $object:ident as $family:ident ($kinds:ident);
        $($id:literal $name:literal $variant:ident($payload:ident $({ $($word:tt)* })?) $(in $wrapper:ident)?;)*
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        #[allow(missing_docs, reason = "each variant is the payload that it holds, which says what it is")]
        pub enum $sum {
            $($variant($payload),)*
            /// One that is newer than this crate.
            Unknown(RawNotice),
        }

        /// Its kinds, by id.
        const $kinds: &[KindInfo] = &[$(KindInfo {
            family: Family::$family,
            event_id: $id,
            name: $name,
            program: <$payload as Notice>::PROGRAM,
            number: family!(@number $payload $($wrapper)?),
            older: family!(@older $payload $($wrapper)?),
        },)*];

        impl Event for $sum {
            type Object = $object;

            fn topics(object: Option<&$object>) -> Vec<Topic> {
                $kinds
                    .iter()
                    .map(|kind| Topic::$family { event_id: kind.event_id, object: object.cloned() })
                    .collect()
            }

            fn decode(notice: RawNotice) -> Result<$sum, Undecodable> {
                let family = of_number(notice.program, notice.number);
                match family.filter(|kind| kind.family == Family::$family).map(|kind| kind.event_id) {
                    $(Some($id) => Ok($sum::$variant($payload::decode(notice)?)),)*
                    _ => Ok($sum::Unknown(notice)),
                }
            }
        }

        impl $sum {
            /// Which kind it is; `None` for one that is newer than this crate.
            pub fn kind(&self) -> Option<&'static KindInfo> {
                match self {
                    $($sum::$variant(_) => of_id(Family::$family, $id),)*
                    $sum::Unknown(_) => None,
                }
            }
        }

        /// As the payload by itself, or as the bytes that came.
        impl Serialize for $sum {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $($sum::$variant(event) => event.serialize(serializer),)*
                    $sum::Unknown(raw) => serializer.serialize_bytes(&raw.payload),
                }
            }
        }

        impl Words for $sum {
            fn words(&self) -> Vec<(&'static str, String)> {
                match self {
                    $($sum::$variant(event) => event.words(),)*
                    $sum::Unknown(_) => Vec::new(),
                }
            }
        }

        $(
            impl Event for $payload {
                type Object = $object;

                fn topics(object: Option<&$object>) -> Vec<Topic> {
                    vec![Topic::$family { event_id: $id, object: object.cloned() }]
                }

                fn decode(notice: RawNotice) -> Result<$payload, Undecodable> {
                    $(if is::<$wrapper>(&notice) {
                        return decode::<$wrapper>(notice).map(|wrapper| wrapper.msg);
                    })?
                    decode(notice)
                }
            }

            family!(@words $payload $({ $($word)* })?);
        )*
    };
    (@number $payload:ident) => { <$payload as Notice>::NUMBER };
    (@number $payload:ident $wrapper:ident) => { <$wrapper as Notice>::NUMBER };
    (@older $payload:ident) => { None };
    (@older $payload:ident $wrapper:ident) => { Some(<$payload as Notice>::NUMBER) };
    (@words $payload:ident { .. }) => {};
    (@words $payload:ident) => {
        impl Words for $payload {
            fn words(&self) -> Vec<(&'static str, String)> {
                Vec::new()
            }
        }
    };
    (@words $payload:ident { $($wire:literal $field:ident: $meaning:ident),* }) => {
        impl $payload {
            $(
                /// What the number of the same name means.
                pub fn $field(&self) -> $meaning {
                    self.$field.into()
                }
            )*
        }

        impl Words for $payload {
            fn words(&self) -> Vec<(&'static str, String)> {
                vec![$(($wire, self.$field().to_string())),*]
            }
        }
    };
}

family! {
    /// Something happened to a domain.
    DomainEvent of Domain as Domain (DOMAIN);
    0 "lifecycle" Lifecycle(DomainEventLifecycle { .. }) in DomainEventCallbackLifecycle;
    1 "reboot" Reboot(DomainEventReboot) in DomainEventCallbackReboot;
    2 "rtc-change" RtcChange(DomainEventRtcChange) in DomainEventCallbackRtcChange;
    3 "watchdog" Watchdog(DomainEventWatchdog { "action" action: WatchdogAction }) in DomainEventCallbackWatchdog;
    4 "io-error" IoError(DomainEventIoError { "action" action: IoErrorAction }) in DomainEventCallbackIoError;
    5 "graphics" Graphics(DomainEventGraphics { "phase" phase: GraphicsPhase }) in DomainEventCallbackGraphics;
    6 "io-error-reason" IoErrorReason(DomainEventIoErrorReason { "action" action: IoErrorAction })
        in DomainEventCallbackIoErrorReason;
    7 "control-error" ControlError(DomainEventControlError) in DomainEventCallbackControlError;
    8 "block-job" BlockJob(DomainEventBlockJob { "type" r#type: BlockJobType, "status" status: BlockJobStatus })
        in DomainEventCallbackBlockJob;
    9 "disk-change" DiskChange(DomainEventDiskChange { "reason" reason: DiskChangeReason })
        in DomainEventCallbackDiskChange;
    10 "tray-change" TrayChange(DomainEventTrayChange { "reason" reason: TrayChangeReason })
        in DomainEventCallbackTrayChange;
    11 "pm-wakeup" Pmwakeup(DomainEventPmwakeup) in DomainEventCallbackPmwakeup;
    12 "pm-suspend" Pmsuspend(DomainEventPmsuspend) in DomainEventCallbackPmsuspend;
    13 "balloon-change" BalloonChange(DomainEventBalloonChange) in DomainEventCallbackBalloonChange;
    14 "pm-suspend-disk" PmsuspendDisk(DomainEventPmsuspendDisk) in DomainEventCallbackPmsuspendDisk;
    15 "device-removed" DeviceRemoved(DomainEventDeviceRemoved) in DomainEventCallbackDeviceRemoved;
    16 "block-job-2" BlockJob2(DomainEventBlockJob2 { "type" r#type: BlockJobType, "status" status: BlockJobStatus });
    17 "tunable" Tunable(DomainEventCallbackTunable);
    18 "agent-lifecycle" AgentLifecycle(DomainEventCallbackAgentLifecycle {
        "state" state: AgentState, "reason" reason: AgentReason
    });
    19 "device-added" DeviceAdded(DomainEventCallbackDeviceAdded);
    20 "migration-iteration" MigrationIteration(DomainEventCallbackMigrationIteration);
    21 "job-completed" JobCompleted(DomainEventCallbackJobCompleted);
    22 "device-removal-failed" DeviceRemovalFailed(DomainEventCallbackDeviceRemovalFailed);
    23 "metadata-change" MetadataChange(DomainEventCallbackMetadataChange { "type" r#type: MetadataType });
    24 "block-threshold" BlockThreshold(DomainEventBlockThreshold);
    25 "memory-failure" MemoryFailure(DomainEventMemoryFailure {
        "recipient" recipient: MemoryFailureRecipient, "action" action: MemoryFailureAction,
        "flags" flags: MemoryFailureFlags
    });
    26 "memory-device-size-change" MemoryDeviceSizeChange(DomainEventMemoryDeviceSizeChange);
    27 "nic-mac-change" NicMacChange(DomainEventNicMacChange);
    28 "vcpu-removed" VcpuRemoved(DomainEventVcpuRemoved);
    29 "channel-lifecycle" ChannelLifecycle(DomainEventCallbackChannelLifecycle);
}

family! {
    /// Something happened to a virtual network.
    NetworkEvent of Network as Network (NETWORK);
    0 "lifecycle" Lifecycle(NetworkEventLifecycle { "event" event: NetworkLifecycle });
    1 "metadata-change" MetadataChange(NetworkEventCallbackMetadataChange { "type" r#type: MetadataType });
}

family! {
    /// Something happened to a storage pool.
    StoragePoolEvent of StoragePool as StoragePool (STORAGE_POOL);
    0 "lifecycle" Lifecycle(StoragePoolEventLifecycle { "event" event: StoragePoolLifecycle });
    1 "refresh" Refresh(StoragePoolEventRefresh);
}

family! {
    /// Something happened to a device of the host.
    NodeDeviceEvent of NodeDevice as NodeDevice (NODE_DEVICE);
    0 "lifecycle" Lifecycle(NodeDeviceEventLifecycle { "event" event: NodeDeviceLifecycle });
    1 "update" Update(NodeDeviceEventUpdate);
}

family! {
    /// Something happened to a secret.
    SecretEvent of Secret as Secret (SECRET);
    0 "lifecycle" Lifecycle(SecretEventLifecycle { "event" event: SecretLifecycle });
    1 "value-changed" ValueChanged(SecretEventValueChanged);
}

impl Words for DomainEventLifecycle {
    fn words(&self) -> Vec<(&'static str, String)> {
        let what = self.what();
        vec![("event", what.event().to_string()), ("detail", what.detail())]
    }
}

impl Event for DomainMonitorEvent {
    type Object = MonitorFilter;

    fn topics(object: Option<&MonitorFilter>) -> Vec<Topic> {
        vec![Topic::Monitor(object.cloned().unwrap_or_default())]
    }

    fn decode(notice: RawNotice) -> Result<DomainMonitorEvent, Undecodable> {
        decode(notice)
    }
}

family!(@words DomainMonitorEvent);

impl Event for ConnectEventConnectionClosed {
    type Object = NoObject;

    fn topics(_: Option<&NoObject>) -> Vec<Topic> {
        vec![Topic::Close]
    }

    fn decode(notice: RawNotice) -> Result<ConnectEventConnectionClosed, Undecodable> {
        decode(notice)
    }
}

family!(@words ConnectEventConnectionClosed { "reason" reason: ConnectionClosedReason });

const MONITOR: KindInfo = KindInfo {
    family: Family::Monitor,
    event_id: 0,
    name: "event",
    program: DomainMonitorEvent::PROGRAM,
    number: DomainMonitorEvent::NUMBER,
    older: None,
};

const CLOSE: KindInfo = KindInfo {
    family: Family::Close,
    event_id: 0,
    name: "closed",
    program: ConnectEventConnectionClosed::PROGRAM,
    number: ConnectEventConnectionClosed::NUMBER,
    older: None,
};

/// Every kind of event that this crate knows, family by family.
pub const KINDS: &[&[KindInfo]] = &[DOMAIN, NETWORK, STORAGE_POOL, NODE_DEVICE, SECRET, &[MONITOR], &[CLOSE]];

/// Something happened to anything.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum AnyEvent {
    /// To a domain.
    Domain(DomainEvent),
    /// To a virtual network.
    Network(NetworkEvent),
    /// To a storage pool.
    StoragePool(StoragePoolEvent),
    /// To a device of the host.
    NodeDevice(NodeDeviceEvent),
    /// To a secret.
    Secret(SecretEvent),
    /// To a domain, as its QEMU says.
    Monitor(DomainMonitorEvent),
    /// To the daemon's own connection.
    Closed(ConnectEventConnectionClosed),
    /// One that is newer than this crate.
    Unknown(RawNotice),
}

impl AnyEvent {
    /// Which kind it is; `None` for one that is newer than this crate.
    pub fn kind(&self) -> Option<&'static KindInfo> {
        match self {
            AnyEvent::Domain(event) => event.kind(),
            AnyEvent::Network(event) => event.kind(),
            AnyEvent::StoragePool(event) => event.kind(),
            AnyEvent::NodeDevice(event) => event.kind(),
            AnyEvent::Secret(event) => event.kind(),
            AnyEvent::Monitor(_) => Some(&MONITOR),
            AnyEvent::Closed(_) => Some(&CLOSE),
            AnyEvent::Unknown(_) => None,
        }
    }
}

/// As the payload by itself, or as the bytes that came.
impl Serialize for AnyEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            AnyEvent::Domain(event) => event.serialize(serializer),
            AnyEvent::Network(event) => event.serialize(serializer),
            AnyEvent::StoragePool(event) => event.serialize(serializer),
            AnyEvent::NodeDevice(event) => event.serialize(serializer),
            AnyEvent::Secret(event) => event.serialize(serializer),
            AnyEvent::Monitor(event) => event.serialize(serializer),
            AnyEvent::Closed(event) => event.serialize(serializer),
            AnyEvent::Unknown(raw) => serializer.serialize_bytes(&raw.payload),
        }
    }
}

impl Words for AnyEvent {
    fn words(&self) -> Vec<(&'static str, String)> {
        match self {
            AnyEvent::Domain(event) => event.words(),
            AnyEvent::Network(event) => event.words(),
            AnyEvent::StoragePool(event) => event.words(),
            AnyEvent::NodeDevice(event) => event.words(),
            AnyEvent::Secret(event) => event.words(),
            AnyEvent::Monitor(event) => event.words(),
            AnyEvent::Closed(event) => event.words(),
            AnyEvent::Unknown(_) => Vec::new(),
        }
    }
}

/// All kinds of domains, networks, pools, devices and secrets: what changes a guest's monitor or needs more rights is
/// asked for by itself.
impl Event for AnyEvent {
    type Object = NoObject;

    fn topics(_: Option<&NoObject>) -> Vec<Topic> {
        let mut topics = DomainEvent::topics(None);
        topics.extend(NetworkEvent::topics(None));
        topics.extend(StoragePoolEvent::topics(None));
        topics.extend(NodeDeviceEvent::topics(None));
        topics.extend(SecretEvent::topics(None));
        topics
    }

    fn decode(notice: RawNotice) -> Result<AnyEvent, Undecodable> {
        let Some(kind) = of_number(notice.program, notice.number) else {
            return Ok(AnyEvent::Unknown(notice));
        };
        Ok(match kind.family {
            Family::Domain => AnyEvent::Domain(DomainEvent::decode(notice)?),
            Family::Network => AnyEvent::Network(NetworkEvent::decode(notice)?),
            Family::StoragePool => AnyEvent::StoragePool(StoragePoolEvent::decode(notice)?),
            Family::NodeDevice => AnyEvent::NodeDevice(NodeDeviceEvent::decode(notice)?),
            Family::Secret => AnyEvent::Secret(SecretEvent::decode(notice)?),
            Family::Monitor => AnyEvent::Monitor(DomainMonitorEvent::decode(notice)?),
            Family::Close => AnyEvent::Closed(ConnectEventConnectionClosed::decode(notice)?),
        })
    }
}

/// The kind of this id.
pub(crate) fn of_id(family: Family, event_id: i32) -> Option<&'static KindInfo> {
    KINDS.iter().copied().flatten().find(|kind| kind.family == family && kind.event_id == event_id)
}

/// The kind of this number on the wire, in whichever generation.
pub(crate) fn of_number(program: Program, number: ProcedureNumber) -> Option<&'static KindInfo> {
    let is =
        |kind: &&KindInfo| kind.program == program && (kind.number == number || kind.older == Some(number));
    KINDS.iter().copied().flatten().find(is)
}

fn is<N: Notice>(notice: &RawNotice) -> bool {
    notice.program == N::PROGRAM && notice.number == N::NUMBER
}

fn decode<N: Notice>(notice: RawNotice) -> Result<N, Undecodable> {
    if !is::<N>(&notice) {
        return Err(Undecodable { notice, error: None });
    }
    // As replies are: daemons ignore trailing bytes and the content of padding.
    Options::lenient()
        .from_slice(&notice.payload)
        .map_err(|error| Undecodable { error: Some(error.to_string()), notice })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::ProcedureKind;

    #[test]
    fn every_event_of_the_contract_is_one_kind() {
        for program in [Program::REMOTE, Program::QEMU, Program::LXC, Program::ADMIN] {
            for info in program.procedures().iter().filter(|info| info.kind == ProcedureKind::Event) {
                let kind = of_number(program, info.number);
                assert!(kind.is_some(), "{} of {program}", info.name);
            }
        }
        let mut numbers: Vec<_> = KINDS
            .iter()
            .copied()
            .flatten()
            .flat_map(|kind| [Some(kind.number), kind.older])
            .flatten()
            .collect();
        numbers.sort();
        let all = numbers.len();
        numbers.dedup();
        // Monitor events are number 6 of a program of their own.
        assert_eq!((numbers.len(), all), (56, 56));
    }

    #[test]
    fn ids_count_from_0_and_their_names_are_libvirts() {
        let facts = include_str!("../../../tests/fixtures/facts/enums.json");
        let facts: serde_json::Value = serde_json::from_str(facts).unwrap();
        for (kinds, of, prefix) in [
            (DOMAIN, "virDomainEventID", "VIR_DOMAIN_EVENT_ID_"),
            (NETWORK, "virNetworkEventID", "VIR_NETWORK_EVENT_ID_"),
            (STORAGE_POOL, "virStoragePoolEventID", "VIR_STORAGE_POOL_EVENT_ID_"),
            (NODE_DEVICE, "virNodeDeviceEventID", "VIR_NODE_DEVICE_EVENT_ID_"),
            (SECRET, "virSecretEventID", "VIR_SECRET_EVENT_ID_"),
        ] {
            for (index, kind) in kinds.iter().enumerate() {
                assert_eq!(kind.event_id, i32::try_from(index).unwrap());
            }
            for fact in facts["enums"][of].as_array().unwrap() {
                let kind = &kinds[usize::try_from(fact["value"].as_u64().unwrap()).unwrap()];
                let name = fact["name"].as_str().unwrap().strip_prefix(prefix).unwrap();
                assert_eq!(kind.name.replace('-', ""), name.to_lowercase().replace('_', ""));
            }
        }
    }

    #[test]
    fn a_kind_is_one_payload_in_every_generation() {
        let dom = Domain { name: "a".into(), uuid: [1; 16], id: 7 };
        let msg = DomainEventWatchdog { dom, action: 1 };
        let raw = |number, payload: Vec<u8>| RawNotice {
            program: Program::REMOTE,
            number: ProcedureNumber(number),
            payload: payload.into(),
        };
        let older = raw(171, virtwire_xdr::to_vec(&msg).unwrap());
        let wrapped = DomainEventCallbackWatchdog { callback_id: 3, msg: msg.clone() };
        let newer = raw(321, virtwire_xdr::to_vec(&wrapped).unwrap());
        assert_eq!(DomainEventWatchdog::decode(older.clone()).unwrap(), msg);
        assert_eq!(DomainEventWatchdog::decode(newer.clone()).unwrap(), msg);
        assert_eq!(DomainEvent::decode(newer.clone()).unwrap(), DomainEvent::Watchdog(msg.clone()));
        assert_eq!(msg.action(), WatchdogAction::Pause);
        assert_eq!(msg.words(), [("action", "pause".to_owned())]);
        // Another kind, an unknown one, and one cut short.
        assert_eq!(DomainEventReboot::decode(newer.clone()).unwrap_err().error, None);
        let unknown = raw(9_999, vec![0; 4]);
        assert_eq!(DomainEvent::decode(unknown.clone()).unwrap(), DomainEvent::Unknown(unknown.clone()));
        assert_eq!(AnyEvent::decode(unknown.clone()).unwrap(), AnyEvent::Unknown(unknown));
        let cut = RawNotice { payload: newer.payload.slice(..newer.payload.len() - 4), ..newer };
        let error = AnyEvent::decode(cut.clone()).unwrap_err();
        assert_eq!(error.notice, cut);
        assert!(error.to_string().contains("event 321 of remote"), "{error}");
    }
}
