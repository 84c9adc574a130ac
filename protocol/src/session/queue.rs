//! Which of a client's calls are worked on, and which wait for their turn.
//!
//! ```text
//! low priority ─▶ at most `requests` at work, the others wait ─┐
//! high priority ─▶ at most `requests` at work of their own ────┴─▶ handlers
//! ```
//!
//! So ten calls that wait for guests hold up neither pings, which are answered as they are read, nor calls that wait for none.
//! libvirt's daemons stop reading when as many calls are at work; here reading stops only when as many wait, or when the calls
//! that are held have brought too many bytes.
//!
//! Whoever has a place free asks for [`next`](Queue::next), and does not while its replies are not read: what waits here has no answer
//! yet, and so holds no more than it brought.

use std::collections::VecDeque;

use super::server::{Called, Limits};
use crate::header::Header;
use crate::program::Priority;

/// What a call costs beside its arguments.
const CALL_BYTES: usize = 1_024;

/// Room for calls at work that is there from the first on: few clients ever have more at a time.
const AT_WORK: usize = 2;

/// A client's calls.
#[derive(Debug)]
pub(super) struct Queue {
    at_work: Vec<AtWork>,
    /// `None` while no call waits, as mostly.
    lanes: Option<Box<Lanes>>,
    bytes: usize,
}

/// Those that wait.
#[derive(Debug, Default)]
struct Lanes {
    /// Of low priority, in the order in which they came.
    slow: VecDeque<Called>,
    /// Of high priority.
    urgent: VecDeque<Called>,
}

impl Default for Queue {
    fn default() -> Queue {
        Queue { at_work: Vec::with_capacity(AT_WORK), lanes: None, bytes: 0 }
    }
}

#[derive(Debug)]
struct AtWork {
    header: Header,
    priority: Priority,
    bytes: u32,
}

impl Queue {
    /// Whether another call can be taken, of whichever priority.
    pub(super) fn has_room(&self, limits: &Limits) -> bool {
        let waiting = self.waiting();
        let none_would = || {
            waiting == 0 && [Priority::Low, Priority::High].iter().all(|one| self.places(*one, limits) > 0)
        };
        // Both lanes, and the calls that do not wait.
        let at_work_max = limits.requests.saturating_mul(2).saturating_add(limits.streams).saturating_add(1);
        (waiting < limits.waiting || none_would())
            && self.bytes < limits.call_bytes
            && self.at_work.len() < at_work_max
    }

    /// Takes a call that may have to wait, behind those that do. It is returned where it is its turn.
    pub(super) fn take(&mut self, called: Called, limits: &Limits) -> Option<Called> {
        let priority = called.info.priority;
        let is_first = self.lanes.as_mut().is_none_or(|lanes| lanes.of(priority).is_empty());
        if is_first && self.places(priority, limits) > 0 {
            return Some(self.start(called));
        }
        self.bytes = self.bytes.saturating_add(cost(&called));
        self.lanes.get_or_insert_default().of(priority).push_back(called);
        None
    }

    /// Takes a call that must not wait: it has brought descriptors, or packets of its stream may follow.
    pub(super) fn start(&mut self, called: Called) -> Called {
        let cost = cost(&called);
        self.bytes = self.bytes.saturating_add(cost);
        // No frame has more.
        let bytes = u32::try_from(cost).unwrap_or(u32::MAX);
        self.at_work.push(AtWork { header: called.header, priority: called.info.priority, bytes });
        called
    }

    /// A call is answered, and its place free.
    pub(super) fn ended(&mut self, header: &Header) {
        if let Some(at) = self.at_work.iter().position(|call| call.header == *header) {
            let AtWork { bytes, .. } = self.at_work.swap_remove(at);
            self.bytes = self.bytes.saturating_sub(bytes as usize);
        }
    }

    /// The call whose turn it is, if one waits for which there is a place.
    pub(super) fn next(&mut self, limits: &Limits) -> Option<Called> {
        let places =
            [Priority::High, Priority::Low].map(|priority| (priority, self.places(priority, limits)));
        let lanes = self.lanes.as_mut()?;
        let mut free = places.into_iter().filter(|(_, places)| *places > 0);
        let next = free.find_map(|(priority, _)| lanes.of(priority).pop_front())?;
        if lanes.len() == 0 {
            self.lanes = None;
        }
        self.bytes = self.bytes.saturating_sub(cost(&next));
        Some(self.start(next))
    }

    /// Lets go of those that wait.
    pub(super) fn discard_waiting(&mut self) {
        self.lanes = None;
        self.bytes = self.at_work.iter().map(|call| call.bytes as usize).sum();
    }

    /// How many calls are held.
    pub(super) fn len(&self) -> usize {
        self.at_work.len() + self.waiting()
    }

    /// What they have brought, and what they cost beside that.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many of them wait for their turn.
    pub(super) fn waiting(&self) -> usize {
        self.lanes.as_ref().map_or(0, |lanes| lanes.len())
    }

    fn places(&self, priority: Priority, limits: &Limits) -> usize {
        let at_work = self.at_work.iter().filter(|call| call.priority == priority).count();
        limits.requests.max(1).saturating_sub(at_work)
    }
}

impl Lanes {
    fn len(&self) -> usize {
        self.slow.len() + self.urgent.len()
    }

    fn of(&mut self, priority: Priority) -> &mut VecDeque<Called> {
        match priority {
            Priority::Low => &mut self.slow,
            Priority::High => &mut self.urgent,
        }
    }
}

fn cost(called: &Called) -> usize {
    called.payload.len().saturating_add(CALL_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::{MessageKind, Serial};
    use crate::program::{ProcedureNumber, Program};

    const SLOW: i32 = 33;
    const CHEAP: i32 = 59;

    fn limits() -> Limits {
        Limits { requests: 2, waiting: 3, call_bytes: 1 << 20, ..Limits::default() }
    }

    fn call(procedure: i32, serial: u32) -> Called {
        let number = ProcedureNumber(procedure);
        let header = Header::new(MessageKind::Call, Program::REMOTE, number, Serial(serial));
        Called { header, info: Program::REMOTE.procedure(number).unwrap(), payload: vec![0; 100].into() }
    }

    #[test]
    fn slow_calls_wait_for_each_other_and_cheap_ones_for_none_of_them() {
        let (mut queue, limits) = (Queue::default(), limits());
        assert!(queue.take(call(SLOW, 1), &limits).is_some());
        assert!(queue.take(call(SLOW, 2), &limits).is_some());
        assert!(queue.take(call(SLOW, 3), &limits).is_none());
        assert!(queue.take(call(SLOW, 4), &limits).is_none());
        assert!(queue.take(call(CHEAP, 5), &limits).is_some());
        assert!(queue.has_room(&limits));
        assert!(queue.take(call(SLOW, 6), &limits).is_none());
        assert!(!queue.has_room(&limits), "three wait");
        // In the order in which they came, each in its own lane.
        assert_eq!(ended(&mut queue, CHEAP, 5), None);
        assert_eq!(ended(&mut queue, SLOW, 2), Some(3));
        assert_eq!(ended(&mut queue, SLOW, 1), Some(4));
        assert_eq!(queue.len(), 3);
        // An answer to no call ends none.
        assert_eq!(ended(&mut queue, SLOW, 99), None);
        assert_eq!(queue.len(), 3);
        // A place that is free is not for who comes after those that wait for it.
        queue.ended(&call(SLOW, 3).header);
        assert!(queue.take(call(SLOW, 7), &limits).is_none());
        assert_eq!(queue.next(&limits).unwrap().header.serial, Serial(6));
        assert!(queue.next(&limits).is_none());
        assert_eq!(ended(&mut queue, SLOW, 4), Some(7));
        for serial in [6, 7] {
            assert_eq!(ended(&mut queue, SLOW, serial), None);
        }
        assert_eq!((queue.len(), queue.bytes), (0, 0));
    }

    /// The serial of the call whose turn has come by the end of another.
    fn ended(queue: &mut Queue, procedure: i32, serial: u32) -> Option<u32> {
        queue.ended(&call(procedure, serial).header);
        queue.next(&limits()).map(|called| called.header.serial.0)
    }

    #[test]
    fn what_calls_bring_is_counted_until_they_are_answered() {
        let limits = Limits { call_bytes: 3_000, requests: 64, ..limits() };
        let mut queue = Queue::default();
        for serial in 0..3 {
            assert!(queue.has_room(&limits));
            assert!(queue.take(call(SLOW, serial), &limits).is_some());
        }
        assert!(!queue.has_room(&limits));
        queue.ended(&call(SLOW, 0).header);
        assert!(queue.has_room(&limits));
    }

    #[test]
    fn a_limit_of_none_lets_one_after_the_other_through() {
        let limits = Limits { requests: 0, ..limits() };
        let mut queue = Queue::default();
        assert!(queue.take(call(SLOW, 1), &limits).is_some());
        assert!(queue.take(call(SLOW, 2), &limits).is_none());
        queue.ended(&call(SLOW, 1).header);
        assert_eq!(queue.next(&limits).unwrap().header.serial, Serial(2));
    }

    #[test]
    fn calls_that_must_not_wait_are_bounded_too() {
        let limits = Limits { streams: 1, ..limits() };
        let mut queue = Queue::default();
        for serial in 0..6 {
            assert!(queue.has_room(&limits));
            queue.start(call(SLOW, serial));
        }
        assert!(!queue.has_room(&limits));
    }
}
