//! From a connected socket to an open hypervisor, in as few round trips as are safe.
//!
//! Where no authentication is expected, three calls travel together: the list of authentications, feature 10 (whose question starts
//! the daemon's pings) and the open. A daemon that wants to know the client first refuses the last two and has done nothing;
//! they are repeated once it knows it. A daemon that cannot stand them together, and closes or falls silent, is asked one at a time
//! over a second connection: an open leaves nothing behind on the first one.

use std::pin::pin;
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, timeout, timeout_at};
use virtwire_protocol::error::{ErrorCode, ErrorDomain};
use virtwire_protocol::profile::Feature;
use virtwire_protocol::program::Procedure;
use virtwire_protocol::remote::{
    AuthList, AuthListReply, AuthPolkit, AuthSaslInit, AuthType, ConnectGetUri, ConnectOpen,
    ConnectSupportsFeature, ConnectSupportsFeatureReply,
};

use super::ask::Ask;
use super::auth::{self, AuthError};
use super::connection::Connection;
use super::error::{CallError, CloseReason, OpenError, OpenPhase};
use super::options::OpenOptions;
use super::transport::{self, Progress};
use crate::shell;
use crate::uri::{Transport, Uri};

/// Which calls of an opening travel together.
#[derive(Clone, Copy, Debug)]
enum Pace {
    /// As many as can.
    Together,
    /// The list of authentications alone: its answer is expected to say that one is needed.
    ListFirst,
    /// None.
    OneByOne,
}

/// How long a daemon that was asked all at once may say nothing before it is asked one by one as well, however much time there is.
const SILENT_AFTER: Duration = Duration::from_secs(5);

/// Opens a connection, within the time that the options give.
pub(super) async fn open(uri: Uri, options: OpenOptions) -> Result<Connection, OpenError> {
    let deadline = shell::deadline(options.open_within);
    let turn = Turn::default();
    let attempt = |pace| attempt(&uri, &options, pace, deadline, &turn);
    if auth::is_expected(&uri, &options) {
        return attempt(Pace::ListFirst).await;
    }
    let mut together = pin!(attempt(Pace::Together));
    if !matches!(uri.transport, Transport::Unix | Transport::Tcp | Transport::Tls) {
        // A program that may ask its user for a password is not started twice.
        return together.await;
    }
    // A daemon may be slow for good reasons, so the first try goes on while there is a second.
    match timeout((options.open_within / 2).min(SILENT_AFTER), &mut together).await {
        Ok(Err(error)) if is_lost(&error) => return attempt(Pace::OneByOne).await,
        Ok(opened) => return opened,
        Err(_) => tracing::debug!(%uri, "an opening in one go is not answered; trying call by call as well"),
    }
    let mut one_by_one = pin!(async {
        // Somebody may be at it, asked by polkit for a password: then the daemon is not silent.
        drop(turn.lock().await);
        attempt(Pace::OneByOne).await
    });
    tokio::select! {
        opened = &mut together => match opened {
            Err(error) if is_lost(&error) => one_by_one.await,
            opened => opened,
        },
        opened = &mut one_by_one => match opened {
            // Who was asked on one connection is not asked again on the other.
            Err(error @ OpenError::Authentication { .. }) => Err(error),
            Err(_) => together.await,
            opened => opened,
        },
    }
}

/// Held by the attempt that makes the daemon know its client: a person may be asked meanwhile, and must not be asked twice.
type Turn = Mutex<()>;

/// Whether the connection ended with a call pending, as it does where a daemon takes offence. One whose bytes make no sense is no
/// daemon, and will not be on a second connection.
fn is_lost(error: &OpenError) -> bool {
    let error = match error {
        OpenError::Call { error, .. } => error,
        // Before anything of the user's was said.
        OpenError::Authentication { error, .. } => match &**error {
            AuthError::Call(error) if is_first(error) => error,
            _ => return false,
        },
        _ => return false,
    };
    matches!(error, CallError::Closed { reason: CloseReason::Eof | CloseReason::Io(_), .. })
}

fn is_first(error: &CallError) -> bool {
    let first = [AuthSaslInit::NAME, AuthPolkit::NAME];
    matches!(error, CallError::Closed { procedure, .. } if first.contains(procedure))
}

async fn attempt(
    uri: &Uri,
    options: &OpenOptions,
    pace: Pace,
    deadline: Instant,
    turn: &Turn,
) -> Result<Connection, OpenError> {
    let progress = Progress::default();
    let too_late = || {
        let (phase, attempts) = progress.take();
        OpenError::TimedOut { uri: uri.to_string(), within: options.open_within, phase, attempts }
    };
    let connected = timeout_at(deadline, transport::connect(uri, options, deadline, &progress)).await;
    let (socket, witness) = connected.unwrap_or_else(|_| Err(too_late()))?;
    let connection = Connection::start(socket, uri.clone(), options);
    progress.enter(OpenPhase::Asking);
    let opening = Opening { connection, options, deadline, turn, progress: &progress };
    match timeout_at(deadline, opening.run(pace)).await.unwrap_or_else(|_| Err(too_late())) {
        Ok(connection) => Ok(connection),
        Err(error) => Err(witness.explain(error).await),
    }
}

/// A refusal of the layer beneath all procedures, such as that of a client that is not known yet: nothing was done.
fn is_at_the_gate(error: &CallError) -> bool {
    error.remote().is_some_and(|error| (error.code, error.domain) == (ErrorCode::RPC, ErrorDomain::RPC))
}

/// What the list of authentications came to.
enum Gate<'a> {
    /// None is needed.
    Open,
    /// The daemon knows the client now. What is left of the opening is still this attempt's turn.
    Passed(#[expect(dead_code, reason = "held, not read")] MutexGuard<'a, ()>),
}

struct Opening<'a> {
    connection: Connection,
    options: &'a OpenOptions,
    deadline: Instant,
    turn: &'a Turn,
    progress: &'a Progress,
}

impl<'a> Opening<'a> {
    async fn run(self, pace: Pace) -> Result<Connection, OpenError> {
        match pace {
            Pace::Together => self.together().await,
            Pace::ListFirst => {
                let _gate = self.authenticate(self.list().await).await?;
                self.rest().await
            }
            Pace::OneByOne => {
                let _gate = self.authenticate(self.list().await).await?;
                let pings = self.ask_for_pings().await;
                self.start_pings(pings);
                let opened = self.open().await;
                self.done(opened).await
            }
        }
    }

    async fn together(self) -> Result<Connection, OpenError> {
        let (list, pings, opened) = tokio::join!(self.list(), self.ask_for_pings(), self.open());
        if let Err(error @ CallError::Closed { .. }) = opened {
            return Err(self.failed(error));
        }
        let gate = self.authenticate(list).await?;
        let again = match (&gate, &opened) {
            (_, Ok(())) => false,
            (Gate::Passed(_), Err(_)) => true,
            // Root is known to polkit once it has asked for the list, and an open beside that may come too early.
            (Gate::Open, Err(error)) => is_at_the_gate(error),
        };
        if again {
            return self.rest().await;
        }
        self.start_pings(pings);
        self.done(opened).await
    }

    /// What is left once the daemon knows the client.
    async fn rest(self) -> Result<Connection, OpenError> {
        let (pings, opened) = tokio::join!(self.ask_for_pings(), self.open());
        self.start_pings(pings);
        self.done(opened).await
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

    async fn authenticate(&self, list: Result<AuthListReply, CallError>) -> Result<Gate<'a>, OpenError> {
        let types = match list {
            Ok(offered) => offered.types,
            // A daemon from before there was authentication.
            Err(error) if error.is_unsupported() => Vec::new(),
            Err(error) => return Err(self.failed(error)),
        };
        let uri = self.connection.uri();
        let turn = self.turn.lock().await;
        self.progress.enter(OpenPhase::Authenticating);
        match auth::authenticate(&self.connection, &types, self.deadline).await {
            Ok(known) => {
                if known == AuthType::Sasl {
                    self.connection.forgo_fds();
                }
                self.progress.enter(OpenPhase::Opening);
                if known == AuthType::None { Ok(Gate::Open) } else { Ok(Gate::Passed(turn)) }
            }
            Err(error) => Err(OpenError::Authentication { uri: uri.to_string(), error: error.into() }),
        }
    }

    /// Starts pinging if the daemon has said that it answers pings. One that does not know the question does not.
    fn start_pings(&self, pings: Option<Result<ConnectSupportsFeatureReply, CallError>>) {
        let (Some(pacing), Some(Ok(reply))) = (self.options.keepalive, pings) else { return };
        self.connection.learn(Feature::PROGRAM_KEEPALIVE, reply.supported != 0);
        if reply.supported != 0 {
            // A task that is gone is told of by the next call.
            self.connection.ask(Ask::Keepalive(pacing));
        }
    }

    fn failed(&self, error: CallError) -> OpenError {
        OpenError::Call { uri: self.connection.uri().to_string(), error: error.into() }
    }

    async fn done(self, opened: Result<(), CallError>) -> Result<Connection, OpenError> {
        if let Err(error) = opened {
            return Err(self.failed(error));
        }
        if !self.connection.uri().as_str().is_empty() {
            return Ok(self.connection);
        }
        // Nobody knows yet what the daemon has opened.
        match self.connection.call_within(ConnectGetUri {}, None).await {
            Ok(told) => Ok(self.connection.with_uri(told.uri.to_string_lossy().parse().ok())),
            Err(error) => Err(self.failed(error)),
        }
    }
}
