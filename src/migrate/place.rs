//! A host that is asked where a guest is: a connection to it while there is one, and an ear for what happens to the guest there.

use std::time::Duration;

use virtwire_protocol::event::{DomainEvent, Event};
use virtwire_protocol::migrate::{Call, Failure, Reply};
use virtwire_protocol::remote::{DomainEventCallbackJobCompleted, DomainEventLifecycle};

use super::control::Question;
use super::identity;
use super::peer;
use super::progress::Progress;
use super::silence::is_silence;
use crate::client::{Connection, Domain, OpenOptions, Subscription};

/// A host, and the way to it.
#[derive(Debug)]
pub(super) struct Place {
    uri: String,
    /// The host that it led to, where that is known.
    pub(super) expected: Option<String>,
    pub(super) options: OpenOptions,
    connection: Option<Connection>,
    ear: Ear,
}

/// Whether the host tells what happens to its guests, over the connection that there is.
#[derive(Debug)]
enum Ear {
    /// It has not been asked to.
    Closed,
    Open(Subscription<DomainEvent>),
    /// It was asked, and does not.
    Deaf,
}

impl Place {
    pub(super) fn new(uri: String, expected: Option<String>) -> Place {
        Place { uri, expected, options: OpenOptions::default(), connection: None, ear: Ear::Closed }
    }

    /// Makes a call, over a new connection if there is none that lives.
    pub(super) async fn make(&mut self, call: Call, within: Option<Duration>) -> Result<Reply, Failure> {
        let connection = match self.connection.take().filter(|connection| connection.ended().is_none()) {
            Some(connection) => connection,
            None => {
                self.ear = Ear::Closed;
                let tells_within = within.unwrap_or(self.options.open_within);
                let (options, expected) = (self.options.clone(), self.expected.as_deref());
                identity::open(&self.uri, options, expected, tells_within).await?
            }
        };
        peer::perform(self.connection.insert(connection), call, within).await
    }

    /// Opens it once more, and says who or what answers, be it to refuse, or why nobody could be asked. `None` where a host was asked for and
    /// nobody answers.
    pub(super) async fn answers(&self) -> Option<String> {
        match Connection::open_with(&self.uri, self.options.clone()).await {
            Ok(_) => Some(format!("a daemon answers at {}", self.uri)),
            Err(error) if is_silence(&error) => None,
            Err(error) => Some(error.to_string()),
        }
    }

    /// How far the guest's job is, if one runs and the host tells in time.
    pub(super) async fn progress(
        &self,
        guest: virtwire_protocol::migrate::Domain,
        within: Duration,
    ) -> Option<Progress> {
        let connection = self.connection.as_ref()?.within(within);
        let told = Question::new(Domain::new(&connection, peer::wire(guest))).ask().await.ok()?;
        told.is_running().then_some(told)
    }

    /// Has the host tell what happens to its guests, if it does and is reached. Whether it begins to do so now: what happened before is not
    /// heard, so the host is to be asked once more.
    pub(super) async fn listen(&mut self, within: Duration) -> bool {
        let (Ear::Closed, Some(connection)) = (&self.ear, &self.connection) else { return false };
        // Of all guests: one that is not there yet cannot be asked for alone.
        let topics = [DomainEventLifecycle::topics(None), DomainEventCallbackJobCompleted::topics(None)];
        self.ear = match connection.within(within).subscribe_to(topics.concat()).await {
            Ok(events) => Ear::Open(events),
            Err(error) => {
                tracing::debug!(uri = self.uri, %error, "no events from there");
                Ear::Deaf
            }
        };
        matches!(self.ear, Ear::Open(_))
    }

    /// Waits until the host tells that something has happened to the guest, or that it may have. For ever where it does not tell.
    /// Cancel-safe; what happens while nobody waits is heard by the next who does.
    pub(super) async fn hears(&mut self, guest: [u8; 16]) {
        let Ear::Open(events) = &mut self.ear else { return std::future::pending().await };
        loop {
            let about = match events.next().await {
                Some(Ok(DomainEvent::Lifecycle(event))) => event.dom.uuid,
                Some(Ok(DomainEvent::JobCompleted(event))) => event.dom.uuid,
                Some(Ok(_)) => continue,
                // Some are lost, and perhaps of this guest.
                Some(Err(_)) => return,
                // The connection has ended: the host is asked over another.
                None => break,
            };
            if about == guest {
                return;
            }
        }
        self.ear = Ear::Deaf;
    }
}
