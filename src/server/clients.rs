//! Who is there, and how they are asked to go.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::context::{CallContext, ConnectionId};
use super::identity::Identity;
use super::places::{ClientLimits, Place, Places, Seat};
use super::post::Order;

/// Clients that are to finish are told so once more.
const ASKS_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How long what is left of clients that were sent away may take.
const CLEANED_UP_WITHIN: Duration = Duration::from_secs(5);

/// A client that is there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientInfo {
    /// Its connection.
    pub id: ConnectionId,
    /// When it came.
    pub since: SystemTime,
    /// Who it is, for people: an address, or the process behind a unix socket.
    pub peer: String,
    /// Who it is, as far as that is proved.
    pub identity: Identity,
    /// Whether it may only look.
    pub is_read_only: bool,
    /// Whether it has proved what it was asked for, or was asked for nothing.
    pub is_known: bool,
}

/// All clients of a server.
#[derive(Debug)]
pub(super) struct Clients {
    list: Mutex<List>,
    count: watch::Sender<usize>,
    limits: watch::Sender<ClientLimits>,
    /// From before their handshakes on.
    pub(super) places: Arc<Places>,
    /// Of those, who came where everybody may look.
    lookers: Arc<Places>,
}

#[derive(Debug, Default)]
struct List {
    there: BTreeMap<u64, There>,
    is_shutting_down: bool,
}

#[derive(Debug)]
struct There {
    since: SystemTime,
    cx: CallContext,
}

impl Default for Clients {
    fn default() -> Clients {
        Clients {
            list: Mutex::default(),
            count: watch::Sender::new(0),
            limits: watch::Sender::new(ClientLimits::default()),
            places: Arc::default(),
            lookers: Arc::default(),
        }
    }
}

/// On the list until dropped.
#[derive(Debug)]
pub(super) struct Present {
    clients: Arc<Clients>,
    id: ConnectionId,
}

impl Drop for Present {
    fn drop(&mut self) {
        let mut list = self.clients.lock();
        list.there.remove(&self.id.0);
        self.clients.count.send_replace(list.there.len());
    }
}

impl Clients {
    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn limits(&self) -> ClientLimits {
        *self.limits.borrow()
    }

    pub(super) fn set_limits(&self, limits: ClientLimits) {
        self.limits.send_replace(limits);
    }

    /// One more client may come, as soon as there is room.
    pub(super) async fn room(&self, is_looker: bool) {
        if is_looker {
            self.lookers.room(self.limits.subscribe(), ClientLimits::lookers_max).await;
        }
        self.places.room(self.limits.subscribe(), |limits| limits.clients).await;
    }

    /// A client's place, as soon as there is one.
    pub(super) async fn seat(&self, is_looker: bool) -> Seat {
        let looker = match is_looker {
            true => Some(self.lookers.take(self.limits.subscribe(), ClientLimits::lookers_max).await),
            false => None,
        };
        let place = self.places.take(self.limits.subscribe(), |limits| limits.clients).await;
        Seat { _place: place, _looker: looker }
    }

    /// A place before a door for one that is not known yet.
    pub(super) async fn place_before(&self, door: &Arc<Places>) -> Place {
        door.take(self.limits.subscribe(), ClientLimits::unknown_max).await
    }

    /// One of those that one user may have of them.
    pub(super) async fn share_before(&self, user: &Arc<Places>) -> Place {
        user.take(self.limits.subscribe(), |limits| (limits.unknown_max() / 2).max(1)).await
    }

    /// Puts a connection on the list.
    pub(super) fn enter(self: &Arc<Clients>, cx: &CallContext) -> Present {
        let id = cx.connection();
        let mut list = self.lock();
        if list.is_shutting_down {
            cx.order(Order::Finish);
        }
        list.there.insert(id.0, There { since: SystemTime::now(), cx: cx.clone() });
        self.count.send_replace(list.there.len());
        drop(list);
        Present { clients: self.clone(), id }
    }

    pub(super) fn list(&self) -> Vec<ClientInfo> {
        let info = |there: &There| ClientInfo {
            id: there.cx.connection(),
            since: there.since,
            peer: there.cx.peer().to_owned(),
            identity: there.cx.identity().clone(),
            is_read_only: there.cx.is_read_only(),
            is_known: there.cx.is_known(),
        };
        self.lock().there.values().map(info).collect()
    }

    pub(super) fn send_away(&self, id: ConnectionId) -> bool {
        let list = self.lock();
        let Some(there) = list.there.get(&id.0) else { return false };
        there.cx.order(Order::Leave);
        true
    }

    pub(super) async fn shut_down(&self, within: Duration) -> usize {
        let mut count = self.count.subscribe();
        // Again and again, as what a client has begun may be over without a word of it: a guest that it waited for has gone.
        let ordering = async {
            loop {
                self.order_all(Order::Finish);
                sleep(ASKS_AGAIN_AFTER).await;
            }
        };
        let gone = async {
            tokio::select! {
                biased;
                never = ordering => never,
                _ = count.wait_for(|count| *count == 0) => {}
            }
        };
        if timeout(within, gone).await.is_ok() {
            return 0;
        }
        let cut_off = self.order_all(Order::Leave);
        // What was theirs ends with them, such as guests, and not behind this daemon's back.
        let _ = timeout(CLEANED_UP_WITHIN, count.wait_for(|count| *count == 0)).await;
        cut_off
    }

    fn order_all(&self, order: Order) -> usize {
        let mut list = self.lock();
        list.is_shutting_down = true;
        for there in list.there.values() {
            there.cx.order(order);
        }
        list.there.len()
    }
}
