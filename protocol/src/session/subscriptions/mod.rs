//! Who wants which events, and what is asked of the daemon for it: once for each topic, however many want it.
//!
//! ```text
//!                 subscribe              the daemon agrees
//!   (nothing) ──────────────▶ Registering ─────────────────▶ Active
//!       ▲                      │       ▲                       │ the last subscriber
//!       │ it refuses: every    │       │ somebody came         ▼ goes
//!       └──────────────────────┘       └──────────────── Deregistering
//!       ▲                                                      │
//!       └──────────────────────────────────────────────────────┘ the daemon answers, whatever
//! ```
//!
//! A registration whose subscribers go while it is made is taken back once it is made; one that is to be taken back and has
//! not been yet is kept for whoever comes.
//!
//! An event may come before the reply that tells its callback id: a registration under way keeps what may be its own, and
//! hands on what turns out to be. Events with ids that nobody has are no fault: the late ones of a registration just taken
//! back have them.

mod address;
mod call;
mod queue;

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;

use super::client::ReplyFault;
use crate::event::{RawNotice, Topic};
use crate::frame::Draft;
use crate::program::{ProcedureNumber, Program};

use address::Address;
use call::{Answer, Step};
pub use queue::{Queue, Queued};

/// Early events that one registration under way keeps.
const EARLY_EVENTS_MAX: usize = 256;
/// And their bytes: a daemon that withholds its answer makes nobody hold more. An event that is larger is lost, and told so.
const EARLY_BYTES_MAX: usize = 1 << 20;

/// Who wants events. Numbers are the owner's to choose, and never chosen twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriberId(pub u64);

/// A registration whose call is under way; the answer goes to [`Subscriptions::handle_answer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(u64);

/// What the peer can do, as its features say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ability {
    /// Feature 14: the third generation of domain events. It is used if and only if the peer reports it, as one
    /// connection must not mix generations.
    pub callbacks: bool,
    /// Feature 15: the close callback.
    pub close: bool,
}

/// Why a topic is not subscribed to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The daemon refused, or its answer makes no sense.
    #[error("{fault}")]
    Answer {
        /// Which call.
        procedure: &'static str,
        /// What it got.
        fault: ReplyFault,
    },
    /// The daemon agreed, in a way that does not decode.
    #[error("the reply to {procedure} does not decode: {error}")]
    Undecodable {
        /// Which call.
        procedure: &'static str,
        /// What is wrong.
        error: String,
    },
    /// What was asked for cannot be sent.
    #[error("the arguments of {procedure} cannot be sent: {error}")]
    Arguments {
        /// Which call.
        procedure: &'static str,
        /// Which field and bound.
        error: String,
    },
    /// The daemon is older than the event: it does not report the feature that goes with it.
    #[error("the daemon is too old to tell of it: it does not report feature {feature}")]
    TooOld {
        /// 14 or 15.
        feature: i32,
    },
}

/// What happened, for the owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubscriptionEvent {
    /// An event for a subscriber.
    Deliver {
        /// Whom.
        subscriber: SubscriberId,
        /// The event.
        notice: RawNotice,
    },
    /// Events that may have been a subscriber's were lost.
    Lost {
        /// Whose.
        subscriber: SubscriberId,
        /// How many, at most.
        count: u64,
    },
    /// Everything that a subscriber wants was asked for. It is told once.
    Ready {
        /// Who.
        subscriber: SubscriberId,
        /// What of it was refused.
        missing: Vec<(Topic, Refused)>,
    },
}

/// A call to be made now.
#[derive(Debug)]
pub struct RegistrationCall {
    /// To be given back with the answer.
    pub ticket: Ticket,
    /// The program.
    pub program: Program,
    /// The procedure.
    pub number: ProcedureNumber,
    /// Its arguments.
    pub body: Draft,
}

/// All subscriptions of one connection. Any input is legal at any time; drain both polls after each.
#[derive(Debug, Default)]
pub struct Subscriptions {
    next: u64,
    registrations: BTreeMap<Ticket, Registration>,
    subscribers: BTreeMap<SubscriberId, Subscriber>,
    /// Registrations that have a call to make.
    calls: VecDeque<Ticket>,
    events: VecDeque<SubscriptionEvent>,
}

#[derive(Debug, Default)]
struct Subscriber {
    /// Wants whatever comes.
    everything: bool,
    /// Topics that the daemon has not answered yet.
    unanswered: usize,
    missing: Vec<(Topic, Refused)>,
}

/// What is asked of the daemon, and for whom.
#[derive(Debug)]
struct Registration {
    /// In the older generations without its object, which they do not know.
    topic: Topic,
    older: bool,
    members: Vec<Member>,
    state: State,
}

#[derive(Debug)]
struct Member {
    subscriber: SubscriberId,
    /// As wanted: in the older generations only some of the events are of its object.
    topic: Topic,
}

#[derive(Debug)]
enum State {
    Registering { step: Step, called: bool, early: Queue },
    Active(Registered),
    Deregistering { registered: Registered, called: bool },
}

/// How the daemon knows a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Registered {
    /// By a callback id.
    Callback(i32),
    /// By the kind of event: second generation.
    Kind,
    /// As the one that there is: first generation, or the close callback.
    Only,
}

impl Subscriptions {
    /// Nobody wants anything.
    pub fn new() -> Subscriptions {
        Subscriptions::default()
    }

    /// Somebody wants these topics, or whatever comes if there are none. [`SubscriptionEvent::Ready`] follows, perhaps
    /// after the first events.
    pub fn subscribe(&mut self, id: SubscriberId, topics: Vec<Topic>, ability: Ability) {
        let mut subscriber = Subscriber { everything: topics.is_empty(), ..Subscriber::default() };
        for topic in topics {
            match call::missing_feature(&topic, ability) {
                Some(feature) => subscriber.missing.push((topic, Refused::TooOld { feature })),
                None if self.join(id, topic, ability) => {}
                None => subscriber.unanswered += 1,
            }
        }
        self.subscribers.insert(id, subscriber);
        self.ready(id);
    }

    /// Somebody wants no more.
    pub fn unsubscribe(&mut self, id: SubscriberId) {
        self.subscribers.remove(&id);
        for (ticket, registration) in &mut self.registrations {
            let members = registration.members.len();
            registration.members.retain(|member| member.subscriber != id);
            if members > 0 && registration.give_up_unwanted() {
                self.calls.push_back(*ticket);
            }
        }
    }

    /// An answer to a call of ours.
    pub fn handle_answer(&mut self, ticket: Ticket, answer: Result<Bytes, ReplyFault>) {
        let Some(mut registration) = self.registrations.remove(&ticket) else { return };
        match registration.state {
            State::Registering { step, early, called: true } => match step.answered(answer) {
                Answer::Registered(registered) => {
                    registration.state = State::Active(registered);
                    self.registered(ticket, registration, early);
                }
                Answer::Next(step) => {
                    registration.state = State::Registering { step, called: false, early };
                    self.registrations.insert(ticket, registration);
                    self.calls.push_back(ticket);
                }
                Answer::Refused(refused) => self.refused(registration.members, &refused),
            },
            // Whatever the daemon says of a registration taken back, there is no more to be done about it.
            State::Deregistering { called: true, .. } => {
                if !registration.members.is_empty() {
                    registration.state = State::registering(&registration.topic, registration.older);
                    self.registrations.insert(ticket, registration);
                    self.calls.push_back(ticket);
                }
            }
            // No call of it is under way.
            state => {
                registration.state = state;
                self.registrations.insert(ticket, registration);
            }
        }
    }

    /// An event came.
    pub fn handle_notice(&mut self, notice: RawNotice) {
        for (id, _) in self.subscribers.iter().filter(|(_, subscriber)| subscriber.everything) {
            self.events.push_back(SubscriptionEvent::Deliver { subscriber: *id, notice: notice.clone() });
        }
        let Some(address) = Address::of(&notice) else { return };
        for registration in self.registrations.values_mut() {
            match &mut registration.state {
                State::Registering { early, .. }
                    if address.may_be_of(&registration.topic, registration.older) =>
                {
                    match address.callback() {
                        Some(_) => {
                            early.push(notice.clone());
                            while early.bytes() > EARLY_BYTES_MAX && early.shed() {}
                        }
                        None => deliver(&mut self.events, registration, &notice, &address),
                    }
                }
                State::Active(registered) | State::Deregistering { registered, .. }
                    if address.is_of(&registration.topic, *registered) =>
                {
                    deliver(&mut self.events, registration, &notice, &address);
                }
                _ => {}
            }
        }
    }

    /// Whether there are calls to make. Those that have become needless by then are passed over.
    #[must_use]
    pub fn has_calls(&self) -> bool {
        !self.calls.is_empty()
    }

    /// The next call to make, if any. Take one only if it can be made now.
    #[must_use]
    pub fn poll_call(&mut self) -> Option<RegistrationCall> {
        self.poll_call_for(|_| true)
    }

    /// The same, where somebody may have given up meanwhile: of a registration each that it is for is asked about, just before its call is made,
    /// and who does not wait any more has no part in it.
    #[must_use]
    pub fn poll_call_for(&mut self, mut waits: impl FnMut(SubscriberId) -> bool) -> Option<RegistrationCall> {
        while let Some(ticket) = self.calls.pop_front() {
            let Some(mut registration) = self.registrations.remove(&ticket) else { continue };
            if matches!(registration.state, State::Registering { called: false, .. }) {
                registration.members.retain(|member| waits(member.subscriber));
            }
            let call = match &mut registration.state {
                // All have gone before it was even asked for.
                State::Registering { called: false, .. } if registration.members.is_empty() => continue,
                State::Registering { step, called: called @ false, .. } => {
                    *called = true;
                    step.call(&registration.topic)
                }
                State::Deregistering { registered, called: called @ false } => {
                    *called = true;
                    call::deregister(&registration.topic, *registered)
                }
                // Somebody came before it was taken back, or its call is made already.
                _ => {
                    self.registrations.insert(ticket, registration);
                    continue;
                }
            };
            match call.body {
                Ok(body) => {
                    self.registrations.insert(ticket, registration);
                    return Some(RegistrationCall {
                        ticket,
                        program: call.program,
                        number: call.number,
                        body,
                    });
                }
                Err(error) => {
                    let (procedure, error) = (call.name, error.to_string());
                    self.refused(registration.members, &Refused::Arguments { procedure, error });
                }
            }
        }
        None
    }

    /// Whether the daemon is being asked for something that this one wants.
    #[must_use]
    pub fn is_asked_for(&self, id: SubscriberId) -> bool {
        self.registrations.values().any(|registration| {
            matches!(registration.state, State::Registering { called: true, .. })
                && registration.members.iter().any(|member| member.subscriber == id)
        })
    }

    /// The next thing that happened.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<SubscriptionEvent> {
        self.events.pop_front()
    }

    /// Adds a subscriber to the registration of a topic, and makes one where there is none. Whether it is active.
    fn join(&mut self, id: SubscriberId, wanted: Topic, ability: Ability) -> bool {
        let (asked, older) = match &wanted {
            Topic::Domain { event_id, .. } if !ability.callbacks => {
                (Topic::Domain { event_id: *event_id, object: None }, true)
            }
            other => (other.clone(), false),
        };
        let member = Member { subscriber: id, topic: wanted };
        let found = self.registrations.values_mut().find(|registration| registration.topic.is(&asked));
        let Some(registration) = found else {
            let ticket = Ticket(self.next);
            self.next += 1;
            let state = State::registering(&asked, older);
            self.registrations
                .insert(ticket, Registration { topic: asked, older, members: vec![member], state });
            self.calls.push_back(ticket);
            return false;
        };
        registration.members.push(member);
        match registration.state {
            State::Active(_) => true,
            State::Deregistering { registered, called: false } => {
                registration.state = State::Active(registered);
                true
            }
            State::Registering { .. } | State::Deregistering { called: true, .. } => false,
        }
    }

    fn registered(&mut self, ticket: Ticket, mut registration: Registration, mut early: Queue) {
        while let Some(queued) = early.pop() {
            match (queued, &registration.state) {
                (Queued::Event(notice), State::Active(registered)) => {
                    if let Some(address) = Address::of(&notice)
                        && address.is_of(&registration.topic, *registered)
                    {
                        deliver(&mut self.events, &registration, &notice, &address);
                    }
                }
                (Queued::Lost(count), _) => {
                    let lost =
                        |member: &Member| SubscriptionEvent::Lost { subscriber: member.subscriber, count };
                    self.events.extend(registration.members.iter().map(lost));
                }
                _ => {}
            }
        }
        if registration.give_up_unwanted() {
            self.calls.push_back(ticket);
        }
        let members: Vec<_> = registration.members.iter().map(|member| member.subscriber).collect();
        self.registrations.insert(ticket, registration);
        members.into_iter().for_each(|id| self.answered(id, None));
    }

    fn refused(&mut self, members: Vec<Member>, why: &Refused) {
        for Member { subscriber, topic } in members {
            self.answered(subscriber, Some((topic, why.clone())));
        }
    }

    fn answered(&mut self, id: SubscriberId, missing: Option<(Topic, Refused)>) {
        let Some(subscriber) = self.subscribers.get_mut(&id) else { return };
        subscriber.unanswered = subscriber.unanswered.saturating_sub(1);
        subscriber.missing.extend(missing);
        self.ready(id);
    }

    fn ready(&mut self, id: SubscriberId) {
        if let Some(subscriber) = self.subscribers.get_mut(&id)
            && subscriber.unanswered == 0
        {
            let missing = std::mem::take(&mut subscriber.missing);
            self.events.push_back(SubscriptionEvent::Ready { subscriber: id, missing });
        }
    }
}

impl State {
    fn registering(topic: &Topic, older: bool) -> State {
        State::Registering {
            step: Step::first(topic, older),
            called: false,
            early: Queue::new(EARLY_EVENTS_MAX),
        }
    }
}

impl Registration {
    /// If it is active and nobody wants it, it is to be taken back from now on, and this is `true`.
    fn give_up_unwanted(&mut self) -> bool {
        match self.state {
            State::Active(registered) if self.members.is_empty() => {
                self.state = State::Deregistering { registered, called: false };
                true
            }
            _ => false,
        }
    }
}

/// Hands an event to those whose topic it is, once to each.
fn deliver(
    events: &mut VecDeque<SubscriptionEvent>,
    registration: &Registration,
    notice: &RawNotice,
    address: &Address,
) {
    let mut told: Vec<SubscriberId> = Vec::new();
    for Member { subscriber, topic } in &registration.members {
        if !told.contains(subscriber) && (!registration.older || address.is_of_object(topic)) {
            told.push(*subscriber);
            events.push_back(SubscriptionEvent::Deliver { subscriber: *subscriber, notice: notice.clone() });
        }
    }
}

#[cfg(test)]
mod tests;
