//! Conversations: who wants what, what the daemon is asked, what it says, and who hears of it.

use std::collections::HashMap;

use super::*;
use crate::error::RemoteError;
use crate::event::MonitorFilter;
use crate::remote::*;

const NEW: Ability = Ability { callbacks: true, close: true };
const OLD: Ability = Ability { callbacks: false, close: false };

#[test]
fn one_registration_serves_all_who_want_the_same() {
    let mut talk = Talk::new(NEW);
    talk.subscribe(1, [domain(0, None)]);
    talk.subscribe(2, [domain(0, None)]);
    talk.subscribe(3, [domain(0, Some("a"))]);
    assert_eq!(talk.calls(), ["316 0 0", "316 0 1"]);
    talk.subscribe(4, [domain(0, Some("a"))]);
    assert_eq!(talk.calls(), [""; 0]);
    talk.agree(7);
    assert_eq!(talk.events(), ["1 ready", "2 ready"]);
    talk.agree(8);
    assert_eq!(talk.events(), ["3 ready", "4 ready"]);
    talk.lifecycle(7, "b");
    assert_eq!(talk.events(), ["1 hears 318", "2 hears 318"]);
    talk.lifecycle(8, "a");
    assert_eq!(talk.events(), ["3 hears 318", "4 hears 318"]);
    // Who comes later joins, and is ready at once.
    talk.subscribe(5, [domain(0, None)]);
    assert_eq!((talk.calls(), talk.events()), (vec![], vec!["5 ready".to_owned()]));
}

#[test]
fn the_last_one_to_go_takes_it_back() {
    let mut talk = Talk::new(NEW);
    talk.subscribe(1, [domain(0, None)]);
    talk.subscribe(2, [domain(0, None)]);
    assert_eq!(talk.calls(), ["316 0 0"]);
    talk.agree(7);
    talk.events();
    talk.unsubscribe(1);
    assert_eq!(talk.calls(), [""; 0]);
    talk.lifecycle(7, "a");
    assert_eq!(talk.events(), ["2 hears 318"]);
    talk.unsubscribe(2);
    talk.unsubscribe(2);
    assert_eq!(talk.calls(), ["317 7"]);
    // Events that were on their way.
    talk.lifecycle(7, "a");
    assert_eq!(talk.events(), [""; 0]);
    talk.agree(0);
    assert!(talk.subscriptions.registrations.is_empty() && talk.subscriptions.subscribers.is_empty());
}

#[test]
fn who_comes_while_it_is_taken_back_gets_a_new_one() {
    let mut talk = Talk::new(NEW);
    talk.subscribe(1, [domain(0, None)]);
    talk.calls();
    talk.agree(7);
    talk.unsubscribe(1);
    // Not yet: then it stays as it is.
    talk.subscribe(2, [domain(0, None)]);
    assert_eq!(talk.calls(), [""; 0]);
    assert_eq!(talk.events(), ["1 ready", "2 ready"]);
    talk.unsubscribe(2);
    assert_eq!(talk.calls(), ["317 7"]);
    talk.subscribe(3, [domain(0, None)]);
    assert_eq!((talk.calls(), talk.events()), (vec![], vec![]));
    // Even if the daemon says that it does not know it.
    talk.refuse("domain event callback 7 not registered");
    assert_eq!(talk.calls(), ["316 0 0"]);
    talk.agree(8);
    assert_eq!(talk.events(), ["3 ready"]);
}

#[test]
fn who_goes_before_the_answer_leaves_nothing_behind() {
    let mut talk = Talk::new(NEW);
    talk.subscribe(1, [domain(0, None)]);
    talk.unsubscribe(1);
    assert_eq!(talk.calls(), [""; 0]);
    talk.subscribe(2, [domain(0, None)]);
    assert_eq!(talk.calls(), ["316 0 0"]);
    talk.unsubscribe(2);
    assert_eq!(talk.calls(), [""; 0]);
    talk.agree(7);
    assert_eq!(talk.calls(), ["317 7"]);
    talk.agree(0);
    assert!(talk.subscriptions.registrations.is_empty());
    // Refused, and gone: nobody is told.
    talk.subscribe(3, [domain(0, None)]);
    talk.calls();
    talk.unsubscribe(3);
    talk.refuse("no");
    assert_eq!((talk.calls(), talk.events()), (vec![], vec![]));
    assert!(talk.subscriptions.registrations.is_empty());
}

#[test]
fn an_event_that_overtakes_the_reply_is_not_lost() {
    let mut talk = Talk::new(NEW);
    talk.subscribe(1, [domain(0, None)]);
    talk.subscribe(2, [domain(0, Some("a"))]);
    assert_eq!(talk.calls(), ["316 0 0", "316 0 1"]);
    talk.lifecycle(8, "a");
    talk.lifecycle(7, "a");
    talk.lifecycle(9, "a"); // nobody's
    talk.lifecycle(7, "b");
    assert_eq!(talk.events(), [""; 0]);
    talk.agree(7);
    assert_eq!(talk.events(), ["1 hears 318", "1 hears 318", "1 ready"]);
    talk.agree(8);
    assert_eq!(talk.events(), ["2 hears 318", "2 ready"]);
}

#[test]
fn early_events_are_bounded_and_what_is_lost_of_them_is_told() {
    let mut talk = Talk::new(NEW);
    talk.subscribe(1, [domain(0, None)]);
    talk.calls();
    (0..EARLY_EVENTS_MAX + 3).for_each(|_| talk.lifecycle(7, "a"));
    talk.agree(7);
    let events = talk.events();
    assert_eq!((events.len(), events[0].as_str()), (1 + EARLY_EVENTS_MAX + 1, "1 loses 3"));
}

#[test]
fn early_events_are_bounded_in_bytes_too() {
    let mut talk = Talk::new(NEW);
    talk.subscribe(1, [domain(0, None)]);
    // Also what comes before it is even asked for.
    let large = [&[0, 0, 0, 7][..], &vec![1; 300_000]].concat();
    (0..100).for_each(|_| talk.notice(Program::REMOTE, 318, &large));
    talk.calls();
    (0..100).for_each(|_| talk.notice(Program::REMOTE, 318, &large));
    assert!(talk.early_bytes() <= EARLY_BYTES_MAX);
    talk.agree(7);
    assert_eq!(talk.events(), ["1 loses 197", "1 hears 318", "1 hears 318", "1 hears 318", "1 ready"]);
    // One that is larger than all of it is lost alone.
    talk.subscribe(2, [domain(1, None)]);
    talk.calls();
    talk.notice(Program::REMOTE, 319, &[&[0, 0, 0, 8][..], &vec![1; EARLY_BYTES_MAX]].concat());
    assert_eq!(talk.early_bytes(), 0);
    talk.notice(Program::REMOTE, 319, &[0, 0, 0, 8]);
    talk.agree(8);
    assert_eq!(talk.events(), ["2 loses 1", "2 hears 319", "2 ready"]);
}

#[test]
fn what_nobody_asked_for_is_no_fault() {
    let mut talk = Talk::new(NEW);
    talk.subscribe(1, [domain(0, None)]);
    talk.calls();
    talk.agree(7);
    talk.events();
    talk.lifecycle(6, "a");
    talk.notice(Program::REMOTE, 319, &[0, 0, 0, 7]); // another kind with our id
    talk.notice(Program::REMOTE, 318, &[0, 0]); // no id at all
    talk.notice(Program::REMOTE, 107, &[]);
    talk.notice(Program::REMOTE, 362, &[0, 0, 0, 0]);
    talk.notice(Program::REMOTE, 9_999, &[0, 0, 0, 7]);
    talk.notice(Program::QEMU, 6, &[0, 0, 0, 7]);
    talk.notice(Program::REMOTE, 315, &[0, 0, 0, 7]); // a network's: ids are counted for each family
    assert_eq!(talk.events(), [""; 0]);
    // One that does not decode is its subscriber's to see.
    talk.notice(Program::REMOTE, 318, &[0, 0, 0, 7, 1]);
    assert_eq!(talk.events(), ["1 hears 318"]);
    // So are answers to calls that were never made.
    talk.subscriptions.handle_answer(Ticket(99), Ok(Bytes::new()));
    talk.subscriptions.handle_answer(Ticket(0), Ok(Bytes::new()));
    assert_eq!((talk.calls(), talk.events()), (vec![], vec![]));
}

#[test]
fn who_wants_everything_asks_for_nothing() {
    let mut talk = Talk::new(NEW);
    talk.subscribe(1, []);
    assert_eq!((talk.calls(), talk.events()), (vec![], vec!["1 ready".to_owned()]));
    talk.lifecycle(7, "a");
    talk.notice(Program::REMOTE, 9_999, &[]);
    assert_eq!(talk.events(), ["1 hears 318", "1 hears 9999"]);
    talk.unsubscribe(1);
    talk.lifecycle(7, "a");
    assert_eq!(talk.events(), [""; 0]);
}

#[test]
fn who_wants_much_is_ready_when_all_is_answered_and_hears_each_event_once() {
    let mut talk = Talk::new(NEW);
    let unknown = Topic::Domain { event_id: 99, object: None };
    talk.subscribe(1, [domain(0, None), domain(1, None), unknown, domain(0, None)]);
    assert_eq!(talk.calls(), ["316 0 0", "316 1 0", "316 99 0"]);
    talk.agree(7);
    talk.refuse("unsupported event ID 1");
    assert_eq!(talk.events(), [""; 0]);
    talk.agree(9);
    assert_eq!(talk.events(), ["1 ready without Domain 1: internal error: unsupported event ID 1"]);
    talk.lifecycle(7, "a");
    // A kind that is newer than this crate.
    talk.notice(Program::REMOTE, 9_999, &[0, 0, 0, 9, 1, 2, 3, 4]);
    talk.notice(Program::REMOTE, 9_999, &[0, 0, 0, 7]);
    assert_eq!(talk.events(), ["1 hears 318", "1 hears 9999"]);
    talk.unsubscribe(1);
    assert_eq!(talk.calls(), ["317 7", "317 9"]);
}

#[test]
fn every_family_has_its_own_calls() {
    let mut talk = Talk::new(NEW);
    let topics = [
        Topic::Network { event_id: 0, object: None },
        Topic::StoragePool { event_id: 1, object: None },
        Topic::NodeDevice { event_id: 0, object: None },
        Topic::Secret { event_id: 1, object: None },
        Topic::Monitor(MonitorFilter { event: Some("STOP".into()), ..MonitorFilter::default() }),
        Topic::Close,
    ];
    talk.subscribe(1, topics);
    assert_eq!(talk.calls(), ["313 0 0", "368 1 0", "374 0 0", "380 1 0", "qemu 4 0 1", "360"]);
    // They may all have one id, as each is another driver's.
    (0..6).for_each(|_| talk.agree(0));
    assert_eq!(talk.events(), ["1 ready"]);
    for (program, number) in [
        (Program::REMOTE, 315),
        (Program::REMOTE, 373),
        (Program::REMOTE, 376),
        (Program::REMOTE, 383),
        (Program::QEMU, 6),
        (Program::REMOTE, 362),
    ] {
        talk.notice(program, number, &[0, 0, 0, 0]);
        assert_eq!(talk.events(), [format!("1 hears {number}")]);
    }
    talk.unsubscribe(1);
    assert_eq!(talk.calls(), ["314 0", "369 0", "375 0", "381 0", "qemu 5 0", "361"]);
}

#[test]
fn older_daemons_are_asked_once_for_a_kind_and_objects_are_told_apart_here() {
    let mut talk = Talk::new(OLD);
    talk.subscribe(1, [domain(0, Some("a")), domain(0, Some("a"))]);
    talk.subscribe(2, [domain(0, Some("b")), domain(0, None)]);
    talk.subscribe(3, [domain(16, None), Topic::Close]);
    assert_eq!(talk.calls(), ["167 0"]);
    assert_eq!(
        talk.events(),
        [
            "3 ready without Domain 16: the daemon is too old to tell of it: it does not report feature 14; Close 0: the \
             daemon is too old to tell of it: it does not report feature 15"
        ]
    );
    // There is no id to wait for.
    talk.older("a");
    assert_eq!(talk.events(), ["1 hears 107", "2 hears 107"]);
    talk.agree(0);
    assert_eq!(talk.events(), ["1 ready", "2 ready"]);
    talk.older("b");
    assert_eq!(talk.events(), ["2 hears 107"]);
    // Whose it is cannot be told: then it is everybody's.
    talk.notice(Program::REMOTE, 107, &[9]);
    assert_eq!(talk.events(), ["1 hears 107", "2 hears 107"]);
    talk.unsubscribe(2);
    talk.unsubscribe(1);
    assert_eq!(talk.calls(), ["168 0"]);
}

#[test]
fn the_oldest_know_only_lifecycle() {
    let mut talk = Talk::new(OLD);
    talk.subscribe(1, [domain(0, None), domain(1, None)]);
    assert_eq!(talk.calls(), ["167 0", "167 1"]);
    talk.answer(Err(RemoteError::unknown_procedure(167)));
    talk.answer(Err(RemoteError::unknown_procedure(167)));
    assert_eq!(talk.calls(), ["105"]);
    talk.agree(0);
    assert_eq!(
        talk.events(),
        ["1 ready without Domain 1: unknown procedure: 167"],
        "the kind that the first generation does not have"
    );
    talk.older("a");
    assert_eq!(talk.events(), ["1 hears 107"]);
    talk.unsubscribe(1);
    assert_eq!(talk.calls(), ["106"]);
}

#[test]
fn the_oldest_are_understood_in_every_language() {
    for (absent, expected) in [("unbekannte Prozedur: 9999", "105"), ("etwas anderes: 9999", "")] {
        let mut talk = Talk::new(OLD);
        talk.subscribe(1, [domain(0, None)]);
        talk.calls();
        talk.answer(Err(RemoteError::rpc("unbekannte Prozedur: 167")));
        assert_eq!(talk.calls(), ["9999"]);
        talk.answer(Err(RemoteError::rpc(absent)));
        assert_eq!(talk.calls().concat(), expected);
    }
}

#[test]
fn arguments_beyond_their_bound_are_refused_here() {
    let mut talk = Talk::new(NEW);
    let name = vec![b'a'; 4_194_305].into();
    let object = Some(Domain { name, uuid: [1; 16], id: -1 });
    talk.subscribe(1, [Topic::Domain { event_id: 0, object }]);
    assert_eq!(talk.calls(), [""; 0]);
    let events = talk.events();
    assert!(events[0].contains("cannot be sent") && events[0].contains("4194305"), "{events:?}");
}

#[test]
fn who_has_given_up_just_before_the_call_has_no_part_in_it() {
    let mut talk = Talk::new(NEW);
    talk.subscribe(1, [domain(0, None)]);
    talk.subscribe(2, [domain(0, None), domain(1, None)]);
    talk.subscribe(3, [domain(2, None)]);
    let asked_for = |talk: &Talk| [1, 2, 3].map(|id| talk.subscriptions.is_asked_for(SubscriberId(id)));
    assert_eq!(asked_for(&talk), [false; 3]);
    for number in [316, 316] {
        let call = talk.subscriptions.poll_call_for(|id| id == SubscriberId(2)).unwrap();
        assert_eq!(call.number, ProcedureNumber(number));
        talk.asked.push_back(call.ticket);
    }
    // Nobody waits for what is left.
    assert!(talk.subscriptions.poll_call_for(|_| false).is_none());
    assert_eq!((asked_for(&talk), talk.calls()), ([false, true, false], vec![]));
    talk.agree(7);
    talk.agree(8);
    assert_eq!(talk.events(), ["2 ready"]);
    talk.lifecycle(7, "a");
    assert_eq!(talk.events(), ["2 hears 318"]);
}

#[test]
fn an_answer_that_makes_no_sense_is_a_refusal() {
    let mut talk = Talk::new(NEW);
    talk.subscribe(1, [domain(0, None)]);
    talk.calls();
    let ticket = talk.asked.pop_front().unwrap();
    talk.subscriptions.handle_answer(ticket, Ok(Bytes::from_static(&[0, 0])));
    assert!(talk.events()[0].contains("does not decode"));
}

/// Both sides: what is called and told, as text.
struct Talk {
    subscriptions: Subscriptions,
    ability: Ability,
    /// Calls without an answer, oldest first.
    asked: VecDeque<Ticket>,
}

impl Talk {
    fn new(ability: Ability) -> Talk {
        Talk { subscriptions: Subscriptions::new(), ability, asked: VecDeque::new() }
    }

    fn subscribe<const N: usize>(&mut self, id: u64, topics: [Topic; N]) {
        self.subscriptions.subscribe(SubscriberId(id), topics.to_vec(), self.ability);
    }

    fn unsubscribe(&mut self, id: u64) {
        self.subscriptions.unsubscribe(SubscriberId(id));
    }

    /// The number of each call, with its first two words.
    fn calls(&mut self) -> Vec<String> {
        let mut calls = Vec::new();
        while let Some(call) = self.subscriptions.poll_call() {
            self.asked.push_back(call.ticket);
            let mut text = if call.program == Program::QEMU { "qemu ".to_owned() } else { String::new() };
            text += &call.number.to_string();
            for word in call.body.payload().chunks_exact(4).take(2) {
                text += &format!(" {}", i32::from_be_bytes(word.try_into().unwrap()));
            }
            calls.push(text);
        }
        calls
    }

    fn answer(&mut self, answer: Result<i32, RemoteError>) {
        let ticket = self.asked.pop_front().unwrap();
        let answer = answer.map(|word| Bytes::copy_from_slice(&word.to_be_bytes()));
        self.subscriptions.handle_answer(ticket, answer.map_err(|error| ReplyFault::Remote(error.into())));
    }

    /// Bytes that wait for answers.
    fn early_bytes(&self) -> usize {
        let bytes = |registration: &Registration| match &registration.state {
            State::Registering { early, .. } => early.bytes(),
            _ => 0,
        };
        self.subscriptions.registrations.values().map(bytes).sum()
    }

    fn agree(&mut self, callback: i32) {
        self.answer(Ok(callback));
    }

    fn refuse(&mut self, why: &str) {
        use crate::error::{ErrorCode, ErrorDomain};
        self.answer(Err(RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, why)));
    }

    fn notice(&mut self, program: Program, number: i32, payload: &[u8]) {
        let number = ProcedureNumber(number);
        let payload = Bytes::copy_from_slice(payload);
        self.subscriptions.handle_notice(RawNotice { program, number, payload });
    }

    fn lifecycle(&mut self, callback_id: i32, name: &str) {
        let msg = DomainEventLifecycle { dom: dom(name), event: 2, detail: 0 };
        let payload = virtwire_xdr::to_vec(&DomainEventCallbackLifecycle { callback_id, msg }).unwrap();
        self.notice(Program::REMOTE, 318, &payload);
    }

    fn older(&mut self, name: &str) {
        let payload = virtwire_xdr::to_vec(&DomainEventLifecycle { dom: dom(name), event: 2, detail: 0 });
        self.notice(Program::REMOTE, 107, &payload.unwrap());
    }

    fn events(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.subscriptions.poll_event())
            .map(|event| match event {
                SubscriptionEvent::Deliver { subscriber, notice } => {
                    format!("{} hears {}", subscriber.0, notice.number)
                }
                SubscriptionEvent::Lost { subscriber, count } => format!("{} loses {count}", subscriber.0),
                SubscriptionEvent::Ready { subscriber, missing } if missing.is_empty() => {
                    format!("{} ready", subscriber.0)
                }
                SubscriptionEvent::Ready { subscriber, missing } => {
                    let missing: Vec<_> = missing
                        .iter()
                        .map(|(topic, why)| format!("{:?} {}: {why}", topic.family(), topic.event_id()))
                        .collect();
                    format!("{} ready without {}", subscriber.0, missing.join("; "))
                }
            })
            .collect()
    }
}

fn dom(name: &str) -> Domain {
    Domain { name: name.into(), uuid: [name.as_bytes()[0]; 16], id: 1 }
}

fn domain(event_id: i32, of: Option<&str>) -> Topic {
    Topic::Domain { event_id, object: of.map(dom) }
}

/// Whatever is done in whatever order: everyone who subscribes is ready once, and when all have gone and all is answered,
/// nothing is left, and the daemon was asked as often as it was told to forget.
#[test]
fn no_order_of_things_leaves_anything_behind() {
    for seed in 1_u64..2_000 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        let mut talk = Talk::new(if seed % 4 == 0 { OLD } else { NEW });
        let mut ready: HashMap<u64, u32> = HashMap::new();
        let (mut live, mut ids, mut registered) = (Vec::new(), 0, HashMap::new());
        let mut calls = VecDeque::new();
        let topics = [domain(0, None), domain(0, Some("a")), domain(1, None), domain(2, Some("b"))];
        for round in 0..120 {
            match next(if round < 80 { 6 } else { 5 }) {
                0 | 1 if round >= 80 => drop(live.pop().map(|id| talk.unsubscribe(id))),
                0 if !live.is_empty() => {
                    let at = next(live.len() as u64) as usize;
                    talk.unsubscribe(live.remove(at));
                }
                1 | 5 if live.len() < 6 => {
                    ids += 1;
                    live.push(ids);
                    ready.insert(ids, 0);
                    let wanted = topics.iter().filter(|_| next(2) == 0).cloned().collect::<Vec<_>>();
                    talk.subscriptions.subscribe(SubscriberId(ids), wanted, talk.ability);
                }
                2 => calls.extend(talk.calls()),
                3 if !talk.asked.is_empty() => {
                    let call: String = calls.pop_front().unwrap();
                    let (number, rest) = call.split_once(' ').unwrap();
                    match number {
                        "316" | "167" if next(4) == 0 => talk.refuse("no"),
                        "316" | "167" => {
                            let id = if number == "316" { round } else { rest.parse().unwrap() };
                            assert_eq!(registered.insert(id, ()), None, "seed {seed}: {call}");
                            talk.agree(id);
                        }
                        _ => {
                            assert!(
                                registered.remove(&rest.parse().unwrap()).is_some(),
                                "seed {seed}: {call}"
                            );
                            talk.agree(0);
                        }
                    }
                }
                _ => talk.lifecycle(next(120) as i32, "a"),
            }
            for event in talk.events() {
                if let Some((id, _)) = event.split_once(" ready") {
                    *ready.get_mut(&id.parse().unwrap()).unwrap() += 1;
                }
            }
        }
        live.into_iter().for_each(|id| talk.unsubscribe(id));
        loop {
            calls.extend(talk.calls());
            let Some(call) = calls.pop_front() else { break };
            let (number, rest) = call.split_once(' ').unwrap();
            match number {
                "316" => drop(registered.insert(1_000, ())),
                "167" => drop(registered.insert(rest.parse().unwrap(), ())),
                _ => drop(registered.remove(&rest.parse().unwrap())),
            }
            talk.agree(1_000);
        }
        assert!(ready.values().all(|times| *times <= 1), "seed {seed}");
        assert!(registered.is_empty(), "seed {seed}: {registered:?}");
        assert!(talk.subscriptions.registrations.is_empty(), "seed {seed}");
        assert!(talk.subscriptions.subscribers.is_empty(), "seed {seed}");
    }
}
