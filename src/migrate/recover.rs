//! Ends a migration whose orchestrator died: drives [`Recovery`] over connections of its own.

use std::time::{Duration, Instant};

use virtwire_protocol::migrate::{
    Action, Do, Failure, Fenced, Host, Outcome, Record, Recovery, Reply, Request, Settings, Wait, Waiting,
};

use super::Watch;
use super::ledger::Ledger;
use super::place::Place;
use super::progress::Reckoner;
use crate::client::OpenOptions;

/// The recovery of a migration from its journal.
///
/// Both hosts are asked for the guest's state, with its reason, and the source for its job. While a job runs there, which may be Perform
/// yet, it is waited for, and how far it is goes to [`Watch::progress`]. Hosts that tell of events are asked again as soon as something
/// happens to the guest.
///
/// A guest that the journal proves to be sent is started, copies that are left over are removed, and otherwise the outcome says what to check. One
/// that its version 3 source keeps paused runs on there, or is started at its destination, by the caller's word alone that nobody has migrated
/// it since. A host that says it is another than the journal knows, as where an address has moved, has not answered. Confirm is never sent.
/// An orchestrator of version 3 that dies while Finish is under way, and whose destination then has no guest, is the ordinary case where
/// it cannot be known: the guest may have run there. Version 1 shows nothing of a guest on its way, so there it often stays unknown.
///
/// It may be dropped at any time: nothing of the guest depends on its connections, and another one goes on from the journal, to which
/// this one has added what it did. Two of one migration must not run at once.
#[derive(Debug)]
#[must_use = "a recovery does nothing until it runs"]
pub struct Recover {
    source: Place,
    destination: Place,
    recovery: Recovery,
    /// The outcome, once it is known for good.
    ended: Option<Outcome>,
    waiting: bool,
    calling: bool,
    ledger: Ledger,
    /// How long a host may take to say something.
    answers_within: Duration,
    reckoner: Reckoner,
}

impl Recover {
    /// Reads the journal, oldest record first. Nothing happens before [`run`](Self::run). `None` if the journal does not say what was
    /// to move: then no call was made, and the guest is where it was.
    ///
    /// The hosts are opened when they are first asked, and one that cannot be reached has not answered. `fenced` is the caller's word
    /// that a host is dead; it is not asked then.
    pub fn new(
        source: impl Into<String>,
        destination: impl Into<String>,
        journal: impl IntoIterator<Item = Record>,
        fenced: Fenced,
        settings: Settings,
    ) -> Option<Recover> {
        let recovery = Recovery::new(journal, fenced, settings)?;
        let met = |host| recovery.met(host).map(str::to_owned);
        Some(Recover {
            source: Place::new(source.into(), met(Host::Source)),
            destination: Place::new(destination.into(), met(Host::Destination)),
            recovery,
            ended: None,
            waiting: false,
            calling: false,
            ledger: Ledger::default(),
            answers_within: settings.ask_deadline,
            reckoner: Reckoner::default(),
        })
    }

    /// How both hosts are opened.
    pub fn options(mut self, options: OpenOptions) -> Recover {
        (self.source.options, self.destination.options) = (options.clone(), options);
        self
    }

    /// The caller's word that the URIs lead to the hosts of this migration, whoever they say they are. Without it, one that says otherwise than
    /// the journal has not answered: its address may be another host's now.
    pub fn hosts_are_right(mut self) -> Recover {
        (self.source.expected, self.destination.expected) = (None, None);
        self
    }

    /// The caller's word that nobody has begun another migration of this guest since: see [`Recovery::no_later_migration`]. Only before
    /// the first [`run`](Self::run).
    pub fn no_later_migration(self) -> Recover {
        Recover { recovery: self.recovery.no_later_migration(), ..self }
    }

    /// The caller's word that a host is dead, which nothing but a fencing agent or a person can give: nothing runs there, and it will not come
    /// back with what it had. Give it when the outcome is [unknown](Outcome::Unknown) because [the host has not answered](virtwire_protocol::migrate::Unknown::silent), nothing
    /// [speaks against it](Self::why_not_fence), and [run](Self::run) on.
    pub fn fence(&mut self, host: Host) {
        self.recovery.fence(host);
    }

    /// What speaks against having a host fenced by a program: it is opened once more, and somebody answers there, which may be the host itself that
    /// refuses this client, or another one that its address leads to now. Or nobody was asked, as its URI is none, its name is not found, or the program that was to lead
    /// there does not say why it did not. `None` where nobody answers.
    pub async fn why_not_fence(&self, host: Host) -> Option<String> {
        match host {
            Host::Source => self.source.answers().await,
            Host::Destination => self.destination.answers().await,
        }
    }

    /// What was to move.
    pub fn request(&self) -> &Request {
        self.recovery.request()
    }

    /// Whether the guest is to be paused where it arrives.
    pub fn is_to_arrive_paused(&self) -> bool {
        self.recovery.is_to_arrive_paused()
    }

    /// Asks both hosts, does what is safe, and says where the guest is.
    ///
    /// After [`Outcome::Unknown`] it may be run again: the hosts are then asked again. After any other outcome it returns the same one
    /// at once. [`Watch::journal`] must add to the journal that this was made from; a call whose record it cannot keep is not made.
    ///
    /// Cancel-safe: a dropped run may be run again. A call that was out then counts as one whose reply is lost.
    pub async fn run(&mut self, watch: &mut impl Watch) -> Outcome {
        // What a dropped run was writing, or could not write.
        self.ledger.write(watch).await;
        if let Some(outcome) = &self.ended {
            return outcome.clone();
        }
        if std::mem::take(&mut self.calling) {
            self.recovery.done(Err(Failure::Lost { message: "nobody waited for the reply".to_owned() }));
        }
        if std::mem::take(&mut self.waiting) {
            self.recovery.retry();
        }
        loop {
            match self.recovery.poll() {
                Some(Action::Note(note)) => {
                    tracing::info!(%note, "recovery");
                    watch.note(&note);
                }
                Some(Action::Journal(record)) => self.ledger.keep(record, watch).await,
                Some(Action::Do(order)) => {
                    self.calling = true;
                    let answer = match self.ledger.refuses(&order.call, watch).await {
                        Some(failure) => Err(failure),
                        None => {
                            watch.calling(&order);
                            self.make(order).await
                        }
                    };
                    self.calling = false;
                    self.recovery.done(answer);
                }
                Some(Action::Wait(wait)) => {
                    watch.waiting(&wait);
                    self.waiting = true;
                    if let Waiting::Unknown(unknown) = wait.why {
                        return Outcome::Unknown(unknown);
                    }
                    self.wait(&wait, watch).await;
                    self.waiting = false;
                    self.recovery.retry();
                }
                Some(Action::End(outcome)) => return self.ended.insert(outcome).clone(),
                // A recovery that has not ended has something to do, unless a call of its is out: whose answer nobody has then.
                None => {
                    self.recovery
                        .done(Err(Failure::Lost { message: "nobody waited for the reply".to_owned() }));
                    self.recovery.retry();
                }
            }
        }
    }

    /// What is known now, for who does not wait for [`run`](Self::run) any longer.
    pub fn now(&self) -> Outcome {
        self.ended.clone().unwrap_or_else(|| self.recovery.now())
    }

    /// Waits until a host tells that something has happened to the guest, or begins to tell: then it is time to [`run`](Self::run) again.
    /// For ever where none is reached that tells of events, so wait for a time as well. Cancel-safe.
    pub async fn changed(&mut self) {
        let (guest, within) = (self.recovery.request().domain.uuid, self.answers_within);
        let (here, there) = tokio::join!(self.source.listen(within), self.destination.listen(within));
        if here || there {
            return;
        }
        tokio::select! {
            () = self.source.hears(guest) => {}
            () = self.destination.hears(guest) => {}
        }
    }

    async fn wait(&mut self, wait: &Wait, watch: &mut impl Watch) {
        let until = tokio::time::Instant::now() + wait.ask_again_after;
        if let Waiting::Job(_) = wait.why {
            let guest = self.recovery.request().domain.clone();
            if let Some(progress) = self.source.progress(guest, self.answers_within).await {
                watch.progress(&self.reckoner.complete(Instant::now(), progress));
            }
        }
        let _ = tokio::time::timeout_at(until, self.changed()).await;
    }

    async fn make(&mut self, order: Do) -> Result<Reply, Failure> {
        tracing::debug!(call = %order, "recovery step");
        let Do { host, call, deadline } = order;
        match host {
            Host::Source => self.source.make(call, deadline).await,
            Host::Destination => self.destination.make(call, deadline).await,
        }
    }
}
