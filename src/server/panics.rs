//! A panic of an embedder's, where others still count on what comes behind it. Those of calls are told to their clients: `working`.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Brings this to its end, or to its panic, of which the log has a word then.
pub(crate) async fn survive(what: &'static str, work: impl Future<Output = ()>) {
    let mut work = pin!(work);
    poll_fn(|task| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(task)));
        polled.unwrap_or_else(|_| {
            tracing::warn!("{what} has panicked");
            Poll::Ready(())
        })
    })
    .await;
}
