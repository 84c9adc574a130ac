//! Many migrations, so many at a time: by host, by link, and in all.
//!
//! Each has two connections of its own, opened when its turn comes, so that one that hangs holds up no other and what is open is bounded
//! by the limits. Nothing is retried, and no outcome is dropped: a guest whose whereabouts are unknown is handed back with its
//! migration, whose connections are part of its fate.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use virtwire_protocol::migrate::{Domain, Host, Outcome, Request, Settings, Unknown, Way, Wish};

use super::hosts::{Hosts, Name};
use super::{Migration, PlanError, Watch};
use crate::client::{CallError, Connection, OpenError, OpenOptions};

/// How many migrations may run at once. Each counts for its source, for its destination and for the link between them. A host is known
/// by its name and its hardware's UUID, whatever URI leads to it; one that does not tell both, by its URI.
///
/// ```
/// use virtwire::migrate::Limits;
///
/// let limits = Limits { host: 8, ..Limits::default() };
/// assert_eq!((limits.total, limits.link), (64, 2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In all. 64 by default.
    pub total: usize,
    /// On one host, coming and going together. 4 by default.
    pub host: usize,
    /// From one host to one other. 2 by default, as a link carries one guest about as fast as several.
    pub link: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { total: 64, host: 4, link: 2 }
    }
}

impl Limits {
    /// Whether one of so many may have to wait for a host or a link, so that it matters which URIs lead to one host.
    fn can_bind(self, errands: usize) -> bool {
        let at_once = errands.min(self.total.max(1));
        at_once > self.host.max(1) || at_once > self.link.max(1)
    }
}

/// One guest to be moved.
pub struct Errand {
    /// The source's URI.
    pub from: String,
    /// The destination's.
    pub to: String,
    /// The guest's name.
    pub guest: String,
    /// Which version.
    pub wish: Wish,
    pub(super) asked: Box<dyn FnOnce(&mut Request) + Send>,
}

impl Errand {
    /// Moves a guest while it runs, by the newest version.
    pub fn new(from: impl Into<String>, to: impl Into<String>, guest: impl Into<String>) -> Errand {
        let (from, to, guest) = (from.into(), to.into(), guest.into());
        Errand { from, to, guest, wish: Wish::Auto, asked: Box::new(|_| ()) }
    }

    /// Asks for more than [`Request::live`] does.
    #[must_use = "this returns the errand"]
    pub fn asking(mut self, asked: impl FnOnce(&mut Request) + Send + 'static) -> Errand {
        self.asked = Box::new(asked);
        self
    }
}

impl fmt::Debug for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {} to {}", self.guest, self.from, self.to)
    }
}

/// What became of an errand.
#[derive(Debug)]
#[must_use = "an ignored outcome is a lost guest"]
pub struct Done {
    /// Which it was, of those that were given; the first is 0.
    pub index: usize,
    /// The guest's name.
    pub guest: String,
    /// The source's URI.
    pub from: String,
    /// The destination's.
    pub to: String,
    /// What became of it.
    pub ended: Ended,
    /// How long it took from its turn on.
    pub took: Duration,
}

/// How an errand ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum Ended {
    /// It is known where the guest is.
    Known(Outcome),
    /// It is not. Dropping the migration closes its connections, and may lose the guest.
    Unknown(Unknown, Box<Migration>),
    /// It was not begun, and the guest is where it was.
    NotBegun(NotBegun),
    /// Its task came to no end: a watcher of the caller's panicked, or the runtime is shutting down. Where the guest is must be asked of
    /// both hosts.
    Broken(String),
}

/// Why an errand was not begun.
///
/// Its `Debug` is its `Display`, for a `main` that returns it.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum NotBegun {
    /// A host was not reached.
    #[error("the {host} was not reached: {error}")]
    Open {
        /// Which.
        host: Host,
        /// Why not.
        error: OpenError,
    },
    /// The source did not tell of the guest.
    #[error("the guest was not found on its source: {0}")]
    Find(CallError),
    /// The hosts, the wish and the request do not go together.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The fleet was cancelled before its turn came.
    #[error("cancelled before its turn came")]
    Cancelled,
}

debug_is_display!(NotBegun);

/// Gives a fleet up from outside. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FleetCanceller(Arc<watch::Sender<Word>>);

/// What the caller has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Word {
    GoOn,
    GiveUp,
    Leave,
}

impl FleetCanceller {
    /// Begins no further migration, and has those that run given up as a [`Canceller`](super::Canceller) does.
    pub fn cancel(&self) {
        self.say(Word::GiveUp);
    }

    /// Begins no further migration, and waits for no answer of those that run: each is handed back as far as its end is known
    /// ([`Migration::now`]), and with its connections where it is not. Nothing is given up by it, unless it is run on: see
    /// [`Migration::wait_no_longer`]. What a host was asked for may come yet.
    pub fn leave(&self) {
        self.say(Word::Leave);
    }

    /// The last word is the one that goes furthest.
    fn say(&self, word: Word) {
        self.0.send_modify(|said| *said = word.max(*said));
    }
}

/// Moves many guests.
#[derive(Debug)]
pub struct Fleet {
    limits: Limits,
    options: OpenOptions,
    settle: Duration,
    step_within: Duration,
    cancelled: FleetCanceller,
}

impl Fleet {
    /// With these limits; 0 counts as 1.
    pub fn new(limits: Limits) -> Fleet {
        Fleet {
            limits,
            options: OpenOptions::default(),
            settle: Duration::from_secs(30),
            step_within: Settings::default().prepare_deadline,
            cancelled: FleetCanceller(Arc::new(watch::Sender::new(Word::GoOn))),
        }
    }

    /// Opens connections with these options.
    #[must_use = "this returns the fleet"]
    pub fn options(mut self, options: OpenOptions) -> Fleet {
        self.options = options;
        self
    }

    /// Asks the hosts on for this long where the end of a migration is unknown, before it is handed back so. 30 s by default.
    #[must_use = "this returns the fleet"]
    pub fn settle(mut self, settle: Duration) -> Fleet {
        self.settle = settle;
        self
    }

    /// As [`Migration::step_within`].
    #[must_use = "this returns the fleet"]
    pub fn step_within(mut self, within: Duration) -> Fleet {
        self.step_within = within;
        self
    }

    /// What gives it up from outside.
    pub fn canceller(&self) -> FleetCanceller {
        self.cancelled.clone()
    }

    /// Runs all errands, in their order as far as the limits let them, and says what became of each, in the order in which they were
    /// given.
    ///
    /// `watcher` makes what follows one errand, when its turn comes; `done` hears of each end at once. Must run on a tokio runtime.
    ///
    /// **Dropping this future is an act**: it stops the migrations that run, whose ends are then unknown.
    pub async fn run<W: Watch + Send + 'static>(
        self,
        errands: Vec<Errand>,
        mut watcher: impl FnMut(usize, &Errand) -> W,
        mut done: impl FnMut(&Done),
    ) -> Vec<Done> {
        let mut ended: Vec<Done> = Vec::with_capacity(errands.len());
        let mut hosts = match self.limits.can_bind(errands.len()) {
            true => Hosts::ask(errands.iter().flat_map(|errand| [&errand.from, &errand.to]), &self.options),
            false => Hosts::by_uri(),
        };
        let mut waiting: VecDeque<(usize, Errand)> = errands.into_iter().enumerate().collect();
        let (mut busy, mut running) = (Busy::default(), JoinSet::new());
        // What runs, for a task that ends without a word.
        let mut known: HashMap<tokio::task::Id, (usize, Link, [String; 3])> = HashMap::new();
        let mut cancelled = self.cancelled.0.subscribe();
        loop {
            let stopped = *cancelled.borrow_and_update() > Word::GoOn;
            while !stopped
                && let Some((at, link)) = waiting.iter().enumerate().find_map(|(at, (_, errand))| {
                    let link = (hosts.name(&errand.from)?, hosts.name(&errand.to)?);
                    busy.has_room(&link, self.limits).then_some((at, link))
                })
            {
                let Some((index, errand)) = waiting.remove(at) else { break };
                busy.take(&link);
                let names = [errand.guest.clone(), errand.from.clone(), errand.to.clone()];
                let watch = watcher(index, &errand);
                let times = (self.step_within, self.settle);
                let one = one(errand, self.options.clone(), times, cancelled.clone(), watch);
                known.insert(running.spawn(one).id(), (index, link, names));
            }
            if stopped {
                for (index, Errand { guest, from, to, .. }) in waiting.drain(..) {
                    let (ended_so, took) = (Ended::NotBegun(NotBegun::Cancelled), Duration::ZERO);
                    let end = Done { index, guest, from, to, ended: ended_so, took };
                    done(&end);
                    ended.push(end);
                }
            }
            if waiting.is_empty() && running.is_empty() {
                break;
            }
            tokio::select! {
                Some(joined) = running.join_next_with_id() => {
                    let (id, ended_so, took) = match joined {
                        Ok((id, (ended_so, took))) => (id, ended_so, took),
                        Err(error) => (error.id(), Ended::Broken(error.to_string()), Duration::ZERO),
                    };
                    let Some((index, link, [guest, from, to])) = known.remove(&id) else { continue };
                    busy.give_back(&link);
                    let end = Done { index, guest, from, to, ended: ended_so, took };
                    done(&end);
                    ended.push(end);
                }
                () = hosts.learn(), if hosts.are_asked() => {}
                // Its sender is here, so it does not fail.
                _ = cancelled.changed(), if !stopped => {}
            }
        }
        ended.sort_by_key(|end| end.index);
        ended
    }
}

/// From one host to another.
type Link = (Name, Name);

/// What runs, counted.
#[derive(Debug, Default)]
struct Busy {
    total: usize,
    hosts: HashMap<Name, usize>,
    links: HashMap<Link, usize>,
}

impl Busy {
    fn has_room(&self, link: &Link, limits: Limits) -> bool {
        let host = |host: &Name| self.hosts.get(host).copied().unwrap_or(0) < limits.host.max(1);
        self.total < limits.total.max(1)
            && host(&link.0)
            && host(&link.1)
            && self.links.get(link).copied().unwrap_or(0) < limits.link.max(1)
    }

    fn take(&mut self, link: &Link) {
        self.total += 1;
        for host in [&link.0, &link.1] {
            *self.hosts.entry(host.clone()).or_default() += 1;
        }
        *self.links.entry(link.clone()).or_default() += 1;
    }

    fn give_back(&mut self, link: &Link) {
        self.total = self.total.saturating_sub(1);
        for host in [&link.0, &link.1] {
            if let Some(count) = self.hosts.get_mut(host) {
                *count = count.saturating_sub(1);
            }
        }
        if let Some(count) = self.links.get_mut(link) {
            *count = count.saturating_sub(1);
        }
    }
}

/// Runs one errand to its end.
async fn one(
    errand: Errand,
    options: OpenOptions,
    (step_within, settle): (Duration, Duration),
    word: watch::Receiver<Word>,
    mut watch: impl Watch,
) -> (Ended, Duration) {
    let began = Instant::now();
    let begun = tokio::select! {
        begun = begin(errand, options) => begun,
        () = left(word.clone()) => Err(NotBegun::Cancelled),
    };
    let ended = match begun {
        Err(not_begun) => Ended::NotBegun(not_begun),
        Ok(migration) => finish(migration.step_within(step_within), settle, word, &mut watch).await,
    };
    (ended, began.elapsed())
}

/// Ends when the caller leaves.
async fn left(mut word: watch::Receiver<Word>) {
    if word.wait_for(|word| *word == Word::Leave).await.is_err() {
        // Nobody is there who could say so.
        std::future::pending::<()>().await;
    }
}

async fn begin(errand: Errand, options: OpenOptions) -> Result<Migration, NotBegun> {
    let Errand { from, to, guest, wish, asked } = errand;
    let open = |uri: String, host| {
        let options = options.clone();
        async move { Connection::open_with(&uri, options).await.map_err(|error| NotBegun::Open { host, error }) }
    };
    let (source, destination) =
        tokio::try_join!(open(from, Host::Source), async { Ok(open(to, Host::Destination).await) })?;
    let (found, ()) = tokio::join!(
        Migration::find(&source, &guest),
        Migration::ask_ahead(&source, destination.as_ref().ok(), &Way::Managed),
    );
    let domain: Domain = found.map_err(NotBegun::Find)?;
    let mut request = Request::live(domain);
    asked(&mut request);
    let plan = match destination {
        Ok(destination) => Migration::plan(source, destination, request, wish).await,
        Err(unreached) if request.way == Way::Managed => return Err(unreached),
        // The source's daemon may reach it all the same.
        Err(_) => Migration::plan_from(source, request, wish).await,
    };
    Ok(plan?)
}

async fn finish(
    mut migration: Migration,
    settle: Duration,
    mut word: watch::Receiver<Word>,
    watch: &mut impl Watch,
) -> Ended {
    let canceller = migration.canceller();
    let mut left = pin!(left(word.clone()));
    let mut told = false;
    let mut until: Option<Instant> = None;
    loop {
        let outcome = {
            let running = migration.run(watch);
            tokio::pin!(running);
            loop {
                tokio::select! {
                    outcome = &mut running => break Some(outcome),
                    () = &mut left => break None,
                    asked = word.wait_for(|word| *word == Word::GiveUp), if !told => {
                        told = true;
                        if asked.is_ok() {
                            canceller.cancel();
                        }
                    }
                }
            }
        };
        let has_left = outcome.is_none();
        let unknown = match outcome.unwrap_or_else(|| migration.now()) {
            Outcome::Unknown(unknown) => unknown,
            known => return Ended::Known(known),
        };
        let until = *until.get_or_insert_with(|| Instant::now() + settle);
        if has_left {
            migration.wait_no_longer();
        }
        if has_left || Instant::now() >= until {
            return Ended::Unknown(unknown, Box::new(migration));
        }
        tokio::select! {
            () = tokio::time::sleep(ASK_AGAIN_AFTER.min(settle)) => {}
            () = &mut left => return Ended::Unknown(unknown, Box::new(migration)),
        }
    }
}

const ASK_AGAIN_AFTER: Duration = Duration::from_secs(1);
