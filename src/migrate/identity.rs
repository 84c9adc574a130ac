//! Which host a URI leads to: one that led to a host may lead to another later, where an address moves.
//!
//! A host that is asked for a guest and is another one says that it has none, and that is what sends a guest back to its source. So a host
//! is asked who it is while a migration begins, and whoever reaches it again asks first.

use std::fmt;
use std::time::Duration;

use tokio::task::JoinSet;
use virtwire_protocol::migrate::Failure;

use super::check::host_uuid;
use super::patient;
use crate::client::{Connection, OpenOptions};

/// A host's own word: its name, and the UUID of its hardware if it has one. Neither alone will do: some makers give all of their machines
/// the same UUID, and some users all of theirs the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    name: String,
    pub(super) uuid: Option<String>,
}

impl Identity {
    /// Asks a host. `None` if it does not tell.
    pub(super) async fn of(connection: &Connection) -> Option<Identity> {
        let connection = patient(connection);
        let (name, uuid) = tokio::join!(connection.hostname(), host_uuid(&connection));
        Some(Identity { name: name.ok()?.to_string(), uuid: uuid.ok()? })
    }
}

/// As a journal keeps it.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.uuid.iter().try_for_each(|uuid| write!(f, " {uuid}"))
    }
}

/// Who a host has said it is, once it has been asked.
#[derive(Debug, Default)]
pub(super) enum Met {
    #[default]
    NotAsked,
    Asked(JoinSet<Option<Identity>>),
    Told(Option<String>),
}

impl Met {
    /// Asks, and does not wait for the answer. Once.
    pub(super) fn ask(&mut self, connection: &Connection) {
        if let Met::NotAsked = self {
            let (mut asked, connection) = (JoinSet::new(), connection.clone());
            asked.spawn(async move { Identity::of(&connection).await });
            *self = Met::Asked(asked);
        }
    }

    /// What it has said, if it has by then. Cancel-safe.
    pub(super) async fn told(&mut self, within: Duration) -> Option<&str> {
        if let Met::Asked(asked) = self
            && let Ok(told) = tokio::time::timeout(within, asked.join_next()).await
        {
            *self = Met::Told(told.and_then(Result::ok).flatten().map(|identity| identity.to_string()));
        }
        self.known()
    }

    /// What it had said when it was last waited for.
    pub(super) fn known(&self) -> Option<&str> {
        match self {
            Met::Told(told) => told.as_deref(),
            Met::NotAsked | Met::Asked(_) => None,
        }
    }
}

/// Opens a host, and makes sure that it is the one that is expected, if one is.
///
/// # Errors
/// [`Failure::NotSent`]: what was to be asked of that host is not asked of another.
pub(super) async fn open(
    uri: &str,
    options: OpenOptions,
    expected: Option<&str>,
    within: Duration,
) -> Result<Connection, Failure> {
    let not_sent = |message: String| Failure::NotSent { message };
    let connection =
        Connection::open_with(uri, options).await.map_err(|error| not_sent(error.to_string()))?;
    let Some(expected) = expected else { return Ok(connection) };
    match tokio::time::timeout(within, Identity::of(&connection)).await.ok().flatten() {
        Some(identity) if identity.to_string() == expected => Ok(connection),
        Some(identity) => {
            Err(not_sent(format!("{uri} leads to another host now: {identity}, and it was {expected}")))
        }
        None => Err(not_sent(format!("{uri} does not tell to which host it leads; it was {expected}"))),
    }
}
