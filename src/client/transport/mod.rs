//! From a URI to something that carries bytes.

mod sockets;

use tokio::net::{TcpStream, UnixStream};

use super::connection::OpenOptions;
use super::error::OpenError;
use crate::uri::{TCP_PORT, Transport, Uri};

/// What carries a connection's bytes.
#[derive(Debug)]
pub(super) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// Connects, trying each place that the URI may mean. Ends in time on its own only where it can say more than that time is up.
pub(super) async fn connect(uri: &Uri, options: &OpenOptions) -> Result<Socket, OpenError> {
    let _ = options;
    match uri.transport {
        Transport::Unix => sockets::connect(uri).await.map(Socket::Unix),
        Transport::Tcp => tcp(uri, TCP_PORT).await.map(Socket::Tcp),
        other => Err(OpenError::Unavailable { uri: uri.to_string(), transport: other }),
    }
}

async fn tcp(uri: &Uri, usual_port: u16) -> Result<TcpStream, OpenError> {
    let (host, port) = (uri.host_or_local(), uri.port.unwrap_or(usual_port));
    match TcpStream::connect((host, port)).await {
        Ok(stream) => {
            crate::shell::tune(&stream);
            Ok(stream)
        }
        Err(error) => {
            let attempts = vec![(format!("tcp {host}:{port}"), error)];
            Err(OpenError::Unreachable { uri: uri.to_string(), attempts })
        }
    }
}
