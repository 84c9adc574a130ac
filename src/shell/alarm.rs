//! A clock for a time that mostly moves away.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::time::{Sleep, sleep_until};

/// Rings at a time. Each frame moves the time at which a silent peer is dead; the clock is wound again only when it rings before that,
/// not for each frame.
#[derive(Debug, Default)]
pub(crate) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Ready at the time; never, if there is none.
    pub(crate) fn poll_at(&mut self, cx: &mut Context<'_>, time: Option<Instant>) -> Poll<()> {
        let Some(time) = time.map(tokio::time::Instant::from) else { return Poll::Pending };
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(time)));
        if sleep.deadline() > time {
            sleep.as_mut().reset(time);
        }
        loop {
            ready!(sleep.as_mut().poll(cx));
            if sleep.deadline() >= time {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(time);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_rings_at_the_time_whichever_way_that_moved() {
        let start = tokio::time::Instant::now();
        let after = |seconds| Some((start + Duration::from_secs(seconds)).into_std());
        let mut alarm = Alarm::default();
        let at = async |time, alarm: &mut Alarm| poll_fn(|cx| alarm.poll_at(cx, time)).await;
        for (begun, then) in [(10, 20), (40, 30), (30, 31), (31, 31)] {
            tokio::select! {
                biased;
                () = at(after(begun), &mut alarm) => assert_eq!(start.elapsed().as_secs(), begun),
                () = std::future::ready(()) => {}
            }
            at(after(then), &mut alarm).await;
            assert_eq!(start.elapsed().as_secs(), then, "{begun}");
        }
        tokio::select! {
            () = at(None, &mut alarm) => panic!("it rings at no time"),
            () = tokio::time::sleep(Duration::from_secs(1_000)) => {}
        }
    }
}
