//! Guests that go: Perform.
//!
//! ```text
//! begun ── connected, opened ──▶ sending ── little is left (LIVE: paused only now) ──▶ all sent ── receipt ──▶ gone,
//!   │           │                  │                                                      │      or (v3) held, paused
//!   └───────────┴──────────────────┴──────────────────────────────────────────────────────┘
//!         any failure, abort: the guest is here as it was, and runs if it ran
//! ```
//!
//! The work is a task of its own: a client that goes away changes nothing.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::BufWriter;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tracing::debug;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;

use super::super::{
    JobKind, Lifecycle, MigrationVersion, OutgoingId, PausedReason, Perform, Performed, Result,
    ResumedDetail, RunningReason, ShutoffReason, StoppedDetail, SuspendedDetail, UndefinedDetail, Uuid,
    errors,
};
use super::cookie::{Cookie, Ticket, ticket};
use super::departure::{Departure, Stop};
use super::faults::Faults;
use super::guest::{Activity, LiveState};
use super::incoming::check_flags;
use super::memory::{Checksum, Memory};
use super::stream::{self, CHUNK_BYTES_MAX, Opening, StreamError};
use super::table::Table;
use super::uri::MigrationUri;
use super::xml::Definition;
use super::{Inner, SOURCE_FLAGS};

/// How often a waiting migration looks whether it may go faster now.
const SPEED_CHECKED_EVERY: Duration = Duration::from_millis(250);

pub(super) async fn perform(inner: &Arc<Inner>, request: Perform) -> Result<Performed> {
    let function = if request.keeps { "domain_migrate_perform3" } else { "domain_migrate_perform" };
    check_flags(request.flags, SOURCE_FLAGS, function)?;
    let uri = MigrationUri::parse(&request.uri)?;
    let ticket = match request.keeps {
        false => ticket(&request.cookie)?,
        true => {
            Cookie::read(&request.cookie, inner.host.uuid, request.domain)?
                .ok_or_else(|| {
                    errors::invalid_argument("perform needs the migration cookie that prepare answers")
                })?
                .ticket
        }
    };
    let leaving = Leaving::begin(inner, &request)?;
    let task = tokio::spawn(async move {
        let departure = leaving.departure.clone();
        let sent = tokio::select! {
            biased;
            why = departure.stopped() => Err(stopped(why)),
            sent = leaving.send(&uri, &ticket) => sent,
        };
        match sent {
            Ok(_) if leaving.keeps => leaving.stays_paused(ticket),
            Ok(stream) => leaving.gone(stream).await,
            Err(error) => Err(leaving.stays(error)),
        }
    });
    task.await.unwrap_or_else(|error| Err(errors::failed(format!("the migration's task ended: {error}"))))
}

fn stopped(why: Stop) -> RemoteError {
    match why {
        Stop::Aborted => {
            let detail = "migration out job: canceled by client";
            RemoteError::new(ErrorCode::OPERATION_ABORTED, ErrorDomain::QEMU, detail)
        }
        Stop::GuestGone => errors::not_running(),
    }
}

/// A guest that Perform has in hand. Dropped before it is gone, it stays: it runs again if it ran.
struct Leaving {
    inner: Arc<Inner>,
    guest: Uuid,
    flags: MigrateFlags,
    keeps: bool,
    departure: Arc<Departure>,
    memory: Arc<Memory>,
    definition: Arc<Definition>,
    faults: Faults,
    outcome: JobKind,
}

impl Leaving {
    fn begin(inner: &Arc<Inner>, request: &Perform) -> Result<Leaving> {
        let leaving = inner.table().take_in_hand(inner, request)?;
        if !request.flags.has(MigrateFlags::LIVE) {
            inner.table().pause_leaving(&leaving)?;
        }
        Ok(leaving)
    }

    /// Sends the guest, and returns once its destination has said that it is all there.
    async fn send(&self, uri: &MigrationUri, ticket: &Ticket) -> Result<TcpStream> {
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
            memory_bytes: self.memory.as_bytes().len() as u64,
        };
        debug!(%uri, ?wants, memory_bytes = opening.memory_bytes, "sending a guest");
        within(silence, stream::send_opening(&mut stream, ticket, &opening)).await.map_err(broken)?;
        within(silence, stream::read_answer(&mut stream)).await.map_err(broken)?;
        self.send_memory(&mut stream, silence).await.map_err(|error| match error {
            Halt::Stream(error) => broken(error),
            Halt::Remote(error) => error,
        })?;
        within(silence, stream::read_answer(&mut stream)).await.map_err(broken)?;
        Ok(stream)
    }

    /// Sends the memory no faster than is allowed, and pauses a live guest when what is left takes no longer than
    /// the downtime allowed.
    async fn send_memory(&self, stream: &mut TcpStream, silence: Duration) -> std::result::Result<(), Halt> {
        let mut writer = BufWriter::new(stream);
        let mut checksum = Checksum::new();
        let mut rest = self.memory.as_bytes();
        let mut sent = 0_u64;
        let mut last = (Instant::now(), 0);
        while !rest.is_empty() {
            self.fail_on_request(sent).await?;
            let bytes_s = self.departure.bytes_s();
            if rest.len() as u64 <= self.last_bytes(bytes_s)? {
                self.inner.table().pause_leaving(self)?;
            }
            let len = rest.len().min(chunk_bytes(bytes_s));
            let (chunk, after) = rest.split_at(len);
            checksum.update(chunk);
            let spoilt =
                (self.faults.corrupt_stream && sent == 0).then(|| chunk.iter().map(|byte| !byte).collect());
            let chunk: &[u8] = spoilt.as_ref().map_or(chunk, |spoilt: &Vec<u8>| spoilt);
            self.pace(last).await;
            within(silence, stream::send_chunk(&mut writer, chunk)).await?;
            last = (Instant::now(), len);
            rest = after;
            sent += len as u64;
            self.departure.add_sent(len as u64);
        }
        self.inner.table().pause_leaving(self)?;
        self.fail_on_request(sent).await?;
        within(silence, stream::send_end(&mut writer, checksum)).await?;
        Ok(())
    }

    /// Waits until the chunk sent last has taken as long as the speed allowed says; that may change meanwhile.
    async fn pace(&self, (sent_at, len): (Instant, usize)) {
        loop {
            let due = sent_at + Duration::from_nanos(nanos(len, self.departure.bytes_s()));
            let now = Instant::now();
            if due <= now {
                return;
            }
            sleep_until(due.min(now + SPEED_CHECKED_EVERY)).await;
        }
    }

    async fn fail_on_request(&self, sent: u64) -> Result<()> {
        if self.faults.stall_perform.is_some_and(|bytes| sent >= bytes) {
            std::future::pending::<()>().await;
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
    async fn gone(mut self, mut stream: TcpStream) -> Result<Performed> {
        let inner = self.inner.clone();
        inner.table().leave(&mut self)?;
        let _ = within(inner.config.peer_deadline, stream::send_yes(&mut stream)).await;
        Ok(Performed { cookie: Vec::new(), outgoing: None })
    }

    /// The destination has it, and it stays here as well, paused, until its client knows that the other one runs.
    fn stays_paused(mut self, ticket: Ticket) -> Result<Performed> {
        let inner = self.inner.clone();
        let outgoing = inner.table().hold(&mut self)?;
        let cookie = Cookie { host: inner.host.uuid, guest: self.guest, ticket }.to_bytes();
        Ok(Performed { cookie, outgoing: Some(outgoing) })
    }

    /// It failed: dropping restores the guest.
    fn stays(mut self, error: RemoteError) -> RemoteError {
        if error.code == ErrorCode::OPERATION_ABORTED {
            self.outcome = JobKind::Cancelled;
        }
        error
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        let inner = self.inner.clone();
        inner.table().restore(self);
    }
}

impl Table {
    /// From now on only its migration ends it, or somebody who destroys it.
    fn take_in_hand(&mut self, inner: &Arc<Inner>, request: &Perform) -> Result<Leaving> {
        let is_own = self.held(request.domain).is_some_and(|id| request.holds.contains(&id));
        let guest = self.guest_mut(request.domain)?;
        let speed = match request.bandwidth_mib_s {
            0 => guest.max_speed_mib_s,
            asked => asked,
        };
        let live = match guest.live_mut()?.activity {
            Activity::Held { sent: None } if request.keeps && is_own => guest.live_mut()?,
            _ => guest.idle_mut()?,
        };
        let departure = Arc::new(Departure::new(live.memory.as_bytes().len() as u64, speed));
        live.activity = Activity::Leaving(departure.clone());
        let (memory, definition) = (live.memory.clone(), live.definition.clone());
        guest.completed_job = None;
        Ok(Leaving {
            inner: inner.clone(),
            guest: request.domain,
            flags: request.flags,
            keeps: request.keeps,
            departure,
            memory,
            definition,
            faults: inner.faults(),
            outcome: JobKind::Failed,
        })
    }

    /// Whether the guest is still there and in this migration's hands.
    fn is_leaving(&self, leaving: &Leaving) -> bool {
        let live = self.guest(leaving.guest).and_then(|guest| guest.live());
        live.is_ok_and(|live| {
            matches!(&live.activity, Activity::Leaving(departure) if Arc::ptr_eq(departure, &leaving.departure))
        })
    }

    /// Pauses a leaving guest that runs.
    fn pause_leaving(&mut self, leaving: &Leaving) -> Result<()> {
        if !self.is_leaving(leaving) {
            return Err(errors::not_running());
        }
        leaving.departure.mark_paused();
        let live = self.guest_mut(leaving.guest)?.live_mut()?;
        if let LiveState::Running(_) = live.state() {
            live.set_state(LiveState::Paused(PausedReason::Migration));
            leaving.departure.mark_paused_it();
            self.tell(leaving.guest, Lifecycle::Suspended(SuspendedDetail::Migrated));
        }
        Ok(())
    }

    /// The guest is there; here it is held.
    fn hold(&mut self, leaving: &mut Leaving) -> Result<OutgoingId> {
        if !self.is_leaving(leaving) {
            return Err(errors::not_running());
        }
        let uuid = leaving.guest;
        let begun = self.held(uuid);
        let id = begun.unwrap_or_else(|| self.new_outgoing(uuid));
        leaving.outcome = JobKind::Completed;
        let sent = Some(leaving.departure.clone());
        self.guest_mut(uuid)?.live_mut()?.activity = Activity::Held { sent };
        Ok(id)
    }

    /// The guest has left.
    fn leave(&mut self, leaving: &mut Leaving) -> Result<()> {
        if !self.is_leaving(leaving) {
            return Err(errors::not_running());
        }
        leaving.outcome = JobKind::Completed;
        self.left(leaving.guest, &leaving.departure, leaving.flags)
    }

    /// It runs elsewhere now.
    pub(super) fn left(&mut self, uuid: Uuid, departure: &Departure, flags: MigrateFlags) -> Result<()> {
        let guest = self.guest_mut(uuid)?;
        debug!(domain = guest.name, "the guest has left");
        guest.completed_job = Some(departure.job(JobKind::Completed));
        if let Ok(live) = guest.live_mut() {
            live.activity = Activity::Idle;
        }
        let undefined = flags.has(MigrateFlags::UNDEFINE_SOURCE) && guest.config.is_some();
        self.turn_off(uuid, ShutoffReason::Migrated, StoppedDetail::Migrated)?;
        if undefined {
            self.guest_mut(uuid)?.config = None;
            self.tell(uuid, Lifecycle::Undefined(UndefinedDetail::Removed));
            self.forget_unless_defined(uuid);
        }
        Ok(())
    }

    /// The guest has not left: it is as it was, and runs if only its migration had paused it.
    fn restore(&mut self, leaving: &Leaving) {
        if leaving.outcome == JobKind::Completed || !self.is_leaving(leaving) {
            return;
        }
        self.stays(leaving.guest, Some(&leaving.departure), leaving.outcome);
    }

    /// Its migration has it in hand no longer, and it runs if that had paused it. What an earlier one left paused stays so:
    /// it may run elsewhere.
    pub(super) fn stays(&mut self, uuid: Uuid, departure: Option<&Departure>, outcome: JobKind) {
        self.outgoing.retain(|_, held| *held != uuid);
        let Ok(guest) = self.guest_mut(uuid) else { return };
        guest.completed_job = departure.map(|departure| departure.job(outcome)).or(guest.completed_job);
        let Ok(live) = guest.live_mut() else { return };
        live.activity = Activity::Idle;
        let paused_it = departure.is_some_and(Departure::paused_it);
        if paused_it && live.state() == LiveState::Paused(PausedReason::Migration) {
            live.set_state(LiveState::Running(RunningReason::MigrationCanceled));
            self.tell(uuid, Lifecycle::Resumed(ResumedDetail::Migrated));
        }
    }
}

/// Why the memory was not sent.
enum Halt {
    Stream(StreamError),
    Remote(RemoteError),
}

impl From<StreamError> for Halt {
    fn from(error: StreamError) -> Halt {
        Halt::Stream(error)
    }
}

impl From<RemoteError> for Halt {
    fn from(error: RemoteError) -> Halt {
        Halt::Remote(error)
    }
}

async fn connect(uri: &MigrationUri, silence: Duration) -> Result<TcpStream> {
    let Some(port) = uri.port else {
        return Err(errors::invalid_argument(format!("migration URI {uri} has no port")));
    };
    let connected = match timeout(silence, TcpStream::connect((uri.host.as_str(), port))).await {
        Ok(connected) => connected,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    };
    let stream = connected.map_err(|error| {
        let detail = format!("unable to connect to server at '{}:{port}'", uri.host);
        RemoteError::system(ErrorDomain::RPC, detail, &error)
    })?;
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

fn broken(uri: &MigrationUri, error: &StreamError) -> RemoteError {
    match error {
        StreamError::Refused(reason) => errors::failed(format!("{uri} refused the guest: {reason}")),
        error => errors::failed(format!("the stream to {uri} broke: {error}")),
    }
}

/// Waits for the other side, but not for ever.
async fn within<T, E: Into<StreamError>>(
    silence: Duration,
    step: impl Future<Output = std::result::Result<T, E>>,
) -> std::result::Result<T, StreamError> {
    match timeout(silence, step).await {
        Ok(done) => done.map_err(Into::into),
        Err(_) => Err(StreamError::Malformed(format!("no progress within {silence:?}"))),
    }
}

/// Small enough to show progress 32 times a second.
fn chunk_bytes(bytes_s: u64) -> usize {
    usize::try_from(bytes_s / 32).unwrap_or(usize::MAX).clamp(4_096, CHUNK_BYTES_MAX)
}

fn nanos(bytes: usize, bytes_s: u64) -> u64 {
    u64::try_from(bytes as u128 * 1_000_000_000 / u128::from(bytes_s)).unwrap_or(u64::MAX)
}
