//! A listener's door: what is asked there, and how many may stand before it.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;
use virtwire_protocol::remote::AuthType;

use super::auth::{ANONYMOUS_WITHIN, Asking, Authentication};
use super::clients::Clients;
use super::identity::Identity;
use super::places::{Place, Places};

/// Each listener has its own: a crowd before one shuts no other.
#[derive(Debug, Default)]
pub(super) struct Door {
    authentication: Mutex<Authentication>,
    anonymous: Arc<Places>,
}

impl Door {
    pub(super) fn set(&self, authentication: Authentication) {
        *self.authentication.lock().unwrap_or_else(PoisonError::into_inner) = authentication;
    }

    fn authentication(&self) -> Authentication {
        self.authentication.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until one more may stand before the door. Nobody has to where whoever comes is served, and needs no time for a handshake.
    pub(super) async fn place(&self, shakes_hands: bool, clients: &Clients) -> Option<Place> {
        match shakes_hands || self.authentication().may_stop() {
            true => Some(clients.place_before(&self.anonymous).await),
            false => None,
        }
    }

    /// What this client meets.
    pub(super) fn meet(&self, identity: &Identity, place: Option<Place>, read_only: bool) -> Entrance {
        let authentication = self.authentication();
        let until = Instant::now() + ANONYMOUS_WITHIN;
        if !authentication.admits(identity) {
            return Entrance { way: AuthType::None, asking: None, shut: true, until, place, read_only };
        }
        let (way, asking) = authentication.asking(identity, read_only);
        Entrance { way, asking, shut: false, until, place, read_only }
    }
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
    pub(super) place: Option<Place>,
    /// It may only look.
    pub(super) read_only: bool,
}
