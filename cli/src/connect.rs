//! Opening a daemon, and finding a guest there by whatever the user calls it.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

use virtwire::client::{AuthError, CallError, Connection, Credentials, Domain, OpenError, OpenOptions};
use virtwire::protocol::error::ErrorCode;
use virtwire::uri::Uri;

use crate::fail::{Fail, quoted};

/// How the user wants daemons to be opened.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Opener {
    /// Only to look.
    pub(crate) read_only: bool,
}

impl Opener {
    /// Opens a daemon.
    pub(crate) async fn open(self, uri: &str) -> Result<Connection, Fail> {
        open_with(uri, OpenOptions { read_only: self.read_only, ..OpenOptions::default() }).await
    }
}

/// Opens a daemon with options. Whoever sits at a terminal is asked for what no file has.
pub(crate) async fn open_with(uri: &str, mut options: OpenOptions) -> Result<Connection, Fail> {
    let error = match Connection::open_with(uri, options.clone()).await {
        Ok(connection) => return Ok(connection),
        Err(error) => error,
    };
    let lacking = match &error {
        OpenError::Authentication { error, .. } => matches!(**error, AuthError::NoCredentials { .. }),
        _ => false,
    };
    if !lacking || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Fail::open(uri, error));
    }
    // Not while the daemon waits: a person takes longer than an opening may.
    let asked =
        ask(uri).map_err(|error| Fail::new("the terminal", error, "name a file by `?authfile=FILE`"))?;
    options.credentials = Some(Arc::new(asked));
    Connection::open_with(uri, options).await.map_err(|error| Fail::open(uri, error))
}

fn ask(uri: &str) -> io::Result<Credentials> {
    let user = match uri.parse::<Uri>().ok().and_then(|uri| uri.user) {
        Some(user) => user,
        None => {
            eprint!("User for {uri}: ");
            io::stderr().flush()?;
            let mut line = String::new();
            io::stdin().read_line(&mut line)?;
            line.trim().to_owned()
        }
    };
    let password = rpassword::prompt_password(format!("Password of {user} for {uri}: "))?;
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

/// The answer, or `None` where the daemon knows no such guest.
pub(crate) fn known<T>(answer: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(CallError::Remote(error)) if error.code == ErrorCode::NO_DOMAIN => Ok(None),
        Err(error) => Err(error),
    }
}
