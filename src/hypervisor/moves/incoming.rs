//! Guests that come: how much of each is here, and who may still decide about it.
//!
//! ```text
//! coming ── all of it ─▶ received ── its source has dropped it ─▶ confirmed ── Finish ─▶ (it runs)
//!   │                       └── the stream ended without a word ─▶ unconfirmed ── Finish ─▶ (it runs)
//!   │ its deadline, a broken stream                                  │
//!   ▼                                                                │
//! (gone) ◀── cancelled, destroyed, or the client that prepared it is gone
//!            (one of version 1 or 2 that is all here stays for that: it may be the only copy)
//! ```
//!
//! In version 3 the source keeps its copy: received is all that Finish waits for, and what is not finished is removed.

use std::collections::BTreeMap;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use virtwire_protocol::error::RemoteError;

use super::super::{DomainInfo, IncomingId, MigrationVersion, Result, Uuid, errors};
use super::cookie::{Cookie, Ticket};
use super::failures::Failures;
use super::uri::MigrationUri;

/// The most guests that may be on their way here at once.
const COMING_MAX: usize = 64;

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Comings {
    pub(super) all: BTreeMap<IncomingId, Coming>,
    pub(super) failures: Failures,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Coming {
    pub(super) version: MigrationVersion,
    /// Where its source was told to connect; `None` where it comes through a tunnel.
    pub(super) uri: Option<MigrationUri>,
    pub(super) ticket: Ticket,
    /// The guest; in version 1 not before the stream has brought its configuration.
    pub(super) guest: Option<Arrived>,
    /// How much of it is here. Closed when it is gone.
    pub(super) arrival: watch::Sender<Arrival>,
    /// The connection that prepared it is gone.
    pub(super) abandoned: bool,
    /// What somebody is about to do with it: then nobody else does.
    pub(super) fate: Fate,
    /// What receives it, ended with it.
    pub(super) task: Task,
}

/// The guest that came.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    pub(super) uuid: Uuid,
    pub(super) name: String,
    /// Its number while it is active: that of no other run of it.
    pub(super) run: u32,
}

/// How much of a guest is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(super) enum Arrival {
    /// Not all.
    Coming,
    /// All, and its source has been told so.
    Received,
    /// All, and its source has dropped it.
    Confirmed,
    /// All, and what its source did is not known here.
    Unconfirmed,
}

/// What becomes of a guest that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Open,
    /// Finish lets it run.
    Runs,
    /// It goes, as if it had never come.
    Ends,
}

/// Ends a task when dropped.
#[derive(Debug)]
pub(super) struct Task(pub(super) Option<JoinHandle<()>>);

impl Drop for Task {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

impl Task {
    /// Ends it, and returns when it has ended.
    pub(super) async fn end(mut self) {
        if let Some(task) = self.0.take() {
            task.abort();
            let _ = task.await;
        }
    }
}

impl Arrived {
    /// # Errors
    /// Code 55 where the guest is not active.
    pub(super) fn of(info: &DomainInfo) -> Result<Arrived> {
        let run = info.id.ok_or_else(errors::not_running)?;
        Ok(Arrived { uuid: info.uuid, name: info.name.clone(), run })
    }
}

impl Coming {
    /// Its connection is gone, and it may be all that there is of the guest.
    fn is_kept(&self) -> bool {
        self.abandoned && self.version != MigrationVersion::V3 && *self.arrival.borrow() >= Arrival::Confirmed
    }

    /// Whether a Finish with this cookie is about it. One without a cookie is about whatever comes by its name.
    pub(super) fn is_meant(&self, cookie: &[u8], here: Uuid) -> Result<bool> {
        if cookie.is_empty() {
            return Ok(true);
        }
        match (self.version, &self.guest) {
            // Through a tunnel it has no cookie, whatever comes in its place.
            (MigrationVersion::V2, _) if self.uri.is_none() => Ok(true),
            (MigrationVersion::V3, Some(guest)) => {
                let cookie = Cookie::read(cookie, here, guest.uuid)?;
                Ok(cookie.is_none_or(|cookie| cookie.ticket == self.ticket))
            }
            _ => Ok(cookie == self.ticket),
        }
    }

    /// What becomes of it when nobody will finish it, as far as its connection goes: whether it ends.
    pub(super) fn ends_abandoned(&self) -> bool {
        match *self.arrival.borrow() {
            _ if self.fate != Fate::Open => false,
            _ if self.version == MigrationVersion::V3 => true,
            Arrival::Coming => true,
            // Its source may have dropped it, or may do so at this moment.
            Arrival::Received | Arrival::Confirmed | Arrival::Unconfirmed => false,
        }
    }
}

impl Comings {
    /// # Errors
    /// Code 9 where there is no room for one more. Those that are kept take none.
    pub(super) fn check_room(&self) -> Result<()> {
        match self.all.values().filter(|coming| !coming.is_kept()).count() {
            count if count >= COMING_MAX => {
                Err(errors::failed(format!("{COMING_MAX} guests are on their way here already")))
            }
            _ => Ok(()),
        }
    }

    /// The migration by which a guest comes.
    pub(super) fn of(&self, guest: Uuid) -> Option<(IncomingId, &Coming)> {
        let is_it = |coming: &Coming| coming.guest.as_ref().is_some_and(|arrived| arrived.uuid == guest);
        self.all.iter().find(|(_, coming)| is_it(coming)).map(|(id, coming)| (*id, coming))
    }

    /// # Errors
    /// Code 55 where a guest is coming.
    pub(super) fn check_free(&self, guest: Uuid) -> Result<()> {
        match self.of(guest).and_then(|(_, coming)| coming.guest.as_ref()) {
            None => Ok(()),
            Some(Arrived { name, .. }) => {
                Err(errors::invalid(format!("domain '{name}' is being migrated from another host")))
            }
        }
    }

    pub(super) fn run(&self, guest: Uuid) -> Option<u32> {
        self.of(guest).and_then(|(_, coming)| Some(coming.guest.as_ref()?.run))
    }

    /// A guest that is nowhere else becomes one like any other, for somebody who resumes it: where its source has not come to say that it has dropped
    /// it, that is his word.
    pub(super) fn adopt_if_kept(&mut self, guest: Uuid) {
        if let Some((id, coming)) = self.of(guest)
            && coming.is_kept()
            && coming.fate == Fate::Open
        {
            self.all.remove(&id);
        }
    }

    /// The guest is there no more.
    pub(super) fn ended(&mut self, guest: Uuid) {
        if let Some((id, _)) = self.of(guest) {
            self.all.remove(&id);
        }
    }
}

pub(super) fn not_incoming(name: &str) -> RemoteError {
    errors::invalid(format!("domain '{name}' is not processing incoming migration"))
}
