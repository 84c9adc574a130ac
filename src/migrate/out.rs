//! The call that is out: kept with the migration, so that a `run` that is dropped does not take it along.
//!
//! A reply that nobody waits for is lost, and what a lost Perform leads to is that the migration is given up. So the next `run` waits for
//! the same reply. A question is asked anew: what it came to before may be of the past.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use virtwire_protocol::migrate::{Call, Do, Failure, Reply};

use super::aborting::Aborting;
use super::peer::Peer;
use super::switching::Switching;

/// A call that the engine has ordered and not had the answer of.
#[derive(Debug)]
pub(super) struct Out {
    pub(super) order: Do,
    pub(super) sent: Sent,
    /// Perform: what it was told meanwhile.
    pub(super) told: Option<(Aborting, Switching)>,
}

/// The reply that is due, once the call is made.
#[derive(Default)]
pub(super) struct Sent(Option<Mutex<Answer>>);

type Answer = Pin<Box<dyn Future<Output = Result<Reply, Failure>> + Send>>;

impl Out {
    pub(super) fn new(order: Do) -> Out {
        Out { order, sent: Sent::default(), told: None }
    }

    /// The run that has ordered it was dropped.
    pub(super) fn is_taken_up(&mut self) {
        if !self.order.call.changes_something() {
            self.sent = Sent::default();
        }
        if let Some((abort, _)) = &mut self.told {
            abort.is_taken_up();
        }
    }
}

impl Sent {
    pub(super) fn is_made(&self) -> bool {
        self.0.is_some()
    }

    /// Makes the call if it is not made yet, and waits for its reply. Cancel-safe: what was made is waited for by the next one.
    pub(super) async fn reply(
        &mut self,
        peer: &mut Peer,
        call: Call,
        within: Option<Duration>,
    ) -> Result<Reply, Failure> {
        if !self.is_made() {
            peer.reach(&call, within).await?;
            self.0 = Some(Mutex::new(Box::pin(peer.send(call, within))));
        }
        self.await
    }
}

impl Future for &mut Sent {
    type Output = Result<Reply, Failure>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            // The lock is never taken: it is what lets a migration be looked at from several threads.
            Some(reply) => reply.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sent").field(&self.is_made()).finish()
    }
}
