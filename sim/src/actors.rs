//! Who moves the guest, and who finds out where it is when that one is gone; and the desk that both write at.

use std::cell::RefCell;
use std::future::ready;
use std::io;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use virtwire::client::{Connection, OpenOptions};
use virtwire::migrate::{Migration, Recover, Switch, Watch};
use virtwire::protocol::migrate::{
    self, CancelAnswer, Check, Do, Fenced, MigrateFlags, Note, Outcome, Record, Request, Settings, Wait, Wish,
};
use virtwire::protocol::session::keepalive::Pacing;

use crate::fate::{Fate, Way, What};

const HOSTS: [&str; 2] = ["mem+tcp://a:16509/default", "mem+tcp://b:16509/default"];

/// What outlives whoever sits there: what was told, the journal and its disk.
#[derive(Default)]
pub struct Desk {
    told: Mutex<Vec<String>>,
    journal: Mutex<Vec<Record>>,
    disk_is_full: AtomicBool,
    /// The first call that was made without the record that it needs.
    unannounced: Mutex<Option<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// What was told since this was asked last.
    pub fn told(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.told))
    }

    pub fn journal(&self) -> Vec<Record> {
        lock(&self.journal).clone()
    }

    pub fn unannounced(&self) -> Option<String> {
        lock(&self.unannounced).clone()
    }

    /// Of another migration.
    pub fn begin_anew(&self) {
        lock(&self.journal).clear();
    }

    pub fn set_disk_full(&self, is_full: bool) {
        self.disk_is_full.store(is_full, Ordering::Relaxed);
    }

    pub fn is_disk_full(&self) -> bool {
        self.disk_is_full.load(Ordering::Relaxed)
    }

    /// Nobody waited for answers to be on the disk: the last ones go with the machine.
    pub fn lose_answers(&self, most: u64) {
        let mut journal = lock(&self.journal);
        for _ in 0..most {
            if let Some(Record::Answered { .. }) = journal.last() {
                journal.pop();
            }
        }
    }
}

/// What has come of a migration so far.
#[derive(Default)]
pub struct Story {
    /// What its orchestrator says in the end.
    pub outcome: Option<Outcome>,
    pub not_begun: Option<String>,
    /// The orchestrator's connections are closed.
    pub gone: bool,
    /// It is a broken post-copy that goes on.
    pub resumes: bool,
    /// What the last recovery says in the end; `None` where there was nothing to recover.
    pub recovered: Option<Option<Outcome>>,
}

/// Opens, plans, runs until the end is known or the story is too long, and closes.
pub async fn orchestrate(fate: Fate, story: Rc<RefCell<Story>>, desk: Arc<Desk>) -> turmoil::Result {
    let mut follower = Follower(desk);
    let resumes = story.borrow().resumes;
    match begin(&fate, resumes).await {
        Err(error) => story.borrow_mut().not_begun = Some(error),
        Ok(mut migration) => {
            let canceller = migration.canceller();
            if let Some(after) = fate.cancel_after.filter(|_| !resumes) {
                tokio::spawn(async move {
                    tokio::time::sleep(after).await;
                    canceller.cancel();
                });
            }
            let mut asked = 0;
            let outcome = loop {
                let outcome = migration.run(&mut follower).await;
                let Outcome::Unknown(unknown) = &outcome else { break outcome };
                if asked > 40 {
                    break outcome;
                }
                // Nobody else moves guests here.
                if unknown.check == Check::WhetherItWasMovedSince {
                    let _ = migration.cancel();
                }
                asked += 1;
                tokio::time::sleep(ASK_AGAIN_AFTER).await;
            };
            story.borrow_mut().outcome = Some(outcome);
            // The world looks at the hosts in this state.
            tokio::time::sleep(Duration::from_millis(2)).await;
            drop(migration);
        }
    }
    story.borrow_mut().gone = true;
    Ok(())
}

const ASK_AGAIN_AFTER: Duration = Duration::from_millis(250);

/// How a host is opened by whoever drives.
pub fn options() -> OpenOptions {
    OpenOptions {
        open_within: Duration::from_secs(2),
        call_within: Some(Duration::from_secs(3)),
        keepalive: Some(Pacing { interval: Duration::from_millis(300), count: 2 }),
        ..OpenOptions::default()
    }
}

fn settings() -> Settings {
    Settings {
        ask_deadline: Duration::from_secs(1),
        finish_deadline: Duration::from_secs(4),
        ask_again_after: Duration::from_millis(200),
        ..Settings::default()
    }
}

async fn begin(fate: &Fate, resumes: bool) -> Result<Migration, String> {
    let open = |uri| Connection::open_with(uri, options());
    let [source, destination] = HOSTS.map(open);
    let source = source.await.map_err(|error| error.to_string())?;
    let destination = destination.await.map_err(|error| error.to_string())?;
    let guest = Migration::find(&source, "guest").await.map_err(|error| error.to_string())?;
    let mut request = Request::live(guest);
    request.flags = flags(fate, resumes);
    if fate.way != Way::Managed {
        request.way = migrate::Way::PeerToPeer { to: HOSTS[1].into() };
    }
    let plan = Migration::plan(source, destination, request, Wish::Auto).await;
    let plan = plan.map_err(|error| error.to_string())?;
    let switch = match fate.what {
        What::InPostCopy { after } if !resumes => Switch::After(after),
        _ => Switch::AtTheWord,
    };
    Ok(plan
        .settings(settings())
        .step_within(Duration::from_secs(3))
        .progress_every(Duration::from_millis(20))
        .switch(switch))
}

fn flags(fate: &Fate, resumes: bool) -> MigrateFlags {
    type Flags = MigrateFlags;
    let flags = match fate.what {
        What::InPostCopy { .. } if resumes => Flags::LIVE | Flags::POSTCOPY | Flags::POSTCOPY_RESUME,
        What::InPostCopy { .. } => Flags::LIVE | Flags::POSTCOPY,
        What::Definition { undefines: true } => Flags::OFFLINE | Flags::PERSIST_DEST | Flags::UNDEFINE_SOURCE,
        What::Definition { undefines: false } => Flags::OFFLINE | Flags::PERSIST_DEST,
        What::Guest if fate.live => Flags::LIVE,
        What::Guest => MigrateFlags(0),
    };
    if fate.way == Way::Tunnelled { flags | Flags::TUNNELLED } else { flags }
}

/// Recovers what the journal tells of, until the end is known or it has taken long enough.
pub async fn rescue(story: Rc<RefCell<Story>>, desk: Arc<Desk>) -> turmoil::Result {
    let [source, destination] = HOSTS;
    let recover = Recover::new(source, destination, desk.journal(), Fenced::default(), settings());
    let mut follower = Follower(desk);
    let outcome = match recover {
        None => None,
        Some(recover) => {
            // Nobody else moves guests here.
            let mut recover = recover.options(options()).no_later_migration();
            let mut asked = 0;
            while let Outcome::Unknown(_) = recover.run(&mut follower).await
                && asked < 16
            {
                asked += 1;
                let _ = tokio::time::timeout(ASK_AGAIN_AFTER, recover.changed()).await;
            }
            Some(recover.now())
        }
    };
    story.borrow_mut().recovered = Some(outcome);
    Ok(())
}

/// Writes down what is decided and called.
struct Follower(Arc<Desk>);

impl Follower {
    fn say(&self, text: String) {
        lock(&self.0.told).push(text);
    }
}

impl Watch for Follower {
    fn note(&mut self, note: &Note) {
        self.say(format!("note: {note}"));
    }

    fn calling(&mut self, order: &Do) {
        self.say(format!("call: {} on the {}", order.call.name(), order.host));
        let is_announced =
            matches!(lock(&self.0.journal).last(), Some(Record::Doing(announced)) if announced == order);
        if order.call.needs_its_record() && !is_announced {
            lock(&self.0.unannounced).get_or_insert_with(|| order.to_string());
        }
    }

    fn waiting(&mut self, wait: &Wait) {
        self.say(format!("wait: {:?}", wait.ask_again_after));
    }

    fn cancelled(&mut self, answer: CancelAnswer) {
        self.say(format!("cancelled: {answer:?}"));
    }

    fn journal(&mut self, record: &Record) -> impl Future<Output = io::Result<()>> + Send {
        ready(if self.0.is_disk_full() {
            self.say("the journal's disk is full".to_owned());
            Err(io::ErrorKind::StorageFull.into())
        } else {
            lock(&self.0.journal).push(record.clone());
            Ok(())
        })
    }
}
