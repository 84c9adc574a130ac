//! The calls of a registration: by which procedure one asks for a topic, and how one takes that back.

use bytes::Bytes;
use virtwire_xdr::Options;

use super::super::client::ReplyFault;
use super::{Ability, Refused, Registered};
use crate::error::RemoteError;
use crate::event::{MonitorFilter, Topic};
use crate::frame::{Draft, DraftError};
use crate::profile::Feature;
use crate::program::{Procedure, ProcedureNumber, Program};
use crate::qemu::{ConnectDomainMonitorEventDeregister, ConnectDomainMonitorEventRegister};
use crate::remote::*;

/// Kinds of domain events that the second generation has: 0 to 15.
const OLDER_KINDS: i32 = 16;
/// The kind that the first generation has.
const LIFECYCLE: i32 = 0;

/// The feature that a topic needs and that the peer lacks.
pub(super) fn missing_feature(topic: &Topic, ability: Ability) -> Option<i32> {
    match topic {
        Topic::Domain { event_id, .. } if !ability.callbacks && !(0..OLDER_KINDS).contains(event_id) => {
            Some(Feature::REMOTE_EVENT_CALLBACK)
        }
        Topic::Close if !ability.close => Some(Feature::REMOTE_CLOSE_CALLBACK),
        _ => None,
    }
}

/// Where a registration stands: the call whose answer it needs next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It gives a callback id: 316 and its like in other families.
    Callback(&'static str),
    /// 167: second generation.
    Kind {
        /// Whether the first would do.
        lifecycle: bool,
    },
    /// 167 was answered in a language that we do not know: a number that no release has, to compare.
    Compare(Box<RemoteError>),
    /// 105: first generation.
    Lifecycle,
    /// 360: the close callback.
    Close,
}

/// What an answer means.
#[derive(Debug)]
pub(super) enum Answer {
    Registered(Registered),
    Next(Step),
    Refused(Refused),
}

/// A call, encoded if that can be.
#[derive(Debug)]
pub(super) struct Drafted {
    pub(super) program: Program,
    pub(super) number: ProcedureNumber,
    pub(super) name: &'static str,
    pub(super) body: Result<Draft, DraftError>,
}

impl Step {
    /// How a topic is asked for first.
    pub(super) fn first(topic: &Topic, older: bool) -> Step {
        match topic {
            Topic::Domain { event_id, .. } if older => Step::Kind { lifecycle: *event_id == LIFECYCLE },
            Topic::Close => Step::Close,
            other => Step::Callback(register(other).name),
        }
    }

    pub(super) fn call(&self, topic: &Topic) -> Drafted {
        match self {
            Step::Callback(_) | Step::Close => register(topic),
            Step::Kind { .. } => drafted(ConnectDomainEventRegisterAny { event_id: topic.event_id() }),
            Step::Compare(_) => Drafted {
                program: Program::REMOTE,
                number: ProcedureNumber::ABSENT,
                name: "a procedure that no release has",
                body: Ok(Draft::empty()),
            },
            Step::Lifecycle => drafted(ConnectDomainEventRegister {}),
        }
    }

    pub(super) fn answered(self, answer: Result<Bytes, ReplyFault>) -> Answer {
        let refused = |procedure, fault| Answer::Refused(Refused::Answer { procedure, fault });
        let older = ConnectDomainEventRegisterAny::NAME;
        match (self, answer) {
            (Step::Callback(procedure), Ok(payload)) => match callback(&payload) {
                Ok(id) => Answer::Registered(Registered::Callback(id)),
                Err(error) => Answer::Refused(Refused::Undecodable { procedure, error }),
            },
            (Step::Callback(procedure), Err(fault)) => refused(procedure, fault),
            (Step::Kind { .. }, Ok(_)) => Answer::Registered(Registered::Kind),
            (Step::Kind { lifecycle: true }, Err(ReplyFault::Remote(error))) if error.is_unsupported() => {
                Answer::Next(Step::Lifecycle)
            }
            (Step::Kind { lifecycle: true }, Err(ReplyFault::Remote(error)))
                if error.may_be_unknown_procedure() =>
            {
                Answer::Next(Step::Compare(error))
            }
            (Step::Kind { .. }, Err(fault)) => refused(older, fault),
            (Step::Compare(error), Err(ReplyFault::Remote(absent)))
                if error.same_refusal(
                    ConnectDomainEventRegisterAny::NUMBER.0,
                    &absent,
                    ProcedureNumber::ABSENT.0,
                ) =>
            {
                Answer::Next(Step::Lifecycle)
            }
            (Step::Compare(error), _) => refused(older, ReplyFault::Remote(error)),
            (Step::Lifecycle | Step::Close, Ok(_)) => Answer::Registered(Registered::Only),
            (Step::Lifecycle, Err(fault)) => refused(ConnectDomainEventRegister::NAME, fault),
            (Step::Close, Err(fault)) => refused(ConnectRegisterCloseCallback::NAME, fault),
        }
    }
}

/// How a registration is taken back.
pub(super) fn deregister(topic: &Topic, registered: Registered) -> Drafted {
    match (topic, registered) {
        (Topic::Domain { .. }, Registered::Callback(callback_id)) => {
            drafted(ConnectDomainEventCallbackDeregisterAny { callback_id })
        }
        (Topic::Network { .. }, Registered::Callback(callback_id)) => {
            drafted(ConnectNetworkEventDeregisterAny { callback_id })
        }
        (Topic::StoragePool { .. }, Registered::Callback(callback_id)) => {
            drafted(ConnectStoragePoolEventDeregisterAny { callback_id })
        }
        (Topic::NodeDevice { .. }, Registered::Callback(callback_id)) => {
            drafted(ConnectNodeDeviceEventDeregisterAny { callback_id })
        }
        (Topic::Secret { .. }, Registered::Callback(callback_id)) => {
            drafted(ConnectSecretEventDeregisterAny { callback_id })
        }
        (Topic::Monitor(_), Registered::Callback(callback_id)) => {
            drafted(ConnectDomainMonitorEventDeregister { callback_id })
        }
        (Topic::Close, _) => drafted(ConnectUnregisterCloseCallback {}),
        (_, Registered::Kind) => drafted(ConnectDomainEventDeregisterAny { event_id: topic.event_id() }),
        (_, Registered::Only) => drafted(ConnectDomainEventDeregister {}),
    }
}

fn register(topic: &Topic) -> Drafted {
    let event_id = topic.event_id();
    match topic {
        Topic::Domain { object, .. } => {
            drafted(ConnectDomainEventCallbackRegisterAny { event_id, dom: object.clone() })
        }
        Topic::Network { object, .. } => {
            drafted(ConnectNetworkEventRegisterAny { event_id, net: object.clone() })
        }
        Topic::StoragePool { object, .. } => {
            drafted(ConnectStoragePoolEventRegisterAny { event_id, pool: object.clone() })
        }
        Topic::NodeDevice { object, .. } => {
            drafted(ConnectNodeDeviceEventRegisterAny { event_id, dev: object.clone() })
        }
        Topic::Secret { object, .. } => {
            drafted(ConnectSecretEventRegisterAny { event_id, secret: object.clone() })
        }
        Topic::Monitor(MonitorFilter { domain, event, flags }) => {
            drafted(ConnectDomainMonitorEventRegister {
                dom: domain.clone(),
                event: event.clone(),
                flags: flags.bits(),
            })
        }
        Topic::Close => drafted(ConnectRegisterCloseCallback {}),
    }
}

fn drafted<P: Procedure>(arguments: P) -> Drafted {
    Drafted { program: P::PROGRAM, number: P::NUMBER, name: P::NAME, body: Draft::encode_call(&arguments) }
}

/// The one word that every such reply is.
fn callback(payload: &[u8]) -> Result<i32, String> {
    let reply = Options::lenient().from_slice(payload);
    reply.map(|word: i32| word).map_err(|error| error.to_string())
}
