//! One of the two hosts, as the engine sees it: a connection that makes its calls and comes back for its questions.

#[cfg(feature = "server")]
mod tunnel;
mod version3;

use std::future::Future;
use std::time::Duration;

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::migrate::{Call, Cookie, DomainState, DomainXml, Failure, JobInfo, Reply, State};
use virtwire_protocol::program::{Procedure, ProcedureNumber};
use virtwire_protocol::{migrate, remote};

#[cfg(feature = "server")]
pub(crate) use tunnel::prepare_tunnel;
#[cfg(feature = "server")]
pub(crate) use version3::on_the_wire;

use super::identity::{self, Met};
use crate::client::{CallError, CloseReason, Connection, OpenOptions};

/// A host and the way to it.
#[derive(Debug)]
pub(crate) struct Peer {
    connection: Connection,
    /// The connection that Prepare was made on: what it prepared dies with this one and no other.
    prepared_on: Option<Connection>,
    /// The connection that Begin was made on: the host knows the migration by this one and no other.
    begun_on: Option<Connection>,
    /// Which host it is, and whether somebody has asked for that.
    met: Met,
    is_known: bool,
    options: OpenOptions,
}

impl Peer {
    pub(crate) fn new(connection: Connection) -> Peer {
        // What was watched stays watched, with the same patience, when the host is reached again.
        let options = connection.options().clone();
        Peer { connection, prepared_on: None, begun_on: None, met: Met::default(), is_known: false, options }
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Has the host tell who it is, beside the calls that are made next. Once it has, it is not taken for another one when it is reached
    /// again.
    pub(crate) fn meet(&mut self) {
        self.met.ask(&self.connection);
    }

    /// Waits until it has said who it is, but no longer than that. Cancel-safe.
    pub(super) async fn tells(&mut self, within: Duration) {
        if !self.is_known {
            self.met.told(within).await;
        }
    }

    /// Who it had said it is when that was [waited for](Self::tells). Once.
    pub(super) fn newly_met(&mut self) -> Option<String> {
        if self.is_known {
            return None;
        }
        let identity = self.met.known()?.to_owned();
        self.is_known = true;
        Some(identity)
    }

    /// Makes a call of the engine's.
    ///
    /// A dead connection is opened anew first where the call asks, or tells the host the end of a story it knows. Begin, Prepare
    /// and Perform are never made on another connection than the one that the plan was made with, and Confirm only on Begin's: over
    /// another it would end what somebody else has begun since.
    #[cfg(feature = "server")]
    pub(crate) async fn make(&mut self, call: Call, within: Option<Duration>) -> Result<Reply, Failure> {
        self.reach(&call, within).await?;
        self.send(call, within).await
    }

    /// Sees to the connection that a call is to be made over. Cancel-safe.
    pub(super) async fn reach(&mut self, call: &Call, within: Option<Duration>) -> Result<(), Failure> {
        let over_its_own = matches!(call, Call::Close | Call::Confirm3 { .. });
        if !over_its_own && !call.begins_something() && self.connection.ended().is_some() {
            self.reopen(within).await?;
        }
        Ok(())
    }

    /// Makes a call for which this is [seen to](Self::reach). What it returns needs nothing of this peer.
    pub(super) fn send(
        &mut self,
        call: Call,
        within: Option<Duration>,
    ) -> impl Future<Output = Result<Reply, Failure>> + Send + use<> {
        match call {
            Call::Begin3 { .. } => self.begun_on = Some(self.connection.clone()),
            _ if call.prepares() => self.prepared_on = Some(self.connection.clone()),
            _ => {}
        }
        let over = match call {
            Call::Close => self.prepared_on.as_ref().or(self.begun_on.as_ref()),
            Call::Confirm3 { .. } => self.begun_on.as_ref(),
            _ => None,
        };
        let connection = over.unwrap_or(&self.connection).clone();
        async move {
            match connection.ended() {
                Some(reason) if matches!(call, Call::Confirm3 { .. }) => {
                    Err(Failure::NotSent { message: format!("its connection has ended: {reason}") })
                }
                _ => perform(&connection, call, within).await,
            }
        }
    }

    /// The connection on which a Prepare is to be made that is not [`make`](Self::make)'s: what it prepares dies with it.
    #[cfg(feature = "server")]
    pub(crate) fn prepares(&mut self) -> Connection {
        self.prepared_on = Some(self.connection.clone());
        self.connection.clone()
    }

    async fn reopen(&mut self, within: Option<Duration>) -> Result<(), Failure> {
        let open_within = within.unwrap_or(self.options.open_within).min(self.options.open_within);
        let options = OpenOptions { open_within, ..self.options.clone() };
        let uri = self.connection.uri().as_str();
        // The connection has ended, so that what is not told yet never will be.
        let expected = self.met.told(Duration::ZERO).await;
        self.connection = identity::open(uri, options, expected, open_within).await?;
        Ok(())
    }
}

/// Copies a call of the engine's into the procedure of the same name, and the reply back.
pub(super) async fn perform(
    connection: &Connection,
    call: Call,
    within: Option<Duration>,
) -> Result<Reply, Failure> {
    match call {
        Call::GetXmlDesc { domain, flags } => {
            let reply =
                ask(connection, remote::DomainGetXmlDesc { dom: wire(domain), flags }, within).await?;
            Ok(Reply::Xml(DomainXml(reply.xml)))
        }
        Call::GetInfo { domain } => {
            let reply = ask(connection, remote::DomainGetInfo { dom: wire(domain) }, within).await?;
            Ok(Reply::State(State::from(DomainState::from(i32::from(reply.state)))))
        }
        Call::GetState { domain } => {
            let reply =
                ask(connection, remote::DomainGetState { dom: wire(domain), flags: 0 }, within).await?;
            Ok(Reply::State(State { state: DomainState::from(reply.state), reason: Some(reply.reason) }))
        }
        Call::GetJobInfo { domain } => {
            let reply = ask(connection, remote::DomainGetJobInfo { dom: wire(domain) }, within).await?;
            let remote::DomainGetJobInfoReply { r#type, data_total, data_processed, data_remaining, .. } =
                reply;
            Ok(Reply::Job(JobInfo { kind: r#type, data_total, data_processed, data_remaining }))
        }
        Call::LookupByUuid { uuid } => {
            let reply = ask(connection, remote::DomainLookupByUuid { uuid }, within).await?;
            Ok(Reply::Found(domain(reply.dom)))
        }
        Call::Prepare { uri_in, flags, dname, resource } => {
            let call = remote::DomainMigratePrepare { uri_in, flags: flags.0, dname, resource };
            let reply = ask(connection, call, within).await?;
            Ok(Reply::Prepared { cookie: Cookie(reply.cookie), uri_out: reply.uri_out })
        }
        Call::Prepare2 { uri_in, flags, dname, resource, dom_xml } => {
            let dom_xml = dom_xml.0;
            let call = remote::DomainMigratePrepare2 { uri_in, flags: flags.0, dname, resource, dom_xml };
            let reply = ask(connection, call, within).await?;
            Ok(Reply::Prepared { cookie: Cookie(reply.cookie), uri_out: reply.uri_out })
        }
        Call::Perform { domain, cookie, uri, flags, dname, resource } => {
            let (dom, cookie, flags) = (wire(domain), cookie.0, flags.0);
            let call = remote::DomainMigratePerform { dom, cookie, uri, flags, dname, resource };
            ask(connection, call, within).await?;
            Ok(Reply::Done)
        }
        Call::Finish { dname, cookie, uri, flags } => {
            let call = remote::DomainMigrateFinish { dname, cookie: cookie.0, uri, flags: flags.0 };
            let reply = ask(connection, call, within).await?;
            Ok(Reply::Finished(domain(reply.ddom)))
        }
        Call::Finish2 { dname, cookie, uri, flags, retcode } => {
            let (cookie, flags, retcode) = (cookie.0, flags.0, retcode.number());
            let call = remote::DomainMigrateFinish2 { dname, cookie, uri, flags, retcode };
            let reply = ask(connection, call, within).await?;
            Ok(Reply::Finished(domain(reply.ddom)))
        }
        Call::Begin3 { .. }
        | Call::Prepare3 { .. }
        | Call::Perform3 { .. }
        | Call::PerformTo { .. }
        | Call::Finish3 { .. }
        | Call::Confirm3 { .. } => version3::perform(connection, call, within).await,
        Call::Resume { domain } => {
            ask(connection, remote::DomainResume { dom: wire(domain) }, within).await?;
            Ok(Reply::Done)
        }
        Call::Destroy { domain } => {
            ask(connection, remote::DomainDestroy { dom: wire(domain) }, within).await?;
            Ok(Reply::Done)
        }
        Call::Close => close(connection, within).await,
    }
}

/// Says goodbye and waits until the daemon has closed: what the connection owned dies with it, not with the reply.
///
/// A connection that has ended already was closed by the daemon, or nobody knows what the daemon thinks of it.
async fn close(connection: &Connection, within: Option<Duration>) -> Result<Reply, Failure> {
    let lost = |why: String| Failure::Lost { message: why };
    match connection.ended() {
        Some(CloseReason::Eof) => return Ok(Reply::WasClosed),
        Some(reason) => return Err(lost(format!("the connection had ended before: {reason}"))),
        None => {}
    }
    ask(connection, remote::ConnectClose {}, within).await?;
    let within = within.unwrap_or(CLOSED_WITHIN);
    match tokio::time::timeout(within, connection.closed()).await {
        Ok(CloseReason::Eof) => Ok(Reply::Done),
        Ok(reason) => Err(lost(reason.to_string())),
        Err(_) => Err(lost(format!("not closed within {within:?}"))),
    }
}

/// How long a daemon may take to close after its goodbye.
const CLOSED_WITHIN: Duration = Duration::from_secs(10);
/// How long a daemon may take to show how it words "unknown procedure".
const PROOF_WITHIN: Duration = Duration::from_secs(10);

pub(super) async fn ask<P: Procedure>(
    connection: &Connection,
    arguments: P,
    within: Option<Duration>,
) -> Result<P::Reply, Failure> {
    match connection.call_within(arguments, within).await {
        Ok(reply) => Ok(reply),
        Err(error) => Err(failure(connection, P::NUMBER, error).await),
    }
}

/// What an unsuccessful call means to the engine. Only here is a daemon of another language asked once more.
async fn failure(connection: &Connection, procedure: ProcedureNumber, error: CallError) -> Failure {
    match error {
        CallError::Remote(error) if is_unsupported(connection, procedure, &error).await => {
            Failure::Unsupported(error.into())
        }
        CallError::Remote(error) => Failure::Answered(error.into()),
        error @ (CallError::Arguments { .. } | CallError::Closed { sent: false, .. }) => {
            Failure::NotSent { message: error.to_string() }
        }
        error @ CallError::TimedOut { .. } => Failure::Silent { message: error.to_string() },
        error => Failure::Lost { message: error.to_string() },
    }
}

async fn is_unsupported(connection: &Connection, procedure: ProcedureNumber, error: &RemoteError) -> bool {
    // Where the second question gets no answer in time, nothing is proven.
    let proof = tokio::time::timeout(PROOF_WITHIN, connection.is_unsupported(procedure, error));
    matches!(proof.await, Ok(Ok(true)))
}

pub(super) fn wire(domain: migrate::Domain) -> remote::Domain {
    let migrate::Domain { name, uuid, id } = domain;
    remote::Domain { name, uuid, id }
}

pub(super) fn domain(domain: remote::Domain) -> migrate::Domain {
    let remote::Domain { name, uuid, id } = domain;
    migrate::Domain { name, uuid, id }
}
