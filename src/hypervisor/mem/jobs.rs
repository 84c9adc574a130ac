//! What takes its time: a guest that leaves, and the last one that did.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::{Job, JobKind, Jobs, Result, Uuid, errors};
use super::Mem;
use super::departure::Stop;
use super::guest::Activity;
use super::turn::Turn;

impl Jobs for Mem {
    async fn job(&self, domain: Uuid) -> Result<Option<Job>> {
        match &self.inner.table().guest(domain)?.live()?.activity {
            Activity::Idle => Ok(None),
            Activity::Held { sent: None } => Ok(None),
            Activity::Leaving(departure) | Activity::Held { sent: Some(departure) } => {
                Ok(Some(departure.job(JobKind::Unbounded)))
            }
            Activity::Arriving(_) => Err(RemoteError::new(
                ErrorCode::OPERATION_UNSUPPORTED,
                ErrorDomain::QEMU,
                "migration statistics are available only on the source host",
            )),
        }
    }

    async fn completed_job(&self, domain: Uuid, keep: bool) -> Result<Option<Job>> {
        let mut table = self.inner.table();
        let job = &mut table.guest_mut(domain)?.completed_job;
        Ok(if keep { job.clone() } else { job.take() })
    }

    async fn abort_job(&self, domain: Uuid) -> Result<()> {
        match &self.inner.table().guest(domain)?.live()?.activity {
            Activity::Leaving(departure) => {
                departure.stop(Stop::Aborted);
                Ok(())
            }
            Activity::Idle => Err(errors::invalid("no job is active on the domain")),
            Activity::Held { .. } => {
                Err(errors::invalid("the migration is at a step that only its client can cancel"))
            }
            Activity::Arriving(_) => {
                Err(errors::invalid("cannot abort incoming migration; destroy the domain instead"))
            }
        }
    }

    async fn start_post_copy(&self, domain: Uuid) -> Result<()> {
        match &self.inner.table().guest(domain)?.live()?.activity {
            Activity::Leaving(departure) if departure.want_post_copy() => Ok(()),
            Activity::Leaving(_) => {
                Err(errors::invalid("switching to post-copy requires migration to be started with POSTCOPY"))
            }
            _ => {
                Err(errors::invalid("post-copy can only be started while outgoing migration is in progress"))
            }
        }
    }

    async fn pause_post_copy(&self, domain: Uuid) -> Result<()> {
        let pause = move |turn: &mut Turn<'_>| match &turn.guest(domain)?.live()?.activity {
            Activity::Held { sent: Some(departure) } if departure.is_torn() => {
                departure.stop(Stop::Paused);
                turn.post_copy_broke(domain);
                Ok(())
            }
            _ => Err(errors::invalid("current job is not outgoing migration in post-copy mode")),
        };
        self.inner.at_guest(domain, pause).await
    }

    async fn max_speed_mib_s(&self, domain: Uuid) -> Result<u64> {
        Ok(self.inner.table().guest(domain)?.max_speed_mib_s)
    }

    async fn set_max_speed_mib_s(&self, domain: Uuid, speed: u64) -> Result<()> {
        let speed = if speed == 0 { self.inner.config.max_speed_mib_s } else { speed };
        let mut table = self.inner.table();
        let guest = table.guest_mut(domain)?;
        // Also in post-copy, where the rest of the memory is still on its way.
        if let Ok(Activity::Leaving(departure) | Activity::Held { sent: Some(departure) }) =
            guest.live().map(|live| &live.activity)
        {
            departure.set_speed_mib_s(speed);
        }
        guest.max_speed_mib_s = speed;
        Ok(())
    }

    async fn max_downtime_ms(&self, domain: Uuid) -> Result<u64> {
        Ok(self.inner.table().guest(domain)?.max_downtime_ms)
    }

    async fn set_max_downtime_ms(&self, domain: Uuid, downtime: u64) -> Result<()> {
        self.inner.table().guest_mut(domain)?.max_downtime_ms = downtime;
        Ok(())
    }
}
