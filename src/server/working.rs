//! The handlers of a connection's calls, while they work.

use std::future::poll_fn;
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::JoinSet;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::frame::Draft;
use virtwire_protocol::header::Header;

use super::heavy;

/// What a handler answers, and the descriptors that go with it.
pub(super) type Answer = (Result<Draft, RemoteError>, Vec<OwnedFd>);

/// The handlers that wait for something, and which call each answers: `None` while there are none, as mostly, for a set takes room also
/// then.
#[derive(Default)]
pub(super) struct Calls(Option<JoinSet<(Header, Answer)>>);

impl Calls {
    /// Works on a call until its handler waits for something, as most never do: then it goes on in a task of its own. The answer, if
    /// there is one already.
    pub(super) fn start(
        &mut self,
        task: &mut Context<'_>,
        header: &Header,
        handler: impl Future<Output = Answer> + Send + 'static,
    ) -> Option<Answer> {
        let mut handler = Box::pin(handler);
        if let Poll::Ready(answer) = poll_handler(handler.as_mut(), task) {
            return Some(answer);
        }
        let header = *header;
        let waiting = async move { (header, poll_fn(|task| poll_handler(handler.as_mut(), task)).await) };
        self.0.get_or_insert_default().spawn(waiting);
        None
    }

    /// Works on a call that may take a processor long: in nobody's way.
    pub(super) fn start_heavy(
        &mut self,
        header: &Header,
        handler: impl Future<Output = Answer> + Send + 'static,
    ) {
        let mut handler = Box::pin(handler);
        let heavy = heavy::drive(poll_fn(move |task| poll_handler(handler.as_mut(), task)));
        let header = *header;
        let working = async move { (header, heavy.await.unwrap_or_else(|_| has_failed())) };
        self.0.get_or_insert_default().spawn(working);
    }

    /// Those that are at work, if there are any.
    pub(super) fn take(&mut self) -> Option<JoinSet<(Header, Answer)>> {
        self.0.take().filter(|tasks| !tasks.is_empty())
    }

    /// The next call to be answered.
    pub(super) fn poll_ended(&mut self, cx: &mut Context<'_>) -> Poll<(Header, Answer)> {
        loop {
            let Some(tasks) = &mut self.0 else { return Poll::Pending };
            match ready!(tasks.poll_join_next(cx)) {
                Some(Ok(answered)) => return Poll::Ready(answered),
                // The runtime has ended it: everything ends.
                Some(Err(_)) => {}
                None => self.0 = None,
            }
        }
    }
}

/// A handler that panics has no answer, and its client must not wait for one for ever.
fn poll_handler(handler: Pin<&mut impl Future<Output = Answer>>, task: &mut Context<'_>) -> Poll<Answer> {
    catch_unwind(AssertUnwindSafe(|| handler.poll(task))).unwrap_or_else(|_| Poll::Ready(has_failed()))
}

fn has_failed() -> Answer {
    let text = "the handler of this call has failed";
    (Err(RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, text)), Vec::new())
}
