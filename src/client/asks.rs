//! What the handles of a connection ask of its task, until that takes it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::sync::Notify;
use virtwire_protocol::pace::Urgency;

use super::ask::Ask;
use super::error::CloseReason;
use super::waiting::Meter;

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
    /// What waits, by its lane.
    lanes: [VecDeque<Ask>; Lane::COUNT],
    /// The lanes in which something waits.
    filled: Lanes,
    /// How many calls wait for their places.
    waiting: usize,
    /// Empty: the room for one that the next of those has which is used.
    spare: VecDeque<Ask>,
    /// Where calls of several kinds wait, whose turn it is.
    turn: Lane,
    /// How many calls wait when those are looked for next that nobody waits for.
    sweep_at: usize,
    /// The task, where it waits, and for what.
    taker: Option<Waker>,
    wanted: Lanes,
    /// The last handle is gone.
    is_abandoned: bool,
    over: Option<CloseReason>,
}

/// What waits for one kind of place. The last three take turns, so that none of them waits for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Lane {
    /// What is no call, and needs no place.
    #[default]
    Orders,
    Ending,
    Prompt,
    Urgent,
    Patient,
}

impl Lane {
    const COUNT: usize = 5;
    const ALL: [Lane; Lane::COUNT] = [Lane::Orders, Lane::Ending, Lane::Prompt, Lane::Urgent, Lane::Patient];

    fn of(urgency: Option<Urgency>) -> Lane {
        match urgency {
            None => Lane::Orders,
            Some(Urgency::Ending) => Lane::Ending,
            Some(Urgency::Prompt) => Lane::Prompt,
            Some(Urgency::Urgent) => Lane::Urgent,
            Some(Urgency::Patient) => Lane::Patient,
        }
    }
}

/// Some of the lanes, each a bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Lanes(u8);

impl Lanes {
    /// What goes before all that take turns.
    const FIRST: Lanes = Lanes(1 << Lane::Orders as u8 | 1 << Lane::Ending as u8);

    fn only(lane: Lane) -> Lanes {
        Lanes(1 << lane as u8)
    }

    /// This one and those behind it.
    fn starting_at(lane: Lane) -> Lanes {
        Lanes(u8::MAX << lane as u8)
    }

    fn has(self, lane: Lane) -> bool {
        !self.and(Lanes::only(lane)).is_empty()
    }

    fn and(self, other: Lanes) -> Lanes {
        Lanes(self.0 & other.0)
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn first(self) -> Option<Lane> {
        Lane::ALL.get(self.0.trailing_zeros() as usize).copied()
    }
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

impl From<Places> for Lanes {
    fn from(Places { patient, urgent, prompt, ending }: Places) -> Lanes {
        let lane = |lane, has_place: bool| u8::from(has_place) << lane as u8;
        let calls = lane(Lane::Patient, patient)
            | lane(Lane::Urgent, urgent)
            | lane(Lane::Prompt, prompt)
            | lane(Lane::Ending, ending);
        Lanes(calls | Lanes::only(Lane::Orders).0)
    }
}

impl Asks {
    /// Hands something to the task. Returns the calls that are taken out, as nobody waits for them any more.
    ///
    /// # Errors
    /// The same back, and why the connection has ended.
    pub(super) fn push(&self, mut ask: Ask) -> Result<Vec<Ask>, Box<(Ask, CloseReason)>> {
        let lane = Lane::of(ask.call_mut().map(|call| call.urgency));
        let mut inner = self.lock();
        if let Some(reason) = &inner.over {
            return Err(Box::new((ask, reason.clone())));
        }
        inner.push(lane, ask);
        let swept = inner.sweep();
        let taker = if inner.wanted.has(lane) { inner.taker.take() } else { None };
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
    fn push(&mut self, lane: Lane, ask: Ask) {
        let queue = &mut self.lanes[lane as usize];
        // Mostly there is one at a time, and it is large.
        if queue.capacity() == 0 {
            *queue = std::mem::take(&mut self.spare);
            queue.reserve_exact(KEPT_MAX);
        }
        queue.push_back(ask);
        self.filled.0 |= Lanes::only(lane).0;
        self.waiting += usize::from(lane != Lane::Orders);
    }

    /// What comes first of what can be done now.
    fn take(&mut self, places: Lanes) -> Option<Ask> {
        let ready = self.filled.and(places);
        let lane = match ready.and(Lanes::FIRST).first() {
            Some(first) => first,
            None => {
                let lane = ready.and(Lanes::starting_at(self.turn)).first().or_else(|| ready.first())?;
                // Behind the last of them it is the first one's turn, as there is none.
                self.turn = Lane::ALL.get(lane as usize + 1).copied().unwrap_or_default();
                lane
            }
        };
        let queue = &mut self.lanes[lane as usize];
        let ask = queue.pop_front()?;
        if queue.is_empty() {
            let room = std::mem::take(queue);
            if room.capacity() <= KEPT_MAX {
                self.spare = room;
            }
            self.filled.0 &= !Lanes::only(lane).0;
        }
        self.waiting -= usize::from(lane != Lane::Orders);
        if self.waiting == 0 {
            self.sweep_at = 0;
        }
        Some(ask)
    }

    /// Takes out the calls that nobody waits for, once they may be half of all.
    fn sweep(&mut self) -> Vec<Ask> {
        let mut swept = Vec::new();
        if self.waiting < self.sweep_at.max(SWEPT_MIN) {
            return swept;
        }
        for lane in Lane::ALL.into_iter().filter(|lane| *lane != Lane::Orders) {
            let queue = &mut self.lanes[lane as usize];
            for mut ask in std::mem::take(queue) {
                let is_over = ask.call_mut().is_some_and(|call| call.reply.is_closed());
                if is_over { swept.push(ask) } else { queue.push_back(ask) }
            }
            if queue.is_empty() {
                self.filled.0 &= !Lanes::only(lane).0;
            }
        }
        self.waiting -= swept.len();
        self.sweep_at = 2 * self.waiting;
        swept
    }
}

/// The task's end of the queue. Whoever asks learns why nobody answers, also where the task goes without a word, as it does with its
/// runtime; and so does whoever measures.
pub(super) struct Taker(pub(super) Arc<Asks>, pub(super) Option<Meter>);

impl Taker {
    /// Whether calls wait for places.
    pub(super) fn is_waiting(&self) -> bool {
        self.0.lock().waiting > 0
    }

    /// The next thing that can be done; `None` once the last handle is gone.
    pub(super) fn poll_next(&self, cx: &mut Context<'_>, places: Places) -> Poll<Option<Ask>> {
        let mut inner = self.0.lock();
        if inner.is_abandoned {
            return Poll::Ready(None);
        }
        let places = Lanes::from(places);
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
        let left = std::mem::take(&mut inner.lanes);
        (inner.filled, inner.waiting) = (Lanes::default(), 0);
        drop(inner);
        // It holds all that the task has kept.
        drop(taker);
        self.0.ended.notify_waiters();
        left.into_iter().flatten().for_each(|ask| ask.refuse(reason, self.1.as_ref()));
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

    use virtwire_protocol::program::{ProcedureNumber, Program};
    use virtwire_protocol::session::subscriptions::SubscriberId;

    use super::super::ask::CallAsk;
    use super::super::error::CallError;
    use super::super::waiting::Answer;
    use super::*;

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
        (asks.clone(), Taker(asks, None))
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
            assert!(asks.lock().waiting <= SWEPT_MIN);
        }
        assert!(swept > 9_000);
        assert_eq!(number(take(&taker, ALL).unwrap()), 7);
        drop(kept);
    }

    #[test]
    fn a_lane_that_a_sweep_has_emptied_keeps_nobody() {
        let (asks, taker) = queue();
        for number in 1..SWEPT_MIN as i32 {
            assert!(asks.push(call(Urgency::Urgent, number).0).unwrap().is_empty());
        }
        let (ask, _kept) = call(Urgency::Patient, 7);
        assert_eq!(asks.push(ask).unwrap().len(), SWEPT_MIN - 1);
        assert_eq!(take(&taker, ALL).map(number), Some(7));
        assert!(take(&taker, ALL).is_none() && !taker.is_waiting());
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
        assert_eq!(asks.push(call(Urgency::Urgent, 2).0).unwrap_err().1, CloseReason::Eof);
        assert_eq!((asks.ended().await, asks.over()), (CloseReason::Eof, Some(CloseReason::Eof)));
    }

    #[test]
    fn a_task_that_goes_without_a_word_has_ended() {
        let (asks, taker) = queue();
        drop(taker);
        assert_eq!(asks.over(), Some(CloseReason::Local));
    }
}
