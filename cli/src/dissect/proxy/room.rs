//! Memory that many share.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A share of so many bytes in all. Clones are new shares, of nothing yet; dropping one gives back what it has.
#[derive(Debug)]
pub(super) struct Room {
    all: Arc<AtomicUsize>,
    limit: usize,
    mine: usize,
}

impl Room {
    pub(super) fn of(limit: usize) -> Room {
        Room { all: Arc::default(), limit, mine: 0 }
    }

    /// Changes this share to so many bytes. Whether there is room for it; a smaller share than before always has.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        if bytes <= self.mine {
            self.all.fetch_sub(self.mine - bytes, Ordering::Relaxed);
            self.mine = bytes;
            return true;
        }
        let more = bytes - self.mine;
        let fits = |all: usize| all.checked_add(more).filter(|all| *all <= self.limit);
        let taken = self.all.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok();
        if taken {
            self.mine = bytes;
        }
        taken
    }
}

impl Clone for Room {
    fn clone(&self) -> Room {
        Room { all: self.all.clone(), limit: self.limit, mine: 0 }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.take(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_fit_and_come_back() {
        let mut one = Room::of(10);
        let mut other = one.clone();
        assert!(one.take(6) && !other.take(5) && other.take(4));
        assert!(!one.take(7) && one.take(1) && other.take(9));
        drop(other);
        assert!(one.take(10) && !one.clone().take(1));
    }
}
