//! A SASL exchange by the calls 67 to 69: the daemon's mechanisms, a start, and steps until both ends are content.

use std::sync::Arc;
use std::thread;

use rsasl::callback::{Context, Request, SessionCallback, SessionData};
use rsasl::mechname::Mechname;
use rsasl::prelude::{
    Mechanism, MessageSent, Registry, SASLClient, SASLConfig, Session, SessionError, State,
};
use rsasl::property::{AuthId, Password};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use virtwire_protocol::remote::{AuthSaslInit, AuthSaslStart, AuthSaslStep};

use super::credentials::{CredentialAsk, CredentialSource, Credentials};
use super::error::{AuthError, Unfit};
#[cfg(feature = "gssapi")]
use super::gssapi;
use super::mechanism::{self, Circumstances, Half, Known};
use super::{file, guard};
use crate::client::connection::Connection;
use crate::client::error::CallError;
use crate::uri::{Auth, KnownHosts, Transport, Uri};

/// Credentials that may be refused before the opening fails.
const ATTEMPTS_MAX: u32 = 3;
/// Messages of the daemon's in one exchange; SCRAM needs three.
const ROUNDS_MAX: u32 = 8;
/// A list of mechanisms that is longer is none.
const MECHANISMS_BYTES_MAX: usize = 4_096;

pub(super) async fn authenticate(connection: &Connection, deadline: Instant) -> Result<(), AuthError> {
    let mut list = mechanisms(connection).await?;
    let ticket = Ticket::find(&list).await?;
    let mut found = Found::default();
    // Nobody is asked for a password that would not be used.
    if choose(connection, &list, true, &ticket).is_ok_and(|known| known.needs_credentials) {
        found = find_credentials(connection, 1, deadline).await?;
    }
    let mut attempt = 1;
    loop {
        let refusal = match try_once(connection, &list, &found, &ticket).await {
            // As somebody, who may have mistyped.
            Err(refusal @ AuthError::Refused { user: Some(_), .. }) => refusal,
            result => return result,
        };
        if !found.again || attempt == ATTEMPTS_MAX {
            return Err(refusal);
        }
        attempt += 1;
        found = find_credentials(connection, attempt, deadline).await?;
        if found.credentials.is_none() {
            return Err(refusal);
        }
        tracing::debug!(attempt, "the daemon refused the credentials; trying others");
        // A daemon forgets a failed exchange, list and all.
        list = mechanisms(connection).await?;
    }
}

async fn mechanisms(connection: &Connection) -> Result<String, AuthError> {
    let list = connection.call_within(AuthSaslInit {}, None).await.map_err(|error| match error {
        CallError::Remote(error) => {
            AuthError::Refused { mechanism: "to start SASL".into(), user: None, error: error.into() }
        }
        error => AuthError::Call(error),
    })?;
    let list = list.mechlist.to_string_lossy().into_owned();
    if list.len() <= MECHANISMS_BYTES_MAX {
        return Ok(list);
    }
    let reason = format!("a list of {} bytes, more than {MECHANISMS_BYTES_MAX}", list.len());
    Err(AuthError::Exchange { mechanism: "SASL".into(), reason })
}

async fn try_once(
    connection: &Connection,
    list: &str,
    found: &Found,
    ticket: &Ticket,
) -> Result<(), AuthError> {
    let known = choose(connection, list, found.credentials.is_some(), ticket)
        .map_err(|refused| nothing_fits(connection, found, refused))?;
    let credentials = found.credentials.clone().filter(|_| known.needs_credentials);
    let user = credentials.as_ref().map(|credentials| credentials.user().to_owned());
    let half = match known.half {
        Half::Rsasl(mechanism) => ClientHalf::Rsasl(rsasl_session(known, mechanism, credentials)?),
        #[cfg(feature = "gssapi")]
        Half::Gssapi => {
            ClientHalf::Gssapi(ticket.client(connection).map_err(|fault| kerberos(known, fault))?)
        }
    };
    let half = Exchange { known, user, half: Some(half), heard: 0 }.run(connection).await?;
    match half {
        ClientHalf::Rsasl(_) => Ok(()),
        #[cfg(feature = "gssapi")]
        ClientHalf::Gssapi(client) => match client.layer() {
            Some(layer) => connection.seal(layer).await.map_err(|reason| exchange_error(known, reason)),
            None => Ok(()),
        },
    }
}

/// What is known of the user.
#[derive(Default)]
struct Found {
    credentials: Option<Credentials>,
    looked_at: Vec<String>,
    /// Whoever gave them may have others.
    again: bool,
}

async fn find_credentials(
    connection: &Connection,
    attempt: u32,
    deadline: Instant,
) -> Result<Found, AuthError> {
    let options = connection.options();
    let ask = CredentialAsk { attempt, ..CredentialAsk::new(connection.uri().clone()) };
    let credentials = match options.credentials.clone() {
        Some(source) if !source.may_wait() => source.credentials(&ask),
        Some(source) => match timeout_at(deadline, answer(source, ask.clone())).await {
            Ok(answered) => answered?,
            Err(_) => return Err(AuthError::CredentialsUnanswered { within: options.open_within }),
        },
        None => None,
    };
    if credentials.is_some() || attempt > 1 {
        return Ok(Found { credentials, looked_at: Vec::new(), again: true });
    }
    blocking(move || look_up(&ask)).await?
}

/// Asks a source, which may wait for a person. Not where others of the runtime's are asked to block: it waits for those when it ends, and has
/// only so many.
async fn answer(
    source: Arc<dyn CredentialSource>,
    ask: CredentialAsk,
) -> Result<Option<Credentials>, AuthError> {
    let (answer, answered) = oneshot::channel();
    let asks = move || drop(answer.send(source.credentials(&ask)));
    thread::Builder::new()
        .name("credentials".to_owned())
        .spawn(asks)
        .map_err(AuthError::CredentialsUnasked)?;
    answered.await.map_err(|_| AuthError::CredentialsPanicked)
}

/// What the files have.
fn look_up(ask: &CredentialAsk) -> Result<Found, AuthError> {
    let host = ask.uri.host_or_local();
    let file::Found { entry, mut looked_at } = file::look_up(ask.uri.parameters.authfile.as_deref(), host)?;
    // A password is its entry's user's, whoever the URI names for other ways in.
    let credentials = match (entry.user.or_else(|| ask.user.clone()), entry.password) {
        (Some(user), Some(password)) => Some(Credentials::new(user, password)),
        (Some(user), None) => {
            looked_at.push(format!("no password for user {user}"));
            None
        }
        _ => None,
    };
    Ok(Found { credentials, looked_at, again: false })
}

/// Whether nobody but the daemon can listen: then a password may be said as it is, and what follows be said in clear. What a program
/// (`+ext`, or `command=` in ssh's place) does with it is not known, and an encrypted connection to whoever answers protects from nobody.
fn is_protected(uri: &Uri) -> bool {
    let parameters = &uri.parameters;
    match uri.transport {
        Transport::Unix => true,
        Transport::Tls => !parameters.no_verify,
        Transport::Ssh | Transport::Libssh | Transport::Libssh2 => {
            parameters.command.is_none()
                && !parameters.no_verify
                && parameters.known_hosts_verify != Some(KnownHosts::Ignore)
        }
        _ => false,
    }
}

fn choose(
    connection: &Connection,
    list: &str,
    has_credentials: bool,
    #[cfg_attr(
        not(feature = "gssapi"),
        expect(unused_variables, reason = "there is no mechanism that has a use for one")
    )]
    ticket: &Ticket,
) -> Result<Known, Vec<(String, Unfit)>> {
    let uri = connection.uri();
    let offered: Vec<&str> = list.split([',', ' ']).filter(|name| !name.is_empty()).collect();
    let asked = match &uri.parameters.auth {
        Some(Auth::Sasl { mechanism }) => mechanism.as_deref(),
        _ => None,
    };
    let circumstances = Circumstances {
        asked,
        is_protected: is_protected(uri),
        accept_unprotected: connection.options().accept_unprotected,
        has_credentials,
        #[cfg(feature = "gssapi")]
        no_ticket: ticket.0.as_ref().err().map(String::as_str),
    };
    mechanism::choose(&offered, circumstances)
}

fn nothing_fits(connection: &Connection, found: &Found, refused: Vec<(String, Unfit)>) -> AuthError {
    let lacking = |(_, why): &&(String, Unfit)| *why == Unfit::NoCredentials;
    let mechanisms: Vec<_> = refused.iter().filter(lacking).map(|(name, _)| name.clone()).collect();
    if mechanisms.is_empty() {
        return AuthError::NoMechanism { refused, ours: mechanism::ours() };
    }
    AuthError::NoCredentials {
        mechanisms: mechanisms.join(", "),
        host: connection.uri().host_or_local().to_owned(),
        looked_at: found.looked_at.clone(),
    }
}

/// What Kerberos knows the user by.
#[cfg(feature = "gssapi")]
struct Ticket(Result<libgssapi::credential::Cred, String>);

#[cfg(feature = "gssapi")]
impl Ticket {
    /// Looks for one where the daemon may ask for it.
    async fn find(list: &str) -> Result<Ticket, AuthError> {
        let is_wanted = list.to_ascii_uppercase().contains(mechanism::GSSAPI);
        Ok(Ticket(if is_wanted { blocking(gssapi::find_ticket).await? } else { Err(String::new()) }))
    }

    fn client(&self, connection: &Connection) -> Result<gssapi::Client, gssapi::Fault> {
        let (uri, options) = (connection.uri(), connection.options());
        let terms =
            gssapi::Terms { is_protected: is_protected(uri), accept_unprotected: options.accept_unprotected };
        gssapi::Client::new(self.0.clone(), uri.host_or_local(), terms)
    }
}

/// Without the feature nothing is known of them.
#[cfg(not(feature = "gssapi"))]
struct Ticket;

#[cfg(not(feature = "gssapi"))]
impl Ticket {
    async fn find(_: &str) -> Result<Ticket, AuthError> {
        Ok(Ticket)
    }
}

/// What one end has to say to the other. Nothing at all is not the same as something empty.
type Token = Option<Vec<u8>>;

/// The client's half of an exchange.
struct Exchange {
    known: Known,
    user: Option<String>,
    /// Gone only while a thread takes a step with it.
    half: Option<ClientHalf>,
    /// The daemon's messages so far.
    heard: u32,
}

enum ClientHalf {
    Rsasl(Session),
    #[cfg(feature = "gssapi")]
    Gssapi(gssapi::Client),
}

/// What the client's half came to in one step.
struct Stepped {
    token: Token,
    /// It has all that it needs, and takes no further step.
    is_content: bool,
}

fn rsasl_session(
    known: Known,
    mechanism: &'static Mechanism,
    credentials: Option<Credentials>,
) -> Result<Session, AuthError> {
    let wrong = |reason: &dyn std::fmt::Display| exchange_error(known, reason.to_string());
    let registry = Registry::with_mechanisms(std::slice::from_ref(mechanism));
    let config = SASLConfig::builder().with_registry(registry).with_callback(Answers(credentials));
    let name = Mechname::parse(known.name.as_bytes()).map_err(|error| wrong(&error))?;
    let config: Arc<SASLConfig> = config.map_err(|error| wrong(&error))?;
    SASLClient::new(config).start_suggested(&[name]).map_err(|error| wrong(&error))
}

impl ClientHalf {
    fn step(&mut self, known: Known, heard: Option<&[u8]>) -> Result<Stepped, AuthError> {
        match self {
            ClientHalf::Rsasl(session) => {
                let mut out = Vec::new();
                let state = session.step(heard, &mut out);
                Ok(match state.map_err(|error| exchange_error(known, describe(&error)))? {
                    State::Running => Stepped { token: Some(out), is_content: false },
                    State::Finished(MessageSent::Yes) => Stepped { token: Some(out), is_content: true },
                    State::Finished(MessageSent::No) => Stepped { token: None, is_content: true },
                })
            }
            #[cfg(feature = "gssapi")]
            ClientHalf::Gssapi(client) => {
                let (token, is_content) = client.step(heard).map_err(|fault| kerberos(known, fault))?;
                Ok(Stepped { token: Some(token), is_content })
            }
        }
    }
}

#[cfg(feature = "gssapi")]
fn kerberos(known: Known, fault: gssapi::Fault) -> AuthError {
    match fault {
        gssapi::Fault::NoTicket { service, reason } => AuthError::Kerberos { service, reason },
        gssapi::Fault::Daemon(reason) => exchange_error(known, reason),
    }
}

impl Exchange {
    /// Gives the half back that is content, with a daemon that is, too.
    async fn run(mut self, connection: &Connection) -> Result<ClientHalf, AuthError> {
        let Stepped { token, mut is_content } = self.step(None).await?;
        let (nil, data) = to_wire(token);
        let start = AuthSaslStart { mech: self.known.name.into(), nil, data };
        let reply = connection.call_within(start, None).await.map_err(|error| self.failed(error))?;
        let (mut complete, mut heard) = (reply.complete != 0, from_wire(reply.nil, reply.data));
        for _ in 0..ROUNDS_MAX {
            // The daemon's last word may prove that it knows the password, too: without that, it is not believed.
            let token = if is_content {
                None
            } else {
                let stepped = self.step(Some(heard)).await?;
                is_content = stepped.is_content;
                stepped.token
            };
            match (complete, is_content, &token) {
                (true, true, None) => return self.half.take().ok_or_else(gave_up),
                (true, ..) => {
                    return Err(self.wrong("it says that it is content before it has proved itself"));
                }
                (false, ..) => {}
            }
            let (nil, data) = to_wire(token);
            let step = AuthSaslStep { nil, data };
            let reply = connection.call_within(step, None).await.map_err(|error| self.failed(error))?;
            (complete, heard) = (reply.complete != 0, from_wire(reply.nil, reply.data));
        }
        Err(self.wrong(&format!("it is not content after {ROUNDS_MAX} steps")))
    }

    /// Goes one step: the first with nothing heard, each later one with what the daemon said. Computing keys takes a processor a
    /// while, so it is not done where others wait for it.
    async fn step(&mut self, heard: Option<Token>) -> Result<Stepped, AuthError> {
        if let Some(heard) = &heard {
            self.heard = self.heard.saturating_add(1);
            self.look_at(heard.as_deref()).map_err(|reason| self.wrong(&reason))?;
        }
        let heard = heard.flatten();
        let known = self.known;
        let mut half = self.half.take().ok_or_else(gave_up)?;
        let (half, stepped) = blocking(move || {
            let stepped = half.step(known, heard.as_deref());
            (half, stepped)
        })
        .await?;
        self.half = Some(half);
        stepped
    }

    fn look_at(&self, message: Option<&[u8]>) -> Result<(), String> {
        if !self.known.is_scram {
            return Ok(());
        }
        match (message, self.heard) {
            (None, _) => Err("it said nothing where its proof was due".to_owned()),
            (Some(message), 1) => guard::check_first(message),
            (Some(message), _) => guard::check_final(message),
        }
    }

    fn failed(&self, error: CallError) -> AuthError {
        match error {
            CallError::Remote(error) => AuthError::Refused {
                mechanism: self.known.name.to_owned(),
                user: self.user.clone(),
                error: error.into(),
            },
            error => AuthError::Call(error),
        }
    }

    fn wrong(&self, reason: &str) -> AuthError {
        exchange_error(self.known, reason.to_owned())
    }
}

fn exchange_error(known: Known, reason: String) -> AuthError {
    AuthError::Exchange { mechanism: known.name.to_owned(), reason }
}

fn describe(error: &SessionError) -> String {
    match error {
        SessionError::MutualAuthenticationFailed => {
            "it let the client in without knowing the password: it is not the daemon that it claims to be"
                .to_owned()
        }
        error => error.to_string(),
    }
}

fn to_wire(token: Token) -> (i32, Vec<u8>) {
    (i32::from(token.is_none()), token.unwrap_or_default())
}

fn from_wire(nil: i32, data: Vec<u8>) -> Token {
    (nil == 0).then_some(data)
}

/// Runs what waits or computes where it holds up nobody.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AuthError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| gave_up())
}

fn gave_up() -> AuthError {
    AuthError::Exchange { mechanism: "SASL".into(), reason: "this end gave up".to_owned() }
}

/// What rsasl asks for.
struct Answers(Option<Credentials>);

impl SessionCallback for Answers {
    fn callback(
        &self,
        _: &SessionData,
        _: &Context<'_>,
        request: &mut Request<'_>,
    ) -> Result<(), SessionError> {
        if let Some(credentials) = &self.0 {
            request.satisfy::<AuthId>(credentials.user())?;
            request.satisfy::<Password>(credentials.password().as_bytes())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_shown_only_where_what_carries_it_is_known() {
        for (uri, expected) in [
            ("qemu:///system", true),
            ("qemu+tls://h/system", true),
            ("qemu+tls://h/system?no_verify=1", false),
            ("qemu+tcp://h/system", false),
            ("qemu+ext://h/system?command=/any/program", false),
            ("qemu+ssh://h/system", true),
            ("qemu+ssh://h/system?command=/any/program", false),
            ("qemu+libssh2://h/system?command=/any/program", false),
            ("qemu+ssh://h/system?no_verify=1", false),
            ("qemu+libssh://h/system?known_hosts_verify=ignore", false),
            ("qemu+libssh://h/system", true),
        ] {
            assert_eq!(is_protected(&uri.parse().unwrap()), expected, "{uri}");
        }
    }
}
