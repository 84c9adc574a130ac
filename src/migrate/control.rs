//! Reaches into a migration that runs: how far it is, faster, slower, or not at all.
//!
//! Over a connection of its own, opened when it is first needed: Perform holds a place on the migration's own, and a link that is
//! stuck there is no reason to be unable to stop it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::flags::{AbortJobFlags, JobStatsFlags};
use virtwire_protocol::migrate;
use virtwire_protocol::program::Procedure;
use virtwire_protocol::remote::DomainGetJobStats;

use super::peer;
use super::progress::Progress;
use crate::client::{CallError, Connection, Domain, OpenError, OpenOptions};

/// A handle on a migration's source and guest. Cheap to clone; good as long as the source has the guest.
#[derive(Clone, Debug)]
pub struct Control {
    /// The migration's own connection, where no other can be had.
    shared: Connection,
    own: Arc<Mutex<Option<Connection>>>,
    guest: migrate::Domain,
    within: Duration,
}

/// Why a word did not reach the source, or was not taken.
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// No connection to it could be had.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It refused, or the answer is missing; the error's `fate` tells which.
    #[error(transparent)]
    Call(#[from] CallError),
    /// It was not reached in time.
    #[error("the source did not answer within {0:?}")]
    TimedOut(Duration),
}

debug_is_display!(ControlError);

impl Control {
    pub(super) fn new(shared: Connection, guest: migrate::Domain) -> Control {
        Control { shared, own: Arc::default(), guest, within: WITHIN }
    }

    /// Gives each word this long, connecting included. 10 s by default.
    #[must_use = "this returns the handle"]
    pub fn within(mut self, within: Duration) -> Control {
        self.within = within;
        self
    }

    /// How far the job is now: by `domain_get_job_stats`, or by the older `domain_get_job_info` where the source has no other.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn progress(&self) -> Result<Progress, ControlError> {
        self.say(|domain| async move { Question::new(domain).ask().await }).await
    }

    /// Limits what the migration sends, MiB/s, from now on. Other migrations of the guest keep this limit too.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn set_speed(&self, mib_per_second: u64) -> Result<(), ControlError> {
        self.say(|domain| async move { domain.set_migrate_max_speed(mib_per_second).await }).await
    }

    /// How long the guest may stand still at the end, from now on; whole milliseconds. A longer time lets a busy guest arrive sooner.
    ///
    /// # Errors
    /// [`ControlError`]; code 55 where no migration runs.
    pub async fn set_max_downtime(&self, downtime: Duration) -> Result<(), ControlError> {
        self.say(|domain| async move { domain.set_migrate_max_downtime(downtime).await }).await
    }

    /// Has a migration with POSTCOPY switch over now (libvirt 1.3.3): the guest goes on at the destination, and fetches from the source
    /// what it has not got. **From then on nothing can be rolled back**: what breaks must be resumed (POSTCOPY_RESUME), or the guest is lost.
    /// [`Switch`](super::Switch) has it done at a moment that is known beforehand.
    ///
    /// # Errors
    /// [`ControlError`]; code 55 where no migration runs or it has not POSTCOPY; others while it has not begun to send.
    pub async fn start_post_copy(&self) -> Result<(), ControlError> {
        self.say(|domain| async move { domain.migrate_start_post_copy().await }).await
    }

    /// Tells the source to abort its job. An answer is no promise: what Perform comes to is. A migration that
    /// [runs](super::Migration::run) is given up by its [`Canceller`](super::Canceller), which does this at the right moment.
    ///
    /// # Errors
    /// [`ControlError`]; code 55 where no job runs.
    pub async fn abort(&self) -> Result<(), ControlError> {
        self.say(|domain| async move { domain.abort_job().await }).await
    }

    /// The same for a migration in post-copy, which stands still then until it is recovered (libvirt 8.5).
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn pause_post_copy(&self) -> Result<(), ControlError> {
        self.say(|domain| async move { domain.abort_job_with(AbortJobFlags::POSTCOPY).await }).await
    }

    /// Makes one call about the guest in time, over the connection of its own; over the migration's where none can be had.
    async fn say<T, F: Future<Output = Result<T, CallError>>>(
        &self,
        call: impl FnOnce(Domain) -> F,
    ) -> Result<T, ControlError> {
        let deadline = Instant::now() + self.within;
        let spoken = async {
            let connection = match self.connection().await {
                Ok(connection) => connection,
                Err(error) if self.shared.ended().is_some() => return Err(error.into()),
                // Half of the time is left for the migration's own, on which words like these are let pass first.
                Err(error) => {
                    tracing::debug!(%error, "no connection of its own to the source; using the migration's");
                    self.shared.clone()
                }
            };
            Ok(call(Domain::new(&connection, peer::wire(self.guest.clone()))).await?)
        };
        timeout_at(deadline, spoken).await.unwrap_or(Err(ControlError::TimedOut(self.within)))
    }

    /// A question over the connection of its own.
    pub(super) async fn question(&self) -> Result<Question, OpenError> {
        let connection = self.connection().await?;
        Ok(Question::new(Domain::new(&connection, peer::wire(self.guest.clone()))))
    }

    async fn connection(&self) -> Result<Connection, OpenError> {
        let known = self.own.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(connection) = known.filter(|connection| connection.ended().is_none()) {
            return Ok(connection);
        }
        let options = self.shared.options().clone();
        let open_within = options.open_within.min(self.within / 2);
        let opened =
            Connection::open_with(self.shared.uri().as_str(), OpenOptions { open_within, ..options }).await?;
        *self.own.lock().unwrap_or_else(PoisonError::into_inner) = Some(opened.clone());
        Ok(opened)
    }
}

/// Asks a source how far the guest's job is.
#[derive(Debug)]
pub(super) struct Question {
    domain: Domain,
    /// The source has proved that it has no other way.
    only_info: bool,
}

impl Question {
    pub(super) fn new(domain: Domain) -> Question {
        Question { domain, only_info: false }
    }

    /// Asks in the newer way if there is one.
    pub(super) async fn ask(&mut self) -> Result<Progress, CallError> {
        if !self.only_info {
            let error = match self.domain.job_stats(JobStatsFlags::NONE).await {
                Ok(stats) => return Ok(Progress::from_stats(stats.kind, &stats.params)),
                Err(error) => error,
            };
            let Some(remote) = error.remote() else { return Err(error) };
            if !self.domain.connection().is_unsupported(DomainGetJobStats::NUMBER, remote).await? {
                return Err(error);
            }
            self.only_info = true;
        }
        Ok(Progress::from_info(&self.domain.job_info().await?))
    }
}

/// What a source says of its job.
pub(super) enum Told {
    Progress(Progress),
    /// No answer, or not this time.
    Nothing,
    /// That no job runs.
    NoJob,
    /// That it cannot tell.
    Never,
}

/// Waits, and asks the source how far it is. A question without an answer keeps its place among the calls in flight; so where one is
/// not answered in time, the next goes over the control's own connection.
pub(super) async fn look(mut question: Question, control: &Control, after: Duration) -> (Question, Told) {
    tokio::time::sleep(after).await;
    let told = match timeout(WITHIN, question.ask()).await {
        Ok(Ok(progress)) if progress.is_running() => Told::Progress(progress),
        Ok(Ok(_)) => Told::NoJob,
        // A source that cannot tell may be too old to ever tell.
        Ok(Err(error)) if error.remote().is_some_and(RemoteError::is_unsupported) => Told::Never,
        Ok(Err(CallError::TimedOut { .. } | CallError::Closed { .. })) | Err(_) => {
            match control.question().await {
                Ok(other) => question = other,
                // Whoever cannot be reached is not called again at once.
                Err(_) => tokio::time::sleep(WITHIN).await,
            }
            Told::Nothing
        }
        Ok(Err(_)) => Told::Nothing,
    };
    (question, told)
}

const WITHIN: Duration = Duration::from_secs(10);
