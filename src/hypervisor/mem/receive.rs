//! The task that receives a guest: it waits at a port for the one stream with the right ticket, and reads it.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use tracing::debug;
use virtwire_protocol::error::RemoteError;

use super::super::{IncomingId, MigrationVersion, errors};
use super::Inner;
use super::cookie::Ticket;
use super::door::{self, OPENING_DEADLINE};
use super::incoming::Arrival;
use super::memory::Memory;
use super::postcopy::COUNTER_BYTES;
use super::stream::{self, StreamError};
use super::turn::Turn;
use super::way_out::within;
use super::xml::Definition;
use crate::net::{TcpListener, TcpStream};
use crate::server::Stream;

/// Whom it receives, and for whom.
pub(super) struct Reception {
    pub(super) inner: Arc<Inner>,
    pub(super) id: IncomingId,
    pub(super) version: MigrationVersion,
    pub(super) ticket: Ticket,
    /// Version 1: the name that it is to have here, if not its own.
    pub(super) dname: Option<String>,
    /// What came before of a guest whose post-copy is resumed.
    pub(super) came: Option<Vec<u8>>,
}

/// Receives the guest, or gives it up: at the deadline, and at the first fault of a stream that had the ticket.
pub(super) async fn run(reception: Reception, listener: TcpListener) {
    let Reception { inner, id, .. } = &reception;
    match in_time(&reception, receive(&reception, listener)).await {
        Some(Ok(stream)) => {
            let arrival = confirmed(&reception, stream).await;
            inner.arrived(*id, arrival).await;
        }
        Some(Err(error)) => {
            debug!(incoming = id.0, %error, "the stream of an incoming guest failed");
            inner.give_up(*id, error.to_string()).await;
        }
        None => {
            let deadline = inner.config.incoming_deadline;
            debug!(incoming = id.0, ?deadline, "an incoming guest did not come in time");
            inner.give_up(*id, format!("it did not come within {deadline:?}")).await;
        }
    }
}

/// Receives a guest until the deadline. One that goes on here by then takes as long as it is large: only the source's silence ends that.
pub(super) async fn in_time<T>(reception: &Reception, receiving: impl Future<Output = T>) -> Option<T> {
    let Reception { inner, id, .. } = reception;
    let mut receiving = pin!(receiving);
    match timeout(inner.config.incoming_deadline, &mut receiving).await {
        Ok(received) => Some(received),
        Err(_) if inner.is_here(*id).await => Some(receiving.await),
        Err(_) => None,
    }
}

/// Reads the guest, and returns the stream once all of it is here.
async fn receive(reception: &Reception, listener: TcpListener) -> Result<TcpStream, StreamError> {
    let known = (stream::MAGIC, reception.version, reception.ticket);
    let mut stream = door::the_one(&listener, known).await;
    drop(listener);
    if let Err(error) = read(reception, &mut stream).await {
        // So that the source can say why; whether it hears us changes nothing.
        let _ = timeout(OPENING_DEADLINE, stream::send_no(&mut stream, &error.to_string())).await;
        return Err(error);
    }
    Ok(stream)
}

/// Receives the guest by a stream that is its own, which goes one way only: finishing it is the receipt.
pub(super) async fn run_tunnel(reception: Reception, mut stream: Stream) {
    let Reception { inner, id, version, .. } = &reception;
    let deadline = inner.config.incoming_deadline;
    let why = match in_time(&reception, read_tunnel(&reception, &mut stream)).await {
        Some(Ok(())) => {
            if *version != MigrationVersion::V3 {
                // Its source says nothing more here: the client's word counts, and comes after the receipt.
                inner.arrived(*id, Arrival::Unconfirmed).await;
            }
            // If it is lost, Perform fails, and the client cancels.
            let _ = timeout(inner.config.peer_deadline, stream.finish()).await;
            return;
        }
        Some(Err(error)) => error.to_string(),
        None => format!("it did not come within {deadline:?}"),
    };
    debug!(incoming = id.0, why, "the tunnel of an incoming guest failed");
    stream.fail(errors::failed(&*why));
    inner.give_up(*id, why).await;
}

async fn read_tunnel(reception: &Reception, stream: &mut Stream) -> Result<(), StreamError> {
    let Reception { inner, id, version, .. } = reception;
    let speaks = stream::read_greeting(stream).await?;
    if speaks != *version {
        return Err(StreamError::Malformed(format!("a guest of {speaks:?}; {version:?} was prepared for")));
    }
    // The stream is the call's: it needs no ticket.
    stream::read_ticket(stream).await?;
    let opening = stream::read_opening(stream, *version, inner.config.memory_bytes_max as u64).await?;
    let (mut memory, stall) = (Vec::new(), inner.faults().stall_incoming);
    stream::read_memory(stream, opening.memory_bytes, &mut memory, stall, None, false).await?;
    let more = stream.read(&mut [0]).await?;
    if more > 0 {
        return Err(StreamError::Malformed("more than a guest".to_owned()));
    }
    let received = inner.received(*id, Memory::received(memory)).await;
    received.map_err(|error| StreamError::Malformed(error.to_string()))
}

pub(super) async fn read(reception: &Reception, stream: &mut TcpStream) -> Result<(), StreamError> {
    let Reception { inner, id, version, dname, came, .. } = reception;
    let opening = stream::read_opening(stream, *version, inner.config.memory_bytes_max as u64).await?;
    if let Some(xml) = &opening.xml {
        let refuse = |error: RemoteError| StreamError::Malformed(error.to_string());
        let definition = Definition::parse(xml, dname.as_deref()).map_err(refuse)?;
        let machine = inner.empty_machine(definition.uuid).await.map_err(refuse)?;
        inner.table().admit_from_stream(*id, Arc::new(definition), machine).map_err(refuse)?;
    }
    stream::send_yes(stream).await?;
    let (total, stall) = (opening.memory_bytes, inner.faults().stall_incoming);
    let mut memory = came.clone().unwrap_or_default();
    let mut silence = None;
    if came.is_some() {
        stream.write_u64(memory.len() as u64).await?;
        silence = Some(switched(reception, total, &memory, Counter::default()).await?);
    }
    let mut may_switch = *version == MigrationVersion::V3 && came.is_none();
    let reading = async {
        while let Some(counter) =
            stream::read_memory(stream, total, &mut memory, stall, silence, may_switch).await?
        {
            let patience = switched(reception, total, &memory, counter).await?;
            (may_switch, silence) = (false, Some(patience));
            // Until it hears this the source may take the guest back.
            within(patience, stream::send_yes(stream)).await?;
        }
        Ok(())
    };
    if let Err(error) = reading.await {
        let id = *id;
        let torn = move |turn: &mut Turn<'_>| {
            turn.torn_here(id, memory);
            Ok(())
        };
        let _ = inner.at_incoming(id, torn).await;
        return Err(error);
    }
    let received = inner.received(*id, Memory::received(memory)).await;
    received.map_err(|error| StreamError::Malformed(error.to_string()))
}

type Counter = [u8; COUNTER_BYTES];

/// The guest goes on here, with what has come of its memory. Returns how long the source may say nothing from now on.
async fn switched(
    reception: &Reception,
    memory_bytes: u64,
    so_far: &[u8],
    counter: Counter,
) -> Result<Duration, StreamError> {
    let Reception { inner, id, .. } = reception;
    let mut memory = so_far.to_vec();
    // As much as the source has, which is bounded by what this host can hold.
    memory.resize(usize::try_from(memory_bytes).unwrap_or(usize::MAX), 0);
    if let Some(counts) = memory.last_chunk_mut::<COUNTER_BYTES>() {
        *counts = counter;
    }
    let (id, memory) = (*id, Memory::received(memory));
    let switched = inner.at_incoming(id, move |turn| turn.switched_here(id, memory));
    switched.await.map_err(|error| StreamError::Malformed(error.to_string()))?;
    Ok(inner.config.peer_deadline)
}

/// Sends the receipt, and waits for the source's word that its copy is gone. In version 3 it keeps that copy.
pub(super) async fn confirmed(reception: &Reception, mut stream: TcpStream) -> Arrival {
    let inner = &reception.inner;
    if inner.faults().lose_receipt {
        return Arrival::Unconfirmed;
    }
    if reception.version == MigrationVersion::V3 {
        // If it is lost, Perform fails, and the client cancels.
        let _ = timeout(inner.config.peer_deadline, stream::send_yes(&mut stream)).await;
        return Arrival::Received;
    }
    let word = timeout(inner.config.peer_deadline, async {
        stream::send_yes(&mut stream).await?;
        stream::read_answer(&mut stream).await
    });
    match word.await {
        Ok(Ok(())) => Arrival::Confirmed,
        _ => Arrival::Unconfirmed,
    }
}
