//! Many migrations, so many at a time: by host, by link, and in all.
//!
//! Each has two connections of its own, opened when its turn comes, so that one that hangs holds up no other and what is open is bounded
//! by the limits. Nothing is retried, and no outcome is dropped: a guest whose whereabouts are unknown is handed back with its
//! migration, whose connections are part of its fate.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use virtwire_protocol::migrate::{Domain, Host, Outcome, Request, Unknown, Wish};

use super::{Migration, PlanError, Watch};
use crate::client::{CallError, Connection, OpenError, OpenOptions};

/// How many migrations may run at once. Each counts for its source, for its destination and for the link between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
    asked: Box<dyn FnOnce(&mut Request) + Send>,
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
#[derive(Debug, thiserror::Error)]
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

/// Gives a fleet up from outside. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FleetCanceller(Arc<watch::Sender<bool>>);

impl FleetCanceller {
    /// Begins no further migration, and has those that run given up as a [`Canceller`](super::Canceller) does.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }
}

/// Moves many guests.
#[derive(Debug)]
pub struct Fleet {
    limits: Limits,
    options: OpenOptions,
    settle: Duration,
    cancelled: FleetCanceller,
}

impl Fleet {
    /// With these limits; 0 counts as 1.
    pub fn new(limits: Limits) -> Fleet {
        Fleet {
            limits,
            options: OpenOptions::default(),
            settle: Duration::from_secs(30),
            cancelled: FleetCanceller(Arc::new(watch::Sender::new(false))),
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
        let mut waiting: VecDeque<(usize, Errand)> = errands.into_iter().enumerate().collect();
        let (mut busy, mut running) = (Busy::default(), JoinSet::new());
        // What runs, for a task that ends without a word.
        let mut known: HashMap<tokio::task::Id, (usize, [String; 3])> = HashMap::new();
        let mut cancelled = self.cancelled.0.subscribe();
        loop {
            let stopped = *cancelled.borrow_and_update();
            while !stopped
                && let Some(at) = waiting.iter().position(|(_, errand)| busy.has_room(errand, self.limits))
            {
                let Some((index, errand)) = waiting.remove(at) else { break };
                busy.take(&errand);
                let names = [errand.guest.clone(), errand.from.clone(), errand.to.clone()];
                let watch = watcher(index, &errand);
                let one = one(errand, self.options.clone(), self.settle, cancelled.clone(), watch);
                known.insert(running.spawn(one).id(), (index, names));
            }
            if stopped {
                for (index, Errand { guest, from, to, .. }) in waiting.drain(..) {
                    let (ended_so, took) = (Ended::NotBegun(NotBegun::Cancelled), Duration::ZERO);
                    let end = Done { index, guest, from, to, ended: ended_so, took };
                    done(&end);
                    ended.push(end);
                }
            }
            tokio::select! {
                joined = running.join_next_with_id() => {
                    let Some(joined) = joined else { break };
                    let (id, ended_so, took) = match joined {
                        Ok((id, (ended_so, took))) => (id, ended_so, took),
                        Err(error) => (error.id(), Ended::Broken(error.to_string()), Duration::ZERO),
                    };
                    let Some((index, [guest, from, to])) = known.remove(&id) else { continue };
                    busy.give_back(&from, &to);
                    let end = Done { index, guest, from, to, ended: ended_so, took };
                    done(&end);
                    ended.push(end);
                }
                // Its sender is here, so it does not fail.
                _ = cancelled.changed(), if !stopped => {}
            }
        }
        ended.sort_by_key(|end| end.index);
        ended
    }
}

/// What runs, counted.
#[derive(Debug, Default)]
struct Busy {
    total: usize,
    hosts: HashMap<String, usize>,
    links: HashMap<(String, String), usize>,
}

impl Busy {
    fn has_room(&self, errand: &Errand, limits: Limits) -> bool {
        let host = |uri: &String| self.hosts.get(uri).copied().unwrap_or(0) < limits.host.max(1);
        let link = self.links.get(&(errand.from.clone(), errand.to.clone())).copied().unwrap_or(0);
        self.total < limits.total.max(1)
            && host(&errand.from)
            && host(&errand.to)
            && link < limits.link.max(1)
    }

    fn take(&mut self, errand: &Errand) {
        self.total += 1;
        for host in [&errand.from, &errand.to] {
            *self.hosts.entry(host.clone()).or_default() += 1;
        }
        *self.links.entry((errand.from.clone(), errand.to.clone())).or_default() += 1;
    }

    fn give_back(&mut self, from: &str, to: &str) {
        self.total = self.total.saturating_sub(1);
        for host in [from, to] {
            if let Some(count) = self.hosts.get_mut(host) {
                *count = count.saturating_sub(1);
            }
        }
        if let Some(count) = self.links.get_mut(&(from.to_owned(), to.to_owned())) {
            *count = count.saturating_sub(1);
        }
    }
}

/// Runs one errand to its end.
async fn one(
    errand: Errand,
    options: OpenOptions,
    settle: Duration,
    cancelled: watch::Receiver<bool>,
    mut watch: impl Watch,
) -> (Ended, Duration) {
    let began = Instant::now();
    let ended = match begin(errand, options).await {
        Err(not_begun) => Ended::NotBegun(not_begun),
        Ok(migration) => finish(migration, settle, cancelled, &mut watch).await,
    };
    (ended, began.elapsed())
}

async fn begin(errand: Errand, options: OpenOptions) -> Result<Migration, NotBegun> {
    let Errand { from, to, guest, wish, asked } = errand;
    let open = |uri: String, host| {
        let options = options.clone();
        async move { Connection::open_with(&uri, options).await.map_err(|error| NotBegun::Open { host, error }) }
    };
    let (source, destination) = tokio::try_join!(open(from, Host::Source), open(to, Host::Destination))?;
    let domain: Domain = Migration::find(&source, &guest).await.map_err(NotBegun::Find)?;
    let mut request = Request::live(domain);
    asked(&mut request);
    Ok(Migration::plan(source, destination, request, wish).await?)
}

async fn finish(
    mut migration: Migration,
    settle: Duration,
    mut cancelled: watch::Receiver<bool>,
    watch: &mut impl Watch,
) -> Ended {
    let canceller = migration.canceller();
    let mut told = false;
    let mut until: Option<Instant> = None;
    loop {
        let outcome = {
            let running = migration.run(watch);
            tokio::pin!(running);
            loop {
                tokio::select! {
                    outcome = &mut running => break outcome,
                    asked = cancelled.wait_for(|cancelled| *cancelled), if !told => {
                        told = true;
                        if asked.is_ok() {
                            canceller.cancel();
                        }
                    }
                }
            }
        };
        let Outcome::Unknown(unknown) = outcome else { return Ended::Known(outcome) };
        let until = *until.get_or_insert_with(|| Instant::now() + settle);
        if Instant::now() >= until {
            return Ended::Unknown(unknown, Box::new(migration));
        }
        tokio::time::sleep(ASK_AGAIN_AFTER.min(settle)).await;
    }
}

const ASK_AGAIN_AFTER: Duration = Duration::from_secs(1);
