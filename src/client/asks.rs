//! What the handles of a connection ask of its task, until that takes it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::sync::Notify;
use virtwire_protocol::pace::Urgency;

use super::error::CloseReason;
use super::task::Ask;

/// Calls that wait for a place before those are looked for that nobody waits for any more.
const SWEPT_MIN: usize = 64;
/// Room that is kept while nothing waits.
const KEPT_MAX: usize = 1;

/// The queue, and how the connection has ended: a few words while nothing is asked.
///
/// It is bounded by who asks: each call in it is waited for by a future, and those that are not are taken out before they are more than
/// the others.
#[derive(Debug, Default)]
pub(super) struct Asks {
    inner: Mutex<Inner>,
    ended: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    /// What is no call.
    orders: VecDeque<Ask>,
    ending: VecDeque<Ask>,
    prompt: VecDeque<Ask>,
    urgent: VecDeque<Ask>,
    patient: VecDeque<Ask>,
    /// Empty: the room for one that the next of those has which is used.
    spare: VecDeque<Ask>,
    /// Where calls of several kinds wait, whose turn it is: a place in [`Inner::KINDS`].
    turn: usize,
    /// How many calls wait when those are looked for next that nobody waits for.
    sweep_at: usize,
    /// The task, where it waits, and for what.
    taker: Option<Waker>,
    wanted: Places,
    /// The last handle is gone.
    is_abandoned: bool,
    over: Option<CloseReason>,
}

/// Which calls can be made now.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    /// Those that may take any place in the window but the last two.
    pub(super) patient: bool,
    /// Those that may take any but the last.
    pub(super) urgent: bool,
    /// Those that may take that, too, as they wait for no guest and not for the host.
    pub(super) prompt: bool,
    /// Those that end other calls.
    pub(super) ending: bool,
}

impl Places {
    fn have(self, urgency: Option<Urgency>) -> bool {
        match urgency {
            None => true,
            Some(Urgency::Ending) => self.ending,
            Some(Urgency::Prompt) => self.prompt,
            Some(Urgency::Urgent) => self.urgent,
            Some(Urgency::Patient) => self.patient,
        }
    }
}

impl Asks {
    /// Hands something to the task. Returns the calls that are taken out, as nobody waits for them any more.
    ///
    /// # Errors
    /// Why the connection has ended.
    pub(super) fn push(&self, mut ask: Ask) -> Result<Vec<Ask>, CloseReason> {
        let urgency = ask.call_mut().map(|call| call.urgency);
        let mut inner = self.lock();
        if let Some(reason) = &inner.over {
            return Err(reason.clone());
        }
        inner.lane_with_room(urgency).push_back(ask);
        let swept = inner.sweep();
        let taker = if inner.wanted.have(urgency) { inner.taker.take() } else { None };
        drop(inner);
        taker.into_iter().for_each(Waker::wake);
        Ok(swept)
    }

    /// Nobody will ask any more.
    pub(super) fn abandon(&self) {
        let mut inner = self.lock();
        inner.is_abandoned = true;
        let taker = inner.taker.take();
        drop(inner);
        taker.into_iter().for_each(Waker::wake);
    }

    /// Why the connection has ended; `None` while it lives.
    pub(super) fn over(&self) -> Option<CloseReason> {
        self.lock().over.clone()
    }

    /// Waits until it has ended. Safe to cancel.
    pub(super) async fn ended(&self) -> CloseReason {
        loop {
            let ended = self.ended.notified();
            if let Some(reason) = self.over() {
                return reason;
            }
            ended.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn lane(&mut self, urgency: Option<Urgency>) -> &mut VecDeque<Ask> {
        match urgency {
            None => &mut self.orders,
            Some(Urgency::Ending) => &mut self.ending,
            Some(Urgency::Prompt) => &mut self.prompt,
            Some(Urgency::Urgent) => &mut self.urgent,
            Some(Urgency::Patient) => &mut self.patient,
        }
    }

    /// The same with room for one at least: mostly there is one, and it is large.
    fn lane_with_room(&mut self, urgency: Option<Urgency>) -> &mut VecDeque<Ask> {
        if self.lane(urgency).capacity() == 0 {
            let mut room = std::mem::take(&mut self.spare);
            room.reserve_exact(KEPT_MAX);
            *self.lane(urgency) = room;
        }
        self.lane(urgency)
    }

    /// Those that take turns, so that none of them waits for ever.
    const KINDS: [Urgency; 3] = [Urgency::Prompt, Urgency::Urgent, Urgency::Patient];

    /// What comes first of what can be done now.
    fn take(&mut self, places: Places) -> Option<Ask> {
        if let Some(ask) = self.pop(None, places).or_else(|| self.pop(Some(Urgency::Ending), places)) {
            return Some(ask);
        }
        if self.prompt.is_empty() && self.urgent.is_empty() && self.patient.is_empty() {
            return None;
        }
        let turns = (0..).zip(Self::KINDS).cycle().skip(self.turn).take(Self::KINDS.len());
        for (turn, urgency) in turns {
            if let Some(ask) = self.pop(Some(urgency), places) {
                self.turn = turn + 1;
                return Some(ask);
            }
        }
        None
    }

    fn pop(&mut self, urgency: Option<Urgency>, places: Places) -> Option<Ask> {
        if !places.have(urgency) {
            return None;
        }
        let lane = self.lane(urgency);
        let ask = lane.pop_front()?;
        if lane.is_empty() {
            let room = std::mem::take(lane);
            if room.capacity() <= KEPT_MAX {
                self.spare = room;
            }
        }
        if self.waiting() == 0 {
            self.sweep_at = 0;
        }
        Some(ask)
    }

    /// How many calls wait for their places.
    fn waiting(&self) -> usize {
        self.ending.len() + self.prompt.len() + self.urgent.len() + self.patient.len()
    }

    /// Takes out the calls that nobody waits for, once they may be half of all.
    fn sweep(&mut self) -> Vec<Ask> {
        let mut swept = Vec::new();
        let waiting = self.waiting();
        if waiting < self.sweep_at.max(SWEPT_MIN) {
            return swept;
        }
        for lane in [&mut self.ending, &mut self.prompt, &mut self.urgent, &mut self.patient] {
            for mut ask in std::mem::take(lane) {
                let is_over = ask.call_mut().is_some_and(|call| call.reply.is_closed());
                if is_over { swept.push(ask) } else { lane.push_back(ask) }
            }
        }
        self.sweep_at = 2 * (waiting - swept.len());
        swept
    }
}

/// The task's end of the queue. Whoever asks learns why nobody answers, also where the task goes without a word, as it does with its
/// runtime.
#[derive(Debug)]
pub(super) struct Taker(pub(super) Arc<Asks>);

impl Taker {
    /// Whether calls wait for places.
    pub(super) fn is_waiting(&self) -> bool {
        self.0.lock().waiting() > 0
    }

    /// The next thing that can be done; `None` once the last handle is gone.
    pub(super) fn poll_next(&self, cx: &mut Context<'_>, places: Places) -> Poll<Option<Ask>> {
        let mut inner = self.0.lock();
        if inner.is_abandoned {
            return Poll::Ready(None);
        }
        if let Some(ask) = inner.take(places) {
            return Poll::Ready(Some(ask));
        }
        inner.wanted = places;
        if !inner.taker.as_ref().is_some_and(|taker| taker.will_wake(cx.waker())) {
            inner.taker = Some(cx.waker().clone());
        }
        Poll::Pending
    }

    /// The connection has ended: what waits is refused, and what is asked from now on.
    pub(super) fn end(&self, reason: &CloseReason) {
        let mut inner = self.0.lock();
        inner.over.get_or_insert_with(|| reason.clone());
        let taker = inner.taker.take();
        let Inner { orders, ending, prompt, urgent, patient, .. } = &mut *inner;
        let left = [orders, ending, prompt, urgent, patient].map(std::mem::take);
        drop(inner);
        // It holds all that the task has kept.
        drop(taker);
        self.0.ended.notify_waiters();
        left.into_iter().flatten().for_each(|ask| ask.refuse(reason));
    }
}

impl Drop for Taker {
    fn drop(&mut self) {
        self.end(&CloseReason::Local);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::sync::oneshot;
    use virtwire_protocol::program::{ProcedureNumber, Program};
    use virtwire_protocol::session::subscriptions::SubscriberId;

    use super::super::error::CallError;
    use super::super::task::CallAsk;
    use super::*;

    type Answer = oneshot::Receiver<Result<bytes::Bytes, CallError>>;

    const ALL: Places = Places { patient: true, urgent: true, prompt: true, ending: true };

    fn call(urgency: Urgency, number: i32) -> (Ask, Answer) {
        let (call, answer) = CallAsk::of(Program::REMOTE, ProcedureNumber(number), urgency);
        (Ask::Call(call), answer)
    }

    fn number(mut ask: Ask) -> i32 {
        ask.call_mut().unwrap().number.0
    }

    fn take(taker: &Taker, places: Places) -> Option<Ask> {
        match taker.poll_next(&mut Context::from_waker(Waker::noop()), places) {
            Poll::Ready(ask) => ask,
            Poll::Pending => None,
        }
    }

    fn queue() -> (Arc<Asks>, Taker) {
        let asks = Arc::<Asks>::default();
        (asks.clone(), Taker(asks))
    }

    #[test]
    fn what_ends_calls_goes_first_and_the_others_take_turns_as_far_as_there_are_places() {
        let (asks, taker) = queue();
        let mut answers = Vec::new();
        for (urgency, number) in [
            (Urgency::Patient, 1),
            (Urgency::Patient, 2),
            (Urgency::Urgent, 11),
            (Urgency::Urgent, 12),
            (Urgency::Urgent, 13),
            (Urgency::Prompt, 31),
            (Urgency::Ending, 21),
        ] {
            let (ask, answer) = call(urgency, number);
            answers.push(answer);
            assert!(asks.push(ask).unwrap().is_empty());
        }
        asks.push(Ask::Leave(SubscriberId(1))).unwrap();
        let none = Places::default();
        assert!(matches!(take(&taker, none), Some(Ask::Leave(_))), "no call");
        assert!(take(&taker, none).is_none());
        let taken: Vec<_> = (0..5).filter_map(|_| take(&taker, ALL)).map(number).collect();
        assert_eq!(taken, [21, 31, 11, 1, 12]);
        assert_eq!(number(take(&taker, Places { urgent: true, ..none }).unwrap()), 13);
        assert!(take(&taker, Places { urgent: true, ..none }).is_none());
        assert_eq!(number(take(&taker, ALL).unwrap()), 2);
    }

    #[test]
    fn calls_that_nobody_waits_for_do_not_pile_up() {
        let (asks, taker) = queue();
        let (ask, kept) = call(Urgency::Patient, 7);
        asks.push(ask).unwrap();
        let mut swept = 0;
        for number in 100..10_000 {
            swept += asks.push(call(Urgency::Patient, number).0).unwrap().len();
            assert!(asks.lock().patient.len() <= SWEPT_MIN);
        }
        assert!(swept > 9_000);
        assert_eq!(number(take(&taker, ALL).unwrap()), 7);
        drop(kept);
    }

    #[tokio::test]
    async fn the_task_is_woken_for_what_it_can_do_and_for_the_last_handles_end() {
        let (asks, taker) = queue();
        let waiting = tokio::spawn(async move {
            let next = async |places| poll_fn(|cx| taker.poll_next(cx, places)).await.map(number);
            let urgent = next(Places { urgent: true, ..Places::default() }).await;
            (urgent, next(ALL).await, next(ALL).await)
        });
        tokio::task::yield_now().await;
        let (patient, _first) = call(Urgency::Patient, 1);
        let (urgent, _second) = call(Urgency::Urgent, 2);
        asks.push(patient).unwrap();
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        asks.push(urgent).unwrap();
        tokio::task::yield_now().await;
        asks.abandon();
        assert_eq!(waiting.await.unwrap(), (Some(2), Some(1), None));
    }

    #[tokio::test]
    async fn whoever_asks_learns_of_the_end_before_and_after_it() {
        let (asks, taker) = queue();
        let (ask, answer) = call(Urgency::Patient, 1);
        asks.push(ask).unwrap();
        let watching = tokio::spawn({
            let asks = asks.clone();
            async move { asks.ended().await }
        });
        tokio::task::yield_now().await;
        taker.end(&CloseReason::Eof);
        drop(taker);
        let refused = answer.await.unwrap().unwrap_err();
        assert!(
            matches!(refused, CallError::Closed { reason: CloseReason::Eof, sent: false, .. }),
            "{refused}"
        );
        assert_eq!(watching.await.unwrap(), CloseReason::Eof);
        assert_eq!(asks.push(call(Urgency::Urgent, 2).0).unwrap_err(), CloseReason::Eof);
        assert_eq!((asks.ended().await, asks.over()), (CloseReason::Eof, Some(CloseReason::Eof)));
    }

    #[test]
    fn a_task_that_goes_without_a_word_has_ended() {
        let (asks, taker) = queue();
        drop(taker);
        assert_eq!(asks.over(), Some(CloseReason::Local));
    }
}
