//! Moves a guest between two daemons: drives the engine of [`virtwire_protocol::migrate`] over two connections.
//!
//! The engine decides; this makes its calls, waits, reports progress while Perform runs, and reaches a host again whose
//! connection was lost, so that an unknown end can become a known one.

mod aborting;
mod check;
mod control;
mod fleet;
mod hosts;
mod identity;
#[cfg(feature = "journal-file")]
pub mod journal;
mod ledger;
mod out;
pub(crate) mod peer;
mod place;
mod planning;
mod progress;
mod recover;
mod silence;
mod switching;

use std::future::{Future, ready};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use virtwire_protocol::migrate::{
    Action, CancelAnswer, Do, Engine, Failure, Feature, Host, MigrateFlags, Note, Outcome, Plan, Record,
    Reply, Request, Settings, Wait, Waiting, Way, Wish,
};
use virtwire_protocol::remote;

use self::aborting::Aborting;
pub use self::check::{
    Finding, Preflight, Subject, Verdict, check, check_destination, check_errand, check_source,
};
pub use self::control::{Control, ControlError};
use self::control::{Question, Told, look};
pub use self::fleet::{Done, Ended, Errand, Fleet, FleetCanceller, Limits, NotBegun};
use self::ledger::Ledger;
use self::out::Out;
use self::peer::Peer;
pub use self::planning::PlanError;
use self::planning::{ask_both, choose};
pub(crate) use self::planning::{features, patient};
use self::progress::Reckoner;
pub use self::progress::{Amount, Phase, Progress};
pub use self::recover::Recover;
use self::switching::Switching;
use crate::client::{self, CallError, Connection};

/// A migration between two daemons, under way or not yet begun.
///
/// **Dropping it is an act** while its outcome is unknown: the destination's connection closes, and with it goes the guest
/// that was prepared there, which may be the only copy.
#[derive(Debug)]
#[must_use = "a migration moves nothing until it runs, and a dropped one may lose the guest"]
pub struct Migration {
    source: Peer,
    /// None where the source carries the migration out and the destination is not reached from here.
    destination: Option<Peer>,
    plan: Plan,
    engine: Engine,
    cancel: Canceller,
    progress_every: Duration,
    switch: Switch,
    /// The outcome, once it is known for good.
    ended: Option<Outcome>,
    settings: Settings,
    /// Whether the engine waits for [`Engine::retry`].
    waiting: bool,
    /// The call that is out. Here, and not in [`run`](Self::run), which may be dropped.
    out: Option<Out>,
    /// What the engine wants kept and the ledger does not have yet. Here, and not in [`run`](Self::run), which may be dropped.
    unkept: Option<Record>,
    ledger: Ledger,
}

/// When a migration with POSTCOPY switches over by itself. Whatever this says, [`Control::start_post_copy`] switches it at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Switch {
    /// Not by itself.
    #[default]
    AtTheWord,
    /// When all of the memory has been sent once, as far as the source tells of passes.
    AfterFirstPass,
    /// After this time of sending, if it is not over by then; by our clock where the source does not tell how long it has sent.
    After(Duration),
}

/// Gives a migration up from outside, by the caller's explicit word. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Canceller(Arc<Notify>);

impl Canceller {
    /// Asks for the migration to be given up, so that the guest stays on its source.
    ///
    /// Before Perform that is done as soon as the call that is out is answered, and Perform is not sent. While Perform runs
    /// the source is told to abort its job, again and again while it has none. Once Perform's reply is lost, see [`Engine::cancel`].
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
    fn progress(&mut self, progress: &Progress) {
        let _ = progress;
    }

    /// The engine waits before it asks the hosts again.
    fn waiting(&mut self, wait: &Wait) {
        let _ = wait;
    }

    /// What became of the word to switch to post-copy at the moment that [`Switch`] says. A refused one is said again.
    fn switched(&mut self, answer: &Result<(), ControlError>) {
        let _ = answer;
    }

    /// What became of a cancellation.
    fn cancelled(&mut self, answer: CancelAnswer) {
        let _ = answer;
    }

    /// Make this record durable: it is what another process can recover from. With the feature `journal-file` a
    /// `migrate::journal::Journal` does so in a file. If it fails, the call that it precedes is not
    /// made, unless the guest has arrived; and it comes again before any later record.
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
    /// Both connections must be open, read-write, to different hosts, and of this migration alone: where a host must forget it, the
    /// connection is closed. [`Request::live`] is the usual request; the
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
        Migration::plan_by(source, Some(destination), request, wish).await
    }

    /// The same, of a migration that the source [carries out](virtwire_protocol::migrate::Way), where the destination cannot be reached
    /// from here: then the source's word is all there is, and after a lost reply the end may stay unknown.
    ///
    /// # Errors
    /// [`PlanError`], with nothing changed; also of a managed migration, which needs both.
    pub async fn plan_from(source: Connection, request: Request, wish: Wish) -> Result<Migration, PlanError> {
        Migration::plan_by(source, None, request, wish).await
    }

    async fn plan_by(
        source: Connection,
        destination: Option<Connection>,
        request: Request,
        wish: Wish,
    ) -> Result<Migration, PlanError> {
        let plan = choose(&source, destination.as_ref(), request, wish).await?;
        Ok(Migration {
            source: Peer::new(source),
            destination: destination.map(Peer::new),
            engine: Engine::new(plan.clone(), Settings::default()),
            plan,
            cancel: Canceller::default(),
            progress_every: Duration::from_millis(250),
            switch: Switch::default(),
            ended: None,
            settings: Settings::default(),
            waiting: false,
            out: None,
            unkept: None,
            ledger: Ledger::default(),
        })
    }

    /// The guest of this name on a host, as a [`Request`] wants it.
    ///
    /// # Errors
    /// [`CallError`]; code 42 where there is none, and a lapse after 2 minutes where the connection sets no other deadline.
    pub async fn find(
        connection: &Connection,
        name: &str,
    ) -> Result<virtwire_protocol::migrate::Domain, CallError> {
        let found = patient(connection).call(remote::DomainLookupByName { name: name.into() }).await?;
        Ok(peer::domain(found.dom))
    }

    /// Asks the hosts for what [`plan`](Self::plan) wants to know first, so that it need not: done beside [`find`](Self::find), it takes no
    /// time of its own. What is not answered here, the plan asks again.
    pub async fn ask_ahead(source: &Connection, destination: Option<&Connection>, way: &Way) {
        if let Err(error) = ask_both(source, destination, Feature::first_to_ask(way)).await {
            tracing::debug!(%error, "features are to be asked for once more");
        }
    }

    /// Other times than the usual ones. Only before the first [`run`](Self::run).
    #[must_use = "this returns the migration"]
    pub fn settings(mut self, settings: Settings) -> Migration {
        self.engine = Engine::new(self.plan.clone(), settings);
        self.settings = settings;
        self
    }

    /// How often progress is asked for while Perform runs. 250 ms by default.
    #[must_use = "this returns the migration"]
    pub fn progress_every(mut self, every: Duration) -> Migration {
        self.progress_every = every;
        self
    }

    /// How long a host may take for each step before Perform ([`Settings::prepare_deadline`]): describing the guest, Begin, its state,
    /// Prepare. When it passes the reply counts as lost: the guest stays where it is, and the outcome says so. Only before the first
    /// [`run`](Self::run).
    #[must_use = "this returns the migration"]
    pub fn step_within(self, within: Duration) -> Migration {
        let settings = Settings { prepare_deadline: within, ..self.settings };
        self.settings(settings)
    }

    /// When it switches to post-copy, if its request has POSTCOPY. Not by itself by default.
    #[must_use = "this returns the migration"]
    pub fn switch(mut self, when: Switch) -> Migration {
        self.switch = when;
        self
    }

    /// What was chosen, and why.
    pub fn chosen(&self) -> &Plan {
        &self.plan
    }

    /// What is known of its end, whether or not it is run on.
    pub fn now(&self) -> Outcome {
        self.ended.clone().unwrap_or_else(|| self.engine.now())
    }

    /// What gives the migration up from outside.
    pub fn canceller(&self) -> Canceller {
        self.cancel.clone()
    }

    /// What a dropped [`run`](Self::run) was waiting for is waited for no longer: its reply counts as lost, and the next run asks the hosts
    /// where the guest is. For a host that hangs. A managed migration of version 3 whose Perform is out is given up by that, and what is
    /// out may come yet.
    pub fn wait_no_longer(&mut self) {
        if self.out.take_if(|out| out.sent.is_made()).is_some() {
            self.engine.done(Err(Failure::Lost { message: "nobody waited for the reply".to_owned() }));
        }
    }

    /// Runs until the end is known, or until it is clear that it is not known now.
    ///
    /// After [`Outcome::Unknown`] keep this and call it again, as often as you like: the hosts are then asked again, over
    /// new connections if need be. After any other outcome it returns the same one at once.
    ///
    /// Cancel-safe: a dropped run may be run again, and waits then for the call that was out, which goes on meanwhile, Perform too. But
    /// nobody takes the next step until then: a guest that has been sent stands still, and what has a deadline may lapse. So run on soon, or
    /// drop nothing: pin one run, and poll it beside whatever else there is to do. Perform has no deadline; who will not wait for it any more
    /// gives the migration up (its [`canceller`](Self::canceller)), or drops the run and [says so](Self::wait_no_longer).
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use virtwire::migrate::Migration;
    /// # use virtwire::protocol::migrate::Outcome;
    /// # async fn agent(mut migration: Migration) -> Outcome {
    /// let canceller = migration.canceller();
    /// let mut watch = ();
    /// let mut run = std::pin::pin!(migration.run(&mut watch));
    /// let mut tick = tokio::time::interval(Duration::from_secs(1));
    /// loop {
    ///     tokio::select! {
    ///         outcome = &mut run => return outcome,
    ///         _ = tick.tick() => { /* tell somebody; `canceller.cancel()` gives the migration up */ }
    ///     }
    /// }
    /// # }
    /// ```
    pub async fn run(&mut self, watch: &mut impl Watch) -> Outcome {
        // What a dropped run was at: the engine hands it out once.
        self.keep(watch).await;
        if let Some(out) = &mut self.out {
            out.is_taken_up();
        }
        if std::mem::take(&mut self.waiting) {
            self.engine.retry();
        }
        if let Some(outcome) = &self.ended {
            return outcome.clone();
        }
        loop {
            // The one place where calls are waited for: what waits for them is large.
            if self.out.is_some() {
                self.carry_out(watch).await;
            }
            let Some(action) = self.engine.poll() else { break };
            match action {
                Action::Note(note) => {
                    tracing::info!(%note, "migration");
                    watch.note(&note);
                }
                Action::Journal(record) => {
                    self.unkept = Some(record);
                    self.keep(watch).await;
                }
                Action::Do(order) => self.out = Some(Out::new(order)),
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
        self.ended.insert(self.engine.now()).clone()
    }

    /// Keeps the record that the engine has handed out, after what precedes it, and whatever else is not written yet. Cancel-safe: what was
    /// not kept is kept by the next call.
    async fn keep(&mut self, watch: &mut impl Watch) {
        if let Some(Record::Doing(order)) = &self.unkept {
            let within = if order.call.performs() { TOLD_WITHIN } else { Duration::ZERO };
            self.keep_who_they_are(within).await;
        }
        if let Some(record) = self.unkept.take() {
            self.ledger.take(record);
        }
        self.ledger.write(watch).await;
    }

    /// The journal has it before a call is made from which on a host that knows nothing of the guest is believed to know that. Who has not
    /// told when Perform is to be sent is waited for, a little, while the guest runs; and never where it may stand still.
    async fn keep_who_they_are(&mut self, within: Duration) {
        let destination = async {
            if let Some(destination) = &mut self.destination {
                destination.tells(within).await;
            }
        };
        tokio::join!(self.source.tells(within), destination);
        // From here on nothing is waited for: a host tells once.
        let source = self.source.newly_met();
        let destination = self.destination.as_mut().and_then(Peer::newly_met);
        for (host, identity) in [(Host::Source, source), (Host::Destination, destination)] {
            if let Some(identity) = identity {
                self.ledger.take(Record::Met { host, identity });
            }
        }
    }

    /// Makes the call that is out, or waits for what it comes to, and tells the engine. Cancel-safe.
    async fn carry_out(&mut self, watch: &mut impl Watch) {
        let Some(Out { order, sent, .. }) = &self.out else { return };
        let (order, is_made) = (order.clone(), sent.is_made());
        let refused = if is_made { None } else { self.ledger.refuses(&order.call, watch).await };
        let begun = match refused {
            Some(failure) => Err(failure),
            None if is_made => Ok(()),
            None => self.begin(&order, watch),
        };
        let answer = match begun {
            Ok(()) => self.make(order, watch).await,
            Err(failure) => Err(failure),
        };
        self.out = None;
        self.engine.done_at(crate::shell::now(), answer);
    }

    /// A call is about to be made.
    fn begin(&mut self, order: &Do, watch: &mut impl Watch) -> Result<(), Failure> {
        tracing::debug!(call = %order, "migration step");
        if order.call.begins_something() {
            self.source.meet();
            self.destination.iter_mut().for_each(Peer::meet);
        }
        if order.call.performs() && self.cancel.was_asked() {
            watch.cancelled(CancelAnswer::Taken);
            return Err(Failure::NotSent { message: "given up by the caller".to_owned() });
        }
        watch.calling(order);
        Ok(())
    }

    async fn make(&mut self, order: Do, watch: &mut impl Watch) -> Result<Reply, Failure> {
        if order.call.performs() {
            return self.make_perform(order, watch).await;
        }
        let Do { host, call, deadline } = order.clone();
        let domain = peer::wire(self.plan.request().domain.clone());
        let question = Question::new(client::Domain::new(self.source.connection(), domain));
        let control = self.control();
        let peer = match host {
            Host::Source => &mut self.source,
            Host::Destination => match &mut self.destination {
                Some(destination) => destination,
                None => return Err(Failure::NotSent { message: "it is not reached from here".to_owned() }),
            },
        };
        // A post-copy goes on while Finish waits for the rest.
        let goes_on = call.finishes() && self.plan.request().flags.has(MigrateFlags::POSTCOPY);
        let mut looking = pin!(goes_on.then(|| look(question, &control, self.progress_every)));
        let mut reckoner = Reckoner::default();
        let out = self.out.get_or_insert_with(|| Out::new(order));
        let mut making = pin!(out.sent.reply(peer, call, deadline));
        loop {
            tokio::select! {
                biased;
                answer = &mut making => return answer,
                () = self.cancel.0.notified() => watch.cancelled(self.engine.cancel()),
                (question, told) = some(looking.as_mut()) => {
                    if let Told::Progress(progress) = &told {
                        watch.progress(&reckoner.complete(std::time::Instant::now(), *progress));
                    }
                    let more = matches!(told, Told::Progress(_) | Told::Nothing);
                    looking.set(more.then(|| look(question, &control, self.progress_every)));
                }
            }
        }
    }

    /// Perform has no deadline: it takes as long as the guest is large. Meanwhile the source is asked how far it is, and
    /// told to abort if the caller says so; unless it has said that it does not, it is not waited for without end. None of these waits
    /// for another.
    async fn make_perform(&mut self, order: Do, watch: &mut impl Watch) -> Result<Reply, Failure> {
        let (control, every) = (self.control(), self.progress_every);
        let domain = peer::wire(self.plan.request().domain.clone());
        let question = Question::new(client::Domain::new(self.source.connection(), domain));
        let mut reckoner = Reckoner::default();
        let (flags, switch) = (self.plan.request().flags, self.switch);
        let Out { sent, told, .. } = self.out.get_or_insert_with(|| Out::new(order.clone()));
        // A word to abort or to switch is not said twice because the run was dropped, nor forgotten.
        let (abort, switch) =
            told.get_or_insert_with(|| (Aborting::new(flags, every), Switching::new(switch, every)));
        let mut performing = pin!(sent.reply(&mut self.source, order.call, None));
        let mut looking = pin!(Some(look(question, &control, every)));
        let mut switching = pin!(false.then(|| control.start_post_copy()));
        let mut aborting = pin!(false.then(|| control.abort()));
        let answer = loop {
            let is_switching = switching.is_some();
            tokio::select! {
                biased;
                // Perform ends by it.
                told = some(switching.as_mut()) => {
                    switching.set(None);
                    watch.switched(&told);
                    switch.was_said(told.is_ok());
                }
                answer = &mut performing => break answer,
                () = self.cancel.0.notified(), if aborting.is_none() => {
                    abort.is_said();
                    aborting.set(Some(control.abort()));
                }
                () = until(abort.again_at()), if aborting.is_none() => {
                    abort.is_said();
                    aborting.set(Some(control.abort()));
                }
                told = some(aborting.as_mut()) => {
                    aborting.set(None);
                    abort.was_said(&told).into_iter().for_each(|refused| watch.cancelled(refused));
                    if let Err(error) = told {
                        tracing::info!(%error, "the abort");
                    }
                }
                () = until(abort.ends_at()) => break Err(Aborting::not_ended()),
                (question, told) = some(looking.as_mut()) => {
                    if let Told::Progress(progress) = &told {
                        abort.is_seen(progress);
                        watch.progress(&reckoner.complete(std::time::Instant::now(), *progress));
                        if switch.is_due(progress) && !is_switching {
                            switching.set(Some(control.start_post_copy()));
                        }
                    }
                    looking.set((!matches!(told, Told::Never)).then(|| look(question, &control, every)));
                }
                () = until(switch.unseen_at()), if !is_switching => {
                    switching.set(Some(control.start_post_copy()));
                }
            }
        };
        abort.came_to(&answer).into_iter().for_each(|told| watch.cancelled(told));
        answer
    }

    /// Waits, or hears that the caller gives up.
    async fn pause(&mut self, time: Duration, watch: &mut impl Watch) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.cancel.0.notified() => watch.cancelled(self.engine.cancel()),
        }
    }

    /// What reaches into the migration while it runs. Of use from Perform on.
    pub fn control(&self) -> Control {
        Control::new(self.source.connection().clone(), self.plan.request().domain.clone())
    }

    /// The caller's explicit word to give up while the outcome is unknown: see [`Engine::cancel`] for the risk. Run on
    /// afterwards.
    pub fn cancel(&mut self) -> CancelAnswer {
        self.engine.cancel()
    }

    /// The caller's word that the source's daemon, which carries the migration out, has ended since it was asked, as it was started again: see
    /// [`Engine::source_daemon_ended`]. Run on afterwards.
    pub fn source_daemon_ended(&mut self) -> CancelAnswer {
        self.engine.source_daemon_ended()
    }
}

/// The moment, or never.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// The future's output, or never.
async fn some<F: Future>(future: Pin<&mut Option<F>>) -> F::Output {
    match future.as_pin_mut() {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

/// How long Perform waits for a host to tell who it is, which has not done so in all the time before.
const TOLD_WITHIN: Duration = Duration::from_millis(200);
