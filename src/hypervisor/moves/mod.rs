//! Migrations as virtwire carries them out, for every hypervisor that has the few verbs of [`Migrating`].
//!
//! ```text
//! source        Begin ─▶ begun ── Perform ─▶ sending ─▶ sent ── Confirm ─▶ ending ─▶ gone, or it runs on
//!               (not held) ───── Perform ─▶ sending ─▶ gone (versions 1 and 2)
//!
//! destination   Prepare ─▶ coming ─▶ received ─▶ confirmed or unconfirmed ── Finish ─▶ it runs
//! ```
//!
//! `source` and `destination` are the steps, `outgoing` and `incoming` what is known of a guest between them; `leaving` and `reception` are the
//! tasks at both ends of the link, which is `door`, `stream` and `way_out`. Whoever drives asks for steps over its connection, which owns what
//! it has begun: that is the service's to remember (`service::clients`), and it tells of a connection's end.
//!
//! Nobody but its migration changes a guest while it is in one: whoever changes a guest holds a [`Change`], and a migration
//! begins when there is none. `mem` has steps of its own, over the same cookies, flags, jobs and link.

pub(super) mod cookie;
pub(super) mod departure;
pub(super) mod door;
pub(super) mod failures;
pub(super) mod flags;
pub(super) mod stream;
pub(super) mod uri;
pub(super) mod way_out;

mod destination;
mod finish;
mod incoming;
mod jobs;
mod leaving;
mod outgoing;
mod reception;
mod source;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use virtwire_protocol::error::{ErrorCode, RemoteError};

use super::{DomainInfo, Host, Hypervisor, Lookup, Migrating, MigrationSettings, Result, Uuid, errors};
use crate::panics;
use incoming::Comings;
use jobs::Jobs;
use outgoing::Goings;
use stream::Magic;

/// What the link's greeting begins with: a guest in its hypervisor's own words.
const MAGIC: Magic = *b"VWMOVES1";

/// The migrations of one hypervisor.
#[derive(Debug)]
pub(crate) struct Moves {
    settings: MigrationSettings,
    /// This host's own UUID, which its cookies carry.
    here: Uuid,
    hostname: String,
    table: Mutex<Table>,
    /// Tells whenever a change of a guest is over.
    changed: watch::Sender<()>,
}

/// What is known of all guests that are in a migration, or changed. Never locked across a verb of the hypervisor.
#[derive(Debug, Default)]
struct Table {
    going: Goings,
    coming: Comings,
    jobs: Jobs,
    /// Changes that are under way, by guest.
    changing: BTreeMap<Uuid, usize>,
    last_id: u64,
}

/// Somebody changes a guest, until this is dropped.
#[derive(Debug)]
#[must_use = "dropped, the change is over"]
pub(crate) struct Change {
    moves: Arc<Moves>,
    guest: Uuid,
}

impl Drop for Change {
    fn drop(&mut self) {
        let mut table = self.moves.table();
        if let Some(count) = table.changing.get_mut(&self.guest) {
            *count -= 1;
            if *count == 0 {
                table.changing.remove(&self.guest);
            }
        }
        drop(table);
        self.moves.changed.send_replace(());
    }
}

impl Moves {
    pub(crate) fn new(settings: MigrationSettings, host: Host) -> Moves {
        Moves {
            settings,
            here: host.uuid,
            hostname: host.hostname,
            table: Mutex::default(),
            changed: watch::Sender::new(()),
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody is about to change a guest. `resumes` says that it is to run: so a guest that is nowhere else becomes one like any other.
    ///
    /// # Errors
    /// Code 55 where it is in a migration.
    pub(crate) async fn change<H: Hypervisor>(
        self: &Arc<Self>,
        host: &H,
        guest: Uuid,
        resumes: bool,
    ) -> Result<Change> {
        self.forget_past(host, guest).await?;
        let mut table = self.table();
        if resumes {
            table.coming.adopt_if_kept(guest);
        }
        table.check_free(guest)?;
        *table.changing.entry(guest).or_default() += 1;
        Ok(Change { moves: self.clone(), guest })
    }

    /// # Errors
    /// Code 55 where a guest is coming.
    pub(crate) async fn check_is_here<H: Hypervisor>(&self, host: &H, guest: Uuid) -> Result<()> {
        self.forget_past(host, guest).await?;
        self.table().coming.check_free(guest)
    }

    /// Forgets a migration of an earlier run of a guest.
    pub(crate) async fn forget_past<H: Hypervisor>(&self, host: &H, guest: Uuid) -> Result<()> {
        let run = self.table().run_in_migration(guest);
        if let Some(run) = run
            && host.domain(Lookup::Uuid(guest)).await?.and_then(|info| info.id) != Some(run)
        {
            let mut table = self.table();
            // It may be another migration's by now.
            if table.run_in_migration(guest) == Some(run) {
                table.going.ended(guest);
                table.coming.ended(guest);
            }
        }
        Ok(())
    }
}

impl Table {
    /// # Errors
    /// Code 55 where a guest is in a migration.
    fn check_free(&self, guest: Uuid) -> Result<()> {
        self.going.check_free(guest)?;
        self.coming.check_free(guest)
    }

    fn run_in_migration(&self, guest: Uuid) -> Option<u32> {
        self.going.run(guest).or_else(|| self.coming.run(guest))
    }

    fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}

/// The few verbs.
fn verbs<H: Hypervisor>(host: &H) -> Result<&impl Migrating> {
    host.migrating().ok_or_else(|| RemoteError::no_support("virDomainMigratePerform3"))
}

async fn found<H: Hypervisor>(host: &H, guest: Uuid) -> Result<DomainInfo> {
    let key = Lookup::Uuid(guest);
    host.domain(key).await?.ok_or_else(|| errors::no_domain(key))
}

/// The same run of a guest that its migration has in hand.
async fn same_run<H: Hypervisor>(host: &H, guest: Uuid, run: u32) -> Result<DomainInfo> {
    let info = found(host, guest).await?;
    if info.id == Some(run) { Ok(info) } else { Err(errors::not_running()) }
}

/// Whether that run of a guest is over. An error is no word about it.
pub(super) async fn is_over<H: Hypervisor>(host: &H, guest: Uuid, run: u32) -> Result<bool> {
    match host.domain(Lookup::Uuid(guest)).await {
        Err(error) if error.code == ErrorCode::NO_DOMAIN => Ok(true),
        found => Ok(found?.and_then(|info| info.id) != Some(run)),
    }
}

/// What the hypervisor makes of this. One that panics has failed at it, and has not said what came of that.
async fn tried<T>(what: &'static str, work: impl Future<Output = Result<T>>) -> Result<T> {
    let done = panics::answered(what, work).await;
    done.unwrap_or_else(|| Err(errors::failed(format!("the hypervisor has panicked at {what}"))))
}
