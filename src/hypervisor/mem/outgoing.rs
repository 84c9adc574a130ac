//! Guests that go: Perform.
//!
//! ```text
//! begun ── connected, opened ──▶ sending ── little is left (LIVE: paused only now) ──▶ all sent ── receipt ──▶ gone
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
    JobKind, Lifecycle, MigrationVersion, PausedReason, Perform, Result, ResumedDetail, RunningReason,
    ShutoffReason, StoppedDetail, SuspendedDetail, UndefinedDetail, Uuid, errors,
};
use super::Inner;
use super::departure::{Departure, Stop};
use super::faults::Faults;
use super::guest::{Activity, LiveState};
use super::incoming::check_flags;
use super::memory::{Checksum, Memory};
use super::stream::{self, CHUNK_BYTES_MAX, Cookie, Opening, StreamError};
use super::table::Table;
use super::uri::MigrationUri;
use super::xml::Definition;

/// How often a waiting migration looks whether it may go faster now.
const SPEED_CHECKED_EVERY: Duration = Duration::from_millis(250);

pub(super) async fn perform(inner: &Arc<Inner>, request: Perform) -> Result<()> {
    check_flags(request.flags, "domain_migrate_perform")?;
    let uri = MigrationUri::parse(&request.uri)?;
    let cookie = Cookie::try_from(request.cookie.as_slice()).map_err(|_| {
        let found = request.cookie.len();
        errors::invalid_argument(format!("a migration cookie of {found} bytes; prepare answers one of 16"))
    })?;
    let leaving = Leaving::begin(inner, &request)?;
    let task = tokio::spawn(async move {
        let departure = leaving.departure.clone();
        let sent = tokio::select! {
            biased;
            why = departure.stopped() => Err(stopped(why)),
            sent = leaving.send(&uri, &cookie) => sent,
        };
        match sent {
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
    async fn send(&self, uri: &MigrationUri, cookie: &Cookie) -> Result<TcpStream> {
        let silence = self.inner.config.peer_deadline;
        let mut stream = connect(uri, silence).await?;
        let broken = |error: StreamError| broken(uri, &error);
        let wants = within(silence, stream::read_greeting(&mut stream)).await.map_err(broken)?;
        let opening = Opening {
            xml: match wants {
                MigrationVersion::V1 => Some(self.definition.xml.clone()),
                MigrationVersion::V2 => None,
            },
            memory_bytes: self.memory.as_bytes().len() as u64,
        };
        debug!(%uri, ?wants, memory_bytes = opening.memory_bytes, "sending a guest");
        within(silence, stream::send_opening(&mut stream, cookie, &opening)).await.map_err(broken)?;
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
    async fn gone(mut self, mut stream: TcpStream) -> Result<()> {
        let inner = self.inner.clone();
        inner.table().leave(&mut self)?;
        let _ = within(inner.config.peer_deadline, stream::send_yes(&mut stream)).await;
        Ok(())
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
        let guest = self.guest_mut(request.domain)?;
        let speed = match request.bandwidth_mib_s {
            0 => guest.max_speed_mib_s,
            asked => asked,
        };
        let live = guest.idle_mut()?;
        let departure = Arc::new(Departure::new(live.memory.as_bytes().len() as u64, speed));
        live.activity = Activity::Leaving(departure.clone());
        let (memory, definition) = (live.memory.clone(), live.definition.clone());
        guest.completed_job = None;
        Ok(Leaving {
            inner: inner.clone(),
            guest: request.domain,
            flags: request.flags,
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
            self.tell(leaving.guest, Lifecycle::Suspended(SuspendedDetail::Migrated));
        }
        Ok(())
    }

    /// The guest has left.
    fn leave(&mut self, leaving: &mut Leaving) -> Result<()> {
        if !self.is_leaving(leaving) {
            return Err(errors::not_running());
        }
        leaving.outcome = JobKind::Completed;
        let uuid = leaving.guest;
        let guest = self.guest_mut(uuid)?;
        guest.completed_job = Some(leaving.departure.job(JobKind::Completed));
        if let Ok(live) = guest.live_mut() {
            live.activity = Activity::Idle;
        }
        let undefined = leaving.flags.has(MigrateFlags::UNDEFINE_SOURCE) && guest.config.is_some();
        self.turn_off(uuid, ShutoffReason::Migrated, StoppedDetail::Migrated)?;
        if undefined {
            self.guest_mut(uuid)?.config = None;
            self.tell(uuid, Lifecycle::Undefined(UndefinedDetail::Removed));
            self.forget_unless_defined(uuid);
        }
        debug!(domain = leaving.definition.name, "the guest has left");
        Ok(())
    }

    /// The guest has not left: it is as it was, and runs if only its migration had paused it.
    fn restore(&mut self, leaving: &Leaving) {
        if leaving.outcome == JobKind::Completed || !self.is_leaving(leaving) {
            return;
        }
        let Ok(guest) = self.guest_mut(leaving.guest) else { return };
        guest.completed_job = Some(leaving.departure.job(leaving.outcome));
        let Ok(live) = guest.live_mut() else { return };
        live.activity = Activity::Idle;
        if live.state() == LiveState::Paused(PausedReason::Migration) {
            live.set_state(LiveState::Running(RunningReason::MigrationCanceled));
            self.tell(leaving.guest, Lifecycle::Resumed(ResumedDetail::Migrated));
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
