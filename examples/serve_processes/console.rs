//! A guest's console: one client at a time types and reads; what the guest writes before that waits for it.

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::mpsc;
use virtwire::client::{Chunk, StreamError};
use virtwire::hypervisor::errors;
use virtwire::server::Stream;

/// What is kept of what nobody has read.
const BACKLOG_BYTES: usize = 64 * 1024;

/// Passes bytes between a guest and whoever calls, until the guest closes its end.
pub(crate) async fn serve(mut guest: UnixStream, mut callers: mpsc::Receiver<Stream>) {
    let (mut caller, mut backlog, mut said) = (None::<Stream>, Vec::new(), [0; 4096]);
    loop {
        tokio::select! {
            read = guest.read(&mut said) => {
                let (Ok(length @ 1..), said) = (read, &said) else { break };
                backlog.extend_from_slice(&said[..length]);
                backlog.drain(..backlog.len().saturating_sub(BACKLOG_BYTES));
            }
            typed = typed(&mut caller) => match typed {
                Ok(Some(Chunk::Data(keys))) => drop(guest.write_all(&keys).await),
                Ok(Some(Chunk::Hole(_))) => {}
                Ok(None) | Err(_) => caller = None,
            },
            Some(next) = callers.recv() => {
                if let Some(last) = caller.replace(next) {
                    last.fail(errors::failed("somebody else has taken the console"));
                }
            }
        }
        if let Some(stream) = &mut caller
            && !backlog.is_empty()
            && stream.write_chunk(Bytes::from(std::mem::take(&mut backlog))).await.is_err()
        {
            caller = None;
        }
    }
    if let Some(stream) = caller {
        // A client that has gone needs no end.
        let _ = stream.finish().await;
    }
}

async fn typed(caller: &mut Option<Stream>) -> Result<Option<Chunk>, StreamError> {
    match caller {
        Some(stream) => stream.read_chunk().await,
        None => std::future::pending().await,
    }
}
