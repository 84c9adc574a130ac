//! A tunnelled migration's way out: the guest's data goes through the daemons' own connection.

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use virtwire_protocol::error::RemoteError;

use super::{Result, errors};

/// Where a source writes a guest that is tunnelled. Whoever drives the migration carries it to the destination.
///
/// Dropped before [`finish`](Self::finish) it fails there.
#[derive(Debug)]
#[must_use = "a tunnel that is dropped fails at the destination"]
pub struct Tunnel {
    pieces: mpsc::Sender<Piece>,
}

/// What goes through a tunnel.
#[derive(Debug)]
#[cfg_attr(not(feature = "migrate"), expect(dead_code, reason = "only whoever drives migrations reads them"))]
pub(crate) enum Piece {
    Data(Bytes),
    /// All of it: the destination is asked whether it has it.
    Finish(oneshot::Sender<std::result::Result<(), RemoteError>>),
}

/// Pieces that may wait at a time.
const WAITING_MAX: usize = 4;

impl Tunnel {
    /// A tunnel, and the end at which it is carried on.
    #[cfg_attr(
        not(feature = "migrate"),
        expect(dead_code, reason = "only whoever drives migrations makes some")
    )]
    pub(crate) fn new() -> (Tunnel, mpsc::Receiver<Piece>) {
        let (pieces, carried) = mpsc::channel(WAITING_MAX);
        (Tunnel { pieces }, carried)
    }

    /// Sends bytes on their way. Waits while earlier ones are stuck.
    ///
    /// # Errors
    /// Code 9 where the tunnel has broken.
    pub async fn send(&self, data: Bytes) -> Result<()> {
        self.pieces.send(Piece::Data(data)).await.map_err(|_| broken())
    }

    /// Ends it well: when this returns the destination has said that all of it is there.
    ///
    /// # Errors
    /// What the destination says, or code 9 where the tunnel has broken.
    pub async fn finish(self) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        self.pieces.send(Piece::Finish(answer)).await.map_err(|_| broken())?;
        answered.await.unwrap_or_else(|_| Err(broken()))
    }
}

fn broken() -> RemoteError {
    errors::failed("the tunnel to the destination broke")
}
