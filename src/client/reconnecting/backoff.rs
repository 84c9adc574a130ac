//! How long to wait before a daemon is tried again.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

/// The pauses between attempts: each up to twice as long as the one before, and of random length, so that the many clients of a
/// daemon that was restarted do not come back at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The longest that the first pause may be; 100 ms by default.
    pub first: Duration,
    /// The longest that any may be; 30 s by default. A connection that lived as long makes the next pause a first one.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Backoff {
        Backoff { first: Duration::from_millis(100), longest: Duration::from_secs(30) }
    }
}

impl Backoff {
    /// Pauses between these.
    pub fn between(first: Duration, longest: Duration) -> Backoff {
        Backoff { first, longest }
    }

    /// The pause after so many attempts without lasting success: from half of what it may be up to all of it.
    pub(super) fn pause(&self, failures: u32) -> Duration {
        let factor = 2_u32.checked_pow(failures.min(20)).unwrap_or(u32::MAX);
        let most = self.first.saturating_mul(factor).min(self.longest);
        // Beyond what a duration can say it is the longest there is.
        Duration::try_from_secs_f64(most.as_secs_f64() * random_from_half()).unwrap_or(most)
    }
}

/// Between 0.5 and 1. Chance, not secrecy: the standard library keys its hash tables by it.
fn random_from_half() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    0.5 + f64::from((random >> 32) as u32) / f64::from(u32::MAX) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pause_there_is_is_one() {
        let backoff = Backoff::between(Duration::MAX, Duration::MAX);
        for failures in [0, 1, u32::MAX] {
            assert!((0..50).all(|_| backoff.pause(failures) >= Duration::MAX / 4));
        }
    }

    #[test]
    fn pauses_grow_to_the_longest_and_differ() {
        let backoff = Backoff::default();
        for (failures, most) in [(0, 100), (1, 200), (4, 1_600), (9, 30_000), (u32::MAX, 30_000)] {
            let most = Duration::from_millis(most);
            let pauses: Vec<_> = (0..50).map(|_| backoff.pause(failures)).collect();
            assert!(pauses.iter().all(|pause| (most / 2..=most).contains(pause)), "{failures}: {pauses:?}");
            assert!(pauses.iter().any(|pause| pause != &pauses[0]), "{failures}: {pauses:?}");
        }
    }
}
