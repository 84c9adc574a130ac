//! The subscriptions of one connection, in the task that owns it: what they decide, carried to sockets and readers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::oneshot;
use virtwire_protocol::event::{RawNotice, Topic};
use virtwire_protocol::header::Serial;
use virtwire_protocol::pace::Urgency;
use virtwire_protocol::session::client::{ClientSession, ReplyFault};
use virtwire_protocol::session::subscriptions::{
    Ability, Refused, RegistrationCall, SubscriberId, SubscriptionEvent, Subscriptions, Ticket,
};
use virtwire_protocol::session::{CountedHasher, SerialMap};

use super::super::error::{CallError, CloseReason};
use super::super::waiting::{Claim, Waiting};
use super::mailbox::{Held, Mailbox};
use crate::shell::now;

/// Somebody wants events.
#[derive(Debug)]
pub(in crate::client) struct SubscribeAsk {
    pub(super) id: SubscriberId,
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) topics: Vec<Topic>,
    pub(super) ability: Ability,
    pub(super) ready: oneshot::Sender<Ready>,
    /// Taken when the daemon is asked for any of it first, or when its deadline passes.
    pub(super) claim: Claim,
}

/// What of a subscription is missing, or why there is none.
type Ready = Result<Vec<(Topic, Refused)>, CallError>;

/// Payloads up to this size are copied, so that an event that waits does not keep all that was read with it.
const COPIED_BYTES_MAX: usize = 16 * 1024;

/// Who has subscribed, and what is being asked for them.
#[derive(Debug)]
pub(in crate::client) struct Desk {
    /// `None` before the first: many connections never have one.
    book: Option<Box<Book>>,
    held: Held,
    /// How many bytes may wait for all of them.
    bytes_max: usize,
}

#[derive(Debug, Default)]
struct Book {
    subscriptions: Subscriptions,
    seats: HashMap<SubscriberId, Seat, CountedHasher>,
    calls: SerialMap<Ticket>,
    /// Since when a call waits for its place.
    waits_since: Option<Instant>,
}

#[derive(Debug)]
struct Seat {
    mailbox: Arc<Mailbox>,
    ready: Option<oneshot::Sender<Ready>>,
    /// `None` once the daemon was asked for any of it.
    claim: Option<Claim>,
}

impl Seat {
    /// The daemon is to be asked for some of it: not if it was given up before anything was.
    fn is_still_waited_for(&mut self) -> bool {
        if self.claim.as_ref().is_some_and(|claim| !claim.take()) {
            return false;
        }
        self.claim = None;
        true
    }
}

impl Desk {
    pub(in crate::client) fn new(held: Held, bytes_max: usize) -> Desk {
        Desk { book: None, held, bytes_max }
    }

    pub(in crate::client) fn subscribe(&mut self, ask: SubscribeAsk) {
        let SubscribeAsk { id, mailbox, topics, ability, ready, claim } = ask;
        let book = self.book.get_or_insert_default();
        let mut seat = Seat { mailbox, ready: Some(ready), claim: Some(claim) };
        book.subscriptions.subscribe(id, topics, ability);
        // For somebody else, and now for this one as well.
        if book.subscriptions.is_asked_for(id) {
            seat.is_still_waited_for();
        }
        book.seats.insert(id, seat);
        book.carry();
    }

    pub(in crate::client) fn leave(&mut self, id: SubscriberId) {
        let Some(book) = &mut self.book else { return };
        if book.seats.remove(&id).is_some() {
            book.subscriptions.unsubscribe(id);
            book.carry();
        }
    }

    pub(in crate::client) fn notice(&mut self, mut notice: RawNotice) {
        let Some(book) = &mut self.book else { return };
        if notice.payload.len() <= COPIED_BYTES_MAX {
            notice.payload = Bytes::copy_from_slice(&notice.payload);
        }
        book.subscriptions.handle_notice(notice);
        book.carry();
        // Whoever is furthest behind loses first, and nobody the only event.
        while self.held.bytes() > self.bytes_max {
            let furthest = book.seats.values().max_by_key(|seat| seat.mailbox.bytes_to_shed());
            if !furthest.is_some_and(|seat| seat.mailbox.shed()) {
                break;
            }
        }
    }

    /// An answer to a call of no handle's: then it is one to ours.
    pub(in crate::client) fn answer(&mut self, serial: Serial, answer: Result<Bytes, ReplyFault>) {
        let Some(book) = &mut self.book else { return };
        if let Some(ticket) = book.calls.remove(&serial) {
            book.subscriptions.handle_answer(ticket, answer);
            book.carry();
        }
    }

    /// Makes the calls that the window has room for, beside those that end others.
    pub(in crate::client) fn call(&mut self, session: &mut ClientSession, waiting: &mut Waiting) {
        let Some(book) = &mut self.book else { return };
        if !book.subscriptions.has_calls() {
            return;
        }
        let since = *book.waits_since.get_or_insert_with(now);
        let asked = waiting.is_measured().then_some(since);
        let Book { subscriptions, seats, calls, .. } = &mut **book;
        let mut waits = |id| seats.get_mut(&id).is_some_and(Seat::is_still_waited_for);
        while session.can_call()
            && waiting.has_place_for_urgent()
            && let Some(RegistrationCall { ticket, program, number, body }) =
                subscriptions.poll_call_for(&mut waits)
        {
            // There was room.
            if let Ok(serial) = session.call(program, number, body) {
                let name = program.procedure(number).map_or("subscribe", |info| info.name);
                waiting.insert(serial, name, None, Urgency::Urgent, asked);
                calls.insert(serial, ticket);
            }
        }
        // Also of a call that could not be written down, and so was not made.
        book.carry();
        if !book.subscriptions.has_calls() {
            book.waits_since = None;
        }
    }

    /// The connection has ended: so do all subscriptions.
    pub(in crate::client) fn end(&mut self, reason: &CloseReason) {
        for seat in self.book.take().into_iter().flat_map(|book| book.seats.into_values()) {
            seat.mailbox.end();
            if let Some(ready) = seat.ready {
                let _ = ready.send(Err(closed(reason, seat.claim.is_none())));
            }
        }
    }

    /// Somebody wants events of a connection that has ended.
    pub(in crate::client) fn too_late(ask: SubscribeAsk, reason: &CloseReason) {
        let _ = ask.ready.send(Err(closed(reason, false)));
    }
}

/// Whoever reads learns of the end also where the task goes without a word.
impl Drop for Desk {
    fn drop(&mut self) {
        self.end(&CloseReason::Local);
    }
}

impl Book {
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
