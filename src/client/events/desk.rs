//! The subscriptions of one connection, in the task that owns it: what they decide, carried to sockets and readers.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;
use virtwire_protocol::event::{RawNotice, Topic};
use virtwire_protocol::header::Serial;
use virtwire_protocol::session::client::{ClientSession, ReplyFault};
use virtwire_protocol::session::subscriptions::{
    Ability, Refused, SubscriberId, SubscriptionEvent, Subscriptions, Ticket,
};
use virtwire_protocol::session::{CountedHasher, SerialMap};

use super::super::error::{CallError, CloseReason};
use super::mailbox::{Held, Mailbox};

/// Somebody wants events.
#[derive(Debug)]
pub(in crate::client) struct SubscribeAsk {
    pub(super) id: SubscriberId,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) topics: Vec<Topic>,
    pub(super) ability: Ability,
    pub(super) ready: oneshot::Sender<Ready>,
}

/// What of a subscription is missing, or why there is none.
type Ready = Result<Vec<(Topic, Refused)>, CallError>;

/// Payloads up to this size are copied, so that an event that waits does not keep all that was read with it.
const COPIED_BYTES_MAX: usize = 16 * 1024;

/// Who has subscribed, and what is being asked for them.
#[derive(Debug)]
pub(in crate::client) struct Desk {
    subscriptions: Subscriptions,
    seats: HashMap<SubscriberId, Seat, CountedHasher>,
    calls: SerialMap<Ticket>,
    held: Held,
    /// How many bytes may wait for all of them.
    bytes_max: usize,
}

#[derive(Debug)]
struct Seat {
    mailbox: Arc<Mailbox>,
    ready: Option<oneshot::Sender<Ready>>,
}

impl Desk {
    pub(in crate::client) fn new(held: Held, bytes_max: usize) -> Desk {
        let (subscriptions, seats, calls) = Default::default();
        Desk { subscriptions, seats, calls, held, bytes_max }
    }

    pub(in crate::client) fn subscribe(&mut self, ask: SubscribeAsk) {
        let SubscribeAsk { id, mailbox, topics, ability, ready } = ask;
        self.seats.insert(id, Seat { mailbox, ready: Some(ready) });
        self.subscriptions.subscribe(id, topics, ability);
        self.carry();
    }

    pub(in crate::client) fn leave(&mut self, id: SubscriberId) {
        if self.seats.remove(&id).is_some() {
            self.subscriptions.unsubscribe(id);
            self.carry();
        }
    }

    pub(in crate::client) fn notice(&mut self, mut notice: RawNotice) {
        if notice.payload.len() <= COPIED_BYTES_MAX {
            notice.payload = Bytes::copy_from_slice(&notice.payload);
        }
        self.subscriptions.handle_notice(notice);
        self.carry();
        // Whoever is furthest behind loses first, and nobody the only event.
        while self.held.bytes() > self.bytes_max {
            let furthest = self.seats.values().max_by_key(|seat| seat.mailbox.bytes_to_shed());
            if !furthest.is_some_and(|seat| seat.mailbox.shed()) {
                break;
            }
        }
    }

    /// An answer to a call of no handle's: then it is one to ours.
    pub(in crate::client) fn answer(&mut self, serial: Serial, answer: Result<Bytes, ReplyFault>) {
        if let Some(ticket) = self.calls.remove(&serial) {
            self.subscriptions.handle_answer(ticket, answer);
            self.carry();
        }
    }

    /// Makes the calls that the window has room for.
    pub(in crate::client) fn call(&mut self, session: &mut ClientSession) {
        while session.can_call()
            && let Some(call) = self.subscriptions.poll_call()
        {
            // There was room.
            if let Ok(serial) = session.call(call.program, call.number, call.body) {
                self.calls.insert(serial, call.ticket);
            }
            self.carry();
        }
    }

    /// The connection has ended: so do all subscriptions.
    pub(in crate::client) fn end(&mut self, reason: &CloseReason) {
        for (_, seat) in self.seats.drain() {
            seat.mailbox.end();
            if let Some(ready) = seat.ready {
                let _ = ready.send(Err(closed(reason, true)));
            }
        }
    }

    /// Somebody wants events of a connection that has ended.
    pub(in crate::client) fn too_late(ask: SubscribeAsk, reason: &CloseReason) {
        let _ = ask.ready.send(Err(closed(reason, false)));
    }

    fn carry(&mut self) {
        while let Some(event) = self.subscriptions.poll_event() {
            match event {
                SubscriptionEvent::Deliver { subscriber, notice } => {
                    if let Some(seat) = self.seats.get(&subscriber) {
                        seat.mailbox.push(notice);
                    }
                }
                SubscriptionEvent::Lost { subscriber, count } => {
                    if let Some(seat) = self.seats.get(&subscriber) {
                        seat.mailbox.lose(count);
                    }
                }
                SubscriptionEvent::Ready { subscriber, missing } => {
                    if let Some(ready) = self.seats.get_mut(&subscriber).and_then(|seat| seat.ready.take()) {
                        // Whoever has stopped waiting has left, too.
                        let _ = ready.send(Ok(missing));
                    }
                }
            }
        }
    }
}

fn closed(reason: &CloseReason, sent: bool) -> CallError {
    CallError::Closed { procedure: "subscribe", reason: reason.clone(), sent }
}
