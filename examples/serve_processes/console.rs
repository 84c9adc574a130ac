//! A guest's console: one client at a time types and reads; what the guest writes before that waits for it.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::net::UnixStream;
use tokio::sync::{mpsc, oneshot};
use virtwire::hypervisor::{Result, errors};
use virtwire::server::Stream;

/// What is kept, each way, of what nobody has read.
const WAITING_BYTES: usize = 64 * 1024;

/// A client that wants the console.
pub(crate) struct Call {
    pub(crate) stream: Stream,
    /// Whoever has it is cut off.
    pub(crate) force: bool,
    pub(crate) answer: oneshot::Sender<Result<()>>,
}

/// Passes bytes between a guest and whoever calls, until the guest closes its end. Each step is a branch: whoever reads nothing holds up
/// the one who writes to it, and no other call.
pub(crate) async fn serve(mut guest: UnixStream, mut calls: mpsc::Receiver<Call>) {
    let (mut output, mut input) = guest.split();
    let mut caller = None::<(ReadHalf<Stream>, WriteHalf<Stream>)>;
    let (mut said, mut typed) = (Vec::new(), Vec::new());
    let (mut words, mut keys) = ([0; 4096], [0; 4096]);
    loop {
        // Where nobody calls the guest goes on, and what is too old is lost.
        let listens = caller.is_none() || said.len() < WAITING_BYTES;
        let (keyboard, screen) = caller.as_mut().map(|(keyboard, screen)| (keyboard, screen)).unzip();
        tokio::select! {
            // In this order: whoever has gone is in nobody's way.
            biased;
            read = read(keyboard, &mut keys), if typed.len() < WAITING_BYTES => match read {
                Ok(length @ 1..) => typed.extend_from_slice(&keys[..length]),
                _ => caller = None,
            },
            Some(Call { stream, force, answer }) = calls.recv() => {
                // Whoever has typed much to a guest that reads none of it is not listened to, and may have gone.
                if let Some((_, screen)) = &mut caller && has_gone(screen).await {
                    caller = None;
                }
                let free = force || caller.is_none();
                let _ = answer.send(match free {
                    true => Ok(()),
                    false => Err(errors::failed("Active console session exists for this domain")),
                });
                if free && let Some((keyboard, screen)) = caller.replace(split(stream)) {
                    keyboard.unsplit(screen).fail(errors::failed("somebody else has taken the console"));
                }
            }
            written = input.write(&typed), if !typed.is_empty() => {
                // What a guest cannot be told is lost.
                typed.drain(..written.unwrap_or(typed.len()));
            }
            written = write(screen, &said), if !said.is_empty() => match written {
                Ok(length) => drop(said.drain(..length)),
                Err(_) => caller = None,
            },
            read = output.read(&mut words), if listens => {
                let Ok(length @ 1..) = read else { break };
                said.extend_from_slice(&words[..length]);
                said.drain(..said.len().saturating_sub(WAITING_BYTES));
            }
        }
    }
    drop(calls);
    if let Some((keyboard, screen)) = caller {
        let mut stream = keyboard.unsplit(screen);
        // A client that has gone needs no end.
        if stream.write_all(&said).await.is_ok() {
            let _ = stream.finish().await;
        }
    }
}

/// Whether the stream to it has come to its end.
async fn has_gone(screen: &mut (impl AsyncWrite + Unpin)) -> bool {
    poll_fn(|cx| Poll::Ready(matches!(Pin::new(&mut *screen).poll_flush(cx), Poll::Ready(Err(_))))).await
}

async fn read(from: Option<&mut (impl AsyncRead + Unpin)>, into: &mut [u8]) -> std::io::Result<usize> {
    match from {
        Some(from) => from.read(into).await,
        None => std::future::pending().await,
    }
}

async fn write(to: Option<&mut (impl AsyncWrite + Unpin)>, bytes: &[u8]) -> std::io::Result<usize> {
    match to {
        Some(to) => to.write(bytes).await,
        None => std::future::pending().await,
    }
}
