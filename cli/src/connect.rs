//! Opening a daemon, and finding a guest there by whatever the user calls it.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use virtwire::client::{AuthError, CallError, Connection, Credentials, Domain, OpenError, OpenOptions};
use virtwire::protocol::error::ErrorCode;
use virtwire::uri::{Transport, Uri};

use crate::agent::Agent;
use crate::fail::{Fail, quoted};
use crate::prompt;

/// How the user wants daemons to be opened.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Opener {
    /// Only to look.
    pub(crate) read_only: bool,
    /// How long connecting, authenticating and opening may take, if the user says so.
    pub(crate) within: Option<Duration>,
    /// Take a certificate's common name.
    pub(crate) accept_common_name: bool,
    /// Authenticate where others may read along.
    pub(crate) accept_unprotected: bool,
    /// Also at a terminal: it shows something else.
    pub(crate) asks_nobody: bool,
}

/// A daemon that was not there before its socket was used takes some 15 s to find out what its QEMU can do, and a person needs
/// some time for a password that polkit wants.
pub(crate) const OPEN_WITHIN: Duration = Duration::from_secs(60);
/// Where nobody is asked for anything, and a host that does not answer is told as that.
const OPEN_BRIEFLY_WITHIN: Duration = Duration::from_secs(10);
/// Of a program on a terminal, which may be asking its user for a password: as long as that takes.
const PROGRAM_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

impl Opener {
    /// Opens a daemon.
    pub(crate) async fn open(self, uri: &str) -> Result<Connection, Fail> {
        let options = self.options(uri);
        match self.asks_nobody {
            true => Connection::open_with(uri, options).await.map_err(|error| Fail::open(uri, error)),
            false => open_with(uri, options).await,
        }
    }

    /// The same, which asks nobody for anything, and waits only briefly where the user says nothing.
    pub(crate) fn briefly(self) -> Opener {
        Opener { within: self.within.or(Some(OPEN_BRIEFLY_WITHIN)), asks_nobody: true, ..self }
    }

    /// The options by which this daemon is opened.
    pub(crate) fn options(self, uri: &str) -> OpenOptions {
        let within = self.within.unwrap_or_else(|| usual(uri, io::stdin().is_terminal()));
        let Opener { read_only, accept_common_name, accept_unprotected, .. } = self;
        let taken = OpenOptions { accept_common_name, accept_unprotected, ..OpenOptions::default() };
        OpenOptions { read_only, open_within: within, ..taken }
    }
}

/// How long opening may take of which the user says nothing; of what leads nowhere, that shows at once.
fn usual(uri: &str, on_a_terminal: bool) -> Duration {
    let transport = Connection::resolve(uri).map(|uri| uri.transport);
    transport.map_or(OPEN_WITHIN, |transport| usual_by(transport, on_a_terminal))
}

fn usual_by(transport: Transport, on_a_terminal: bool) -> Duration {
    let by_socket = matches!(transport, Transport::Unix | Transport::Tcp | Transport::Tls);
    if by_socket || !on_a_terminal { OPEN_WITHIN } else { PROGRAM_WITHIN }
}

/// Opens a daemon with options. Whoever sits at a terminal is asked for what no file has.
pub(crate) async fn open_with(uri: &str, options: OpenOptions) -> Result<Connection, Fail> {
    let opened = Connection::open_with(uri, options.clone()).await;
    or_asked(uri, options, opened).await
}

/// Opens two daemons, both at once: distance is paid for once. One after the other where the first of them is to be seen first, or where a
/// program leads there that may ask its user for something.
///
/// # Errors
/// The first one's, at once. The second one's is the caller's to judge.
pub(crate) async fn open_two(
    [one, other]: [(&str, OpenOptions); 2],
    in_order: bool,
) -> Result<(Connection, Result<Connection, Fail>), Fail> {
    if in_order || may_ask(one.0) || may_ask(other.0) {
        let first = open_with(one.0, one.1).await?;
        return Ok((first, open_with(other.0, other.1).await));
    }
    let (first, second) = tokio::try_join!(
        async {
            match Connection::open_with(one.0, one.1.clone()).await {
                Err(error) if question(&error).is_none() => Err(Fail::open(one.0, error)),
                opened => Ok(opened),
            }
        },
        async { Ok(Connection::open_with(other.0, other.1.clone()).await) },
    )?;
    // A person is asked one question at a time.
    let first = or_asked(one.0, one.1, first).await?;
    Ok((first, or_asked(other.0, other.1, second).await))
}

/// The same, where neither's error is a reason not to hear the other.
pub(crate) async fn open_both(
    [one, other]: [(&str, OpenOptions); 2],
    in_order: bool,
) -> [Result<Connection, Fail>; 2] {
    if in_order || may_ask(one.0) || may_ask(other.0) {
        let first = open_with(one.0, one.1).await;
        return [first, open_with(other.0, other.1).await];
    }
    let (first, second) = tokio::join!(
        Connection::open_with(one.0, one.1.clone()),
        Connection::open_with(other.0, other.1.clone()),
    );
    // A person is asked one question at a time.
    let first = or_asked(one.0, one.1, first).await;
    [first, or_asked(other.0, other.1, second).await]
}

/// Whether a program leads there that may ask its user for something.
fn may_ask(uri: &str) -> bool {
    usual(uri, io::stdin().is_terminal()) == PROGRAM_WITHIN
}

/// What a daemon wants to know of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    /// A user's name and password.
    Password,
    /// Whatever polkit asks, by an agent.
    Polkit,
}

/// What it is, where somebody sits there who can be asked.
fn question(error: &OpenError) -> Option<Question> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return None;
    }
    let OpenError::Authentication { uri, error } = error else { return None };
    match &**error {
        AuthError::NoCredentials { .. } => Some(Question::Password),
        // polkit knows the processes of its own host alone.
        AuthError::Polkit(refused) if refused.code == ErrorCode::AUTH_UNAVAILABLE => {
            let is_here = uri.parse::<Uri>().is_ok_and(|uri| uri.transport == Transport::Unix);
            is_here.then_some(Question::Polkit)
        }
        _ => None,
    }
}

/// What was opened; or what is opened with what its user is asked for.
async fn or_asked(
    uri: &str,
    mut options: OpenOptions,
    opened: Result<Connection, OpenError>,
) -> Result<Connection, Fail> {
    let error = match opened {
        Ok(connection) => return Ok(connection),
        Err(error) => error,
    };
    let opened = match question(&error) {
        None => Err(error),
        Some(Question::Polkit) => match Agent::start().await {
            None => Err(error),
            Some(agent) => {
                let opened = Connection::open_with(uri, options).await;
                agent.end().await;
                opened
            }
        },
        Some(Question::Password) => {
            // Not while the daemon waits: a person takes longer than an opening may.
            let asked = ask(uri)
                .map_err(|error| Fail::new("the terminal", error, "name a file by `?authfile=FILE`"))?;
            options.credentials = Some(Arc::new(asked));
            Connection::open_with(uri, options).await
        }
    };
    opened.map_err(|error| Fail::open(uri, error))
}

fn ask(uri: &str) -> io::Result<Credentials> {
    let user = match uri.parse::<Uri>().ok().and_then(|uri| uri.user) {
        Some(user) => user,
        None => prompt::shown(&format!("User for {uri}: "))?.trim().to_owned(),
    };
    if user.is_empty() {
        // No daemon knows such a one.
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no user was named"));
    }
    let password = prompt::hidden(&format!("Password of {user} for {uri}: "))?;
    Ok(Credentials::new(user, password))
}

/// Finds a guest as `virsh` does: a number is an id first, a UUID is one, and anything can be a name.
pub(crate) async fn find(connection: &Connection, key: &str) -> Result<Domain, Fail> {
    let uri = connection.uri();
    match look_up(connection, key).await {
        Ok(Some(domain)) => Ok(domain),
        Ok(None) => Err(Fail::new(
            format!("domain {key} on {uri}"),
            "there is no such guest",
            format!("`virtwire list --all {}` shows those that there are", quoted(uri)),
        )),
        Err(error) => Err(Fail::call(format!("domain {key} on {uri}"), &error)),
    }
}

async fn look_up(connection: &Connection, key: &str) -> Result<Option<Domain>, CallError> {
    if let Some(id) = key.parse().ok().filter(|id| *id >= 0)
        && let Some(found) = known(connection.domain_by_id(id).await)?
    {
        return Ok(Some(found));
    }
    if let Ok(uuid) = key.parse()
        && let Some(found) = known(connection.domain_by_uuid(uuid).await)?
    {
        return Ok(Some(found));
    }
    known(connection.domain(key).await)
}

/// Asks of all of them at once, and gives the answers in their order: distance is paid for once, and the connection paces the calls.
///
/// # Errors
/// The first of those there are, in that order.
pub(crate) async fn of_all<T, R, F>(things: Vec<T>, ask: impl Fn(T) -> F) -> Result<Vec<R>, CallError>
where
    R: Send + 'static,
    F: Future<Output = Result<R, CallError>> + Send + 'static,
{
    let mut asked = JoinSet::new();
    for (at, thing) in things.into_iter().enumerate() {
        let answer = ask(thing);
        asked.spawn(async move { (at, answer.await) });
    }
    let mut answers = asked.join_all().await;
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// The answer, or `None` where the daemon knows no such guest.
pub(crate) fn known<T>(answer: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(CallError::Remote(error)) if error.code == ErrorCode::NO_DOMAIN => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_at_a_terminal_has_the_time_that_its_user_takes() {
        for uri in ["qemu:///system", "qemu+tcp://host/system", "qemu://host/system"] {
            assert_eq!(usual(uri, true), OPEN_WITHIN, "{uri}");
        }
        for uri in ["qemu+ssh://root@host/system", "qemu+ext:///system?command=/bin/lead"] {
            assert_eq!((usual(uri, true), usual(uri, false)), (PROGRAM_WITHIN, OPEN_WITHIN), "{uri}");
        }
    }

    /// It is the transport that counts, and not how the user wrote it: no alias has one.
    #[tokio::test]
    async fn what_leads_nowhere_waits_for_no_person() {
        assert_eq!(usual("no-such-alias", true), OPEN_WITHIN);
    }
}
