//! A guest on its way out: how far it is, how fast it may go, and how it is stopped.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::super::{Job, JobKind, JobOperation, OutgoingId};
use super::stream::CHUNK_BYTES_MAX;

/// How often a waiting migration looks whether it may go faster now.
const SPEED_CHECKED_EVERY: Duration = Duration::from_millis(250);

/// The job of one Perform, shared by the task that sends and by those who ask about it.
#[derive(Debug)]
pub(crate) struct Departure {
    started: Instant,
    memory_bytes: u64,
    sent_bytes: AtomicU64,
    speed_mib_s: AtomicU64,
    paused_at: OnceLock<Instant>,
    /// Whether the guest ran until this paused it.
    paused_it: AtomicBool,
    stop: watch::Sender<Option<Stop>>,
    post_copy: watch::Sender<PostCopy>,
}

/// How far a departure has come with post-copy.
#[cfg_attr(
    not(feature = "mem"),
    allow(dead_code, reason = "no other hypervisor of ours switches to post-copy")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PostCopy {
    /// It was not asked for with POSTCOPY.
    Refused,
    Allowed,
    /// Somebody has said the word.
    Wanted,
    /// The guest is held here by this, and goes on there.
    Switched(OutgoingId),
    /// And the link is broken.
    Broken(OutgoingId),
    /// And all of it is there.
    Whole(OutgoingId),
}

/// Why a departure ends before it is done.
#[cfg_attr(
    not(feature = "mem"),
    allow(dead_code, reason = "no other hypervisor of ours switches to post-copy")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Somebody aborted the job.
    Aborted,
    /// The guest is not there any more.
    GuestGone,
    /// Somebody pauses its post-copy.
    Paused,
}

impl Departure {
    pub(crate) fn new(memory_bytes: u64, speed_mib_s: u64, post_copy: PostCopy) -> Departure {
        Departure {
            started: Instant::now(),
            memory_bytes,
            sent_bytes: AtomicU64::new(0),
            speed_mib_s: AtomicU64::new(speed_mib_s),
            paused_at: OnceLock::new(),
            paused_it: AtomicBool::new(false),
            stop: watch::Sender::new(None),
            post_copy: watch::Sender::new(post_copy),
        }
    }

    pub(crate) fn add_sent(&self, bytes: u64) {
        self.sent_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn set_speed_mib_s(&self, speed: u64) {
        self.speed_mib_s.store(speed, Ordering::Relaxed);
    }

    /// How fast it may go now, bytes a second; never 0.
    pub(crate) fn bytes_s(&self) -> u64 {
        self.speed_mib_s.load(Ordering::Relaxed).saturating_mul(1 << 20).max(1)
    }

    /// Waits until the chunk sent last has taken as long as the speed allowed says; that may change meanwhile.
    pub(crate) async fn pace(&self, (sent_at, len): (Instant, usize)) {
        loop {
            let due = sent_at + Duration::from_nanos(nanos(len, self.bytes_s()));
            let now = Instant::now();
            if due <= now {
                return;
            }
            sleep_until(due.min(now + SPEED_CHECKED_EVERY)).await;
        }
    }

    /// The guest is paused from now on.
    pub(crate) fn mark_paused(&self) {
        self.paused_at.get_or_init(Instant::now);
    }

    /// The guest ran, and is paused for this.
    pub(crate) fn mark_paused_it(&self) {
        self.paused_it.store(true, Ordering::Relaxed);
    }

    /// Whether the guest runs again if this fails.
    pub(crate) fn paused_it(&self) -> bool {
        self.paused_it.load(Ordering::Relaxed)
    }

    pub(crate) fn stop(&self, why: Stop) {
        // The first reason counts.
        self.stop.send_if_modified(|stop| {
            let first = stop.is_none();
            stop.get_or_insert(why);
            first
        });
    }

    /// Waits until somebody stops it.
    pub(crate) async fn stopped(&self) -> Stop {
        let mut stop = self.stop.subscribe();
        match stop.wait_for(Option::is_some).await.map(|stop| *stop) {
            Ok(Some(why)) => why,
            // The sender is ours and lives as long as `self`.
            _ => std::future::pending().await,
        }
    }

    /// How far it is, as one kind of job or another.
    pub(crate) fn job(&self, kind: JobKind) -> Job {
        let mut job = Job::begun(JobOperation::MigrationOut, self.memory_bytes);
        job.kind = kind;
        job.elapsed = self.started.elapsed();
        job.memory_processed = self.sent_bytes.load(Ordering::Relaxed).min(self.memory_bytes);
        let in_post_copy = matches!(
            *self.post_copy.borrow(),
            PostCopy::Switched(_) | PostCopy::Broken(_) | PostCopy::Whole(_)
        );
        job.memory_iteration = if in_post_copy { 2 } else { 1 };
        job.postcopy_requests = u64::from(in_post_copy);
        job.downtime = self.paused_at.get().map_or(Duration::ZERO, Instant::elapsed);
        job
    }
}

/// What only `mem` does so far.
#[cfg_attr(
    not(feature = "mem"),
    allow(dead_code, reason = "no other hypervisor of ours switches to post-copy")
)]
impl Departure {
    /// Somebody says the word. Whether it was taken.
    pub(crate) fn want_post_copy(&self) -> bool {
        self.post_copy.send_if_modified(|now| {
            let allowed = *now == PostCopy::Allowed;
            if allowed {
                *now = PostCopy::Wanted;
            }
            allowed
        }) || self.wants_post_copy()
    }

    pub(crate) fn wants_post_copy(&self) -> bool {
        *self.post_copy.borrow() == PostCopy::Wanted
    }

    /// Waits until somebody says the word.
    pub(crate) async fn wanted(&self) {
        let mut post_copy = self.post_copy.subscribe();
        while !self.wants_post_copy() {
            // The sender is ours and lives as long as `self`.
            let _ = post_copy.changed().await;
        }
    }

    pub(crate) fn set_post_copy(&self, now: PostCopy) {
        self.post_copy.send_replace(now);
    }

    /// The guest is on both hosts.
    pub(crate) fn is_torn(&self) -> bool {
        matches!(*self.post_copy.borrow(), PostCopy::Switched(_) | PostCopy::Broken(_))
    }

    /// Waits until a post-copy is over, or broken.
    pub(crate) async fn settled(&self) {
        let (mut post_copy, mut stop) = (self.post_copy.subscribe(), self.stop.subscribe());
        tokio::select! {
            _ = post_copy.wait_for(|now| matches!(now, PostCopy::Whole(_) | PostCopy::Broken(_))) => {}
            _ = stop.wait_for(Option::is_some) => {}
        }
    }

    /// What holds the guest since it has switched.
    pub(crate) fn outgoing(&self) -> Option<OutgoingId> {
        match *self.post_copy.borrow() {
            PostCopy::Switched(id) | PostCopy::Broken(id) | PostCopy::Whole(id) => Some(id),
            PostCopy::Refused | PostCopy::Allowed | PostCopy::Wanted => None,
        }
    }

    /// Waits until it has switched.
    pub(crate) async fn switched(&self) -> OutgoingId {
        let mut post_copy = self.post_copy.subscribe();
        // The sender is ours and lives as long as `self`.
        while post_copy.changed().await.is_ok() {
            if let Some(id) = self.outgoing() {
                return id;
            }
        }
        std::future::pending().await
    }
}

/// Small enough to show progress 32 times a second.
pub(crate) fn chunk_bytes(bytes_s: u64) -> usize {
    usize::try_from(bytes_s / 32).unwrap_or(usize::MAX).clamp(4_096, CHUNK_BYTES_MAX)
}

fn nanos(bytes: usize, bytes_s: u64) -> u64 {
    u64::try_from(bytes as u128 * 1_000_000_000 / u128::from(bytes_s)).unwrap_or(u64::MAX)
}
