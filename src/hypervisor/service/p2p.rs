//! Peer to peer: this daemon is the source and drives the migration itself, over a connection of its own to the destination.
//!
//! ```text
//! client ── Perform (62, 216 or 305), PEER2PEER, the destination's URI ──▶ here: may it be dialled? ── open ──▶ destination
//!                                                                         engine: Begin ─ Prepare ─ Perform ─ Finish ─ Confirm
//!                                                                                 here   there     here      there    here
//! ```
//!
//! The steps and their order are the engine's, as for anybody who moves a guest between two hosts; here the source's calls are this
//! service's own steps. TUNNELLED, the data is a stream of the same connection.
//!
//! Nobody has this daemon dial by his word alone: the embedder's policy says which destinations are opened, and with what.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::{
    Action, Call, CancelAnswer, Cookie, Do, DomainState, DomainXml, Engine, Failure, Feature, Features, Host,
    JobInfo, MigrateFlags, Outcome, Plan, Reason, Reply, Request, Settings, State, Terms, Version, Waiting,
    Way, Wish,
};
use virtwire_protocol::remote::{self, Domain};
use virtwire_xdr::Text;

use super::super::tunnel::{Piece, Tunnel};
use super::super::{
    Begin, Confirm, DomainInfo, Hypervisor, Lookup, OutgoingId, Perform, Result, Uuid, WhichXml, errors,
};
use super::HypervisorService;
use super::driven::{self, Driven};
use super::migrate_params::Params;
use crate::client::{Connection, OpenOptions, Stream, StreamError};
use crate::migrate::peer::{self, Peer};
use crate::server::CallContext;
use crate::uri::Uri;

/// Which destinations a daemon opens for its clients, and with what options.
#[derive(Clone)]
pub(super) struct Dialling(Arc<Policy>);

type Policy = dyn Fn(&CallContext, &Uri) -> Result<OpenOptions> + Send + Sync;

impl fmt::Debug for Dialling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dialling")
    }
}

/// How long the destination is asked again whose answer decides where the guest is, before the client is told that nobody knows.
const UNKNOWN_AT_MOST: Duration = Duration::from_secs(120);

/// How long the destination may take to answer the call that it has when the client aborts, before its connection is closed.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// The client's word, as QEMU's driver tells of it.
const ABORTED: &str = "migration out job: canceled by client";

/// How long the destination may take to confirm a tunnel's end that the hypervisor no longer waits for.
const TUNNEL_ENDS_WITHIN: Duration = Duration::from_secs(10);

impl<H: Hypervisor> HypervisorService<H> {
    /// Drives peer-to-peer migrations to the destinations that this policy allows: it is given the client and the destination's URI, and
    /// answers with what to open it with, or with the error that the client is to see. Without a policy none is opened.
    ///
    /// The URI comes from a client, and whatever it says is done, as this daemon's user. Whoever allows more of it than a list of hosts lets
    /// clients have this daemon connect anywhere, with the credentials that it has. Whoever allows parameters that are not on a list lets
    /// them choose files that it reads and (`known_hosts`) writes, sockets that it tells its password, and programs that it runs: ask
    /// [`Uri::is_only_a_place`] of what no list has.
    #[must_use]
    pub fn dialling(
        mut self,
        policy: impl Fn(&CallContext, &Uri) -> Result<OpenOptions> + Send + Sync + 'static,
    ) -> HypervisorService<H> {
        self.dialling = Some(Dialling(Arc::new(policy)));
        self
    }

    /// Moves a guest to the destination of this URI. When this returns it runs there, or the error says where it is.
    pub(super) async fn peer_to_peer(&self, cx: &CallContext, wanted: Wanted) -> Result<()> {
        let Wanted { dom, dconnuri, cookie, mut request } = wanted;
        if !cookie.is_empty() {
            return Err(errors::invalid("received unexpected cookie with P2P migration"));
        }
        let tunnelled = request.flags.has(MigrateFlags::TUNNELLED);
        if tunnelled {
            check_tunnelled(&request)?;
        }
        let uri: Uri = dconnuri.to_string_lossy().parse().map_err(|error| {
            RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::URI, format!("{error}"))
        })?;
        let options = match &self.dialling {
            Some(Dialling(policy)) => policy(cx, &uri)?,
            None => return Err(errors::not_dialled(uri.as_str())),
        };
        let known = self.known(&dom).await?;
        // From here on it is a job that a client may abort.
        let drives = self.driving.begin(&known)?;
        let driven = drives.migration();
        request.domain = named(&known);
        let added = match tunnelled {
            true => MigrateFlags::PEER2PEER | MigrateFlags::TUNNELLED,
            false => MigrateFlags::PEER2PEER,
        };
        request.flags = request.flags.without(added).without(MigrateFlags::CHANGE_PROTECTION);

        let own = self.own_features(cx);
        let opened = async {
            let connection = Connection::open_with(uri.as_str(), options).await.map_err(|error| {
                errors::failed(format!("Failed to connect to remote libvirt URI {uri}: {error}"))
            })?;
            let theirs = features(&connection, &request, own).await?;
            Ok::<_, RemoteError>((connection, theirs))
        };
        let (connection, theirs) = tokio::select! {
            opened = opened => opened?,
            () = driven.aborted() => return Err(driven::aborted(ABORTED)),
        };
        if !theirs.has(Feature::MigrationP2p) {
            let detail = "Destination libvirt does not support peer-to-peer migration protocol";
            return Err(errors::failed(detail));
        }
        let is_offline = request.flags.has(MigrateFlags::OFFLINE);
        let plan = Plan::choose(request, wish(own, theirs), own, theirs)
            .map_err(|refusal| errors::unsupported_argument(refusal.to_string()))?;
        if tunnelled && plan.version() == Version::V1 {
            return Err(errors::unsupported_argument("a tunnelled migration needs version 2 or a newer one"));
        }
        tracing::info!(destination = %uri, why = plan.why(), tunnelled, "a migration peer to peer");
        let mut destination = Peer::new(connection);
        destination.meet();
        let moving = Moving {
            service: self,
            guest: known.uuid,
            driven: driven.clone(),
            is_offline,
            dconnuri,
            destination,
            holds: Vec::new(),
            added,
            tunnel: None,
        };
        answer(moving.run(plan).await, driven.is_aborted())
    }

    /// What this host reports about itself.
    fn own_features(&self, cx: &CallContext) -> Features {
        let has = |feature: &Feature| self.has_feature(cx, feature.number());
        Feature::ALL.into_iter().filter(has).collect()
    }
}

/// What the destination reports, as far as it matters: between hosts of today one flight of questions.
async fn features(connection: &Connection, request: &Request, own: Features) -> Result<Features> {
    let unanswered = |error| errors::failed(format!("{}: {error}", connection.uri()));
    let ask = |which: Vec<Feature>| async move {
        crate::migrate::features(Host::Destination, connection, &which).await.map_err(unanswered)
    };
    let first = [&[Feature::MigrationP2p][..], Feature::first_to_ask(&Way::Managed)[1]].concat();
    let first = ask(first).await?;
    let [_, next] = Feature::next_to_ask(request, Wish::Auto, own, first);
    Ok(first.with(ask(next).await?))
}

/// As libvirt's daemons: to a destination without version 3 by version 2, where both have it. The engine's client keeps to version 1 then,
/// for a source whose QEMU dies of the empty cookie of version 2; this source is no such one.
fn wish(own: Features, theirs: Features) -> Wish {
    let is_old = !theirs.has(Feature::MigrationV3) && !theirs.has(Feature::MigrationParams);
    match is_old && own.common(theirs).has(Feature::MigrationV2) {
        true => Wish::V2,
        false => Wish::Auto,
    }
}

/// What does not go through a tunnel.
fn check_tunnelled(request: &Request) -> Result<()> {
    let has = |flag| request.flags.has(flag);
    if request.uri.is_some() {
        return Err(errors::unsupported_argument("migration URI is not supported by tunnelled migration"));
    }
    if has(MigrateFlags::POSTCOPY) {
        return Err(errors::unsupported_argument("post-copy is not supported with tunnelled migration"));
    }
    if has(MigrateFlags::OFFLINE) {
        return Err(errors::invalid("offline migration cannot be tunnelled"));
    }
    if has(MigrateFlags::NON_SHARED_DISK) || has(MigrateFlags::NON_SHARED_INC) {
        let detail = "migration of storage is not supported by tunnelled migration";
        return Err(RemoteError::new(ErrorCode::OPERATION_UNSUPPORTED, ErrorDomain::QEMU, detail));
    }
    Ok(())
}

/// What a client asks for: Perform, in any form.
pub(super) struct Wanted {
    pub(super) dom: Domain,
    pub(super) dconnuri: Text,
    pub(super) cookie: Vec<u8>,
    pub(super) request: Request,
}

/// A migration that this daemon drives. Dropped, it lets go of what it holds here.
struct Moving<'a, H: Hypervisor> {
    service: &'a HypervisorService<H>,
    guest: Uuid,
    /// What its client's word to abort comes to.
    driven: Arc<Driven>,
    /// There is no memory to send, and no Perform.
    is_offline: bool,
    /// The destination, as the client names it.
    dconnuri: Text,
    destination: Peer,
    holds: Vec<OutgoingId>,
    /// The flags that the destination sees and the engine does not: who drives, and which way the data goes.
    added: MigrateFlags,
    /// The stream that Prepare has opened, until Perform takes it.
    tunnel: Option<Stream>,
}

impl<H: Hypervisor> Drop for Moving<'_, H> {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl<H: Hypervisor> Moving<'_, H> {
    async fn run(mut self, plan: Plan) -> Outcome {
        let mut engine = Engine::new(plan, Settings::default());
        let mut unknown_since = None;
        while let Some(action) = engine.poll() {
            match action {
                Action::Note(note) => tracing::info!(%note, "migration"),
                // The client that asked keeps no journal with this daemon.
                Action::Journal(_) => {}
                Action::Do(order) => {
                    tracing::debug!(call = %order, "migration step");
                    let prepares = order.call.prepares();
                    let done = self.make(order, &mut engine).await;
                    // Where no Perform follows, it is now or not at all.
                    if self.is_offline && prepares && self.driven.performs() {
                        self.driven.has_performed();
                    }
                    if self.driven.is_aborted() {
                        give_up(&mut engine);
                    }
                    engine.done_at(crate::shell::now(), done);
                }
                Action::Wait(wait) => {
                    if let Waiting::Unknown(_) = wait.why {
                        let since = *unknown_since.get_or_insert_with(Instant::now);
                        if since.elapsed() > UNKNOWN_AT_MOST {
                            return engine.now();
                        }
                    }
                    tokio::time::sleep(wait.ask_again_after).await;
                    engine.retry();
                }
                Action::End(outcome) => return outcome,
            }
        }
        engine.now()
    }

    /// Makes a call. Where the client's word comes while the destination has one that precedes Perform, that is not waited for without end: what
    /// it has prepared goes with the connection.
    async fn make(&mut self, order: Do, engine: &mut Engine) -> std::result::Result<Reply, Failure> {
        let Do { host, call, deadline } = order;
        if host == Host::Source {
            return self.here(call).await;
        }
        let (driven, connection) = (self.driven.clone(), self.destination.connection().clone());
        let was_aborted = driven.is_aborted();
        let mut making = std::pin::pin!(self.there(call, deadline));
        tokio::select! {
            biased;
            done = &mut making => return done,
            () = driven.aborted(), if !was_aborted => {}
        }
        if !give_up(engine) {
            return making.await;
        }
        match timeout(ANSWERS_WITHIN, &mut making).await {
            Ok(done) => done,
            // Its end is the call's; a goodbye that is not answered changes nothing about that.
            Err(_) => {
                let leaving = connection.within(ANSWERS_WITHIN);
                tokio::join!(making, leaving.close()).0
            }
        }
    }

    /// The source's calls are verbs of the hypervisor.
    async fn here(&mut self, call: Call) -> std::result::Result<Reply, Failure> {
        if call.performs() && !self.driven.performs() {
            return Err(Failure::NotSent { message: ABORTED.to_owned() });
        }
        let done = match call {
            Call::Begin3 { terms, flags, .. } => self.begin(terms, flags).await,
            Call::Perform { cookie, uri, flags, dname, resource, .. } => {
                let params = Params {
                    migrate_uri: Some(uri),
                    destination_name: dname,
                    bandwidth_mib_s: Some(resource),
                    ..Params::default()
                };
                self.perform(Sending { keeps: false, cookie, flags, params }).await
            }
            Call::Perform3 { cookie, terms, flags, .. } => match Params::of(terms) {
                Ok(params) => self.perform(Sending { keeps: true, cookie, flags, params }).await,
                Err(error) => Err(error),
            },
            Call::Confirm3 { cookie, terms, flags, cancelled, .. } => match Params::of(terms) {
                Ok(params) => {
                    let request = Confirm {
                        domain: self.guest,
                        cookie: cookie.0,
                        flags,
                        cancelled: cancelled.number() != 0,
                        holds: self.holds.clone(),
                        params: params.more,
                    };
                    self.service.step_confirm(request).await.map(|()| Reply::Done)
                }
                Err(error) => Err(error),
            },
            Call::GetXmlDesc { .. } => {
                let xml = self.service.hypervisor.xml(self.guest, WhichXml::Migratable).await;
                xml.map(|xml| Reply::Xml(DomainXml(xml.into())))
            }
            Call::GetInfo { .. } | Call::GetState { .. } => self.found().await.map(|info| {
                let (state, reason) = info.state.to_wire();
                Reply::State(State { state: DomainState::from(state), reason: Some(reason) })
            }),
            Call::LookupByUuid { .. } => self.found().await.map(|info| Reply::Found(named(&info))),
            // This migration is no job that it waits for.
            Call::GetJobInfo { .. } => self.service.step_job(self.guest).await.map(|job| {
                Reply::Job(job.map_or_else(JobInfo::default, |job| {
                    let [data_total, data_processed, data_remaining] = job.data();
                    JobInfo { kind: job.kind.into(), data_total, data_processed, data_remaining }
                }))
            }),
            Call::Resume { .. } => self.service.resume(self.guest).await.map(|()| Reply::Done),
            Call::Destroy { .. } => self.service.destroy(self.guest).await.map(|()| Reply::Done),
            // What a client's connection would take with it.
            Call::Close => {
                self.let_go();
                Ok(Reply::Done)
            }
            other => Err(errors::failed(format!("{} is no call of a source", other.name()))),
        };
        done.map_err(|error| Failure::Answered(Box::new(error)))
    }

    fn let_go(&mut self) {
        for id in self.holds.drain(..) {
            self.service.release(id);
        }
    }

    async fn found(&self) -> Result<DomainInfo> {
        self.service.found(Lookup::Uuid(self.guest)).await
    }

    async fn begin(&mut self, terms: Terms, flags: MigrateFlags) -> Result<Reply> {
        let params = Params::of(terms)?;
        let request = Begin {
            domain: self.guest,
            xml: params.destination_xml.map(super::wire::xml).transpose()?,
            flags,
            dname: params.destination_name.map(super::wire::new_name).transpose()?,
            bandwidth_mib_s: params.bandwidth_mib_s.unwrap_or(0),
            params: params.more,
        };
        let begun = self.service.step_begin(request).await?;
        self.holds.extend(begun.outgoing);
        Ok(Reply::Begun { cookie: Cookie(begun.cookie), xml: DomainXml(begun.xml.into()) })
    }

    /// Sends the guest. The destination's end is noticed meanwhile, and ends this.
    async fn perform(&mut self, sending: Sending) -> Result<Reply> {
        let Sending { keeps, cookie, flags, params } = sending;
        let request = Perform {
            keeps,
            holds: self.holds.clone(),
            domain: self.guest,
            cookie: cookie.0,
            uri: params.migrate_uri.map(super::wire::uri).transpose()?.unwrap_or_default(),
            flags,
            dname: params.destination_name.map(super::wire::new_name).transpose()?,
            bandwidth_mib_s: params.bandwidth_mib_s.unwrap_or(0),
            xml: params.destination_xml.map(super::wire::xml).transpose()?,
            params: params.more,
        };
        let connection = self.destination.connection().clone();
        let (service, guest) = (self.service, self.guest);
        let performing = async {
            match self.tunnel.take() {
                None => service.step_perform(request, None).await,
                Some(stream) => {
                    let (tunnel, pieces) = Tunnel::new();
                    let mut carried = tokio::spawn(carry(pieces, stream));
                    let performed = service.step_perform(request, Some(tunnel)).await;
                    // It ends with the hypervisor's end of it, unless the destination does not say that it has heard of that.
                    if timeout(TUNNEL_ENDS_WITHIN, &mut carried).await.is_err() {
                        carried.abort();
                    }
                    performed
                }
            }
        };
        let mut performing = std::pin::pin!(performing);
        let performed = tokio::select! {
            performed = &mut performing => performed,
            reason = connection.closed() => {
                // Whether it is too late is told by Perform's own end.
                let aborting = async {
                    let _ = service.abort_job(guest).await;
                    std::future::pending().await
                };
                let performed = tokio::select! {
                    performed = &mut performing => performed,
                    never = aborting => never,
                };
                // Unless a client has aborted it, it is this that has.
                let by_this = !self.driven.is_aborted();
                performed.map_err(|error| match error.code {
                    ErrorCode::OPERATION_ABORTED if by_this => {
                        errors::failed(format!("the connection to the destination ended: {reason}"))
                    }
                    _ => error,
                })
            }
        };
        self.driven.has_performed();
        let performed = performed?;
        let new = performed.outgoing.filter(|id| !self.holds.contains(id));
        self.holds.extend(new);
        Ok(if keeps { Reply::Performed(Cookie(performed.cookie)) } else { Reply::Done })
    }

    /// The destination's calls go over the connection, with the flags that say who drives.
    async fn there(&mut self, call: Call, within: Option<Duration>) -> std::result::Result<Reply, Failure> {
        let call = self.addressed(call);
        if self.added.has(MigrateFlags::TUNNELLED) && call.prepares() {
            let connection = self.destination.prepares();
            let (reply, stream) = peer::prepare_tunnel(&connection.within(within), call).await?;
            self.tunnel = Some(stream);
            return Ok(reply);
        }
        self.destination.make(call, within).await
    }

    fn addressed(&self, mut call: Call) -> Call {
        if let Call::Prepare { flags, .. }
        | Call::Prepare2 { flags, .. }
        | Call::Prepare3 { flags, .. }
        | Call::Finish { flags, .. }
        | Call::Finish2 { flags, .. }
        | Call::Finish3 { flags, .. } = &mut call
        {
            *flags = *flags | self.added;
        }
        if !self.added.has(MigrateFlags::TUNNELLED) {
            return call;
        }
        // The way through a tunnel has no name; version 2, which cannot leave it out, has the destination's.
        match &mut call {
            Call::Finish2 { uri, .. } => uri.clone_from(&self.dconnuri),
            Call::Finish3 { terms: Terms::Fixed { uri, .. }, .. } => *uri = None,
            Call::Finish3 { terms: Terms::Params(params), .. } => {
                params.retain(|param| param.field != "migrate_uri");
            }
            _ => {}
        }
        call
    }
}

/// Perform's arguments.
struct Sending {
    keeps: bool,
    cookie: Cookie,
    flags: MigrateFlags,
    params: Params,
}

/// Carries what the hypervisor sends to the destination, and its word back.
async fn carry(mut pieces: mpsc::Receiver<Piece>, mut stream: Stream) {
    while let Some(piece) = pieces.recv().await {
        match piece {
            Piece::Data(data) => {
                if let Err(error) = stream.write_chunk(data).await {
                    tracing::debug!(%error, "a tunnel broke");
                    return;
                }
            }
            Piece::Finish(answer) => {
                let finished = stream.finish().await.map_err(|error| match error {
                    StreamError::Remote(error) => error,
                    error => errors::failed(format!("the tunnel to the destination broke: {error}")),
                });
                // Whoever asked is there, or is gone and learns it from the guest's state.
                let _ = answer.send(finished);
                return;
            }
        }
    }
    let _ = stream.abort().await;
}

/// Hands the client's word on while a call is out, and not while the engine waits: there it would be another one. Whether that call
/// precedes Perform.
fn give_up(engine: &mut Engine) -> bool {
    matches!(engine.cancel(), CancelAnswer::Taken)
}

/// What the client is told.
fn answer(outcome: Outcome, was_aborted: bool) -> Result<()> {
    match outcome {
        Outcome::OnSource { left_on_destination, .. } if was_aborted => {
            Err(driven::aborted(&match left_on_destination.filter(|said| !said.is_gone()) {
                Some(said) => {
                    format!("{ABORTED}; the destination may have a copy still, which must not run: {said}")
                }
                None => ABORTED.to_owned(),
            }))
        }
        Outcome::OnDestination { left_on_source, .. } => {
            if let Some(said) = left_on_source {
                tracing::warn!(%said, "the guest has moved, and its paused copy may still be here");
            }
            Ok(())
        }
        Outcome::OnSource { reason, left_on_destination: Some(said), .. } if !said.is_gone() => {
            Err(errors::failed(format!(
                "{reason}; the destination may have a copy still, which must not run: {said}"
            )))
        }
        Outcome::OnSource {
            reason:
                Reason::Failed { failure: Failure::Answered(error) | Failure::Unsupported(error), .. }
                | Reason::FailedThere { there: Failure::Answered(error), .. },
            ..
        } => Err(*error),
        outcome => Err(errors::failed(outcome.to_string())),
    }
}

fn named(info: &DomainInfo) -> virtwire_protocol::migrate::Domain {
    let remote::Domain { name, uuid, id } = super::wire::domain(info);
    virtwire_protocol::migrate::Domain { name, uuid, id }
}
