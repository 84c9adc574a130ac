//! Ends a migration whose orchestrator died: drives [`Recovery`] over connections of its own.

use virtwire_protocol::migrate::{
    Action, Do, Failure, Fenced, Host, Outcome, Record, Recovery, Reply, Request, Settings, Waiting,
};

use super::ledger::Ledger;
use super::{Watch, peer};
use crate::client::{Connection, OpenOptions};

/// The recovery of a migration from its journal.
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
}

/// A host, and a connection to it while there is one.
#[derive(Debug)]
struct Place {
    uri: String,
    options: OpenOptions,
    connection: Option<Connection>,
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
        let place = |uri: String| Place { uri, options: OpenOptions::default(), connection: None };
        Some(Recover {
            source: place(source.into()),
            destination: place(destination.into()),
            recovery: Recovery::new(journal, fenced, settings)?,
            ended: None,
            waiting: false,
            calling: false,
            ledger: Ledger::default(),
        })
    }

    /// How both hosts are opened.
    pub fn options(mut self, options: OpenOptions) -> Recover {
        (self.source.options, self.destination.options) = (options.clone(), options);
        self
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
                    watch.calling(&order);
                    self.calling = true;
                    let answer = match self.ledger.refuses(&order.call, watch).await {
                        Some(failure) => Err(failure),
                        None => self.make(order).await,
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
                    tokio::time::sleep(wait.ask_again_after).await;
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

    async fn make(&mut self, order: Do) -> Result<Reply, Failure> {
        tracing::debug!(call = %order, "recovery step");
        let Do { host, call, deadline } = order;
        let place = match host {
            Host::Source => &mut self.source,
            Host::Destination => &mut self.destination,
        };
        let connection = match place.connection.take().filter(|connection| connection.ended().is_none()) {
            Some(connection) => connection,
            None => {
                let opened = Connection::open_with(&place.uri, place.options.clone()).await;
                opened.map_err(|error| Failure::NotSent { message: error.to_string() })?
            }
        };
        let connection = place.connection.insert(connection);
        peer::perform(connection, call, deadline).await
    }
}
