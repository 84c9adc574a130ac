//! A panic of an embedder's, where others still count on what comes behind it. Those of calls are told to their clients: `server::working`.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What this comes to; `None` where it panics, of which the log has a word then.
pub(crate) fn caught<T>(what: &'static str, work: impl FnOnce() -> T) -> Option<T> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.inspect_err(|_| tracing::warn!("{what} has panicked")).ok()
}

/// Brings this to its end, or to its panic.
#[cfg(feature = "server")]
pub(crate) async fn survive(what: &'static str, work: impl Future<Output = ()>) {
    let _ = answered(what, work).await;
}

/// What this answers; `None` where it panics.
#[cfg(feature = "server")]
pub(crate) async fn answered<T>(what: &'static str, work: impl Future<Output = T>) -> Option<T> {
    use std::task::Poll;

    let mut work = std::pin::pin!(work);
    std::future::poll_fn(|task| match caught(what, || work.as_mut().poll(task)) {
        Some(polled) => polled.map(Some),
        None => Poll::Ready(None),
    })
    .await
}
