//! What befalls domains, for who has asked for it: a kind with the numbers of both generations, or of the third alone.

use virtwire_protocol::program::{Notice, Program};
use virtwire_protocol::remote::*;

use super::super::happening::GraphicsEnd;
use super::super::{DomainInfo, Happening, Hypervisor, Metadata};
use super::clients::{Client, Wishes};
use super::{HypervisorService, wire};

impl<H: Hypervisor> HypervisorService<H> {
    /// Tells what a call has done to a domain, of which the hypervisor tells nothing.
    pub(super) fn tell_happening(&self, domain: &DomainInfo, what: &Happening) {
        self.clients.each(|client| client.tell_happening(domain, what));
    }
}

impl Client {
    pub(super) fn tell_happening(&self, domain: &DomainInfo, what: &Happening) {
        let Some(wishes) = &self.wishes else { return };
        if wishes.kinds.is_empty() && wishes.domains.is_empty() {
            return;
        }
        if self.cx.may_see(domain.uuid.0, &domain.name) {
            Telling { client: self, wishes, domain }.tell(what);
        }
    }
}

/// One client, told of one domain that it may see.
struct Telling<'a> {
    client: &'a Client,
    wishes: &'a Wishes,
    domain: &'a DomainInfo,
}

impl Telling<'_> {
    fn tell(&self, what: &Happening) {
        match what {
            Happening::Reboot => self.both(
                1,
                |dom| DomainEventReboot { dom },
                |callback_id, msg| DomainEventCallbackReboot { callback_id, msg },
            ),
            Happening::RtcChange { offset_s } => self.both(
                2,
                |dom| DomainEventRtcChange { dom, offset: *offset_s },
                |callback_id, msg| DomainEventCallbackRtcChange { callback_id, msg },
            ),
            Happening::Watchdog(action) => self.both(
                3,
                |dom| DomainEventWatchdog { dom, action: (*action).into() },
                |callback_id, msg| DomainEventCallbackWatchdog { callback_id, msg },
            ),
            Happening::ControlError => self.both(
                7,
                |dom| DomainEventControlError { dom },
                |callback_id, msg| DomainEventCallbackControlError { callback_id, msg },
            ),
            Happening::PmWakeup => self.both(
                11,
                |dom| DomainEventPmwakeup { dom },
                |callback_id, msg| DomainEventCallbackPmwakeup { callback_id, reason: 0, msg },
            ),
            Happening::PmSuspend => self.both(
                12,
                |dom| DomainEventPmsuspend { dom },
                |callback_id, msg| DomainEventCallbackPmsuspend { callback_id, reason: 0, msg },
            ),
            Happening::BalloonChange { memory_kib } => self.both(
                13,
                |dom| DomainEventBalloonChange { dom, actual: *memory_kib },
                |callback_id, msg| DomainEventCallbackBalloonChange { callback_id, msg },
            ),
            Happening::PmSuspendDisk => self.both(
                14,
                |dom| DomainEventPmsuspendDisk { dom },
                |callback_id, msg| DomainEventCallbackPmsuspendDisk { callback_id, reason: 0, msg },
            ),
            Happening::Tunable(params) => {
                self.newer(17, |callback_id, dom| {
                    let params = params.iter().cloned().collect();
                    DomainEventCallbackTunable { callback_id, dom, params }
                });
            }
            Happening::AgentLifecycle { state, reason } => self.newer(18, |callback_id, dom| {
                let (state, reason) = ((*state).into(), (*reason).into());
                DomainEventCallbackAgentLifecycle { callback_id, dom, state, reason }
            }),
            Happening::MetadataChange(metadata) => self.newer(23, |callback_id, dom| {
                let (r#type, nsuri) = match metadata {
                    Metadata::Description => (0, None),
                    Metadata::Title => (1, None),
                    Metadata::Element(uri) => (2, Some(uri.as_str().into())),
                };
                DomainEventCallbackMetadataChange { callback_id, dom, r#type, nsuri }
            }),
            Happening::MemoryFailure { recipient, action, flags } => self.newer(25, |callback_id, dom| {
                let (recipient, action) = ((*recipient).into(), (*action).into());
                DomainEventMemoryFailure { callback_id, dom, recipient, action, flags: flags.bits() }
            }),
            Happening::VcpuRemoved(vcpu) => {
                self.newer(28, |callback_id, dom| DomainEventVcpuRemoved { callback_id, dom, vcpu: *vcpu });
            }
            Happening::ChannelLifecycle { channel, state, reason } => self.newer(29, |callback_id, dom| {
                let (channel_name, state, reason) = (channel.as_str().into(), *state, *reason);
                DomainEventCallbackChannelLifecycle { callback_id, dom, channel_name, state, reason }
            }),
            Happening::IoError { path, alias, action, reason } => {
                let action = i32::from(*action);
                self.both(
                    4,
                    |dom| {
                        let (src_path, dev_alias) = (path.as_str().into(), alias.as_str().into());
                        DomainEventIoError { dom, src_path, dev_alias, action }
                    },
                    |callback_id, msg| DomainEventCallbackIoError { callback_id, msg },
                );
                self.both(
                    6,
                    |dom| {
                        let (src_path, dev_alias) = (path.as_str().into(), alias.as_str().into());
                        let reason = reason.as_str().into();
                        DomainEventIoErrorReason { dom, src_path, dev_alias, action, reason }
                    },
                    |callback_id, msg| DomainEventCallbackIoErrorReason { callback_id, msg },
                );
            }
            Happening::Graphics { phase, local, remote, auth_scheme, subject } => self.both(
                5,
                |dom| DomainEventGraphics {
                    dom,
                    phase: (*phase).into(),
                    local: end(local),
                    remote: end(remote),
                    auth_scheme: auth_scheme.as_str().into(),
                    subject: subject.iter().map(identity).collect(),
                },
                |callback_id, msg| DomainEventCallbackGraphics { callback_id, msg },
            ),
            Happening::BlockJob { target, path, kind, status } => {
                let (kind, status) = (i32::from(*kind), i32::from(*status));
                self.both(
                    8,
                    |dom| DomainEventBlockJob { dom, path: path.as_str().into(), r#type: kind, status },
                    |callback_id, msg| DomainEventCallbackBlockJob { callback_id, msg },
                );
                self.newer(16, |callback_id, dom| {
                    let dst = target.as_str().into();
                    DomainEventBlockJob2 { callback_id, dom, dst, r#type: kind, status }
                });
            }
            Happening::DiskChange { alias, old_path, new_path, reason } => self.both(
                9,
                |dom| DomainEventDiskChange {
                    dom,
                    old_src_path: old_path.as_deref().map(Into::into),
                    new_src_path: new_path.as_deref().map(Into::into),
                    dev_alias: alias.as_str().into(),
                    reason: (*reason).into(),
                },
                |callback_id, msg| DomainEventCallbackDiskChange { callback_id, msg },
            ),
            Happening::TrayChange { alias, reason } => self.both(
                10,
                |dom| DomainEventTrayChange {
                    dom,
                    dev_alias: alias.as_str().into(),
                    reason: (*reason).into(),
                },
                |callback_id, msg| DomainEventCallbackTrayChange { callback_id, msg },
            ),
            Happening::DeviceRemoved { alias } => self.both(
                15,
                |dom| DomainEventDeviceRemoved { dom, dev_alias: alias.as_str().into() },
                |callback_id, msg| DomainEventCallbackDeviceRemoved { callback_id, msg },
            ),
            Happening::DeviceAdded { alias } => self.newer(19, |callback_id, dom| {
                DomainEventCallbackDeviceAdded { callback_id, dom, dev_alias: alias.as_str().into() }
            }),
            Happening::DeviceRemovalFailed { alias } => self.newer(22, |callback_id, dom| {
                let dev_alias = alias.as_str().into();
                DomainEventCallbackDeviceRemovalFailed { callback_id, dom, dev_alias }
            }),
            Happening::BlockThreshold { target, path, threshold, excess } => {
                self.newer(24, |callback_id, dom| DomainEventBlockThreshold {
                    callback_id,
                    dom,
                    dev: target.as_str().into(),
                    path: path.as_deref().map(Into::into),
                    threshold: *threshold,
                    excess: *excess,
                });
            }
            Happening::MemoryDeviceSizeChange { alias, size_kib } => self.newer(26, |callback_id, dom| {
                let alias = alias.as_str().into();
                DomainEventMemoryDeviceSizeChange { callback_id, dom, alias, size: *size_kib }
            }),
            Happening::NicMacChange { alias, old_mac, new_mac } => {
                self.newer(27, |callback_id, dom| DomainEventNicMacChange {
                    callback_id,
                    dom,
                    alias: alias.as_str().into(),
                    old_mac: old_mac.as_str().into(),
                    new_mac: new_mac.as_str().into(),
                });
            }
        }
    }

    /// A kind that the second and the third generation have: the third's message is the second's with the number of a callback.
    fn both<Older: Notice, Newer: Notice>(
        &self,
        kind: i32,
        message: impl Fn(Domain) -> Older,
        with_callback: impl Fn(i32, Older) -> Newer,
    ) {
        let knows = || self.client.cx.profile().sends(Program::REMOTE, Older::NUMBER);
        if self.wishes.kinds.contains(&Some(kind)) && knows() {
            self.client.notify(&message(wire::domain(self.domain)));
        }
        self.newer(kind, |callback_id, dom| with_callback(callback_id, message(dom)));
    }

    /// A kind of the third generation. None is registered that the client does not know.
    fn newer<N: Notice>(&self, kind: i32, message: impl Fn(i32, Domain) -> N) {
        for callback_id in self.wishes.domains.wanting(kind, &self.domain.uuid) {
            self.client.notify(&message(callback_id, wire::domain(self.domain)));
        }
    }
}

fn end(end: &GraphicsEnd) -> DomainEventGraphicsAddress {
    match end {
        GraphicsEnd::Tcp(address) => DomainEventGraphicsAddress {
            family: address.is_ipv6().into(),
            node: address.ip().to_string().into(),
            service: address.port().to_string().into(),
        },
        GraphicsEnd::Unix(path) => {
            DomainEventGraphicsAddress { family: 2, node: path.as_str().into(), service: "".into() }
        }
    }
}

fn identity((kind, name): &(String, String)) -> DomainEventGraphicsIdentity {
    DomainEventGraphicsIdentity { r#type: kind.as_str().into(), name: name.as_str().into() }
}
