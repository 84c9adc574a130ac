//! What the hosts say: each is asked by a task of its own, so that one that hangs holds up no other.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use virtwire::client::{CallError, Connection};
use virtwire::protocol::enums::{DomainState, DomainStateKind, PausedReason, RunningReason};

use crate::connect::{Opener, known, of_all};
use crate::job::{Job, look as look_at_job};
use crate::list::{Does, guests};

/// A host, as it was last seen.
#[derive(Clone, Debug)]
pub(super) struct Host {
    pub(super) uri: String,
    pub(super) phase: Phase,
    /// Kept as they were last seen while the host is not reached.
    pub(super) guests: Vec<Guest>,
}

/// How far asking a host has come.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// It has not answered yet.
    Asked,
    /// It has told what it has.
    Seen,
    /// It does not.
    Failed(String),
}

/// A guest of a host.
#[derive(Clone, Debug)]
pub(super) struct Guest {
    pub(super) name: String,
    pub(super) uuid: String,
    pub(super) does: Does,
    pub(super) job: Option<Job>,
}

/// A guest's part in a migration, as far as its state tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    None,
    /// Paused by a migration, or in post-copy: it comes. One that has been sent is paused by it as well.
    Arriving,
    /// It stands still here, and goes on elsewhere while its memory follows.
    Followed,
    /// The same, and what was to follow does not.
    Torn,
}

impl Part {
    pub(super) fn of(does: Does) -> Part {
        let Does::Why(state) = does else { return Part::None };
        match state {
            DomainState::Paused(PausedReason::Migration)
            | DomainState::Running(RunningReason::Postcopy | RunningReason::PostcopyFailed) => Part::Arriving,
            DomainState::Paused(PausedReason::Postcopy) => Part::Followed,
            DomainState::Paused(PausedReason::PostcopyFailed) => Part::Torn,
            _ => Part::None,
        }
    }
}

/// Hosts under watch. Dropping it ends the watch.
pub(super) struct Hosts {
    seen: Arc<Mutex<Vec<Host>>>,
    changes: watch::Receiver<u64>,
    _tasks: JoinSet<()>,
}

impl Hosts {
    /// Asks each now and then.
    pub(super) fn watch(uris: &[String], opener: Opener, every: Duration) -> Hosts {
        let unseen = |uri: &String| Host { uri: uri.clone(), phase: Phase::Asked, guests: Vec::new() };
        let seen = Arc::new(Mutex::new(uris.iter().map(unseen).collect::<Vec<_>>()));
        let (change, changes) = watch::channel(0_u64);
        let change = Arc::new(change);
        let mut tasks = JoinSet::new();
        for (at, uri) in uris.iter().cloned().enumerate() {
            let (seen, change) = (seen.clone(), change.clone());
            tasks.spawn(async move {
                let mut connection = None;
                loop {
                    let told = look(&uri, opener, &mut connection).await;
                    if let Some(host) = lock(&seen).get_mut(at) {
                        host.take(told);
                    }
                    change.send_modify(|change| *change = change.wrapping_add(1));
                    tokio::time::sleep(every).await;
                }
            });
        }
        Hosts { seen, changes, _tasks: tasks }
    }

    /// Asks each once, all at the same time.
    pub(super) async fn once(uris: &[String], opener: Opener) -> Vec<Host> {
        let mut looks = JoinSet::new();
        for (at, uri) in uris.iter().cloned().enumerate() {
            looks.spawn(async move {
                let mut host = Host { uri: uri.clone(), phase: Phase::Asked, guests: Vec::new() };
                host.take(look(&uri, opener, &mut None).await);
                (at, host)
            });
        }
        let mut hosts = looks.join_all().await;
        hosts.sort_by_key(|(at, _)| *at);
        hosts.into_iter().map(|(_, host)| host).collect()
    }

    pub(super) fn seen(&self) -> Vec<Host> {
        lock(&self.seen).clone()
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }
}

impl Host {
    fn take(&mut self, told: Result<Vec<Guest>, String>) {
        match told {
            Ok(guests) => (self.phase, self.guests) = (Phase::Seen, guests),
            Err(why) => self.phase = Phase::Failed(why),
        }
    }
}

fn lock(seen: &Mutex<Vec<Host>>) -> MutexGuard<'_, Vec<Host>> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks at a host, over the connection of the last look if there is one.
async fn look(uri: &str, opener: Opener, connection: &mut Option<Connection>) -> Result<Vec<Guest>, String> {
    let open = match connection.take().filter(|connection| connection.ended().is_none()) {
        Some(open) => open,
        None => opener.open(uri).await.map_err(|fail| fail.to_string())?,
    };
    match tell(&open.within(ANSWERS_WITHIN)).await {
        Ok(guests) => {
            *connection = Some(open);
            Ok(guests)
        }
        Err(CallError::TimedOut { .. }) => {
            Err(format!("does not answer within {} s", ANSWERS_WITHIN.as_secs()))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// How long a host has for each answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(15);

/// What the guests do by one call, where the host has it, and then all jobs at once: a host is as far away for many guests as for one.
async fn tell(connection: &Connection) -> Result<Vec<Guest>, CallError> {
    of_all(guests(connection, true).await?, |(domain, does)| async move {
        let active = does.kind() != DomainStateKind::Shutoff;
        let job = if active { look_at_job(&domain).await } else { Ok(None) };
        let job = match job {
            // The host tells of guests: whoever is not told of all jobs in time sees those.
            Err(CallError::TimedOut { .. }) => None,
            // A guest that went away meanwhile has none.
            job => known(job)?.flatten(),
        };
        Ok(Guest { name: domain.name().to_string(), uuid: domain.uuid().to_string(), does, job })
    })
    .await
}
