//! Guests that go: Perform.
//!
//! ```text
//! begun ── connected, opened ──▶ sending ── little is left (LIVE: paused only now) ──▶ all sent ── receipt ──▶ gone,
//!   │           │                  │                                                      │      or (v3) held, paused
//!   └───────────┴──────────────────┴──────────────────────────────────────────────────────┘
//!         any failure, abort: the guest is here as it was, and runs if it ran
//! ```
//!
//! In post-copy (`postcopy`) Perform is answered when the guest has switched over, and the rest is sent afterwards.
//!
//! The work is a task of its own: a client that goes away changes nothing.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, BufWriter};
use tokio::time::{Instant, timeout};
use tracing::debug;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;

use super::super::{
    JobKind, JobStep, Lifecycle, MigrationVersion, OutgoingId, PausedReason, Perform, Performed, Result,
    ResumedDetail, RunningReason, ShutoffReason, StoppedDetail, SuspendedDetail, Tunnel, UndefinedDetail,
    Uuid, errors,
};
use super::cookie::{Cookie, Ticket, ticket};
use super::departure::{self, Departure, PostCopy, Stop};
use super::faults::Faults;
use super::guest::{Activity, LiveState};
use super::incoming::check_flags;
use super::lasting;
use super::long_documents::reading;
use super::machine::Machine;
use super::memory::Memory;
use super::postcopy::{self, COUNTER_BYTES};
use super::stream::{self, CHUNK_BYTES_MAX, Checksum, Opening, StreamError};
use super::table::Table;
use super::turn::Turn;
use super::uri::MigrationUri;
use super::way_out::{Halt, Out, broken, connect, through, within};
use super::xml::Definition;
use super::{Inner, SOURCE_FLAGS, direct, held};
use crate::net::TcpStream;

pub(super) async fn perform(inner: &Arc<Inner>, request: Perform) -> Result<Performed> {
    let function = if request.keeps { "domain_migrate_perform3" } else { "domain_migrate_perform" };
    check_flags(request.flags, SOURCE_FLAGS, function)?;
    postcopy::check_flags(request.flags)?;
    if request.flags.has(MigrateFlags::POSTCOPY) && !request.keeps {
        return Err(errors::unsupported_argument("post-copy needs version 3 of migration"));
    }
    let uri = MigrationUri::parse(&request.uri)?;
    let ticket = match request.keeps {
        false if direct::is_meant(&request) => direct::ticket(inner, &request)?,
        false => ticket(&request.cookie)?,
        true => cookie_of(inner, &request)?,
    };
    sent(inner, &request, ticket, Way::Address(uri)).await
}

/// The same through a tunnel, which is the destination's by itself: in version 2 there is no cookie.
pub(super) async fn perform_tunnel(
    inner: &Arc<Inner>,
    request: Perform,
    tunnel: Tunnel,
) -> Result<Performed> {
    let function = if request.keeps { "domain_migrate_perform3" } else { "domain_migrate_perform" };
    check_flags(request.flags, SOURCE_FLAGS, function)?;
    let ticket = if request.keeps { cookie_of(inner, &request)? } else { Ticket::default() };
    sent(inner, &request, ticket, Way::Tunnel(tunnel)).await
}

fn cookie_of(inner: &Inner, request: &Perform) -> Result<Ticket> {
    let cookie = Cookie::read(&request.cookie, inner.host.uuid, request.domain)?;
    let none = || errors::invalid_argument("perform needs the migration cookie that prepare answers");
    Ok(cookie.ok_or_else(none)?.ticket)
}

/// Which way the guest goes.
enum Way {
    Address(MigrationUri),
    Tunnel(Tunnel),
}

async fn sent(inner: &Arc<Inner>, request: &Perform, ticket: Ticket, way: Way) -> Result<Performed> {
    let leaving = Leaving::begin(inner, request).await?;
    let (departure, guest) = (leaving.departure.clone(), leaving.guest);
    let cookie = Cookie { host: inner.host.uuid, guest, ticket }.to_bytes();
    let switched = async { Ok(Performed { cookie, outgoing: Some(departure.switched().await) }) };
    let task = tokio::spawn(async move {
        let departure = leaving.departure.clone();
        let sent = tokio::select! {
            biased;
            why = departure.stopped() => Err(stopped(why)),
            sent = leaving.send(way, &ticket) => sent,
        };
        match sent {
            sent if departure.is_torn() => Ok(leaving.post_copied(sent.map(drop), ticket).await),
            Ok(_) if leaving.keeps => leaving.stays_paused(ticket).await,
            Ok(stream) => leaving.gone(stream).await,
            Err(error) => Err(leaving.stays(error).await),
        }
    });
    tokio::select! {
        // From the switch on the task is nobody's to wait for.
        performed = switched => performed,
        ended = task => {
            ended.unwrap_or_else(|error| Err(errors::failed(format!("the migration's task ended: {error}"))))
        }
    }
}

fn stopped(why: Stop) -> RemoteError {
    match why {
        Stop::Aborted => {
            let detail = "migration out job: canceled by client";
            RemoteError::new(ErrorCode::OPERATION_ABORTED, ErrorDomain::QEMU, detail)
        }
        Stop::GuestGone => errors::not_running(),
        Stop::Paused => errors::failed("its post-copy was paused"),
    }
}

/// A guest that Perform has in hand. Dropped before it is gone, it stays: it runs again if it ran.
struct Leaving {
    inner: Arc<Inner>,
    guest: Uuid,
    flags: MigrateFlags,
    keeps: bool,
    departure: Arc<Departure>,
    machine: Machine,
    definition: Arc<Definition>,
    faults: Faults,
    outcome: JobKind,
}

impl Leaving {
    async fn begin(inner: &Arc<Inner>, request: &Perform) -> Result<Leaving> {
        let mut leaving = inner.table().take_in_hand(inner, request)?;
        if let Some(dname) = request.dname.clone().filter(|_| direct::is_meant(request)) {
            let (old, bytes) = (leaving.definition.clone(), leaving.definition.xml.len());
            let renamed = reading(bytes, move || Definition::parse(&old.xml, Some(&dname))).await?;
            leaving.definition = Arc::new(renamed);
        }
        if !request.flags.has(MigrateFlags::LIVE) {
            leaving.pause().await?;
        }
        Ok(leaving)
    }

    /// Sends the guest, and returns once its destination has said that it is all there.
    async fn send(&self, way: Way, ticket: &Ticket) -> Result<Option<TcpStream>> {
        match way {
            Way::Address(uri) => self.send_to(&uri, ticket).await.map(Some),
            Way::Tunnel(tunnel) => self.send_through(tunnel, ticket).await.map(|()| None),
        }
    }

    /// Through a tunnel all goes one way, and the destination's word is the tunnel's end.
    async fn send_through(&self, tunnel: Tunnel, ticket: &Ticket) -> Result<()> {
        let version = if self.keeps { MigrationVersion::V3 } else { MigrationVersion::V2 };
        let opening = Opening { xml: None, memory_bytes: self.machine.memory_bytes() };
        let mut bytes = Vec::new();
        stream::send_greeting(&mut bytes, version).await.map_err(|error| through(error.into()))?;
        stream::send_opening(&mut bytes, ticket, &opening).await.map_err(through)?;
        tunnel.send(bytes.into()).await?;
        let silence = self.inner.config.peer_deadline;
        self.send_memory(&mut Out::Tunnel(&tunnel), silence, None).await.map_err(|error| match error {
            Halt::Stream(error) => through(error),
            Halt::Remote(error) => error,
        })?;
        match timeout(silence, tunnel.finish()).await {
            Ok(finished) => finished,
            Err(_) => Err(through(StreamError::Malformed(format!("no receipt within {silence:?}")))),
        }
    }

    async fn send_to(&self, uri: &MigrationUri, ticket: &Ticket) -> Result<TcpStream> {
        let silence = self.inner.config.peer_deadline;
        let mut stream = connect(uri, silence).await?;
        let broken = |error: StreamError| broken(uri, &error);
        let wants = within(silence, stream::read_greeting(&mut stream)).await.map_err(broken)?;
        if self.keeps != (wants == MigrationVersion::V3) {
            let detail = "it was prepared for by another version of migration than this perform's";
            return Err(broken(StreamError::Malformed(detail.to_owned())));
        }
        let opening = Opening {
            xml: (wants == MigrationVersion::V1).then(|| self.definition.xml.clone()),
            memory_bytes: self.machine.memory_bytes(),
        };
        debug!(%uri, ?wants, memory_bytes = opening.memory_bytes, "sending a guest");
        within(silence, stream::send_opening(&mut stream, ticket, &opening)).await.map_err(broken)?;
        within(silence, stream::read_answer(&mut stream)).await.map_err(broken)?;
        let there = match self.flags.has(MigrateFlags::POSTCOPY_RESUME) {
            true => Some(within(silence, stream.read_u64()).await.map_err(broken)?),
            false => None,
        };
        let mut out = Out::Stream(BufWriter::new(&mut stream));
        self.send_memory(&mut out, silence, there).await.map_err(|error| match error {
            Halt::Stream(error) => broken(error),
            Halt::Remote(error) => error,
        })?;
        within(silence, stream::read_answer(&mut stream)).await.map_err(broken)?;
        Ok(stream)
    }

    /// Sends the memory no faster than is allowed, and pauses a live guest when what is left takes no longer than
    /// the downtime allowed; or when it switches to post-copy. `there` is how much of it a destination has whose post-copy is resumed.
    async fn send_memory(
        &self,
        out: &mut Out<'_>,
        silence: Duration,
        there: Option<u64>,
    ) -> std::result::Result<(), Halt> {
        let mut checksum = Checksum::new();
        let mut memory = self.memory().await?;
        let mut stands_still = there.is_some();
        let mut sent = there.unwrap_or(0);
        let mut last = (Instant::now(), 0);
        if there.is_none() {
            self.inner.table().tell_job(self.guest, JobStep::Iteration(1));
        }
        if there.is_some() {
            let came = usize::try_from(sent).ok().and_then(|sent| memory.as_bytes().get(..sent));
            let more = || StreamError::Malformed(format!("the destination has {sent} bytes of it already"));
            checksum.update(came.ok_or_else(more)?);
            self.departure.add_sent(sent);
            self.switch().await?;
        }
        loop {
            if self.departure.wants_post_copy() {
                self.pause().await?;
                stands_still = true;
                memory = self.memory().await?;
                let counter = memory.as_bytes().last_chunk::<COUNTER_BYTES>().copied().unwrap_or_default();
                send_switch(out, silence, &counter).await?;
                self.switch().await?;
                self.inner.table().tell_job(self.guest, JobStep::Iteration(2));
            }
            let mut rest =
                memory.as_bytes().get(usize::try_from(sent).unwrap_or(usize::MAX)..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            self.fail_on_request(sent).await?;
            let bytes_s = self.departure.bytes_s();
            if !stands_still && rest.len() as u64 <= self.last_bytes(bytes_s)? {
                self.pause().await?;
                stands_still = true;
                // The last of it is what changed until now.
                memory = self.memory().await?;
                continue;
            }
            let len = rest.len().min(departure::chunk_bytes(bytes_s));
            rest = rest.get(..len).unwrap_or_default();
            let chunk = rest;
            checksum.update(chunk);
            let spoilt =
                (self.faults.corrupt_stream && sent == 0).then(|| chunk.iter().map(|byte| !byte).collect());
            let chunk: &[u8] = spoilt.as_ref().map_or(chunk, |spoilt: &Vec<u8>| spoilt);
            self.departure.pace(last).await;
            out.chunk(silence, chunk).await?;
            last = (Instant::now(), len);
            sent += len as u64;
            self.departure.add_sent(len as u64);
        }
        if !self.departure.is_torn() {
            self.pause().await?;
        }
        self.fail_on_request(sent).await?;
        out.end(silence, checksum).await
    }

    /// It stands still from now on, if it ran.
    async fn pause(&self) -> Result<()> {
        let (guest, departure) = (self.guest, self.departure.clone());
        self.inner.at_guest(guest, move |turn| turn.pause_leaving(guest, &departure)).await
    }

    async fn memory(&self) -> Result<Arc<Memory>> {
        self.inner.memory_of(self.guest, &self.machine).await
    }

    /// The guest goes on at the destination from here on.
    async fn switch(&self) -> Result<()> {
        let (guest, departure) = (self.guest, self.departure.clone());
        let switch = move |turn: &mut Turn<'_>| {
            if !turn.is_leaving(guest, &departure) {
                return Err(errors::not_running());
            }
            let id = turn.switch(guest, &departure)?;
            departure.set_post_copy(PostCopy::Switched(id));
            Ok(())
        };
        self.inner.at_guest(guest, switch).await
    }

    /// The rest is there, or not all of it. Perform has succeeded by its switch, whatever came of that.
    async fn post_copied(mut self, sent: Result<()>, ticket: Ticket) -> Performed {
        let (outgoing, guest, departure) = (self.departure.outgoing(), self.guest, self.departure.clone());
        let over = move |turn: &mut Turn<'_>| {
            match (sent, outgoing) {
                (Ok(()), Some(id)) => {
                    departure.set_post_copy(PostCopy::Whole(id));
                    turn.let_go_unless_held(guest);
                }
                (sent, outgoing) => {
                    if let Some(id) = outgoing {
                        departure.set_post_copy(PostCopy::Broken(id));
                    }
                    debug!(domain = %guest, ?sent, "a post-copy broke");
                    turn.post_copy_broke(guest);
                }
            }
            Ok(())
        };
        self.outcome = JobKind::Completed;
        let _ = self.inner.at_guest(guest, over).await;
        Performed { cookie: Cookie { host: self.inner.host.uuid, guest, ticket }.to_bytes(), outgoing }
    }

    async fn fail_on_request(&self, sent: u64) -> Result<()> {
        if self.faults.stall_perform.is_some_and(|bytes| sent >= bytes) && !self.departure.is_torn() {
            self.departure.wanted().await;
        }
        match self.faults.break_perform {
            Some(bytes) if sent >= bytes => {
                Err(errors::failed(format!("this host was told to fail after {bytes} bytes")))
            }
            _ => Ok(()),
        }
    }

    /// How much memory may be left when a live guest is paused.
    fn last_bytes(&self, bytes_s: u64) -> Result<u64> {
        let downtime_ms = self.inner.table().guest(self.guest)?.max_downtime_ms;
        let bytes = u128::from(bytes_s) * u128::from(downtime_ms) / 1_000;
        Ok(u64::try_from(bytes).unwrap_or(u64::MAX).max(CHUNK_BYTES_MAX as u64))
    }

    /// The destination has it: it leaves this host, and the destination is told so. If that word is lost, the
    /// client's Finish says the same.
    async fn gone(mut self, stream: Option<TcpStream>) -> Result<Performed> {
        let (inner, guest, flags) = (self.inner.clone(), self.guest, self.flags);
        let departure = self.departure.clone();
        lasting::leaving(&inner, guest, flags, move |turn| turn.leave(guest, &departure, flags)).await?;
        self.outcome = JobKind::Completed;
        if let Some(mut stream) = stream {
            let _ = within(inner.config.peer_deadline, stream::send_yes(&mut stream)).await;
        }
        Ok(Performed { cookie: Vec::new(), outgoing: None })
    }

    /// The destination has it, and it stays here as well, paused, until its client knows that the other one runs.
    async fn stays_paused(mut self, ticket: Ticket) -> Result<Performed> {
        let (guest, departure) = (self.guest, self.departure.clone());
        let outgoing = self.inner.at_guest(guest, move |turn| turn.hold(guest, departure)).await?;
        self.outcome = JobKind::Completed;
        let cookie = Cookie { host: self.inner.host.uuid, guest, ticket }.to_bytes();
        Ok(Performed { cookie, outgoing: Some(outgoing) })
    }

    /// It failed: the guest is as it was before that is told.
    async fn stays(mut self, error: RemoteError) -> RemoteError {
        if error.code == ErrorCode::OPERATION_ABORTED {
            self.outcome = JobKind::Cancelled;
        }
        let (guest, departure, outcome) = (self.guest, self.departure.clone(), self.outcome);
        let restore = move |turn: &mut Turn<'_>| {
            // It was stopped when the destination had just got what it takes to go on.
            if let Some(id) = departure.outgoing().filter(|_| departure.is_torn()) {
                departure.set_post_copy(PostCopy::Broken(id));
                turn.post_copy_broke(guest);
            }
            turn.restore(guest, &departure, outcome);
            Ok(())
        };
        if self.inner.at_guest(guest, restore).await.is_ok() {
            // Nothing is left to do when this is dropped.
            self.outcome = JobKind::Completed;
        }
        error
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        if self.outcome != JobKind::Completed {
            let (guest, departure, outcome) = (self.guest, self.departure.clone(), self.outcome);
            self.inner.later(Some(guest), move |turn| turn.restore(guest, &departure, outcome));
        }
    }
}

impl Table {
    /// From now on only its migration ends it, or somebody who destroys it.
    fn take_in_hand(&mut self, inner: &Arc<Inner>, request: &Perform) -> Result<Leaving> {
        let is_own = self.held(request.domain).is_some_and(|id| request.holds.contains(&id));
        let is_protected = request.keeps && request.flags.has(MigrateFlags::CHANGE_PROTECTION);
        let guest = self.guest_mut(request.domain)?;
        guest.check_has_no_snapshots("migrate")?;
        let speed = match request.bandwidth_mib_s {
            0 => guest.max_speed_mib_s,
            asked => asked,
        };
        let live = match guest.live_mut()?.activity {
            Activity::Held { sent: None } if request.keeps && is_own => guest.live_mut()?,
            Activity::Held { sent: Some(_) } if request.keeps && is_own => {
                return Err(held::out_of_order(&guest.name));
            }
            // It has no hold of Begin's, or not any more: a Perform that comes late is no migration of its own.
            Activity::Idle if is_protected => {
                return Err(errors::invalid(format!("domain '{}' is not being migrated", guest.name)));
            }
            _ => guest.free_mut()?,
        };
        postcopy::check_state(live.state(), request.flags)?;
        let post_copy = match request.flags.has(MigrateFlags::POSTCOPY) {
            true => PostCopy::Allowed,
            false => PostCopy::Refused,
        };
        let departure = Arc::new(Departure::new(live.machine.memory_bytes(), speed, post_copy));
        live.activity = Activity::Leaving(departure.clone());
        let (machine, definition) = (live.machine.clone(), live.definition.clone());
        guest.completed_job = None;
        Ok(Leaving {
            inner: inner.clone(),
            guest: request.domain,
            flags: request.flags,
            keeps: request.keeps,
            departure,
            machine,
            definition,
            faults: inner.faults(),
            outcome: JobKind::Failed,
        })
    }

    /// Whether the guest is still there and in this migration's hands.
    fn is_leaving(&self, guest: Uuid, by: &Arc<Departure>) -> bool {
        let live = self.guest(guest).and_then(|guest| guest.live());
        live.is_ok_and(|live| {
            let in_hand =
                matches!(&live.activity, Activity::Leaving(departure) if Arc::ptr_eq(departure, by));
            in_hand && live.ends.is_none()
        })
    }
}

impl Turn<'_> {
    /// Pauses a leaving guest that runs.
    fn pause_leaving(&mut self, guest: Uuid, departure: &Arc<Departure>) -> Result<()> {
        if !self.is_leaving(guest, departure) {
            return Err(errors::not_running());
        }
        departure.mark_paused();
        if let LiveState::Running(_) = self.guest(guest)?.live()?.state() {
            departure.mark_paused_it();
            self.stand(guest, LiveState::Paused(PausedReason::Migration), None)?;
            self.tell(guest, Lifecycle::Suspended(SuspendedDetail::Migrated));
        }
        Ok(())
    }

    /// The guest is there; here it is held.
    fn hold(&mut self, uuid: Uuid, departure: Arc<Departure>) -> Result<OutgoingId> {
        if !self.is_leaving(uuid, &departure) {
            return Err(errors::not_running());
        }
        let begun = self.held(uuid);
        let id = begun.unwrap_or_else(|| self.new_outgoing(uuid));
        let state = self.guest(uuid)?.live()?.state();
        // From now on it may run elsewhere: also the next daemon is to leave it paused.
        self.stand(uuid, state, Some(Activity::Held { sent: Some(departure) }))?;
        Ok(id)
    }

    /// The guest has left.
    fn leave(&mut self, uuid: Uuid, departure: &Arc<Departure>, flags: MigrateFlags) -> Result<()> {
        match self.is_leaving(uuid, departure) {
            true => self.left(uuid, departure, flags),
            false => Err(errors::not_running()),
        }
    }

    /// It runs elsewhere now.
    pub(super) fn left(&mut self, uuid: Uuid, departure: &Departure, flags: MigrateFlags) -> Result<()> {
        let ended = self.end(uuid, ShutoffReason::Migrated, StoppedDetail::Migrated)?;
        let Some((reason, detail)) = ended else { return Ok(()) };
        let guest = self.guest_mut(uuid)?;
        debug!(domain = guest.name, "the guest has left");
        let job = departure.job(JobKind::Completed);
        guest.completed_job = Some(job.clone());
        if let Ok(live) = guest.live_mut() {
            live.activity = Activity::Idle;
        }
        let undefined = flags.has(MigrateFlags::UNDEFINE_SOURCE) && guest.config.is_some();
        self.tell_job(uuid, JobStep::Completed(job));
        self.turned_off(uuid, reason, detail)?;
        if undefined {
            self.guest_mut(uuid)?.config = None;
            self.tell(uuid, Lifecycle::Undefined(UndefinedDetail::Removed));
            self.forget_unless_defined(uuid);
        }
        Ok(())
    }

    /// The guest has not left: it is as it was, and runs if only its migration had paused it.
    fn restore(&mut self, guest: Uuid, departure: &Arc<Departure>, outcome: JobKind) {
        if self.is_leaving(guest, departure) {
            self.stays(guest, Some(departure), outcome);
        }
    }

    /// Its migration has it in hand no longer, and it runs if that had paused it. What an earlier one left paused stays so:
    /// it may run elsewhere.
    pub(super) fn stays(&mut self, uuid: Uuid, departure: Option<&Departure>, outcome: JobKind) {
        self.outgoing.retain(|_, held| *held != uuid);
        let Ok(guest) = self.guest_mut(uuid) else { return };
        if let Some(departure) = departure {
            guest.completed_job = Some(departure.job(outcome));
        }
        let Ok(live) = guest.live_mut() else { return };
        let paused_it = departure.is_some_and(Departure::paused_it);
        if !paused_it || live.state() != LiveState::Paused(PausedReason::Migration) {
            live.activity = Activity::Idle;
            return;
        }
        let runs = LiveState::Running(RunningReason::MigrationCanceled);
        if self.stand(uuid, runs, Some(Activity::Idle)).is_ok() {
            self.tell(uuid, Lifecycle::Resumed(ResumedDetail::Migrated));
        }
    }
}

/// Until the destination has taken it the guest is the source's alone. A tunnel goes one way, and is not asked for post-copy.
async fn send_switch(
    out: &mut Out<'_>,
    silence: Duration,
    counter: &[u8; COUNTER_BYTES],
) -> std::result::Result<(), Halt> {
    match out {
        Out::Stream(writer) => {
            within(silence, stream::send_switch(writer, counter)).await?;
            Ok(within(silence, stream::read_answer(writer.get_mut())).await?)
        }
        Out::Tunnel(_) => Err(errors::invalid("a tunnel carries no post-copy").into()),
    }
}
