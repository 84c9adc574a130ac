//! The task that receives a guest: it waits for the one stream with the right ticket, and hands the hypervisor what comes.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use virtwire_protocol::error::RemoteError;

use super::super::{Hypervisor, IncomingId, Migrating, MigrationVersion, Result, ShutoffReason, errors};
use super::cookie::Ticket;
use super::door::{self, OPENING_DEADLINE};
use super::incoming::Arrival;
use super::stream::{self, CHUNK_BYTES_MAX, StreamError};
use super::way_out::within;
use super::{MAGIC, Moves, tried, verbs};
use crate::net::{TcpListener, TcpStream};
use crate::server::Stream;

/// Whom it receives, and for whom.
pub(super) struct Reception<H> {
    pub(super) moves: Arc<Moves>,
    pub(super) host: Arc<H>,
    pub(super) id: IncomingId,
    pub(super) version: MigrationVersion,
    pub(super) ticket: Ticket,
    /// Version 1: the name that it is to have here, if not its own.
    pub(super) dname: Option<String>,
}

/// Where it comes from.
pub(super) enum Origin {
    Port(TcpListener),
    Tunnel(Stream),
}

type Received<T> = std::result::Result<T, StreamError>;

impl<H: Hypervisor> Reception<H> {
    /// Receives the guest, or gives it up: at the deadline, and at the first fault of a stream that had the ticket.
    pub(super) async fn run(self, from: Origin) {
        match from {
            Origin::Port(listener) => self.at_port(listener).await,
            Origin::Tunnel(stream) => self.by_tunnel(stream).await,
        }
    }

    async fn at_port(&self, listener: TcpListener) {
        let silence = self.moves.settings.incoming_deadline;
        let known = (MAGIC, self.version, self.ticket);
        let Ok(mut stream) = timeout(silence, door::the_one(&listener, known)).await else {
            return self.gives_up(format!("it did not come within {silence:?}")).await;
        };
        drop(listener);
        match self.read(&mut stream).await {
            Ok(()) => {
                let arrival = self.confirmed(stream).await;
                // One that is gone meanwhile is not expected any more.
                let _ = self.moves.is_here(self.id, arrival);
            }
            Err(error) => {
                // So that the source can say why; whether it hears us changes nothing.
                let _ = timeout(OPENING_DEADLINE, stream::send_no(&mut stream, &error.to_string())).await;
                self.gives_up(error.to_string()).await;
            }
        }
    }

    async fn read(&self, stream: &mut TcpStream) -> Received<()> {
        let silence = self.moves.settings.incoming_deadline;
        if self.version == MigrationVersion::V1 {
            let xml = within(silence, stream::read_xml(stream)).await?;
            self.admit(xml).await.map_err(refused)?;
        }
        within(silence, stream::send_yes(stream)).await?;
        self.read_guest(stream).await?;
        self.moves.is_here(self.id, Arrival::Received).map_err(refused)
    }

    /// The guest is there from now on. A task of its own: ended half-way it could leave a guest that nobody knows.
    async fn admit(&self, xml: String) -> Result<()> {
        let (moves, host, id, dname) = (self.moves.clone(), self.host.clone(), self.id, self.dname.clone());
        let admitted =
            tokio::spawn(async move { moves.admitted(&*host, id, xml, dname, &[]).await.map(drop) });
        admitted.await.unwrap_or_else(|error| Err(errors::failed(format!("its task ended: {error}"))))
    }

    /// What comes goes into a pipe, from which the hypervisor reads. It sees the end only where all of it has come, unchanged.
    async fn read_guest(&self, from: &mut (impl AsyncRead + Unpin + Send)) -> Received<()> {
        let guest = self.moves.guest_of(self.id).map_err(refused)?;
        let (mut pipe, mut data) = tokio::io::duplex(CHUNK_BYTES_MAX);
        let carrying = async {
            stream::read_chunks(from, &mut pipe, self.moves.settings.incoming_deadline).await?;
            Ok(pipe.shutdown().await?)
        };
        let receiving = async {
            let received = async { verbs(&*self.host)?.receive(guest, &mut data).await };
            tried("receiving a guest", received).await.map_err(refused)?;
            match data.read(&mut [0]).await? {
                0 => Ok(()),
                _ => Err(StreamError::Malformed("more than a guest".to_owned())),
            }
        };
        tokio::try_join!(carrying, receiving).map(|_| ())
    }

    /// Sends the receipt, and waits for the source's word that its copy is gone. In version 3 it keeps that copy.
    async fn confirmed(&self, mut stream: TcpStream) -> Arrival {
        let deadline = self.moves.settings.peer_deadline;
        if self.version == MigrationVersion::V3 {
            // If it is lost, Perform fails, and the client cancels.
            let _ = timeout(deadline, stream::send_yes(&mut stream)).await;
            return Arrival::Received;
        }
        let word = timeout(deadline, async {
            stream::send_yes(&mut stream).await?;
            stream::read_answer(&mut stream).await
        });
        match word.await {
            Ok(Ok(())) => Arrival::Confirmed,
            _ => Arrival::Unconfirmed,
        }
    }

    /// Through a tunnel all goes one way: finishing it is the receipt.
    async fn by_tunnel(&self, mut stream: Stream) {
        match self.read_tunnel(&mut stream).await {
            // If it is lost, Perform fails, and the client cancels.
            Ok(()) => drop(timeout(self.moves.settings.peer_deadline, stream.finish()).await),
            Err(error) => {
                stream.fail(errors::failed(error.to_string()));
                self.gives_up(error.to_string()).await;
            }
        }
    }

    async fn read_tunnel(&self, stream: &mut Stream) -> Received<()> {
        let (silence, version) = (self.moves.settings.incoming_deadline, self.version);
        let speaks = within(silence, stream::read_greeting(stream, MAGIC)).await?;
        if speaks != version {
            let detail = format!("a guest of {speaks:?}; {version:?} was prepared for");
            return Err(StreamError::Malformed(detail));
        }
        // The stream is the call's: it needs no ticket.
        within(silence, stream::read_ticket(stream)).await?;
        self.read_guest(stream).await?;
        if within(silence, stream.read(&mut [0])).await? > 0 {
            return Err(StreamError::Malformed("more than a guest".to_owned()));
        }
        // Its source says nothing more here: the client's word counts, and comes after the receipt.
        let arrival = match version {
            MigrationVersion::V3 => Arrival::Received,
            MigrationVersion::V1 | MigrationVersion::V2 => Arrival::Unconfirmed,
        };
        self.moves.is_here(self.id, arrival).map_err(refused)
    }

    async fn gives_up(&self, why: String) {
        tracing::debug!(incoming = self.id.0, why, "an incoming guest does not arrive");
        if self.moves.did_not_come(self.id, why) {
            self.moves.end_here(&*self.host, self.id, ShutoffReason::Failed).await;
        }
    }
}

fn refused(error: RemoteError) -> StreamError {
    StreamError::Malformed(error.to_string())
}
