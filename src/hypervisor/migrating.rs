//! Guests that move between hosts: the few verbs that a hypervisor has for it.

use std::future::{Future, ready};
use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use super::{DomainInfo, DomainState, Result, Uuid, errors};

/// Guests that move between two hosts of one kind: `virsh migrate`, `domjobinfo`, `domjobabort`, `migrate-setspeed`.
///
/// The rest of a migration is virtwire's: every version of the handshake, which step may follow which and on whose connection, cookies,
/// the link between the hosts and its ticket, speed and progress, jobs and their abortion, deadlines, peer to peer and tunnels,
/// and that nobody changes a guest meanwhile. A hypervisor says which versions it announces by
/// [`Host::migration`](super::Host::migration); its [`Host::uuid`](super::Host::uuid) must be the same
/// whenever it is asked; and it is served by one [`HypervisorService`](super::HypervisorService), at as many listeners as one likes.
///
/// ```text
/// source                                                        destination
/// check ─▶ may it leave?                                        expect ─▶ a guest, paused (migration), without memory
/// LIVE: send_running ─▶ what is sent while it runs  ═════════▶  receive ─▶ all of it, in the order in which it was sent
/// turn(paused, migration)                                          │
/// send ─▶ the rest, as it stands still              ═════════▶     ▼
/// turn(shut off, migrated), or on failure                       turn(running, migrated), or (paused, user);
/// turn(running, migration canceled)                             turn(shut off, failed or destroyed) where it is not to be
/// ```
///
/// **No guest runs on both hosts, and none is lost**, as long as this holds:
///
/// - [`turn`](Self::turn) is all that pauses, resumes or ends a guest for a migration, and it does so before it returns. An error
///   means that the guest is as it was; a panic means nothing, so that the guest is looked at then.
/// - The future of [`send`](Self::send), [`send_running`](Self::send_running) or [`receive`](Self::receive) is dropped where the
///   migration ends early. Nothing must go on then by itself.
/// - A guest in a migration is told of by [`domain`](super::Hypervisor::domain) under its UUID, with the state that it was last turned
///   to, and with an id that another run of it does not have.
///
/// Verbs of one guest's migration come one after the other. Lifecycle events are the hypervisor's to tell, as for its other verbs: started
/// (migrated) by `expect`; suspended and resumed (migrated), suspended (paused), stopped (migrated, failed or destroyed) by `turn`.
///
/// Not offered this way are post-copy, definitions that move alone and guests that come direct: `offline` and `direct` of
/// [`MigrationSupport`](super::MigrationSupport) must stay false. A guest that outlives its daemon is known to the next one as what it
/// is, without its migration. Whoever needs more, or passes whole handshakes on to another daemon, implements
/// [`Handshakes`](super::Handshakes) instead.
pub trait Migrating: Send + Sync {
    /// Whether a guest may leave, and be started there with the configuration that the client wishes for, if that is not its own.
    /// Asked before anything has happened. The default lets every guest leave, as it is.
    ///
    /// # Errors
    /// What the client is to see; nothing has happened then.
    fn check(&self, _guest: Uuid, wished: Option<&str>) -> impl Future<Output = Result<()>> + Send {
        ready(match wished {
            None => Ok(()),
            Some(_) => {
                Err(errors::unsupported_argument("this host's guests move with their own configuration"))
            }
        })
    }

    /// Has a guest of this configuration and of this name, if it is not to keep its own: active, paused for
    /// [migration](super::PausedReason::Migration), and without memory. A definition of the same name and UUID stays as it is.
    ///
    /// # Errors
    /// Those of [`create`](super::Hypervisor::create): above all [`already_active`](errors::already_active),
    /// [`name_taken`](errors::name_taken) and [`uuid_taken`](errors::uuid_taken).
    fn expect(&self, xml: String, name: Option<String>) -> impl Future<Output = Result<DomainInfo>> + Send;

    /// Sends of a guest what can be sent while it runs, and returns when little is left. Called for live migrations only, and before
    /// [`send`](Self::send). The default sends nothing, and the guest stands still for as long as its memory takes.
    ///
    /// # Errors
    /// What the client is to see. The guest stays where it is.
    fn send_running(
        &self,
        _guest: Uuid,
        _out: &mut (dyn AsyncWrite + Send + Unpin),
    ) -> impl Future<Output = Result<()>> + Send {
        ready(Ok(()))
    }

    /// Sends a guest that stands still: all that was not sent while it ran. A write waits while the link is busy, and
    /// fails when it breaks.
    ///
    /// # Errors
    /// What the client is to see. The guest stays where it is.
    fn send(
        &self,
        guest: Uuid,
        out: &mut (dyn AsyncWrite + Send + Unpin),
    ) -> impl Future<Output = Result<()>> + Send;

    /// Gives a guest that is [expected](Self::expect) what its source has sent. The data ends only where all of it has come, unchanged; a
    /// broken link drops this future. How much comes is for this host to bound.
    ///
    /// # Errors
    /// What the source is to hear. The guest stays where it was.
    fn receive(
        &self,
        guest: Uuid,
        data: &mut (dyn AsyncRead + Send + Unpin),
    ) -> impl Future<Output = Result<()>> + Send;

    /// Has a guest run, stand still or end, for the reason that the state says: of [`Running`](DomainState::Running) migrated or
    /// migration canceled, of [`Paused`](DomainState::Paused) migration or user, of [`Shutoff`](DomainState::Shutoff) migrated, failed or
    /// destroyed. One that is paused already may be told so for another reason. One that ends is forgotten unless it is defined.
    ///
    /// # Errors
    /// It is as it was.
    fn turn(&self, guest: Uuid, state: DomainState) -> impl Future<Output = Result<()>> + Send;
}

/// How a [`HypervisorService`](super::HypervisorService) moves the guests of a hypervisor that is [`Migrating`].
#[derive(Clone, Debug)]
pub struct MigrationSettings {
    /// The address at which guests are received, whatever host a client wishes for. 127.0.0.1 by default.
    pub listen: IpAddr,
    /// The host that sources are told to connect to. `None`, the default, is the address itself, or this machine's
    /// name where that is every address.
    pub host: Option<String>,
    /// The ports at which guests are received, if the client names none. 49152 to 49215 by default, as libvirt's;
    /// 0 to 0 lets the system choose.
    pub ports: RangeInclusive<u16>,
    /// The limit on migrations of guests that have none of their own, MiB/s. None to speak of by default.
    pub max_speed_mib_s: u64,
    /// The time that a prepared guest waits for its source, and then for each sign of it; then it ends. Two minutes by default.
    pub incoming_deadline: Duration,
    /// The time that Finish waits for a guest to arrive. 30 s by default.
    pub finish_deadline: Duration,
    /// The time that Perform waits for any sign of the destination, and that a migration waits for a change of its guest to be over.
    /// 30 s by default.
    pub peer_deadline: Duration,
}

impl Default for MigrationSettings {
    fn default() -> MigrationSettings {
        MigrationSettings {
            listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
            host: None,
            ports: 49_152..=49_215,
            // What libvirt calls unlimited.
            max_speed_mib_s: 8_796_093_022_207,
            incoming_deadline: Duration::from_secs(120),
            finish_deadline: Duration::from_secs(30),
            peer_deadline: Duration::from_secs(30),
        }
    }
}
