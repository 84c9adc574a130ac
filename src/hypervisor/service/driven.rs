//! Guests whose migration this daemon drives: who else wants to move one is refused, its job is told of before its hypervisor has any, and
//! a client's word to abort counts from the first moment on.
//!
//! ```text
//! preparing ── Perform, or what follows Prepare without one ─▶ performing ── Perform has ended ─▶ over
//!   │ the word                                                  │ the word
//!   ▼                                                           ▼
//! aborted: Perform is not begun any more                      the hypervisor is asked, whose job it is
//! ```

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::remote::Domain;

use super::super::{DomainInfo, Hypervisor, Job, JobOperation, Result, Uuid, errors};
use super::HypervisorService;

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Driving(Arc<Mutex<BTreeMap<Uuid, Arc<Driven>>>>);

/// One migration.
#[derive(Debug)]
pub(super) struct Driven {
    at: watch::Sender<At>,
    began: Instant,
    memory_bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Preparing,
    Aborted,
    Performing,
    Over,
}

/// A guest is this migration's until this is dropped.
#[derive(Debug)]
pub(super) struct Drives {
    driving: Driving,
    guest: Uuid,
    driven: Arc<Driven>,
}

impl Driving {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Uuid, Arc<Driven>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This daemon moves the guest from now on.
    ///
    /// # Errors
    /// Code 55 where it does so already.
    pub(super) fn begin(&self, info: &DomainInfo) -> Result<Drives> {
        match self.lock().entry(info.uuid) {
            Entry::Occupied(_) => Err(is_migrated(&info.name)),
            Entry::Vacant(free) => {
                let driven = Arc::new(Driven {
                    at: watch::Sender::new(At::Preparing),
                    began: Instant::now(),
                    memory_bytes: info.memory_kib.saturating_mul(1 << 10),
                });
                free.insert(driven.clone());
                Ok(Drives { driving: self.clone(), guest: info.uuid, driven })
            }
        }
    }

    fn of(&self, guest: Uuid) -> Option<Arc<Driven>> {
        self.lock().get(&guest).cloned()
    }
}

impl Drop for Drives {
    fn drop(&mut self) {
        self.driving.lock().remove(&self.guest);
    }
}

impl Drives {
    pub(super) fn migration(&self) -> Arc<Driven> {
        self.driven.clone()
    }
}

impl Driven {
    /// The client's word. Whether Perform is not begun any more; otherwise it runs, or has.
    fn abort(&self) -> bool {
        self.turn(At::Preparing, At::Aborted);
        self.is_aborted()
    }

    pub(super) fn is_aborted(&self) -> bool {
        *self.at.borrow() == At::Aborted
    }

    /// Waits for the word. For ever once Perform has begun.
    pub(super) async fn aborted(&self) {
        // The sender is this one's own.
        let _ = self.at.subscribe().wait_for(|at| *at == At::Aborted).await;
    }

    /// Perform is about to begin, unless the word has come.
    pub(super) fn performs(&self) -> bool {
        self.turn(At::Preparing, At::Performing);
        !self.is_aborted()
    }

    pub(super) fn has_performed(&self) {
        self.turn(At::Performing, At::Over);
    }

    fn turn(&self, from: At, to: At) {
        self.at.send_if_modified(|at| {
            let turns = *at == from;
            if turns {
                *at = to;
            }
            turns
        });
    }

    fn job(&self) -> Job {
        let begun = Job::begun(JobOperation::MigrationOut, self.memory_bytes);
        Job { elapsed: self.began.elapsed(), ..begun }
    }
}

impl<H: Hypervisor> HypervisorService<H> {
    /// # Errors
    /// Code 55 where this daemon moves the guest already.
    pub(super) fn check_not_driven(&self, dom: &Domain) -> Result<()> {
        match self.driving.of(Uuid(dom.uuid)) {
            Some(_) => Err(is_migrated(&dom.name.to_string_lossy())),
            None => Ok(()),
        }
    }

    /// The job that runs on a guest.
    pub(super) async fn job(&self, guest: Uuid) -> Result<Option<Job>> {
        let driven = self.driving.of(guest);
        let job = self.step_job(guest).await?;
        Ok(job.or_else(|| driven.map(|driven| driven.job())))
    }

    /// Asks the running job to stop. It is Perform that then fails, with code 78.
    pub(super) async fn abort_job(&self, guest: Uuid) -> Result<()> {
        let Some(driven) = self.driving.of(guest) else { return self.step_abort_job(guest).await };
        let until = Instant::now() + BEGINS_WITHIN;
        // Before Perform the hypervisor's job, if it has one, is somebody else's.
        if driven.abort() {
            return Ok(());
        }
        loop {
            match self.step_abort_job(guest).await {
                // It was told to perform, and has not begun, or is about to say that it is done.
                Err(error)
                    if error.code == ErrorCode::OPERATION_INVALID
                        && *driven.at.borrow() == At::Performing
                        && Instant::now() < until =>
                {
                    tokio::time::sleep(ASK_AGAIN_AFTER).await;
                }
                asked => return asked,
            }
        }
    }
}

/// A migration has ended by a client's word.
pub(super) fn aborted(detail: &str) -> RemoteError {
    RemoteError::new(ErrorCode::OPERATION_ABORTED, ErrorDomain::QEMU, detail)
}

fn is_migrated(name: &str) -> RemoteError {
    errors::invalid(format!("domain '{name}' is being migrated to another host"))
}

/// How long a hypervisor that was told to perform may know of no job.
const BEGINS_WITHIN: Duration = Duration::from_secs(1);
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(10);
