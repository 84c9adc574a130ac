//! A listener's door: what is asked there, and how many may stand before it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;
use virtwire_protocol::remote::AuthType;

use super::auth::{ANONYMOUS_WITHIN, Asking, Authentication};
use super::clients::Clients;
use super::identity::Identity;
use super::places::{Place, Places};
#[cfg(feature = "tls")]
use super::tls::{Current, TlsServer};

/// Clients of one user that may be there and wait until they are heard, where it depends on the user; further ones are sent away.
const OF_USER_MAX: usize = 100;

/// Each listener has its own: a crowd before one shuts no other.
#[derive(Debug, Default)]
pub(super) struct Door {
    asked: Mutex<Asked>,
    anonymous: Arc<Places>,
    users: Mutex<HashMap<Option<u32>, OfUser>>,
}

/// What is asked of clients, by both. Whoever comes meets all of it as it is at one time.
#[derive(Debug, Default)]
struct Asked {
    authentication: Authentication,
    #[cfg(feature = "tls")]
    tls: Option<TlsServer>,
}

/// Those of one user.
#[derive(Debug, Default)]
struct OfUser {
    all: Arc<Places>,
    heard: Arc<Places>,
}

impl Door {
    pub(super) fn set(&self, authentication: Authentication) {
        self.asked().authentication = authentication;
    }

    #[cfg(feature = "tls")]
    pub(super) fn set_tls(&self, tls: TlsServer) {
        self.asked().tls = Some(tls);
    }

    #[cfg(feature = "tls")]
    pub(super) fn set_both(&self, authentication: Authentication, tls: TlsServer) {
        *self.asked() = Asked { authentication, tls: Some(tls) };
    }

    /// Whether clients are asked for a password.
    pub(super) fn asks_for_password(&self) -> bool {
        self.asked().authentication.asks_for_password()
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Before anybody is accepted: waits until one more may stand before the door, where everybody who comes has to. Elsewhere it
    /// depends on who comes.
    pub(super) async fn place(&self, shakes_hands: bool, clients: &Clients) -> Option<Standing> {
        match shakes_hands || self.asked().authentication.asks_all() {
            true => Some(Standing { _place: clients.place_before(&self.anonymous).await, _of_user: None }),
            false => None,
        }
    }

    /// What this client meets.
    pub(super) fn meet(&self, identity: &Identity, place: Option<Standing>, read_only: bool) -> Entrance {
        let asked = self.asked();
        let shut = !asked.authentication.admits(identity);
        let (way, asking) = match shut {
            true => (AuthType::None, None),
            false => asked.authentication.asking(identity, read_only),
        };
        Entrance {
            way,
            asking,
            shut,
            until: Instant::now() + ANONYMOUS_WITHIN,
            place,
            read_only,
            #[cfg(feature = "tls")]
            tls: asked.tls.as_ref().map(TlsServer::current),
        }
    }

    /// A client that has to stand before the door, accepted without a place there, waits behind others of its user. `None` where they
    /// are too many: whoever has not come so often is let in beside them.
    pub(super) fn queue(&self, identity: &Identity, clients: &Clients) -> Option<Queued> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        users.retain(|_, user| user.all.taken() > 0);
        let user = users.entry(identity.process.map(|process| process.uid)).or_default();
        let most = (clients.limits().clients / 2).clamp(1, OF_USER_MAX);
        let place = user.all.try_take(most)?;
        Some(Queued { place, heard: user.heard.clone(), door: self.anonymous.clone() })
    }
}

/// One that waits until it is heard.
#[derive(Debug)]
pub(super) struct Queued {
    place: Place,
    heard: Arc<Places>,
    door: Arc<Places>,
}

impl Queued {
    /// Its place before the door, as soon as there is one.
    pub(super) async fn stand(self, clients: &Clients) -> Standing {
        let share = clients.share_before(&self.heard).await;
        Standing { _place: clients.place_before(&self.door).await, _of_user: Some([share, self.place]) }
    }
}

/// A place before a door, and those that its client has of its user's.
#[derive(Debug)]
pub(super) struct Standing {
    _place: Place,
    _of_user: Option<[Place; 2]>,
}

/// What one client meets before it is served.
pub(super) struct Entrance {
    pub(super) way: AuthType,
    pub(super) asking: Option<Asking>,
    /// It is not let in at all.
    pub(super) shut: bool,
    /// When whoever is not known by then has to go.
    pub(super) until: Instant,
    /// Given back once it is known.
    pub(super) place: Option<Standing>,
    /// It may only look.
    pub(super) read_only: bool,
    /// Where TLS is spoken, what it asks.
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Current>,
}

impl Entrance {
    /// Whether the client has yet to stand before the door, and has no place there.
    pub(super) fn is_without_place(&self) -> bool {
        (self.asking.is_some() || self.shut) && self.place.is_none()
    }

    /// It has its place, and its time begins.
    pub(super) fn stand(&mut self, place: Standing) {
        self.place = Some(place);
        self.until = Instant::now() + ANONYMOUS_WITHIN;
    }
}

#[cfg(test)]
mod tests {
    use super::super::auth::{ANONYMOUS_CLIENTS_MAX, AllowedProcesses};
    use super::super::identity::{PeerProcess, PeerTransport};
    use super::*;

    fn of(uid: u32) -> Identity {
        let process = Some(PeerProcess { uid, gid: 100, pid: None });
        Identity { process, ..Identity::of(PeerTransport::Unix) }
    }

    /// What a future comes to without waiting.
    async fn at_once<F: Future>(future: F) -> Option<F::Output> {
        tokio::select! {
            biased;
            value = future => Some(value),
            () = std::future::ready(()) => None,
        }
    }

    async fn one_user_shuts_out_no_other(authentication: Authentication) {
        let (door, clients) = (Door::default(), Clients::default());
        door.set(authentication);
        assert!(at_once(door.place(false, &clients)).await.unwrap().is_none(), "it depends on who comes");
        let (mut standing, mut waiting) = (Vec::new(), Vec::new());
        for _ in 0..OF_USER_MAX {
            assert!(door.meet(&of(1_000), None, false).is_without_place());
            let queued = door.queue(&of(1_000), &clients).unwrap();
            let mut stands = Box::pin(queued.stand(&clients));
            match at_once(&mut stands).await {
                Some(place) => standing.push(place),
                None => waiting.push(stands),
            }
        }
        assert_eq!(standing.len(), ANONYMOUS_CLIENTS_MAX / 2);
        assert!(door.queue(&of(1_000), &clients).is_none());
        // Another user is heard, and root needs no place at all.
        let other = door.queue(&of(1_001), &clients).unwrap();
        standing.push(at_once(other.stand(&clients)).await.unwrap());
        assert!(!door.meet(&of(0), None, false).is_without_place());
        // Whoever waits has the place of one that goes.
        standing.remove(0);
        assert!(at_once(&mut waiting[0]).await.is_some());
        drop((standing, waiting));
        assert_eq!(door.anonymous.taken(), 0);
        door.queue(&of(1_002), &clients).unwrap();
        assert_eq!(door.users.lock().unwrap().len(), 1, "who is gone is forgotten");
    }

    #[cfg(feature = "polkit")]
    #[tokio::test]
    async fn strangers_whom_polkit_is_asked_about_keep_nobody_else_waiting() {
        one_user_shuts_out_no_other(Authentication::polkit()).await;
    }

    #[tokio::test]
    async fn those_who_are_not_on_a_list_keep_nobody_waiting_who_is() {
        let allowed = AllowedProcesses { uids: vec![0], gids: Vec::new() };
        one_user_shuts_out_no_other(Authentication::none().only_processes(allowed)).await;
    }
}
