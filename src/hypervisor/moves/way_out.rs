//! The way to the destination: a stream of ours or a tunnel, neither of which may stand still for ever.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::io::BufWriter;
use tokio::time::timeout;
use virtwire_protocol::error::{ErrorDomain, RemoteError};

use super::super::{Result, Tunnel, errors};
use super::stream::{self, Checksum, StreamError};
use super::uri::MigrationUri;
use crate::net::TcpStream;

/// Where memory is written.
pub(crate) enum Out<'a> {
    Stream(BufWriter<&'a mut TcpStream>),
    Tunnel(&'a Tunnel),
}

impl Out<'_> {
    pub(crate) async fn chunk(&mut self, silence: Duration, chunk: &[u8]) -> std::result::Result<(), Halt> {
        match self {
            Out::Stream(writer) => within(silence, stream::send_chunk(writer, chunk)).await?,
            Out::Tunnel(tunnel) => {
                let mut bytes = Vec::new();
                stream::send_chunk(&mut bytes, chunk).await.map_err(StreamError::from)?;
                through_in_time(silence, tunnel, bytes).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn end(
        &mut self,
        silence: Duration,
        checksum: Checksum,
    ) -> std::result::Result<(), Halt> {
        match self {
            Out::Stream(writer) => within(silence, stream::send_end(writer, checksum)).await?,
            Out::Tunnel(tunnel) => {
                let mut bytes = Vec::new();
                stream::send_end(&mut bytes, checksum).await.map_err(StreamError::from)?;
                through_in_time(silence, tunnel, bytes).await?;
            }
        }
        Ok(())
    }
}

async fn through_in_time(
    silence: Duration,
    tunnel: &Tunnel,
    bytes: Vec<u8>,
) -> std::result::Result<(), Halt> {
    match timeout(silence, tunnel.send(bytes.into())).await {
        Ok(sent) => Ok(sent?),
        Err(_) => Err(StreamError::Malformed(format!("no progress within {silence:?}")).into()),
    }
}

pub(crate) fn through(error: StreamError) -> RemoteError {
    errors::failed(format!("the tunnel to the destination broke: {error}"))
}

/// Why the memory was not sent.
pub(crate) enum Halt {
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

pub(crate) async fn connect(uri: &MigrationUri, silence: Duration) -> Result<TcpStream> {
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

pub(crate) fn broken(uri: &MigrationUri, error: &StreamError) -> RemoteError {
    match error {
        StreamError::Refused(reason) => errors::failed(format!("{uri} refused the guest: {reason}")),
        error => errors::failed(format!("the stream to {uri} broke: {error}")),
    }
}

/// Waits for the other side, but not for ever.
pub(crate) async fn within<T, E: Into<StreamError>>(
    silence: Duration,
    step: impl Future<Output = std::result::Result<T, E>>,
) -> std::result::Result<T, StreamError> {
    match timeout(silence, step).await {
        Ok(done) => done.map_err(Into::into),
        Err(_) => Err(StreamError::Malformed(format!("no progress within {silence:?}"))),
    }
}
