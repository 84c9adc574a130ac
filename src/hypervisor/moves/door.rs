//! Where a destination receives guests: a port, an address for the source, and the one stream that shows the ticket.

use std::fmt;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::{MigrationVersion, Result, errors};
use super::cookie::Ticket;
use super::stream::{self, Magic};
use super::uri::MigrationUri;
use crate::net::{TcpListener, TcpStream};

/// The time in which one who connects must show the ticket.
pub(crate) const OPENING_DEADLINE: Duration = Duration::from_secs(5);
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Strangers that may be at the port at once.
pub(crate) const STRANGERS_MAX: usize = 16;

/// Where guests are received.
pub(crate) struct Place<'a> {
    pub(crate) listen: IpAddr,
    /// If the client names no port.
    pub(crate) ports: &'a RangeInclusive<u16>,
}

impl Place<'_> {
    /// Listens at the port that the client wishes, or at the first free one of the host's own. Returns where that is, and what the client
    /// must be told of it; `host` is what sources call this host.
    ///
    /// # Errors
    /// Code 38 where no port is free, code 1 where this host's name is one that every host has for itself.
    pub(crate) async fn open(
        &self,
        wished: Option<MigrationUri>,
        host: impl Fn() -> String,
    ) -> Result<(TcpListener, MigrationUri, Option<String>)> {
        let listener = self.listener(wished.as_ref().and_then(|uri| uri.port)).await?;
        let port =
            listener.local_addr().map_err(|error| system("cannot tell the migration port", &error))?.port();
        let uri = match &wished {
            None => MigrationUri::new(for_sources(host())?, port),
            Some(wished) => wished.at(port),
        };
        let uri_out = wished.is_none_or(|wished| wished.port.is_none()).then(|| uri.to_string());
        Ok((listener, uri, uri_out))
    }

    async fn listener(&self, wished: Option<u16>) -> Result<TcpListener> {
        let address = self.listen;
        let ports = wished.map_or(self.ports.clone(), |port| port..=port);
        let mut last = None;
        for port in ports.clone() {
            match TcpListener::bind((address, port)).await {
                Ok(listener) => return Ok(listener),
                Err(error) => last = Some(error),
            }
        }
        let (first, end) = (ports.start(), ports.end());
        Err(match last {
            Some(error) => {
                system(format!("no free migration port at {address} from {first} to {end}"), &error)
            }
            None => errors::failed(format!("no migration ports: {first} to {end}")),
        })
    }
}

/// What sources call a host that receives guests at this address.
pub(crate) fn host_of(told: Option<&str>, listen: IpAddr, hostname: &str) -> String {
    match told {
        Some(host) => host.to_owned(),
        None if listen.is_unspecified() => hostname.to_owned(),
        None => listen.to_string(),
    }
}

/// What sources are told to connect to: not a name that each host has for itself.
fn for_sources(host: String) -> Result<String> {
    if host.starts_with("localhost") {
        let detail = format!("this host calls itself {host}, where no source finds it; name a migration URI");
        return Err(RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::QEMU, detail));
    }
    Ok(host)
}

fn system(detail: impl fmt::Display, error: &std::io::Error) -> RemoteError {
    RemoteError::system(ErrorDomain::RPC, detail, error)
}

/// Whose stream is waited for: its format, the version that was prepared for, and its ticket.
pub(crate) type Known = (Magic, MigrationVersion, Ticket);

/// The first stream that shows the ticket. Others are let go, however many come.
pub(crate) async fn the_one(listener: &TcpListener, known: Known) -> TcpStream {
    let mut strangers = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if strangers.len() < STRANGERS_MAX => match accepted {
                Ok((stream, _)) => {
                    strangers.spawn(timeout(OPENING_DEADLINE, met(stream, known)));
                }
                // Out of descriptors, most likely: let others free theirs.
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
            Some(ended) = strangers.join_next(), if !strangers.is_empty() => {
                if let Ok(Ok(Some(stream))) = ended {
                    return stream;
                }
            }
        }
    }
}

/// Greets, and returns the stream if it shows the ticket.
async fn met(mut stream: TcpStream, (magic, version, ticket): Known) -> Option<TcpStream> {
    let _ = stream.set_nodelay(true);
    stream::send_greeting(&mut stream, magic, version).await.ok()?;
    let shown = stream::read_ticket(&mut stream).await.ok()?;
    (shown == ticket).then_some(stream)
}
