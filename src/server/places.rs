//! Places that clients hold, and how many there are: a number that may change while they are held.

use std::num::NonZero;
use std::sync::Arc;

use tokio::sync::watch;

use super::auth::ANONYMOUS_CLIENTS_MAX;

/// Clients that a server holds at a time by default; further ones wait until one goes (libvirt's `max_clients`).
pub const CLIENTS_MAX: usize = 5_000;

/// How many clients a server holds at a time. Further ones wait, unheard, until one goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientLimits {
    /// Clients, known and unknown (`max_clients`); those of all listeners together, of which a quarter of the places is not for those of
    /// [read-only](super::Listener::read_only) ones. Each takes a descriptor, and a second one at a unix socket that has once been full:
    /// where the process may have no more than that, its handler opens no file any more, and no listener accepts anybody.
    pub clients: usize,
    /// Clients of one listener that have not proved yet who they are (`max_anonymous_clients`). `None` is no limit, for which
    /// libvirt's files and administrators say 0.
    pub anonymous: Option<NonZero<usize>>,
}

impl Default for ClientLimits {
    fn default() -> ClientLimits {
        ClientLimits { clients: CLIENTS_MAX, anonymous: NonZero::new(ANONYMOUS_CLIENTS_MAX) }
    }
}

impl ClientLimits {
    /// Whether no more clients may be unknown than may be there. Where more may, that limit would bind nobody.
    pub fn are_possible(&self) -> bool {
        self.anonymous.is_none_or(|anonymous| anonymous.get() <= self.clients)
    }

    /// The most that may have come where everybody may who only looks: they shut out nobody who may change something.
    pub(super) fn lookers_max(&self) -> usize {
        (self.clients - self.clients / 4).max(1)
    }

    /// The most that may be unknown before one door.
    pub(super) fn unknown_max(&self) -> usize {
        self.anonymous.map_or(usize::MAX, NonZero::get)
    }
}

/// Places of one kind.
#[derive(Debug, Default)]
pub(super) struct Places(watch::Sender<usize>);

/// One that is taken, until it is dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<Places>);

/// What a client holds while it is there.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) _place: Place,
    /// Where it may only look, from its coming on.
    pub(super) _looker: Option<Place>,
}

type Limits = watch::Receiver<ClientLimits>;

impl Places {
    /// How many are taken.
    pub(super) fn taken(&self) -> usize {
        *self.0.borrow()
    }

    /// Waits until one is free.
    pub(super) async fn room(&self, mut limits: Limits, most: impl Fn(&ClientLimits) -> usize) {
        let mut taken = self.0.subscribe();
        loop {
            let most = most(&limits.borrow_and_update());
            if *taken.borrow_and_update() < most {
                return;
            }
            either(&mut taken, &mut limits).await;
        }
    }

    /// Takes one, if there are fewer than so many.
    pub(super) fn try_take(self: &Arc<Places>, most: usize) -> Option<Place> {
        let take = |taken: &mut usize| {
            let is_free = *taken < most;
            *taken = taken.saturating_add(is_free.into());
            is_free
        };
        self.0.send_if_modified(take).then(|| Place(self.clone()))
    }

    /// Waits until one is free, and takes it.
    pub(super) async fn take(
        self: &Arc<Places>,
        mut limits: Limits,
        most: impl Fn(&ClientLimits) -> usize,
    ) -> Place {
        let mut changed = self.0.subscribe();
        loop {
            let most = most(&limits.borrow_and_update());
            changed.mark_unchanged();
            if let Some(place) = self.try_take(most) {
                return place;
            }
            either(&mut changed, &mut limits).await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.0.send_modify(|taken| *taken = taken.saturating_sub(1));
    }
}

/// Waits until there is another number of either. Their senders live as long as whoever waits.
async fn either(taken: &mut watch::Receiver<usize>, limits: &mut Limits) {
    tokio::select! {
        _ = taken.changed() => {}
        _ = limits.changed() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_finds_none_free_waits_for_one_or_for_a_higher_number() {
        let limits = watch::Sender::new(ClientLimits { clients: 1, anonymous: None });
        let places = Arc::new(Places::default());
        let take = || places.take(limits.subscribe(), |limits| limits.clients);
        let first = take().await;
        let mut second = Box::pin(take());
        assert!(at_once(&mut second).await.is_none());
        drop(first);
        let second = second.await;
        let mut third = Box::pin(take());
        assert!(at_once(&mut third).await.is_none());
        limits.send_modify(|limits| limits.clients = 2);
        let third = third.await;
        assert_eq!(places.taken(), 2);
        // Those that are there stay where there are to be fewer.
        limits.send_modify(|limits| limits.clients = 1);
        drop(third);
        let mut room = Box::pin(places.room(limits.subscribe(), |limits| limits.clients));
        assert!(at_once(&mut room).await.is_none());
        drop(second);
        room.await;
        assert_eq!(places.taken(), 0);
    }

    #[test]
    fn a_quarter_of_the_places_is_not_for_who_only_looks() {
        for (clients, lookers) in
            [(0, 1), (1, 1), (3, 3), (4, 3), (10, 8), (usize::MAX, usize::MAX / 4 * 3 + 3)]
        {
            let limits = ClientLimits { clients, anonymous: None };
            assert_eq!(limits.lookers_max(), lookers, "{clients}");
        }
    }

    /// What a future comes to without waiting.
    async fn at_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        tokio::select! {
            biased;
            value = future => Some(value),
            () = std::future::ready(()) => None,
        }
    }
}
