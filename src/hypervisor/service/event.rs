//! Who wants to hear of what: the three generations of registration.
//!
//! ```text
//! 105 / 106            the life of domains                     107
//! 167 / 168            a kind of event, of all domains         107 and others
//! 316 / 317            a kind, of all domains or of one        318 and others, with a callback id
//! ```
//!
//! Every kind that the peer's release knows may be registered for, and every kind can be told by a hypervisor.

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::program::Release;
use virtwire_protocol::remote::{
    ConnectDomainEventCallbackDeregisterAny, ConnectDomainEventCallbackRegisterAny,
    ConnectDomainEventCallbackRegisterAnyReply, ConnectDomainEventDeregisterAny,
    ConnectDomainEventDeregisterReply, ConnectDomainEventRegisterAny, ConnectDomainEventRegisterReply,
};

use super::super::{Hypervisor, Result, Uuid};
use super::HypervisorService;
use super::clients::{LIFECYCLE, internal};
use crate::server::CallContext;

/// The release that brought each kind of event (`virDomainEventID`), by its number.
const KINDS_SINCE: [Release; 30] = [
    Release::new(0, 8, 0),
    Release::new(0, 8, 0),
    Release::new(0, 8, 0),
    Release::new(0, 8, 0),
    Release::new(0, 8, 0),
    Release::new(0, 8, 0),
    Release::new(0, 8, 1),
    Release::new(0, 9, 2),
    Release::new(0, 9, 4),
    Release::new(0, 9, 7),
    Release::new(0, 9, 11),
    Release::new(0, 9, 11),
    Release::new(0, 9, 11),
    Release::new(0, 10, 0),
    Release::new(1, 0, 0),
    Release::new(1, 1, 1),
    Release::new(1, 2, 6),
    Release::new(1, 2, 9),
    Release::new(1, 2, 11),
    Release::new(1, 2, 15),
    Release::new(1, 3, 2),
    Release::new(1, 3, 3),
    Release::new(1, 3, 4),
    Release::new(3, 0, 0),
    Release::new(3, 2, 0),
    Release::new(6, 9, 0),
    Release::new(7, 9, 0),
    Release::new(11, 2, 0),
    Release::new(12, 4, 0),
    Release::new(12, 4, 0),
];
/// The kinds that the second generation knows: 0 to 15.
const OLDER_KINDS: i32 = 16;

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn connect_domain_event_register(
        &self,
        cx: &CallContext,
    ) -> Result<ConnectDomainEventRegisterReply> {
        self.listening("virConnectDomainEventRegister")?;
        self.register_older(cx, None)?;
        Ok(ConnectDomainEventRegisterReply { cb_registered: 0 })
    }

    pub(super) async fn connect_domain_event_deregister(
        &self,
        cx: &CallContext,
    ) -> Result<ConnectDomainEventDeregisterReply> {
        self.deregister_older(cx, None)?;
        Ok(ConnectDomainEventDeregisterReply { cb_registered: 0 })
    }

    pub(super) async fn connect_domain_event_register_any(
        &self,
        cx: &CallContext,
        arguments: ConnectDomainEventRegisterAny,
    ) -> Result<()> {
        self.listening("virConnectDomainEventRegisterAny")?;
        let kind = known_kind(cx, arguments.event_id, OLDER_KINDS)?;
        self.register_older(cx, Some(kind))
    }

    pub(super) async fn connect_domain_event_deregister_any(
        &self,
        cx: &CallContext,
        arguments: ConnectDomainEventDeregisterAny,
    ) -> Result<()> {
        let kind = known_kind(cx, arguments.event_id, OLDER_KINDS)?;
        self.deregister_older(cx, Some(kind))
    }

    pub(super) async fn connect_domain_event_callback_register_any(
        &self,
        cx: &CallContext,
        arguments: ConnectDomainEventCallbackRegisterAny,
    ) -> Result<ConnectDomainEventCallbackRegisterAnyReply> {
        self.listening("virConnectDomainEventRegisterAny")?;
        let kind = known_kind(cx, arguments.event_id, i32::MAX)?;
        let domain = arguments.dom.map(|dom| Uuid(dom.uuid));
        let callback_id =
            self.clients.with(cx, |client| client.wishes().domains.register(kind, domain))??;
        Ok(ConnectDomainEventCallbackRegisterAnyReply { callback_id })
    }

    pub(super) async fn connect_domain_event_callback_deregister_any(
        &self,
        cx: &CallContext,
        arguments: ConnectDomainEventCallbackDeregisterAny,
    ) -> Result<()> {
        self.clients.with(cx, |client| client.wishes().domains.deregister(arguments.callback_id, "domain"))?
    }

    /// Whether there is anything to hear.
    pub(super) fn listening(&self, api: &str) -> Result<()> {
        self.hypervisor.events().map(|_| ()).ok_or_else(|| RemoteError::no_support(api))
    }

    fn register_older(&self, cx: &CallContext, kind: Option<i32>) -> Result<()> {
        match self.clients.with(cx, |client| client.wishes().kinds.insert(kind))? {
            true => Ok(()),
            false => Err(internal(format!("domain event {} already registered", kind.unwrap_or(LIFECYCLE)))),
        }
    }

    fn deregister_older(&self, cx: &CallContext, kind: Option<i32>) -> Result<()> {
        match self.clients.with(cx, |client| client.wishes().kinds.remove(&kind))? {
            true => Ok(()),
            false => Err(internal(format!("domain event {} not registered", kind.unwrap_or(LIFECYCLE)))),
        }
    }
}

/// A kind of event below `end` that a peer of this age knows.
fn known_kind(cx: &CallContext, kind: i32, end: i32) -> Result<i32> {
    let since = usize::try_from(kind).ok().and_then(|kind| KINDS_SINCE.get(kind));
    match since {
        Some(since) if kind < end && *since <= cx.profile().release() => Ok(kind),
        _ => Err(internal(format!("unsupported event ID {kind}"))),
    }
}
