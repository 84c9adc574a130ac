//! From a connected socket to an open hypervisor, in as few round trips as are safe.
//!
//! Where no authentication is expected, three calls travel together: the list of authentications, feature 10 (whose question starts
//! the daemon's pings) and the open. A daemon that wants to know the client first refuses the last two and has done nothing;
//! they are repeated once it knows it. A daemon that cannot stand them together, and closes or falls silent, is asked one at a time
//! over a second connection: an open leaves nothing behind on the first one.

use std::pin::pin;

use tokio::time::timeout;
use virtwire_protocol::error::{ErrorCode, ErrorDomain};
use virtwire_protocol::profile::Feature;
use virtwire_protocol::program::Procedure;
use virtwire_protocol::remote::{
    AuthList, AuthListReply, AuthPolkit, AuthSaslInit, AuthType, ConnectOpen, ConnectSupportsFeature,
    ConnectSupportsFeatureReply,
};

use super::auth::{self, AuthError};
use super::connection::{Connection, OpenOptions};
use super::error::{CallError, CloseReason, OpenError};
use super::task::Ask;
use super::transport;
use crate::uri::Uri;

/// Opens a connection; the caller bounds how long that may take.
pub(super) async fn open(uri: Uri, options: OpenOptions) -> Result<Connection, OpenError> {
    if auth::is_expected(&uri, &options) {
        return one_by_one(uri, &options).await;
    }
    let mut together = pin!(together(uri.clone(), &options));
    // A daemon may be slow for good reasons, so the first try goes on while there is a second.
    match timeout(options.open_within / 2, &mut together).await {
        Ok(Err(error)) if is_lost(&error) => return one_by_one(uri, &options).await,
        Ok(opened) => return opened,
        Err(_) => tracing::debug!(%uri, "no answer to an opening in one go; trying call by call as well"),
    }
    let mut one_by_one = pin!(one_by_one(uri, &options));
    tokio::select! {
        opened = &mut together => match opened {
            Err(error) if is_lost(&error) => one_by_one.await,
            opened => opened,
        },
        opened = &mut one_by_one => match opened {
            Err(_) => together.await,
            opened => opened,
        },
    }
}

/// Whether the connection ended with a call pending, as it does where a daemon takes offence. One whose bytes make no sense is no
/// daemon, and will not be on a second connection.
fn is_lost(error: &OpenError) -> bool {
    let error = match error {
        OpenError::Call { error, .. } => error,
        // Before anything of the user's was said.
        OpenError::Authentication { error: AuthError::Call(error), .. } if is_first(error) => error,
        _ => return false,
    };
    matches!(error, CallError::Closed { reason: CloseReason::Eof | CloseReason::Io(_), .. })
}

fn is_first(error: &CallError) -> bool {
    let first = [AuthSaslInit::NAME, AuthPolkit::NAME];
    matches!(error, CallError::Closed { procedure, .. } if first.contains(procedure))
}

async fn together(uri: Uri, options: &OpenOptions) -> Result<Connection, OpenError> {
    let opening = Opening::connect(uri, options).await?;
    let (list, pings, opened) = tokio::join!(opening.list(), opening.ask_for_pings(), opening.open());
    if let Err(error @ CallError::Closed { .. }) = opened {
        return Err(opening.failed(error));
    }
    let gate = opening.authenticate(list).await?;
    let again = match (&gate, &opened) {
        (_, Ok(())) => false,
        (Gate::Passed, Err(_)) => true,
        // Root is known to polkit once it has asked for the list, and an open beside that may come too early.
        (Gate::Open, Err(error)) => is_at_the_gate(error),
    };
    if !again {
        opening.start_pings(pings).await;
        return opening.done(opened);
    }
    let (pings, opened) = tokio::join!(opening.ask_for_pings(), opening.open());
    opening.start_pings(pings).await;
    opening.done(opened)
}

async fn one_by_one(uri: Uri, options: &OpenOptions) -> Result<Connection, OpenError> {
    let opening = Opening::connect(uri, options).await?;
    opening.authenticate(opening.list().await).await?;
    let pings = opening.ask_for_pings().await;
    opening.start_pings(pings).await;
    let opened = opening.open().await;
    opening.done(opened)
}

/// A refusal of the layer beneath all procedures, such as that of a client that is not known yet: nothing was done.
fn is_at_the_gate(error: &CallError) -> bool {
    error.remote().is_some_and(|error| (error.code, error.domain) == (ErrorCode::RPC, ErrorDomain::RPC))
}

/// What the list of authentications came to.
enum Gate {
    /// None is needed.
    Open,
    /// The daemon knows the client now.
    Passed,
}

struct Opening<'a> {
    connection: Connection,
    options: &'a OpenOptions,
}

impl<'a> Opening<'a> {
    async fn connect(uri: Uri, options: &'a OpenOptions) -> Result<Opening<'a>, OpenError> {
        let socket = transport::connect(&uri, options).await?;
        Ok(Opening { connection: Connection::start(socket, uri, options), options })
    }

    // The opening has a deadline as a whole, so its calls have none.

    async fn list(&self) -> Result<AuthListReply, CallError> {
        self.connection.call_within(AuthList {}, None).await
    }

    /// `None` where nobody wants pings.
    async fn ask_for_pings(&self) -> Option<Result<ConnectSupportsFeatureReply, CallError>> {
        self.options.keepalive?;
        let feature = Feature::PROGRAM_KEEPALIVE;
        Some(self.connection.call_within(ConnectSupportsFeature { feature }, None).await)
    }

    async fn open(&self) -> Result<(), CallError> {
        let name = Some(self.connection.uri().name.as_str().into());
        let flags = u32::from(self.options.read_only);
        self.connection.call_within(ConnectOpen { name, flags }, None).await
    }

    async fn authenticate(&self, list: Result<AuthListReply, CallError>) -> Result<Gate, OpenError> {
        let types = match list {
            Ok(offered) => offered.types,
            // A daemon from before there was authentication.
            Err(error) if error.is_unsupported() => Vec::new(),
            Err(error) => return Err(self.failed(error)),
        };
        let uri = self.connection.uri();
        match auth::authenticate(&self.connection, &types).await {
            Ok(AuthType::None) => Ok(Gate::Open),
            Ok(_) => Ok(Gate::Passed),
            Err(error) => Err(OpenError::Authentication { uri: uri.to_string(), error }),
        }
    }

    /// Starts pinging if the daemon has said that it answers pings. One that does not know the question does not.
    async fn start_pings(&self, pings: Option<Result<ConnectSupportsFeatureReply, CallError>>) {
        let (Some(pacing), Some(Ok(reply))) = (self.options.keepalive, pings) else { return };
        self.connection.learn(Feature::PROGRAM_KEEPALIVE, reply.supported != 0);
        if reply.supported != 0 {
            // A task that is gone is told of by the next call.
            let _ = self.connection.ask(Ask::Keepalive(pacing)).await;
        }
    }

    fn failed(&self, error: CallError) -> OpenError {
        OpenError::Call { uri: self.connection.uri().to_string(), error }
    }

    fn done(self, opened: Result<(), CallError>) -> Result<Connection, OpenError> {
        match opened {
            Ok(()) => Ok(self.connection),
            Err(error) => Err(self.failed(error)),
        }
    }
}
