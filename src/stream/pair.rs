//! A stream within one process: what carries its pieces where there is no connection.

use std::future::poll_fn;
use std::sync::Arc;

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::{Chunk, Ending, Incoming, Outgoing, Pipe, StreamError};

/// Carries what a daemon's end and a client's write to each other until the stream ends. Both pipes are of the same
/// [`Pipes`](super::Pipes).
pub(crate) async fn carry(daemon: Arc<Pipe>, client: Arc<Pipe>) {
    loop {
        poll_fn(|cx| daemon.words().poll_next(cx)).await;
        let (of_daemon, of_client) = (daemon.look().ending, client.look().ending);
        if let Some(Ending::Abort(error)) = of_daemon {
            return fail(&daemon, &client, error.map(|error| *error));
        }
        if let Some(Ending::Abort(_)) = of_client {
            daemon.end(Err(StreamError::Aborted));
            return client.end(Err(StreamError::Ended));
        }
        let (Ok(all_down), Ok(all_up)) = (pass(&daemon, &client), pass(&client, &daemon)) else {
            return fail(&daemon, &client, None);
        };
        if all_up && of_client.is_some() {
            // A wish, which the daemon grants by finishing, too.
            daemon.end_incoming();
            if all_down && of_daemon.is_some() {
                daemon.end(Ok(()));
                return client.end(Ok(()));
            }
        }
    }
}

fn fail(daemon: &Pipe, client: &Pipe, error: Option<RemoteError>) {
    let error =
        error.unwrap_or_else(|| RemoteError::new(ErrorCode::RPC, ErrorDomain::STREAMS, "it was given up"));
    daemon.end(Err(StreamError::Ended));
    client.end(Err(StreamError::Remote(error)));
}

/// Has what waits at one end go to the other, as far as there is room. Whether that was all.
///
/// # Errors
/// Pages that cannot be read.
fn pass(from: &Pipe, to: &Pipe) -> std::io::Result<bool> {
    while !to.is_full() {
        let chunk = match from.take() {
            None => return Ok(true),
            Some((Outgoing::EndOfData, _)) => {
                to.end_incoming();
                continue;
            }
            Some((Outgoing::Data(data), _)) => Chunk::Data(data),
            Some((Outgoing::Copied(data), _)) => Chunk::Data(data.freeze()),
            Some((Outgoing::Pages(pages), _)) => Chunk::Data(pages.read()?),
            Some((Outgoing::Hole(length), _)) => Chunk::Hole(length),
        };
        to.push(Incoming::Chunk(chunk));
    }
    Ok(false)
}
