//! A hypervisor as the remote program: what is asked in many procedures, answered by fewer verbs.
//!
//! The families are one file each, `served` has the table of them all, and this one the connections.

mod addresses;
mod autostart;
mod beside;
mod callbacks;
mod changes;
mod clients;
mod console;
mod descent;
#[cfg_attr(not(feature = "migrate"), expect(dead_code, reason = "without the engine nobody drives"))]
mod driven;
mod event;
mod happening;
mod host;
mod identify;
mod images;
mod info;
mod interfaces;
mod job;
mod kept;
mod life;
mod list;
mod migrate;
mod migrate3;
mod migrate_params;
mod networks;
mod node;
mod node_devices;
mod open;
#[cfg(feature = "migrate")]
mod p2p;
mod pins;
mod pools;
mod reach;
mod save;
mod secrecy;
mod secrets;
mod served;
mod snapshots;
mod stats;
mod steps;
#[cfg(test)]
mod tests;
mod tuning;
mod usage;
mod vcpus;
mod volumes;
mod wire;

use std::sync::Arc;

use virtwire_protocol::access::{Named, ObjectKind};
use virtwire_protocol::contract;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::program::{Procedure, Program};
use virtwire_protocol::remote::*;
use virtwire_protocol::session::server::Called;

use super::moves::Moves;
use super::{Hypervisor, MigrationSettings, Subscription};
use crate::generated::{LxcService, QemuService, dispatch_remote};
use crate::panics;
use crate::server::{Answering, BoxFuture, CallContext, Handler};
use beside::{Beside, Lxc, Qemu};
use clients::{Clients, HalfDone, Left};
use images::Images;

/// Serves a [`Hypervisor`] as the remote program.
///
/// Give it to a [`Server`](crate::server::Server). What it does not serve it answers as libvirt does for a driver without
/// it, and so the programs of QEMU and LXC, unless [`with_qemu`](Self::with_qemu) and [`with_lxc`](Self::with_lxc) say otherwise.
///
/// To add to it or to change it, put a [`Handler`] around it that answers what is its own, and passes on all else:
///
/// ```
/// use std::sync::Arc;
///
/// use virtwire::generated::{RemoteService, dispatch_remote};
/// use virtwire::hypervisor::{Hypervisor, HypervisorService, Result};
/// use virtwire::protocol::access::{Named, ObjectKind};
/// use virtwire::protocol::program::{Procedure, Program};
/// use virtwire::protocol::remote::{ConnectGetSysinfo, ConnectGetSysinfoReply};
/// use virtwire::protocol::session::server::Called;
/// use virtwire::server::{Answering, BoxFuture, CallContext, Handler};
///
/// struct WithSysinfo<H>(Arc<HypervisorService<H>>);
///
/// impl<H: Hypervisor> RemoteService for WithSysinfo<H> {
///     async fn connect_get_sysinfo(&self, _: &CallContext, _: ConnectGetSysinfo) -> Result<ConnectGetSysinfoReply> {
///         Ok(ConnectGetSysinfoReply { sysinfo: "<sysinfo type='smbios'/>".into() })
///     }
/// }
///
/// impl<H: Hypervisor> Handler for WithSysinfo<H> {
///     fn programs(&self) -> &'static [Program] {
///         self.0.programs()
///     }
///
///     fn call(self: Arc<Self>, cx: CallContext, call: Called) -> Answering {
///         let (program, number) = (call.header.program, call.header.procedure);
///         match program == Program::REMOTE && number == ConnectGetSysinfo::NUMBER {
///             true => Box::pin(async move { dispatch_remote(&*self, &cx, number, &call.payload).await }),
///             false => self.0.clone().call(cx, call),
///         }
///     }
///
///     fn identify(self: Arc<Self>, kind: ObjectKind, object: Named<'static>) -> BoxFuture<'static, Result<Named<'static>>> {
///         self.0.clone().identify(kind, object)
///     }
///
///     fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
///         self.0.clone().closed(cx)
///     }
/// }
/// ```
///
/// Access is decided before a handler is asked. What it answers by itself it answers also on connections that have not opened the hypervisor.
#[derive(Debug)]
pub struct HypervisorService<H> {
    hypervisor: Arc<H>,
    clients: Arc<Clients>,
    /// The files from which its domains start.
    images: Images<H>,
    /// Where the hypervisor has the few verbs for it, its migrations.
    moves: Option<Arc<Moves>>,
    /// Which destinations it opens for its clients.
    #[cfg(feature = "migrate")]
    dialling: Option<p2p::Dialling>,
    /// The guests that it moves by itself.
    driving: driven::Driving,
    beside: Beside,
    _subscription: Option<Subscription>,
}

impl<H: Hypervisor> HypervisorService<H> {
    /// Serves this hypervisor to any number of connections.
    pub fn new(hypervisor: H) -> HypervisorService<H> {
        let clients = Arc::new(Clients::default());
        let subscription = hypervisor.events().map(|events| {
            let clients = clients.clone();
            events.listen(move |event| clients.each(|client| client.tell(event)))
        });
        let moves = moves_of(&hypervisor, MigrationSettings::default());
        let hypervisor = Arc::new(hypervisor);
        HypervisorService {
            images: Images::new(hypervisor.clone()),
            hypervisor,
            clients,
            moves,
            #[cfg(feature = "migrate")]
            dialling: None,
            driving: driven::Driving::default(),
            beside: Beside::default(),
            _subscription: subscription,
        }
    }

    /// Moves guests with other settings than the default ones, where the hypervisor is [`Migrating`](super::Migrating). To be said before
    /// it serves anybody.
    #[must_use]
    pub fn moving(mut self, settings: MigrationSettings) -> HypervisorService<H> {
        self.moves = moves_of(&*self.hypervisor, settings);
        self
    }

    /// Has this answer the calls of QEMU's program, such as `virsh qemu-monitor-command`; without one, none is supported. As all calls they
    /// come once the client has opened the hypervisor, and may do what it asks for.
    #[must_use]
    pub fn with_qemu(mut self, service: impl QemuService) -> HypervisorService<H> {
        self.beside.qemu = Box::new(Qemu(service));
        self
    }

    /// The same for LXC's program, such as `virsh lxc-enter-namespace`.
    #[must_use]
    pub fn with_lxc(mut self, service: impl LxcService) -> HypervisorService<H> {
        self.beside.lxc = Box::new(Lxc(service));
        self
    }

    /// Forgets a connection, gives up the migrations that it had begun or prepared for and not ended, and ends the guests that were
    /// started to end with it. May come more than once: also for a connection whose calls went on after its end.
    pub async fn connection_closed(&self, cx: &CallContext) {
        let Left { half_done, auto_destroy } = self.clients.remove(cx.connection());
        for migration in half_done {
            panics::survive("giving a migration up", async { self.give_up(migration) }).await;
        }
        self.end_guests(auto_destroy).await;
    }
}

fn moves_of<H: Hypervisor>(hypervisor: &H, settings: MigrationSettings) -> Option<Arc<Moves>> {
    hypervisor.migrating().is_some().then(|| Arc::new(Moves::new(settings, hypervisor.host())))
}

impl<H: Hypervisor> Handler for HypervisorService<H> {
    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> Answering {
        Box::pin(async move {
            let Called { header, payload, .. } = call;
            let (program, number) = (header.program, header.procedure);
            let opens = program == Program::REMOTE && number == ConnectOpen::NUMBER;
            if !opens && !self.clients.is_open(cx.connection()) {
                // Arguments that do not decode are told of first, as libvirt's daemons do.
                return Err(match contract::check_call(program, number, &payload) {
                    Some(Err(_)) => RemoteError::undecodable(),
                    _ => not_open(),
                });
            }
            let answer = match program {
                Program::QEMU => self.beside.qemu.answer(&cx, number, &payload),
                Program::LXC => self.beside.lxc.answer(&cx, number, &payload),
                _ => dispatch_remote(&*self, &cx, number, &payload),
            };
            // The arguments are decoded: a slow call must not hold the frame as well.
            drop(payload);
            answer.await
        })
    }

    fn identify(
        self: Arc<Self>,
        kind: ObjectKind,
        object: Named<'static>,
    ) -> BoxFuture<'static, Result<Named<'static>, RemoteError>> {
        Box::pin(async move { self.identified(kind, object).await })
    }

    fn is_busy(&self, cx: &CallContext) -> bool {
        self.clients.half_done(cx).into_iter().any(|migration| match migration {
            HalfDone::Incoming(incoming) => self.expects(incoming),
            HalfDone::Outgoing(outgoing) => self.is_held(outgoing),
        })
    }

    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
        Box::pin(async move { self.connection_closed(&cx).await })
    }
}

fn not_open() -> RemoteError {
    RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, "hypervisor connection not open")
}
