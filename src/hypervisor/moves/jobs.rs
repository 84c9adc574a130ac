//! The jobs of guests that go: how far they are, how they ended, how fast they may be, and their abortion.

use std::collections::BTreeMap;

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::{DomainInfo, Hypervisor, Job, JobKind, Jobs as _, Result, Uuid, errors};
use super::departure::Stop;
use super::outgoing::Step;
use super::{Moves, found};

/// Guests of which something is remembered: as many as can be listed.
const REMEMBERED_MAX: usize = 16_384;

/// What is remembered of guests that are in no migration.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    completed: BTreeMap<Uuid, Job>,
    speeds_mib_s: BTreeMap<Uuid, u64>,
}

impl Jobs {
    /// A guest's last job ended so.
    pub(super) fn completed(&mut self, guest: Uuid, job: Job) {
        remember(&mut self.completed, guest, job);
    }

    /// A new job has begun.
    pub(super) fn forget(&mut self, guest: Uuid) {
        self.completed.remove(&guest);
    }

    pub(super) fn max_speed_mib_s(&self, guest: Uuid) -> Option<u64> {
        self.speeds_mib_s.get(&guest).copied()
    }
}

/// The first of them is forgotten for a new one where there are too many.
fn remember<T>(all: &mut BTreeMap<Uuid, T>, guest: Uuid, what: T) {
    if all.len() >= REMEMBERED_MAX && !all.contains_key(&guest) {
        all.pop_first();
    }
    all.insert(guest, what);
}

impl Moves {
    /// The job that runs on a guest. A hypervisor may have others, which are its own to tell of.
    pub(crate) async fn job<H: Hypervisor>(&self, host: &H, guest: Uuid) -> Result<Option<Job>> {
        let info = self.active(host, guest).await?;
        match self.table().going.step(guest) {
            Some(Step::Sending(departure) | Step::Sent(departure)) => {
                return Ok(Some(departure.job(JobKind::Unbounded)));
            }
            Some(Step::Begun | Step::Ending) => return Ok(None),
            None => {}
        }
        if self.table().coming.check_free(info.uuid).is_err() {
            let detail = "migration statistics are available only on the source host";
            return Err(RemoteError::new(ErrorCode::OPERATION_UNSUPPORTED, ErrorDomain::QEMU, detail));
        }
        without_support(host.jobs().job(guest).await, None)
    }

    /// The last job that ended; forgotten once read unless `keep`.
    pub(crate) async fn completed_job<H: Hypervisor>(
        &self,
        host: &H,
        guest: Uuid,
        keep: bool,
    ) -> Result<Option<Job>> {
        found(host, guest).await?;
        let known = {
            let mut table = self.table();
            let known = table.jobs.completed.get(&guest).cloned();
            if !keep {
                table.jobs.forget(guest);
            }
            known
        };
        match known {
            Some(job) => Ok(Some(job)),
            None => without_support(host.jobs().completed_job(guest, keep).await, None),
        }
    }

    /// Asks the running job to stop. It is Perform that then fails, with code 78.
    pub(crate) async fn abort_job<H: Hypervisor>(&self, host: &H, guest: Uuid) -> Result<()> {
        let info = self.active(host, guest).await?;
        match self.table().going.step(guest) {
            Some(Step::Sending(departure)) => {
                departure.stop(Stop::Aborted);
                return Ok(());
            }
            Some(Step::Begun | Step::Sent(_) | Step::Ending) => {
                return Err(errors::invalid("the migration is at a step that only its client can cancel"));
            }
            None => {}
        }
        if self.table().coming.check_free(info.uuid).is_err() {
            return Err(errors::invalid("cannot abort incoming migration; destroy the domain instead"));
        }
        match host.jobs().abort_job(guest).await {
            Err(error) if error.is_unsupported() => Err(errors::invalid("no job is active on the domain")),
            aborted => aborted,
        }
    }

    /// The limit on a guest's migrations that ask for no other, MiB/s.
    pub(crate) async fn max_speed_mib_s<H: Hypervisor>(&self, host: &H, guest: Uuid) -> Result<u64> {
        found(host, guest).await?;
        Ok(self.table().jobs.max_speed_mib_s(guest).unwrap_or(self.settings.max_speed_mib_s))
    }

    /// Sets that limit, also for a migration under way; 0 is the host's own.
    pub(crate) async fn set_max_speed_mib_s<H: Hypervisor>(
        &self,
        host: &H,
        guest: Uuid,
        speed: u64,
    ) -> Result<()> {
        found(host, guest).await?;
        let speed = if speed == 0 { self.settings.max_speed_mib_s } else { speed };
        let mut table = self.table();
        if let Some(Step::Sending(departure)) = table.going.step(guest) {
            departure.set_speed_mib_s(speed);
        }
        remember(&mut table.jobs.speeds_mib_s, guest, speed);
        Ok(())
    }

    pub(super) async fn active<H: Hypervisor>(&self, host: &H, guest: Uuid) -> Result<DomainInfo> {
        self.forget_past(host, guest).await?;
        let info = found(host, guest).await?;
        if info.id.is_some() { Ok(info) } else { Err(errors::not_running()) }
    }
}

/// A hypervisor that has no jobs of its own has none.
fn without_support<T>(answer: Result<T>, none: T) -> Result<T> {
    match answer {
        Err(error) if error.is_unsupported() => Ok(none),
        answer => answer,
    }
}
