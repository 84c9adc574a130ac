//! A guest on its way out: how far it is, how fast it may go, and how it is stopped.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::super::{Job, JobKind, JobOperation};

/// The job of one Perform, shared by the task that sends and by those who ask about it.
#[derive(Debug)]
pub(super) struct Departure {
    started: Instant,
    memory_bytes: u64,
    sent_bytes: AtomicU64,
    speed_mib_s: AtomicU64,
    paused_at: OnceLock<Instant>,
    /// Whether the guest ran until this paused it.
    paused_it: AtomicBool,
    stop: watch::Sender<Option<Stop>>,
}

/// Why a departure ends before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Somebody aborted the job.
    Aborted,
    /// The guest is not there any more.
    GuestGone,
}

impl Departure {
    pub(super) fn new(memory_bytes: u64, speed_mib_s: u64) -> Departure {
        Departure {
            started: Instant::now(),
            memory_bytes,
            sent_bytes: AtomicU64::new(0),
            speed_mib_s: AtomicU64::new(speed_mib_s),
            paused_at: OnceLock::new(),
            paused_it: AtomicBool::new(false),
            stop: watch::Sender::new(None),
        }
    }

    pub(super) fn add_sent(&self, bytes: u64) {
        self.sent_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn set_speed_mib_s(&self, speed: u64) {
        self.speed_mib_s.store(speed, Ordering::Relaxed);
    }

    /// How fast it may go now, bytes a second; never 0.
    pub(super) fn bytes_s(&self) -> u64 {
        self.speed_mib_s.load(Ordering::Relaxed).saturating_mul(1 << 20).max(1)
    }

    /// The guest is paused from now on.
    pub(super) fn mark_paused(&self) {
        self.paused_at.get_or_init(Instant::now);
    }

    /// The guest ran, and is paused for this.
    pub(super) fn mark_paused_it(&self) {
        self.paused_it.store(true, Ordering::Relaxed);
    }

    /// Whether the guest runs again if this fails.
    pub(super) fn paused_it(&self) -> bool {
        self.paused_it.load(Ordering::Relaxed)
    }

    pub(super) fn stop(&self, why: Stop) {
        // The first reason counts.
        self.stop.send_if_modified(|stop| {
            let first = stop.is_none();
            stop.get_or_insert(why);
            first
        });
    }

    /// Waits until somebody stops it.
    pub(super) async fn stopped(&self) -> Stop {
        let mut stop = self.stop.subscribe();
        match stop.wait_for(Option::is_some).await.map(|stop| *stop) {
            Ok(Some(why)) => why,
            // The sender is ours and lives as long as `self`.
            _ => std::future::pending().await,
        }
    }

    /// How far it is, as one kind of job or another.
    pub(super) fn job(&self, kind: JobKind) -> Job {
        let mut job = Job::begun(JobOperation::MigrationOut, self.memory_bytes);
        job.kind = kind;
        job.elapsed = self.started.elapsed();
        job.memory_processed = self.sent_bytes.load(Ordering::Relaxed);
        job.downtime = self.paused_at.get().map_or(Duration::ZERO, Instant::elapsed);
        job
    }
}
