//! A guest on its way out: it is sent, and it leaves, or stays as it was.
//!
//! ```text
//! connected, opened ─▶ (LIVE) sent while it runs ─▶ paused ─▶ sent ─▶ receipt ─▶ held until Confirm (version 3), or gone
//!   │                    │                            │         │        │
//!   └────────────────────┴────────────────────────────┴─────────┴────────┘
//!         any failure, abort: the guest is here, and runs if only this had paused it
//! ```

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, BufWriter, DuplexStream};
use tokio::time::{Instant, timeout};
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::MigrateFlags;

use super::super::{
    DomainState, Event, Hypervisor, JobKind, JobStep, Lookup, Migrating, MigrationVersion, OutgoingId,
    PausedReason, Perform, Result, RunningReason, ShutoffReason, Tunnel, Uuid, WhichXml, errors,
};
use super::cookie::Ticket;
use super::departure::{Departure, Stop, chunk_bytes};
use super::source::Claim;
use super::stream::{self, CHUNK_BYTES_MAX, Checksum, StreamError};
use super::uri::MigrationUri;
use super::way_out::{Halt, Out, broken, connect, through, within};
use super::{MAGIC, Moves, is_over, same_run, tried, verbs};
use crate::net::TcpStream;
use crate::panics;

/// Which way the guest goes.
pub(super) enum Way {
    Address(MigrationUri),
    Tunnel(Tunnel),
}

/// A guest that Perform or Confirm has in hand.
pub(super) struct Leaving<H, R> {
    pub(super) moves: Arc<Moves>,
    pub(super) host: Arc<H>,
    pub(super) claim: Claim,
    pub(super) request: R,
    pub(super) departure: Arc<Departure>,
}

impl<H: Hypervisor> Leaving<H, Perform> {
    /// Sends the guest. Returns what holds it now, if it has not left.
    pub(super) async fn run(self, way: Way, ticket: Ticket) -> Result<Option<OutgoingId>> {
        let Leaving { moves, host, claim, request, departure } = self;
        tell(&*host, &claim, JobStep::Iteration(1)).await;
        let sender = Sender {
            host: host.clone(),
            guest: claim.guest,
            run: claim.run,
            keeps: request.keeps,
            live: request.flags.has(MigrateFlags::LIVE),
            departure: departure.clone(),
            silence: moves.settings.peer_deadline,
        };
        // A task, so that a hypervisor that panics fails its migration and loses no guest.
        let mut sending = tokio::spawn(async move { sender.send(way, &ticket).await });
        let sent = tokio::select! {
            biased;
            why = departure.stopped() => {
                sending.abort();
                // Only when it has ended may the guest run on.
                let _ = (&mut sending).await;
                Err(stopped(why))
            }
            sent = &mut sending => {
                sent.unwrap_or_else(|error| Err(errors::failed(format!("the sending task ended: {error}"))))
            }
        };
        let (keeps, flags) = (request.keeps, request.flags);
        let leaving = Leaving { moves, host, claim, request: (), departure };
        let error = match sent {
            Ok(_) if keeps => match leaving.is_held() {
                Ok(()) => return Ok(Some(leaving.claim.keep())),
                Err(error) => error,
            },
            Ok(stream) => match leaving.leaves(flags).await {
                Ok(()) => {
                    if let Some(mut stream) = stream {
                        // If that word is lost, the client's Finish says the same.
                        let _ =
                            within(leaving.moves.settings.peer_deadline, stream::send_yes(&mut stream)).await;
                    }
                    return Ok(None);
                }
                Err(error) => error,
            },
            Err(error) => error,
        };
        let aborted = error.code == ErrorCode::OPERATION_ABORTED;
        leaving.stays(if aborted { JobKind::Cancelled } else { JobKind::Failed }).await;
        Err(error)
    }
}

impl<H: Hypervisor> Leaving<H, ()> {
    /// The guest is there; here it is held.
    fn is_held(&self) -> Result<()> {
        self.moves.table().going.sent(self.claim.guest, self.claim.id)
    }

    /// Confirm: it runs there, so it leaves. Where it cannot be ended here it stays held, paused.
    pub(super) async fn confirmed(self, flags: MigrateFlags) -> Result<()> {
        let ended = self.leaves(flags).await;
        if ended.is_err() {
            self.moves.table().going.goes_on(self.claim.guest, self.claim.id, self.departure.clone());
            self.claim.keep();
        }
        ended
    }

    /// It runs elsewhere now, and ends here. Where the hypervisor panics at that, what counts is whether it has ended.
    async fn leaves(&self, flags: MigrateFlags) -> Result<()> {
        let (guest, run) = (self.claim.guest, self.claim.run);
        match panics::answered("ending a guest that has left", self.ends(flags)).await {
            Some(ended) => ended,
            None if tried("looking at a guest", is_over(&*self.host, guest, run)).await? => Ok(()),
            None => Err(errors::failed("the hypervisor has panicked at ending the guest that has left")),
        }
    }

    async fn ends(&self, flags: MigrateFlags) -> Result<()> {
        let guest = self.claim.guest;
        let info = same_run(&*self.host, guest, self.claim.run).await?;
        if !self.moves.table().going.is(guest, self.claim.id) {
            return Err(errors::not_running());
        }
        verbs(&*self.host)?.turn(guest, DomainState::Shutoff(ShutoffReason::Migrated)).await?;
        let job = self.departure.job(JobKind::Completed);
        if let Some(events) = self.host.events() {
            events.tell(&Event::Job(info.clone(), JobStep::Completed(job.clone())));
        }
        let undefines = flags.has(MigrateFlags::UNDEFINE_SOURCE) && info.persistent;
        if undefines && let Err(error) = self.host.undefine(guest).await {
            tracing::warn!(domain = %guest, %error, "a guest has left, and its definition stays");
        }
        if info.persistent && !undefines {
            self.moves.table().jobs.completed(guest, job);
        }
        Ok(())
    }

    /// The guest has not left, and runs if its migration had paused it. What an earlier one left paused stays so: it may run elsewhere.
    pub(super) async fn stays(self, outcome: JobKind) {
        let (guest, run) = (self.claim.guest, self.claim.run);
        self.moves.table().jobs.completed(guest, self.departure.job(outcome));
        let waits = DomainState::Paused(PausedReason::Migration);
        let resumed = async {
            let found = self.host.domain(Lookup::Uuid(guest)).await?;
            match found.filter(|info| info.id == Some(run) && info.state == waits) {
                Some(_) => {
                    let runs = DomainState::Running(RunningReason::MigrationCanceled);
                    verbs(&*self.host)?.turn(guest, runs).await
                }
                None => Ok(()),
            }
        };
        if self.departure.paused_it()
            && let Err(error) = tried("resuming a guest", resumed).await
        {
            tracing::warn!(domain = %guest, %error, "a guest whose migration failed may stay paused");
        }
    }
}

async fn tell<H: Hypervisor>(host: &H, claim: &Claim, step: JobStep) {
    if let Some(events) = host.events()
        && let Ok(info) = same_run(host, claim.guest, claim.run).await
    {
        events.tell(&Event::Job(info, step));
    }
}

fn stopped(why: Stop) -> RemoteError {
    match why {
        Stop::Aborted => {
            let detail = "migration out job: canceled by client";
            RemoteError::new(ErrorCode::OPERATION_ABORTED, ErrorDomain::QEMU, detail)
        }
        Stop::GuestGone | Stop::Paused => errors::not_running(),
    }
}

/// The task that sends. Dropped at any moment, it leaves the guest here.
struct Sender<H> {
    host: Arc<H>,
    guest: Uuid,
    run: u32,
    keeps: bool,
    live: bool,
    departure: Arc<Departure>,
    /// How long the destination may say nothing.
    silence: Duration,
}

impl<H: Hypervisor> Sender<H> {
    /// Sends the guest, and returns once its destination has said that it is all there.
    async fn send(&self, way: Way, ticket: &Ticket) -> Result<Option<TcpStream>> {
        if !self.live {
            self.pause().await?;
        }
        match way {
            Way::Address(uri) => self.send_to(&uri, ticket).await.map(Some),
            Way::Tunnel(tunnel) => self.send_through(tunnel, ticket).await.map(|()| None),
        }
    }

    async fn send_to(&self, uri: &MigrationUri, ticket: &Ticket) -> Result<TcpStream> {
        let silence = self.silence;
        let mut stream = connect(uri, silence).await?;
        let broken = |error: StreamError| broken(uri, &error);
        let wants = within(silence, stream::read_greeting(&mut stream, MAGIC)).await.map_err(broken)?;
        if self.keeps != (wants == MigrationVersion::V3) {
            let detail = "it was prepared for by another version of migration than this perform's";
            return Err(broken(StreamError::Malformed(detail.to_owned())));
        }
        let xml = match wants {
            MigrationVersion::V1 => Some(self.host.xml(self.guest, WhichXml::Migratable).await?),
            MigrationVersion::V2 | MigrationVersion::V3 => None,
        };
        let opening = stream::opening(ticket, xml.as_deref()).map_err(broken)?;
        let opened = async { tokio::io::AsyncWriteExt::write_all(&mut stream, &opening).await };
        within(silence, opened).await.map_err(broken)?;
        within(silence, stream::read_answer(&mut stream)).await.map_err(broken)?;
        let halted = |halt| match halt {
            Halt::Stream(error) => broken(error),
            Halt::Remote(error) => error,
        };
        self.send_guest(&mut Out::Stream(BufWriter::new(&mut stream))).await.map_err(halted)?;
        within(silence, stream::read_answer(&mut stream)).await.map_err(broken)?;
        Ok(stream)
    }

    /// Through a tunnel all goes one way, and the destination's word is the tunnel's end.
    async fn send_through(&self, tunnel: Tunnel, ticket: &Ticket) -> Result<()> {
        let version = if self.keeps { MigrationVersion::V3 } else { MigrationVersion::V2 };
        let mut bytes = Vec::new();
        stream::send_greeting(&mut bytes, MAGIC, version).await.map_err(|error| through(error.into()))?;
        bytes.extend(stream::opening(ticket, None).map_err(through)?);
        tunnel.send(bytes.into()).await?;
        self.send_guest(&mut Out::Tunnel(&tunnel)).await.map_err(|halt| match halt {
            Halt::Stream(error) => through(error),
            Halt::Remote(error) => error,
        })?;
        match timeout(self.silence, tunnel.finish()).await {
            Ok(finished) => finished,
            Err(_) => Err(through(StreamError::Malformed(format!("no receipt within {:?}", self.silence)))),
        }
    }

    /// The hypervisor writes into a pipe, and what comes out of it is paced, counted and sent. That it is all is said only
    /// where the hypervisor has said so.
    async fn send_guest(&self, out: &mut Out<'_>) -> std::result::Result<(), Halt> {
        let (pipe, mut written) = tokio::io::duplex(CHUNK_BYTES_MAX);
        let writing = async { self.write(pipe).await.map_err(Halt::Remote) };
        let ((), checksum) = tokio::try_join!(writing, self.carry(&mut written, out))?;
        out.end(self.silence, checksum).await
    }

    async fn write(&self, mut pipe: DuplexStream) -> Result<()> {
        let verbs = verbs(&*self.host)?;
        if self.live {
            verbs.send_running(self.guest, &mut pipe).await?;
            self.pause().await?;
        }
        verbs.send(self.guest, &mut pipe).await
    }

    async fn carry(
        &self,
        written: &mut DuplexStream,
        out: &mut Out<'_>,
    ) -> std::result::Result<Checksum, Halt> {
        let (mut checksum, mut piece) = (Checksum::new(), vec![0; CHUNK_BYTES_MAX]);
        let mut last = (Instant::now(), 0);
        loop {
            let room = chunk_bytes(self.departure.bytes_s());
            let room = piece.get_mut(..room).unwrap_or_default();
            let len = written.read(room).await.map_err(StreamError::from)?;
            let chunk = room.get(..len).unwrap_or_default();
            if chunk.is_empty() {
                return Ok(checksum);
            }
            checksum.update(chunk);
            self.departure.pace(last).await;
            out.chunk(self.silence, chunk).await?;
            last = (Instant::now(), len);
            self.departure.add_sent(len as u64);
        }
    }

    /// From now on the guest stands still. It runs again if this fails, if it ran until now.
    async fn pause(&self) -> Result<()> {
        let info = same_run(&*self.host, self.guest, self.run).await?;
        self.departure.mark_paused();
        if let DomainState::Running(_) = info.state {
            self.departure.mark_paused_it();
            let waits = DomainState::Paused(PausedReason::Migration);
            verbs(&*self.host)?.turn(self.guest, waits).await?;
        }
        Ok(())
    }
}
