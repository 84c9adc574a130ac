//! A SASL exchange by the calls 67 to 69: the daemon's mechanisms, a start, and steps until both ends are content.

use std::sync::Arc;

use rsasl::callback::{Context, Request, SessionCallback, SessionData};
use rsasl::mechname::Mechname;
use rsasl::prelude::{MessageSent, Registry, SASLClient, SASLConfig, Session, SessionError, State};
use rsasl::property::{AuthId, Password};
use virtwire_protocol::remote::{AuthSaslInit, AuthSaslStart, AuthSaslStep};

use super::credentials::{CredentialAsk, CredentialSource, Credentials};
use super::error::{AuthError, Unfit};
use super::mechanism::{self, Circumstances, Known};
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

pub(super) async fn authenticate(connection: &Connection) -> Result<(), AuthError> {
    let mut list = mechanisms(connection).await?;
    let mut found = find_credentials(connection, 1).await?;
    let mut attempt = 1;
    loop {
        let refusal = match try_once(connection, &list, &found).await {
            // As somebody, who may have mistyped.
            Err(refusal @ AuthError::Refused { user: Some(_), .. }) => refusal,
            result => return result,
        };
        if !found.again || attempt == ATTEMPTS_MAX {
            return Err(refusal);
        }
        attempt += 1;
        found = find_credentials(connection, attempt).await?;
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

async fn try_once(connection: &Connection, list: &str, found: &Found) -> Result<(), AuthError> {
    let offered: Vec<&str> = list.split([',', ' ']).filter(|name| !name.is_empty()).collect();
    let known = choose(connection, &offered, found)?;
    let credentials = found.credentials.clone().filter(|_| known.needs_credentials);
    Exchange::new(known, credentials)?.run(connection).await
}

/// What is known of the user.
struct Found {
    credentials: Option<Credentials>,
    looked_at: Vec<String>,
    /// Whoever gave them may have others.
    again: bool,
}

async fn find_credentials(connection: &Connection, attempt: u32) -> Result<Found, AuthError> {
    let source = connection.options().credentials.clone();
    let uri = connection.uri();
    let ask = CredentialAsk { uri: uri.clone(), user: uri.user.clone(), attempt };
    blocking(move || find(source.as_deref(), &ask)).await?
}

fn find(source: Option<&dyn CredentialSource>, ask: &CredentialAsk) -> Result<Found, AuthError> {
    let given = source.and_then(|source| source.credentials(ask));
    if given.is_some() || ask.attempt > 1 {
        return Ok(Found { credentials: given, looked_at: Vec::new(), again: true });
    }
    let host = ask.uri.host_or_local();
    let file::Found { entry, mut looked_at } = file::look_up(ask.uri.parameters.authfile.as_deref(), host)?;
    let credentials = match (ask.user.clone().or(entry.user), entry.password) {
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
/// (`+ext`) does with it is not known, and an encrypted connection to whoever answers protects from nobody.
fn is_protected(uri: &Uri) -> bool {
    let parameters = &uri.parameters;
    match uri.transport {
        Transport::Unix => true,
        Transport::Tls => !parameters.no_verify,
        Transport::Ssh | Transport::Libssh | Transport::Libssh2 => {
            !parameters.no_verify && parameters.known_hosts_verify != Some(KnownHosts::Ignore)
        }
        _ => false,
    }
}

fn choose(connection: &Connection, offered: &[&str], found: &Found) -> Result<Known, AuthError> {
    let uri = connection.uri();
    let asked = match &uri.parameters.auth {
        Some(Auth::Sasl { mechanism }) => mechanism.as_deref(),
        _ => None,
    };
    let circumstances = Circumstances {
        asked,
        is_protected: is_protected(uri),
        accept_unprotected: connection.options().accept_unprotected,
        has_credentials: found.credentials.is_some(),
    };
    mechanism::choose(offered, circumstances).map_err(|refused| {
        let lacking = |(_, why): &&(String, Unfit)| *why == Unfit::NoCredentials;
        let mechanisms: Vec<_> = refused.iter().filter(lacking).map(|(name, _)| name.clone()).collect();
        if mechanisms.is_empty() {
            return AuthError::NoMechanism { refused, ours: mechanism::ours() };
        }
        AuthError::NoCredentials {
            mechanisms: mechanisms.join(", "),
            host: uri.host_or_local().to_owned(),
            looked_at: found.looked_at.clone(),
        }
    })
}

/// What one end has to say to the other. Nothing at all is not the same as something empty.
type Token = Option<Vec<u8>>;

/// The client's half of an exchange.
struct Exchange {
    known: Known,
    user: Option<String>,
    session: Session,
    /// The daemon's messages so far.
    heard: u32,
}

/// What the client's half came to in one step.
struct Stepped {
    token: Token,
    /// It has all that it needs, and takes no further step.
    is_content: bool,
}

impl Exchange {
    fn new(known: Known, credentials: Option<Credentials>) -> Result<Exchange, AuthError> {
        let user = credentials.as_ref().map(|credentials| credentials.user().to_owned());
        let wrong = |reason: &dyn std::fmt::Display| exchange_error(known, reason.to_string());
        let registry = Registry::with_mechanisms(std::slice::from_ref(known.mechanism));
        let config = SASLConfig::builder().with_registry(registry).with_callback(Answers(credentials));
        let name = Mechname::parse(known.name.as_bytes()).map_err(|error| wrong(&error))?;
        let config: Arc<SASLConfig> = config.map_err(|error| wrong(&error))?;
        let session = SASLClient::new(config).start_suggested(&[name]).map_err(|error| wrong(&error))?;
        Ok(Exchange { known, user, session, heard: 0 })
    }

    async fn run(mut self, connection: &Connection) -> Result<(), AuthError> {
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
                (true, true, None) => return Ok(()),
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
        // Its place is taken by one that nothing was done with; if the thread dies, so does the exchange.
        let fresh = Exchange::new(self.known, None)?.session;
        let mut session = std::mem::replace(&mut self.session, fresh);
        let (session, stepped) = blocking(move || {
            let mut out = Vec::new();
            let state = session.step(heard.as_deref(), &mut out);
            (session, state.map(|state| (state, out)))
        })
        .await?;
        self.session = session;
        let (state, out) = stepped.map_err(|error| self.wrong(&describe(&error)))?;
        Ok(match state {
            State::Running => Stepped { token: Some(out), is_content: false },
            State::Finished(MessageSent::Yes) => Stepped { token: Some(out), is_content: true },
            State::Finished(MessageSent::No) => Stepped { token: None, is_content: true },
        })
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
    tokio::task::spawn_blocking(work).await.map_err(|error| AuthError::Exchange {
        mechanism: "SASL".into(),
        reason: format!("this end gave up: {error}"),
    })
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
