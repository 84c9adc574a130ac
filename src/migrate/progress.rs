//! How far a guest has come on its way: what the source tells of its job while Perform runs.

use std::time::{Duration, Instant};

use virtwire_protocol::enums::{JobKind, JobOperation};
use virtwire_protocol::migrate::JobInfo;
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::DomainGetJobInfoReply;

/// One look at a migration under way. What the source does not tell is `None`, or 0 in an [`Amount`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Whether the job runs, or how it ended.
    pub kind: JobKind,
    /// What the job does. Of a guest that is only believed to move it may be something else, such as a backup.
    pub operation: Option<JobOperation>,
    /// How long the job has run.
    pub elapsed: Duration,
    /// How long it will take yet: the source's own word, else what remains at this rate less what the guest writes meanwhile.
    /// `None` where that never ends.
    pub time_left: Option<Duration>,
    /// Memory and disks together, bytes.
    pub data: Amount,
    /// Of that, memory.
    pub memory: Amount,
    /// Of that, disks (with NON_SHARED_DISK or NON_SHARED_INC).
    pub disk: Amount,
    /// Bytes a second: the source's own word, else reckoned from what it told before.
    pub rate: Option<u64>,
    /// Bytes of memory that the guest writes in a second, and that have to be sent again.
    pub dirty_rate: Option<u64>,
    /// Which pass over the memory this is; the first is 1.
    pub iteration: Option<u64>,
    /// How long the guest would stand still at the end, as the source expects it now; how long it did once the job has completed.
    pub downtime: Option<Duration>,
    /// Pages that the destination has fetched since it runs the guest (post-copy).
    pub postcopy_requests: Option<u64>,
}

/// So many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Amount {
    /// In all; 0 where it is not known.
    pub total: u64,
    /// Sent so far. More than the total where the guest's writing had some sent again.
    pub processed: u64,
    /// To be sent.
    pub remaining: u64,
}

/// What a job is about now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Nothing has been sent.
    Starting,
    /// Disks are copied.
    Disks,
    /// Memory is sent, for this pass if the source counts them.
    Memory {
        /// The pass; the first is 1.
        iteration: Option<u64>,
    },
    /// The destination runs the guest and fetches its memory.
    PostCopy,
    /// Everything is sent: the guest is handed over.
    Switchover,
}

impl Amount {
    /// From 0.0 to 1.0; `None` where nothing is known. What remains decides, since parts are sent more than once.
    pub fn fraction(self) -> Option<f64> {
        (self.total > 0).then(|| 1.0 - self.remaining.min(self.total) as f64 / self.total as f64)
    }
}

impl Progress {
    /// From a reply to `domain_get_job_stats` (298).
    pub fn from_stats(kind: JobKind, params: &TypedParams) -> Progress {
        let number = |name| params.u64(name);
        let amount = |total, processed, remaining| Amount {
            total: number(total).unwrap_or(0),
            processed: number(processed).unwrap_or(0),
            remaining: number(remaining).unwrap_or(0),
        };
        let disk = amount("disk_total", "disk_processed", "disk_remaining");
        let rates = [number("memory_bps"), number("disk_bps").filter(|_| disk.remaining > 0)];
        let rate = rates.into_iter().flatten().fold(0_u64, u64::saturating_add);
        let page = number("memory_page_size").unwrap_or(USUAL_PAGE_BYTES);
        Progress {
            kind,
            operation: params.i32("operation").map(JobOperation::from),
            elapsed: milliseconds(number("time_elapsed").unwrap_or(0)),
            time_left: number("time_remaining").filter(|left| *left > 0).map(milliseconds),
            data: amount("data_total", "data_processed", "data_remaining"),
            memory: amount("memory_total", "memory_processed", "memory_remaining"),
            disk,
            rate: Some(rate).filter(|rate| *rate > 0),
            dirty_rate: number("memory_dirty_rate").map(|pages| pages.saturating_mul(page)),
            iteration: number("memory_iteration").filter(|iteration| *iteration > 0),
            downtime: number("downtime").filter(|downtime| *downtime > 0).map(milliseconds),
            postcopy_requests: number("memory_postcopy_requests").filter(|requests| *requests > 0),
        }
    }

    /// From a reply to `domain_get_job_info` (163), which older daemons have.
    pub fn from_info(info: &DomainGetJobInfoReply) -> Progress {
        let amount = |total, processed, remaining| Amount { total, processed, remaining };
        Progress {
            kind: info.r#type.into(),
            operation: None,
            elapsed: milliseconds(info.time_elapsed),
            time_left: Some(info.time_remaining).filter(|left| *left > 0).map(milliseconds),
            data: amount(info.data_total, info.data_processed, info.data_remaining),
            memory: amount(info.mem_total, info.mem_processed, info.mem_remaining),
            disk: amount(info.file_total, info.file_processed, info.file_remaining),
            rate: None,
            dirty_rate: None,
            iteration: None,
            downtime: None,
            postcopy_requests: None,
        }
    }

    /// From what the engine was told of a job that it waits for.
    pub fn from_job(job: &JobInfo) -> Progress {
        Progress::from_info(&DomainGetJobInfoReply {
            r#type: job.kind,
            data_total: job.data_total,
            data_processed: job.data_processed,
            data_remaining: job.data_remaining,
            ..DomainGetJobInfoReply::default()
        })
    }

    /// Whether the job runs.
    pub fn is_running(&self) -> bool {
        matches!(self.kind, JobKind::Bounded | JobKind::Unbounded)
    }

    /// What it is about now.
    pub fn phase(&self) -> Phase {
        if self.postcopy_requests.is_some() {
            Phase::PostCopy
        } else if self.data.processed == 0 {
            Phase::Starting
        } else if self.disk.remaining > 0 && self.memory.processed == 0 {
            Phase::Disks
        } else if self.data.remaining == 0 {
            Phase::Switchover
        } else {
            Phase::Memory { iteration: self.iteration }
        }
    }
}

const USUAL_PAGE_BYTES: u64 = 4_096;

fn milliseconds(number: u64) -> Duration {
    Duration::from_millis(number)
}

/// Reckons what a source does not tell from what it told before.
#[derive(Debug, Default)]
pub(super) struct Reckoner {
    before: Option<(Instant, u64)>,
    rate: Option<u64>,
}

impl Reckoner {
    /// The look with what can be added to it.
    pub(super) fn complete(&mut self, now: Instant, mut progress: Progress) -> Progress {
        let processed = progress.data.processed;
        match self.before {
            Some((at, before)) if now.saturating_duration_since(at) >= RECKON_OVER => {
                let seconds = now.saturating_duration_since(at).as_secs_f64();
                self.rate = Some((processed.saturating_sub(before) as f64 / seconds) as u64);
                self.before = Some((now, processed));
            }
            None => self.before = Some((now, processed)),
            Some(_) => {}
        }
        progress.rate = progress.rate.or(self.rate.filter(|rate| *rate > 0));
        progress.time_left = progress.time_left.or_else(|| {
            let rate =
                progress.rate?.checked_sub(progress.dirty_rate.unwrap_or(0)).filter(|rate| *rate > 0)?;
            Some(Duration::from_secs(progress.data.remaining / rate))
        });
        progress
    }
}

/// A shorter time says little of a rate.
const RECKON_OVER: Duration = Duration::from_millis(400);

#[cfg(test)]
mod tests {
    use super::*;

    fn stats(numbers: &[(&str, u64)]) -> Progress {
        let params =
            numbers.iter().try_fold(TypedParams::new(), |params, (name, value)| params.with(name, *value));
        Progress::from_stats(JobKind::Unbounded, &params.unwrap())
    }

    #[test]
    fn rates_come_from_the_source_or_from_two_looks() {
        let told = stats(&[
            ("data_total", 1_000),
            ("data_processed", 600),
            ("data_remaining", 900),
            ("memory_bps", 200),
            ("memory_dirty_rate", 3),
            ("memory_page_size", 10),
            ("memory_iteration", 2),
            ("downtime", 300),
        ]);
        assert_eq!((told.rate, told.dirty_rate), (Some(200), Some(30)));
        assert_eq!(
            (told.phase(), told.downtime),
            (Phase::Memory { iteration: Some(2) }, Some(milliseconds(300)))
        );
        assert!(
            (told.data.fraction().unwrap() - 0.1).abs() < 1e-9,
            "what remains decides, not what was sent"
        );
        let (mut reckoner, start) = (Reckoner::default(), Instant::now());
        // 900 bytes at 200 a second, of which 30 come back.
        assert_eq!(reckoner.complete(start, told).time_left, Some(Duration::from_secs(5)));

        let look = |processed| {
            stats(&[
                ("data_total", 10_000),
                ("data_processed", processed),
                ("data_remaining", 10_000 - processed),
            ])
        };
        let mut reckoner = Reckoner::default();
        assert_eq!(reckoner.complete(start, look(0)).rate, None);
        assert_eq!(
            reckoner.complete(start + Duration::from_millis(100), look(100)).rate,
            None,
            "too soon to tell"
        );
        let later = reckoner.complete(start + Duration::from_secs(1), look(2_000));
        assert_eq!((later.rate, later.time_left), (Some(2_000), Some(Duration::from_secs(4))));
    }

    #[test]
    fn what_never_ends_has_no_time_left() {
        let told = stats(&[
            ("data_remaining", 900),
            ("data_processed", 1),
            ("memory_bps", 200),
            ("memory_dirty_rate", 3),
            ("memory_page_size", 100),
        ]);
        assert_eq!(Reckoner::default().complete(Instant::now(), told).time_left, None);
    }

    #[test]
    fn phases_follow_what_is_told() {
        assert_eq!(stats(&[("data_total", 5)]).phase(), Phase::Starting);
        assert_eq!(
            stats(&[("data_processed", 1), ("disk_remaining", 4), ("data_remaining", 9)]).phase(),
            Phase::Disks
        );
        assert_eq!(stats(&[("data_processed", 9)]).phase(), Phase::Switchover);
        assert_eq!(stats(&[("data_processed", 9), ("memory_postcopy_requests", 1)]).phase(), Phase::PostCopy);
    }
}
