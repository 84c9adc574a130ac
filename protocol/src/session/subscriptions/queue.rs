//! Events that wait for their reader: bounded in number, and what does not fit is counted. Their bytes are their owner's to bound,
//! who sees all queues of a connection.

use std::collections::VecDeque;

use crate::event::RawNotice;

/// Events in the order in which they came. One that is full loses the oldest, so that its reader learns of the present.
#[derive(Debug)]
pub struct Queue {
    events_max: usize,
    events: VecDeque<RawNotice>,
    bytes: usize,
    lost: u64,
}

/// What a reader is given next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Queued {
    /// An event.
    Event(RawNotice),
    /// This many events were lost before the next.
    Lost(u64),
}

impl Queue {
    /// An empty queue for at most `events_max` events, at least 1.
    pub fn new(events_max: usize) -> Queue {
        Queue { events_max: events_max.max(1), events: VecDeque::new(), bytes: 0, lost: 0 }
    }

    /// Takes an event.
    pub fn push(&mut self, event: RawNotice) {
        self.bytes += event.payload.len();
        self.events.push_back(event);
        if self.events.len() > self.events_max {
            self.shed();
        }
    }

    /// Loses the oldest event; `false` where there is none.
    pub fn shed(&mut self) -> bool {
        let Some(oldest) = self.events.pop_front() else { return false };
        self.bytes -= oldest.payload.len();
        self.lose(1);
        true
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Bytes of the payloads that wait.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Counts events that were lost before they came here.
    pub fn lose(&mut self, count: u64) {
        self.lost = self.lost.saturating_add(count);
    }

    /// What comes next; a loss is told once, and before what came after it.
    pub fn pop(&mut self) -> Option<Queued> {
        if self.lost > 0 {
            return Some(Queued::Lost(std::mem::take(&mut self.lost)));
        }
        let event = self.events.pop_front()?;
        self.bytes -= event.payload.len();
        Some(Queued::Event(event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{ProcedureNumber, Program};

    fn event(number: i32, bytes: usize) -> RawNotice {
        let number = ProcedureNumber(number);
        RawNotice { program: Program::REMOTE, number, payload: vec![0; bytes].into() }
    }

    #[track_caller]
    fn left(mut queue: Queue) -> Vec<i64> {
        std::iter::from_fn(|| queue.pop())
            .map(|queued| match queued {
                Queued::Event(event) => event.number.0.into(),
                Queued::Lost(count) => -i64::try_from(count).unwrap(),
            })
            .collect()
    }

    #[test]
    fn the_oldest_go_first_and_are_counted() {
        for (events, expected) in
            [(2, vec![1, 2]), (3, vec![1, 2, 3]), (4, vec![-1, 2, 3, 4]), (9, vec![-6, 7, 8, 9])]
        {
            let mut queue = Queue::new(3);
            (1..=events).for_each(|number| queue.push(event(number, 4)));
            assert_eq!(left(queue), expected);
        }
    }

    #[test]
    fn a_loss_is_told_before_what_came_after_it() {
        let mut queue = Queue::new(1);
        queue.push(event(1, 0));
        queue.push(event(2, 0));
        assert_eq!(queue.pop(), Some(Queued::Lost(1)));
        queue.push(event(3, 0));
        queue.lose(2);
        assert_eq!(left(queue), [-3, 3]);
    }

    #[test]
    fn bytes_are_counted_and_what_is_shed_is_the_oldest() {
        let mut queue = Queue::new(2);
        (1..=3).for_each(|number| queue.push(event(number, 10)));
        assert_eq!((queue.len(), queue.bytes()), (2, 20));
        assert!(queue.shed());
        assert_eq!((queue.len(), queue.bytes()), (1, 10));
        assert_eq!(queue.pop(), Some(Queued::Lost(2)));
        assert!(queue.shed());
        assert!(queue.is_empty() && !queue.shed());
        assert_eq!((queue.bytes(), left(queue)), (0, vec![-1]));
    }
}
