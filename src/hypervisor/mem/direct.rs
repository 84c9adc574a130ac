//! Guests that go and come direct: no daemon drives, and none at the destination is asked.
//!
//! ```text
//! source:       Perform without a cookie ─▶ the stream of version 1 to where the URI leads ─▶ the guest has left
//! destination:  a door that stands open ──▶ received ─▶ its source has dropped it ─▶ runs
//! ```
//!
//! What Prepare and Finish would say of the guest, the stream's ticket does. Where the source's last word is missing, the guest is kept,
//! paused: it may be the only copy, and it runs when somebody resumes it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::debug;
use virtwire_protocol::migrate::MigrateFlags;
use virtwire_protocol::params::TypedParams;

use super::super::{Finish, MigrationVersion, Perform, Result};
use super::cookie::Ticket;
use super::door::{ACCEPT_PAUSE, OPENING_DEADLINE, STRANGERS_MAX};
use super::finish;
use super::guest::LiveState;
use super::incoming::{Arrival, Coming, TaskGuard, check_flags};
use super::receive::{self, Reception};
use super::stream::{self, StreamError};
use super::{Inner, MIGRATE_FLAGS, Mem};
use crate::net::{TcpListener, TcpStream};

/// What a ticket begins with that says how a guest is to arrive; its flags follow, big-endian.
const MAGIC: [u8; 8] = *b"VWDIRECT";

/// Whether a Perform sends a guest for which nothing was prepared.
pub(super) fn is_meant(request: &Perform) -> bool {
    !request.keeps && request.cookie.is_empty()
}

/// How the guest is to arrive: as it is here, unless it is to be paused.
pub(super) fn ticket(inner: &Inner, request: &Perform) -> Result<Ticket> {
    let paused = matches!(inner.table().guest(request.domain)?.live()?.state(), LiveState::Paused(_));
    let flags = if paused { request.flags | MigrateFlags::PAUSED } else { request.flags };
    let mut ticket = [0; 16];
    let (magic, told) = ticket.split_at_mut(MAGIC.len());
    magic.copy_from_slice(&MAGIC);
    told.copy_from_slice(&flags.without(MigrateFlags::CHANGE_PROTECTION).0.to_be_bytes());
    Ok(ticket)
}

/// Where guests may come direct, until this is dropped.
#[derive(Debug)]
#[must_use = "dropped, it is shut"]
pub struct DirectDoor {
    address: SocketAddr,
    _task: TaskGuard,
}

impl DirectDoor {
    /// Where it is, with the port that the system chose if it did.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Mem {
    /// Takes guests that come direct (`virsh migrate --direct`) at this address; port 0 is any that is free. **Whoever reaches it can have this
    /// host run a guest**: nobody is asked who he is.
    ///
    /// # Errors
    /// The system's.
    pub async fn take_direct(&self, at: SocketAddr) -> io::Result<DirectDoor> {
        let listener = TcpListener::bind((at.ip(), at.port())).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(stand_open(self.inner.clone(), listener)).abort_handle();
        Ok(DirectDoor { address, _task: TaskGuard::new(task) })
    }
}

async fn stand_open(inner: Arc<Inner>, listener: TcpListener) {
    let mut strangers = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if strangers.len() < STRANGERS_MAX => match accepted {
                Ok((stream, _)) => {
                    strangers.spawn(timeout(OPENING_DEADLINE, met(inner.clone(), stream)));
                }
                // Out of descriptors, most likely: let others free theirs.
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = strangers.join_next(), if !strangers.is_empty() => {}
        }
    }
}

/// Greets whoever comes, and expects a guest of one who says how it is to arrive.
async fn met(inner: Arc<Inner>, mut stream: TcpStream) -> std::result::Result<(), StreamError> {
    let _ = stream.set_nodelay(true);
    stream::send_greeting(&mut stream, MigrationVersion::V1).await?;
    let told = stream::read_ticket(&mut stream).await?;
    let Some(flags) = told.strip_prefix(&MAGIC).and_then(|flags| flags.try_into().ok()) else {
        return Err(StreamError::Malformed("this is no guest that comes direct".to_owned()));
    };
    let flags = MigrateFlags(u64::from_be_bytes(flags));
    let refused = match check_flags(flags, MIGRATE_FLAGS, "a direct migration") {
        Ok(()) if inner.faults().refuse_prepare => Some("this host was told to refuse guests".to_owned()),
        Ok(()) => None,
        Err(error) => Some(error.to_string()),
    };
    if let Some(why) = refused {
        stream::send_no(&mut stream, &why).await?;
        return Ok(());
    }
    let coming = Coming { version: MigrationVersion::V1, dname: None, guest: None, uri: None };
    // Where too many are on their way already, the source sees its stream end.
    let expected = coming.expected(&inner, |reception| come(reception, stream, flags));
    expected.map(drop).map_err(|error| StreamError::Malformed(error.to_string()))
}

/// Receives the guest, and runs it once its source has dropped it.
async fn come(reception: Reception, mut stream: TcpStream, flags: MigrateFlags) {
    let Reception { inner, id, .. } = &reception;
    let deadline = inner.config.incoming_deadline;
    let why = match receive::in_time(&reception, receive::read(&reception, &mut stream)).await {
        Some(Ok(())) => {
            let arrival = receive::confirmed(&reception, stream).await;
            inner.arrived(*id, arrival).await;
            let name = inner.table().name_of(*id);
            if let (Some(dname), Arrival::Confirmed) = (name, arrival) {
                let (cookie, uri) = (Vec::new(), String::new());
                let (version, params) = (MigrationVersion::V1, TypedParams::new());
                let request = Finish { version, dname, cookie, uri, flags, params };
                if let Err(error) = finish::run(inner, *id, request).await {
                    debug!(incoming = id.0, %error, "a guest that came direct is kept, paused");
                }
            }
            return;
        }
        Some(Err(error)) => {
            let _ = timeout(OPENING_DEADLINE, stream::send_no(&mut stream, &error.to_string())).await;
            error.to_string()
        }
        None => format!("it did not come within {deadline:?}"),
    };
    debug!(incoming = id.0, why, "a guest that was to come direct does not");
    inner.give_up(*id, why).await;
}
