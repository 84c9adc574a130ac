//! Work that keeps a processor busy for long, such as the reading of a document of megabytes: on threads of its own, and on no more of
//! them at a time than there are processors. So it takes no worker of the runtime from other connections, however many clients ask
//! for such work, and what is left of each processor is theirs. Two clients with such documents would have everybody wait, otherwise, as workers are no more
//! than processors. What documents become while they are read is bounded as well.
//!
//! What waits for a disk or another host has few places of its own in the same way: else as many clients as like would take the threads on
//! which others log in.

use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Wake, Waker};

use tokio::sync::{Notify, Semaphore};
use tokio::task::{JoinError, spawn_blocking};

/// What has more bytes than this may take long to read. Half of a millisecond is usual for so many.
pub(crate) const LONG_BYTES: usize = 64 << 10;

/// One set for all servers of the process, as the processors are.
static PLACES: LazyLock<Arc<Semaphore>> =
    LazyLock::new(|| Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from))));

/// Does this on a thread, once there is a place; to its end, also where nobody waits for it any more.
///
/// # Errors
/// Where it panics, or the runtime ends.
pub(crate) async fn work<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    work_at(PLACES.clone(), work).await
}

/// The same at places of its own, for what waits rather than computes: for a disk, or for whoever has what there is one of.
///
/// # Errors
/// As there.
pub(crate) async fn work_at<T: Send + 'static>(
    places: Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    // In a task: whoever got a place and is not polled meanwhile would keep it from those whose turn lets it be polled.
    let done = tokio::spawn(async move {
        let _place = places.acquire().await;
        spawn_blocking(work).await
    });
    done.await?
}

/// Brings this to its end, each of its steps as [`work`].
///
/// # Errors
/// As there.
pub(crate) async fn drive<F>(future: F) -> Result<F::Output, JoinError>
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    let mut future: Pin<Box<F>> = Box::pin(future);
    let woken = Arc::new(Woken(Notify::new()));
    loop {
        let waker = Waker::from(woken.clone());
        let polled;
        (future, polled) = work(move || {
            let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
            (future, polled)
        })
        .await?;
        match polled {
            Poll::Ready(output) => return Ok(output),
            // Also if that was in the middle of the step.
            Poll::Pending => woken.0.notified().await,
        }
    }
}

struct Woken(Notify);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Duration;

    use super::*;

    /// Long enough that nothing else is the reason.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// More at once than there are places, each of which asks for another in the middle: none of them waits for a place that it has itself.
    #[tokio::test]
    async fn more_work_than_there_are_places_comes_to_its_end() {
        let count = PLACES.available_permits() + 3;
        let all: Vec<_> = (0..count)
            .map(|number| {
                tokio::spawn(drive(async move {
                    tokio::task::yield_now().await;
                    let half = work(move || number).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    half + number
                }))
            })
            .collect();
        for (number, one) in all.into_iter().enumerate() {
            let done = tokio::time::timeout(PATIENCE, one).await.expect("it comes to its end");
            assert_eq!(done.unwrap().unwrap(), 2 * number);
        }
    }

    /// On a runtime with a single thread, which would never say what is waited for.
    #[tokio::test]
    async fn the_runtime_goes_on_meanwhile() {
        let (say, said) = channel();
        let work = tokio::spawn(work(move || said.recv_timeout(PATIENCE)));
        let other = tokio::spawn(async move { say.send(()) });
        assert_eq!(work.await.unwrap().unwrap(), Ok::<_, RecvTimeoutError>(()));
        other.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_panic_is_told_and_gives_its_place_back() {
        let count = PLACES.available_permits() + 1;
        for _ in 0..count {
            assert!(drive(async { panic!("as it should") }).await.unwrap_err().is_panic());
        }
        assert_eq!(work(|| 7).await.unwrap(), 7);
    }
}
