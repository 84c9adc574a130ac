//! Moves a guest between two daemons: drives the engine of [`virtwire_protocol::migrate`] over two connections.
//!
//! The engine decides; this makes its calls, waits, reports progress while Perform runs, and reaches a host again whose
//! connection was lost, so that an unknown end can become a known one.

mod peer;

use std::future::{Future, ready};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use virtwire_protocol::migrate::{
    Action, Call, CancelAnswer, Do, Engine, Failure, Feature, Features, Host, JobInfo, Note, Outcome, Plan,
    Record, Refusal, Reply, Request, Settings, Wait, Waiting, Wish,
};
use virtwire_protocol::remote;

use self::peer::Peer;
use crate::client::{CallError, Connection};

/// A migration between two daemons, under way or not yet begun.
///
/// **Dropping it is an act** while its outcome is unknown: the destination's connection closes, and with it goes the guest
/// that was prepared there, which may be the only copy.
#[derive(Debug)]
#[must_use = "a migration moves nothing until it runs, and a dropped one may lose the guest"]
pub struct Migration {
    source: Peer,
    destination: Peer,
    plan: Plan,
    engine: Engine,
    cancel: Canceller,
    progress_every: Duration,
    /// The outcome, once it is known for good.
    ended: Option<Outcome>,
    /// Whether the engine waits for [`Engine::retry`].
    waiting: bool,
    /// A call is out whose answer the engine has not had: [`run`](Self::run) was dropped meanwhile if it begins so.
    calling: bool,
    /// Why the journal failed; the next call must not be made.
    unwritten: Option<io::Error>,
}

/// Why a migration was not even begun. Nothing was changed on either host.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A host did not say what it can do. That is no "no".
    #[error("the {host} does not report its features: {error}")]
    Features {
        /// Which host.
        host: Host,
        /// Why not.
        error: CallError,
    },
    /// The runtime is shutting down.
    #[error("the {host} was not asked for its features: the runtime is shutting down")]
    NotAsked {
        /// Which host.
        host: Host,
    },
    /// The hosts, the wish and the flags do not go together.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// Gives a migration up from outside, by the caller's explicit word. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Canceller(Arc<Notify>);

impl Canceller {
    /// Asks for the migration to be given up, so that the guest stays on its source.
    ///
    /// Before Perform that is done as soon as the call that is out is answered, and Perform is not sent. While Perform runs
    /// the source is told to abort its job. Once Perform's reply is lost, see [`Engine::cancel`].
    pub fn cancel(&self) {
        self.0.notify_one();
    }

    /// Takes the caller's word if it has come.
    fn was_asked(&self) -> bool {
        std::pin::pin!(self.0.notified()).enable()
    }
}

/// Follows a migration. Every method has a default that does nothing.
pub trait Watch: Send {
    /// A decision or a surprise.
    fn note(&mut self, note: &Note) {
        let _ = note;
    }

    /// A call is about to be made.
    fn calling(&mut self, call: &Do) {
        let _ = call;
    }

    /// Perform runs, and this is how far it is.
    fn progress(&mut self, job: &JobInfo) {
        let _ = job;
    }

    /// The engine waits before it asks the hosts again.
    fn waiting(&mut self, wait: &Wait) {
        let _ = wait;
    }

    /// What became of a cancellation.
    fn cancelled(&mut self, answer: CancelAnswer) {
        let _ = answer;
    }

    /// Make this record durable: it is what another process can recover from. If it fails, the call that it precedes is not
    /// made.
    fn journal(&mut self, record: &Record) -> impl Future<Output = io::Result<()>> + Send {
        let _ = record;
        ready(Ok(()))
    }
}

/// Nobody watches.
impl Watch for () {}

impl Migration {
    /// Asks both hosts for their features and chooses the version.
    ///
    /// Both connections must be open, read-write, and to different hosts. [`Request::live`] is the usual request; the
    /// domain comes from [`Migration::find`].
    ///
    /// # Errors
    /// [`PlanError`], with nothing changed.
    pub async fn plan(
        source: Connection,
        destination: Connection,
        request: Request,
        wish: Wish,
    ) -> Result<Migration, PlanError> {
        let (reported, by_destination) =
            tokio::join!(features(Host::Source, &source), features(Host::Destination, &destination));
        let plan = Plan::choose(request, wish, reported?, by_destination?)?;
        Ok(Migration {
            source: Peer::new(source),
            destination: Peer::new(destination),
            engine: Engine::new(plan.clone(), Settings::default()),
            plan,
            cancel: Canceller::default(),
            progress_every: Duration::from_millis(250),
            ended: None,
            waiting: false,
            calling: false,
            unwritten: None,
        })
    }

    /// The guest of this name on a host, as a [`Request`] wants it.
    ///
    /// # Errors
    /// [`CallError`]; code 42 where there is none.
    pub async fn find(
        connection: &Connection,
        name: &str,
    ) -> Result<virtwire_protocol::migrate::Domain, CallError> {
        let found = connection.call(remote::DomainLookupByName { name: name.into() }).await?;
        Ok(peer::domain(found.dom))
    }

    /// Other times than the usual ones. Only before the first [`run`](Self::run).
    #[must_use = "this returns the migration"]
    pub fn settings(mut self, settings: Settings) -> Migration {
        self.engine = Engine::new(self.plan.clone(), settings);
        self
    }

    /// How often progress is asked for while Perform runs. 250 ms by default.
    #[must_use = "this returns the migration"]
    pub fn progress_every(mut self, every: Duration) -> Migration {
        self.progress_every = every;
        self
    }

    /// What was chosen, and why.
    pub fn chosen(&self) -> &Plan {
        &self.plan
    }

    /// What gives the migration up from outside.
    pub fn canceller(&self) -> Canceller {
        self.cancel.clone()
    }

    /// Runs until the end is known, or until it is clear that it is not known now.
    ///
    /// After [`Outcome::Unknown`] keep this and call it again, as often as you like: the hosts are then asked again, over
    /// new connections if need be. After any other outcome it returns the same one at once.
    ///
    /// Cancel-safe: a dropped run may be run again. A call that was out then counts as one whose reply is lost.
    pub async fn run(&mut self, watch: &mut impl Watch) -> Outcome {
        if std::mem::take(&mut self.calling) {
            self.engine.done(Err(Failure::Lost { message: "nobody waited for the reply".to_owned() }));
        }
        if std::mem::take(&mut self.waiting) {
            self.engine.retry();
        }
        if let Some(outcome) = &self.ended {
            return outcome.clone();
        }
        while let Some(action) = self.engine.poll() {
            match action {
                Action::Note(note) => {
                    tracing::info!(%note, "migration");
                    watch.note(&note);
                }
                Action::Journal(record) => {
                    let earlier = self.unwritten.replace(io::Error::other("nobody waited for it"));
                    self.unwritten = match watch.journal(&record).await {
                        Ok(()) => earlier,
                        Err(error) => {
                            tracing::warn!(%error, "a record of the migration was not written");
                            Some(error)
                        }
                    };
                }
                Action::Do(call) => {
                    self.calling = true;
                    // Finish is sent all the same: without it the guest stays paused, and asking changes nothing.
                    let answer = match self.unwritten.take() {
                        Some(error) if call.call.begins_something() => {
                            Err(Failure::NotSent { message: format!("the journal failed: {error}") })
                        }
                        _ => self.make(call, watch).await,
                    };
                    self.calling = false;
                    self.engine.done(answer);
                }
                Action::Wait(wait) => {
                    watch.waiting(&wait);
                    // Whoever drops this future while it waits has the hosts asked again by the next run.
                    self.waiting = true;
                    if let Waiting::Unknown(unknown) = wait.why {
                        return Outcome::Unknown(unknown);
                    }
                    self.pause(wait.ask_again_after, watch).await;
                    self.waiting = false;
                    self.engine.retry();
                }
                Action::End(outcome) => return self.ended.insert(outcome).clone(),
            }
        }
        // An engine that has not ended always has something to do; one that has not is asked for what it knows.
        let fresh = Engine::new(self.plan.clone(), Settings::default());
        self.ended.insert(std::mem::replace(&mut self.engine, fresh).give_up()).clone()
    }

    async fn make(&mut self, order: Do, watch: &mut impl Watch) -> Result<Reply, Failure> {
        tracing::debug!(call = %order, "migration step");
        let Do { host, call, deadline } = order.clone();
        if call.performs() {
            if self.cancel.was_asked() {
                watch.cancelled(CancelAnswer::Taken);
                return Err(Failure::NotSent { message: "given up by the caller".to_owned() });
            }
            watch.calling(&order);
            return self.make_perform(call, watch).await;
        }
        watch.calling(&order);
        let peer = match host {
            Host::Source => &mut self.source,
            Host::Destination => &mut self.destination,
        };
        let making = peer.make(call, deadline);
        tokio::pin!(making);
        loop {
            tokio::select! {
                biased;
                answer = &mut making => return answer,
                () = self.cancel.0.notified() => watch.cancelled(self.engine.cancel()),
            }
        }
    }

    /// Perform has no deadline: it takes as long as the guest is large. Meanwhile the source is asked how far it is, and
    /// told to abort if the caller says so.
    async fn make_perform(&mut self, call: Call, watch: &mut impl Watch) -> Result<Reply, Failure> {
        let connection = self.source.connection().clone();
        let domain = self.plan.request().domain.clone();
        let performing = self.source.make(call, None);
        tokio::pin!(performing);
        let mut asks_progress = true;
        let mut aborted = false;
        let answer = loop {
            tokio::select! {
                biased;
                answer = &mut performing => break answer,
                () = self.cancel.0.notified() => {
                    let dom = remote::Domain { name: domain.name.clone(), uuid: domain.uuid, id: domain.id };
                    let aborting = connection.call_within(remote::DomainAbortJob { dom }, Some(ABORT_WITHIN));
                    tokio::pin!(aborting);
                    // Perform may end, by this or by itself, before the abort is answered. What it then comes to is what became
                    // of the caller's word: a source may accept an abort and have sent the guest already.
                    tokio::select! {
                        answer = &mut performing => {
                            aborted = true;
                            break answer;
                        }
                        answer = &mut aborting => match answer {
                            Ok(_) => aborted = true,
                            Err(_) => watch.cancelled(CancelAnswer::Refused("the source does not abort the job")),
                        },
                    }
                }
                () = tokio::time::sleep(self.progress_every), if asks_progress => {
                    let job = Call::GetJobInfo { domain: domain.clone() };
                    let told = tokio::select! {
                        answer = &mut performing => break answer,
                        told = peer::perform(&connection, job, Some(ABORT_WITHIN)) => told,
                    };
                    match told {
                        Ok(Reply::Job(job)) if job.is_running() => watch.progress(&job),
                        Ok(_) => {}
                        // A source that cannot tell may be too old to ever tell; and a question without an answer keeps its
                        // place among the calls in flight, of which an abort needs one.
                        Err(failure) => asks_progress = matches!(failure, Failure::Answered(_)),
                    }
                }
            }
        };
        if aborted {
            watch.cancelled(came_of_abort(&answer));
        }
        answer
    }

    /// Waits, or hears that the caller gives up.
    async fn pause(&mut self, time: Duration, watch: &mut impl Watch) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.cancel.0.notified() => watch.cancelled(self.engine.cancel()),
        }
    }

    /// The caller's explicit word to give up while the outcome is unknown: see [`Engine::cancel`] for the risk. Run on
    /// afterwards.
    pub fn cancel(&mut self) -> CancelAnswer {
        self.engine.cancel()
    }
}

/// What became of the caller's word, told by the end of the Perform that the source was to abort.
fn came_of_abort(perform: &Result<Reply, Failure>) -> CancelAnswer {
    match perform {
        Ok(_) => CancelAnswer::Refused("it came too late: the source has sent the guest"),
        Err(_) => CancelAnswer::Taken,
    }
}

const ABORT_WITHIN: Duration = Duration::from_secs(10);

/// What a host reports. Every feature is asked for at once, so that distance is paid for once and not for each.
async fn features(host: Host, connection: &Connection) -> Result<Features, PlanError> {
    let mut asked = JoinSet::new();
    for feature in Feature::ALL {
        let connection = connection.clone();
        asked.spawn(async move { (feature, connection.supports(feature.number()).await) });
    }
    let mut reported = Vec::new();
    while let Some(joined) = asked.join_next().await {
        // A question that was not put is no "no" either.
        let (feature, answer) = joined.map_err(|_| PlanError::NotAsked { host })?;
        if answer.map_err(|error| PlanError::Features { host, error })? {
            reported.push(feature);
        }
    }
    Ok(reported.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use virtwire_protocol::migrate::Cookie;

    use super::*;

    /// An abort that the source accepts is no promise.
    #[test]
    fn an_abort_is_told_by_what_perform_came_to() {
        let lost = Err(Failure::Lost { message: "connection closed".to_owned() });
        assert_eq!(came_of_abort(&lost), CancelAnswer::Taken);
        for sent in [Reply::Done, Reply::Performed(Cookie::default())] {
            assert!(matches!(came_of_abort(&Ok(sent)), CancelAnswer::Refused(_)));
        }
    }
}
