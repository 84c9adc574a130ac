//! A guest on its way out: how far it is, how fast it may go, and how it is stopped.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::super::{Job, JobKind, JobOperation, OutgoingId};

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
    post_copy: watch::Sender<PostCopy>,
}

/// How far a departure has come with post-copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PostCopy {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Somebody aborted the job.
    Aborted,
    /// The guest is not there any more.
    GuestGone,
    /// Somebody pauses its post-copy.
    Paused,
}

impl Departure {
    pub(super) fn new(memory_bytes: u64, speed_mib_s: u64, post_copy: PostCopy) -> Departure {
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

    /// Somebody says the word. Whether it was taken.
    pub(super) fn want_post_copy(&self) -> bool {
        self.post_copy.send_if_modified(|now| {
            let allowed = *now == PostCopy::Allowed;
            if allowed {
                *now = PostCopy::Wanted;
            }
            allowed
        }) || self.wants_post_copy()
    }

    pub(super) fn wants_post_copy(&self) -> bool {
        *self.post_copy.borrow() == PostCopy::Wanted
    }

    /// Waits until somebody says the word.
    pub(super) async fn wanted(&self) {
        let mut post_copy = self.post_copy.subscribe();
        while !self.wants_post_copy() {
            // The sender is ours and lives as long as `self`.
            let _ = post_copy.changed().await;
        }
    }

    pub(super) fn set_post_copy(&self, now: PostCopy) {
        self.post_copy.send_replace(now);
    }

    /// The guest is on both hosts.
    pub(super) fn is_torn(&self) -> bool {
        matches!(*self.post_copy.borrow(), PostCopy::Switched(_) | PostCopy::Broken(_))
    }

    /// Waits until a post-copy is over, or broken.
    pub(super) async fn settled(&self) {
        let (mut post_copy, mut stop) = (self.post_copy.subscribe(), self.stop.subscribe());
        tokio::select! {
            _ = post_copy.wait_for(|now| matches!(now, PostCopy::Whole(_) | PostCopy::Broken(_))) => {}
            _ = stop.wait_for(Option::is_some) => {}
        }
    }

    /// What holds the guest since it has switched.
    pub(super) fn outgoing(&self) -> Option<OutgoingId> {
        match *self.post_copy.borrow() {
            PostCopy::Switched(id) | PostCopy::Broken(id) | PostCopy::Whole(id) => Some(id),
            PostCopy::Refused | PostCopy::Allowed | PostCopy::Wanted => None,
        }
    }

    /// Waits until it has switched.
    pub(super) async fn switched(&self) -> OutgoingId {
        let mut post_copy = self.post_copy.subscribe();
        // The sender is ours and lives as long as `self`.
        while post_copy.changed().await.is_ok() {
            if let Some(id) = self.outgoing() {
                return id;
            }
        }
        std::future::pending().await
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
