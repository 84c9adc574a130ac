//! Subscriptions over real sockets: whole lives, all generations, races, lag, and the end.

mod daemon;
#[cfg(feature = "mem")]
mod over_mem;

use std::time::Duration;

use virtwire::client::{CallError, Connection, Missed, OpenOptions, SubscribeError, Subscription};
use virtwire::protocol::event::detail::{Lifecycle, StartedDetail};
use virtwire::protocol::event::{AnyEvent, DomainEvent, Event, RawNotice, Topic};
use virtwire::protocol::program::{Notice, Procedure, Program};
use virtwire::protocol::qemu::DomainMonitorEvent;
use virtwire::protocol::remote::*;

use crate::captures;
use daemon::{Daemon, domain, empty, event, notice, reply, sealed, started};

#[tokio::test]
async fn the_events_of_a_recorded_guest_are_its_life() {
    let recording = captures::recordings().into_iter().find(|path| path.ends_with("events-src-0.s2c"));
    let frames = captures::read(&recording.unwrap());
    let callback =
        frames.iter().find(|frame| frame.header.procedure == ConnectDomainEventCallbackRegisterAny::NUMBER);
    let callback = i32::from_be_bytes(callback.unwrap().payload[..].try_into().unwrap());
    let told = frames.iter().filter(|frame| frame.header.procedure == DomainEventCallbackLifecycle::NUMBER);
    let mut daemon = Daemon::start().await;
    let connection = daemon.open().await;
    let (events, ()) = tokio::join!(connection.subscribe(None), daemon.register([], callback, []));
    let mut events: Subscription<DomainEventLifecycle> = events.unwrap();
    daemon.send(told.map(|frame| sealed(&frame.header, &frame.payload)));
    let mut life = Vec::new();
    for _ in 0..8 {
        life.push(next(&mut events).await.what().to_string());
    }
    assert_eq!(
        life,
        [
            "defined added",
            "resumed unpaused",
            "started booted",
            "suspended paused",
            "resumed unpaused",
            "shutdown host",
            "stopped destroyed",
            "undefined removed"
        ]
    );
}

#[tokio::test]
async fn an_event_may_overtake_the_reply_of_its_registration() {
    let mut daemon = Daemon::start().await;
    let connection = daemon.open().await;
    let told = daemon.register([started(3, "early")], 3, [started(4, "nobody's"), started(3, "late")]);
    let (events, ()) = tokio::join!(connection.subscribe(None), told);
    let mut events: Subscription<DomainEventLifecycle> = events.unwrap();
    assert_eq!(next(&mut events).await.dom.name, "early");
    let late = next(&mut events).await;
    assert_eq!(late.dom.name, "late");
    assert_eq!(late.what(), Lifecycle::Started(StartedDetail::Booted));
}

#[tokio::test]
async fn what_does_not_decode_is_told_and_harms_nothing() {
    let mut daemon = Daemon::start().await;
    let connection = daemon.open().await;
    let mut all = connection.subscribe::<RawNotice>(None).await.unwrap();
    let broken = notice(Program::REMOTE, 318, &[0, 0, 0, 3, 0, 0, 0, 9]);
    let unknown = notice(Program::REMOTE, 9_999, &[0, 0, 0, 3, 1, 2, 3, 4]);
    let told = daemon.register([], 3, [broken, unknown, started(3, "good")]);
    let guest = domain("guest");
    let (events, ()) = tokio::join!(connection.subscribe(Some(&guest)), told);
    let mut events: Subscription<DomainEventLifecycle> = events.unwrap();
    let Missed::Undecodable(why) = events.next().await.unwrap().unwrap_err() else { panic!("it decodes") };
    assert_eq!((why.notice.number.0, why.notice.payload.len()), (318, 8));
    assert!(why.to_string().contains("event 318 of remote, 8 bytes, does not decode"), "{why}");
    assert_eq!(next(&mut events).await.dom.name, "good");
    let numbers = [next(&mut all).await, next(&mut all).await, next(&mut all).await].map(|raw| raw.number.0);
    assert_eq!(numbers, [318, 9_999, 318]);
}

#[tokio::test]
async fn a_kind_that_is_newer_than_this_crate_comes_as_number_and_bytes() {
    let mut daemon = Daemon::start().await;
    let connection = daemon.open().await;
    let topics = vec![Topic::Domain { event_id: 77, object: None }];
    let told = daemon.register([], 5, [notice(Program::REMOTE, 9_999, &[0, 0, 0, 5, 1, 2, 3, 4])]);
    let (events, ()) = tokio::join!(connection.subscribe_to::<AnyEvent>(topics), told);
    let AnyEvent::Unknown(raw) = next(&mut events.unwrap()).await else { panic!("it has a name") };
    assert_eq!((raw.number.0, &raw.payload[4..], raw.name()), (9_999, &[1, 2, 3, 4][..], None));
}

#[tokio::test]
async fn a_slow_reader_learns_how_much_it_has_lost_and_calls_go_on() {
    let mut daemon = Daemon::start().await;
    let options = OpenOptions { events_max: 3, ..OpenOptions::default() };
    let connection = daemon.open_with(options).await;
    let (events, ()) = tokio::join!(connection.subscribe(None), daemon.register([], 0, []));
    let mut events: Subscription<DomainEventLifecycle> = events.unwrap();
    let (hostname, ()) = tokio::join!(connection.connect_get_hostname(), async {
        let (header, _) = daemon.call::<ConnectGetHostname>().await;
        daemon.send((0..5_000).map(|number| started(0, &number.to_string())));
        daemon.send([sealed(
            &header.answer(virtwire::protocol::header::MessageKind::Reply),
            b"\0\0\0\x04host",
        )]);
    });
    assert_eq!(hostname.unwrap().hostname, "host");
    assert_eq!(events.next().await, Some(Err(Missed::Lagged(4_997))));
    for expected in ["4997", "4998", "4999"] {
        assert_eq!(next(&mut events).await.dom.name, expected);
    }
}

#[tokio::test]
async fn all_subscriptions_share_one_bound_and_the_one_furthest_behind_loses() {
    let mut daemon = Daemon::start().await;
    let options = OpenOptions { event_bytes_max: 100_000, ..OpenOptions::default() };
    let connection = daemon.open_with(options).await;
    let both = async { tokio::join!(connection.subscribe(None), connection.subscribe(None)) };
    let ((idle, quick), ()) = tokio::join!(both, daemon.register([], 0, []));
    let mut idle: Subscription<DomainEventLifecycle> = idle.unwrap();
    let mut quick: Subscription<DomainEventLifecycle> = quick.unwrap();
    let name = |number: usize| format!("{number:05}{}", "x".repeat(9_995));
    // The one that is read at once loses none, however much waits for the other.
    for number in 0..100 {
        daemon.send([started(0, &name(number))]);
        assert_eq!(next(&mut quick).await.dom.name, name(number).as_str());
    }
    let Some(Err(Missed::Lagged(lost))) = idle.next().await else { panic!("nothing is lost") };
    assert!((90..=92).contains(&lost), "{lost} of 100 are lost where 9 fit");
    for number in lost as usize..100 {
        assert_eq!(next(&mut idle).await.dom.name, name(number).as_str());
    }
    // What is read or given up makes room again, and one event fits whatever its size.
    drop(idle);
    let large = "y".repeat(200_000);
    daemon.send([started(0, &name(0)), started(0, &large)]);
    assert_eq!(quick.next().await, Some(Err(Missed::Lagged(1))));
    assert_eq!(next(&mut quick).await.dom.name, large.as_str());
    daemon.send((0..9).map(|number| started(0, &name(number))));
    for number in 0..9 {
        assert_eq!(next(&mut quick).await.dom.name, name(number).as_str());
    }
}

#[tokio::test]
async fn every_family_is_typed() {
    let daemon = Daemon::start().await;
    let connection = daemon.open().await;
    daemon.answer_all(|call| {
        let pool = StoragePool { name: "p".into(), uuid: [1; 16] };
        let net = Network { name: "n".into(), uuid: [1; 16] };
        let secret = Secret { uuid: [1; 16], usage_type: 0, usage_id: "s".into() };
        let dev = NodeDevice { name: "d".into() };
        let (callback_id, detail) = (1, 0);
        let told = match (call.header.program, call.header.procedure.0) {
            (Program::REMOTE, 313) => event(&NetworkEventLifecycle { callback_id, net, event: 2, detail }),
            (Program::REMOTE, 368) => event(&StoragePoolEventRefresh { callback_id, pool }),
            (Program::REMOTE, 374) => event(&NodeDeviceEventLifecycle { callback_id, dev, event: 1, detail }),
            (Program::REMOTE, 380) => event(&SecretEventValueChanged { callback_id, secret }),
            (Program::REMOTE, 360) => event(&ConnectEventConnectionClosed { reason: 2 }),
            (Program::QEMU, 4) => event(&DomainMonitorEvent {
                callback_id,
                event: "STOP".into(),
                ..DomainMonitorEvent::default()
            }),
            _ => return Some(vec![empty(&call.header)]),
        };
        Some(vec![reply(&call.header, callback_id), told])
    });
    assert_eq!(first::<NetworkEventLifecycle>(&connection).await.event().to_string(), "started");
    assert_eq!(first::<StoragePoolEventRefresh>(&connection).await.pool.name, "p");
    assert_eq!(first::<NodeDeviceEventLifecycle>(&connection).await.event().to_string(), "deleted");
    assert_eq!(first::<SecretEventValueChanged>(&connection).await.secret.usage_id, "s");
    assert_eq!(first::<ConnectEventConnectionClosed>(&connection).await.reason().to_string(), "keepalive");
    assert_eq!(first::<DomainMonitorEvent>(&connection).await.event, "STOP");
}

#[tokio::test]
async fn what_a_daemon_refuses_is_told_and_the_rest_is_had() {
    let daemon = Daemon::start().await;
    let connection = daemon.open().await;
    daemon.answer_all(|call| {
        let registers = call.header.procedure == ConnectDomainEventCallbackRegisterAny::NUMBER;
        let kind = i32::from(call.payload.get(3).copied().unwrap_or_default());
        (registers && kind < 2).then(|| vec![reply(&call.header, kind)])
    });
    let error = connection.subscribe::<DomainEventCallbackTunable>(None).await.unwrap_err();
    assert!(matches!(&error, SubscribeError::Call(CallError::Remote(_))), "{error:?}");
    let some = connection.subscribe::<DomainEvent>(None).await.unwrap();
    assert_eq!(some.missing().len(), 28);
    let names: Vec<_> = some.missing().iter().map(|(topic, _)| topic.kind().unwrap().name).collect();
    assert_eq!((names[0], names[27]), ("rtc-change", "channel-lifecycle"));
    assert!(some.missing()[0].1.to_string().contains("unknown procedure"));
    assert_eq!(connection.subscribe::<AnyEvent>(None).await.unwrap().missing().len(), 36);
}

#[tokio::test]
async fn a_subscription_ends_with_its_connection_and_keeps_what_came_before() {
    let mut daemon = Daemon::start().await;
    let connection = daemon.open().await;
    let told = daemon.register([], 0, [started(0, "last")]);
    let (events, ()) = tokio::join!(connection.subscribe(None), told);
    let mut events: Subscription<DomainEventLifecycle> = events.unwrap();
    assert_eq!(events.ended(), None);
    drop(daemon);
    let reason = connection.closed().await;
    assert_eq!(next(&mut events).await.dom.name, "last");
    assert!(events.next().await.is_none() && events.next().await.is_none());
    assert_eq!(events.ended(), Some(reason.clone()));
    // Who comes too late learns why.
    let error = connection.subscribe::<RawNotice>(None).await.unwrap_err();
    let SubscribeError::Call(CallError::Closed { reason: told, sent: false, .. }) = error else {
        panic!("{error:?}");
    };
    assert_eq!(told, reason);
}

#[tokio::test]
async fn the_last_to_go_takes_the_registration_back_whenever_that_is() {
    let mut daemon = Daemon::start().await;
    let connection = daemon.open().await;
    // Given up before the daemon has answered.
    let subscribing = connection.subscribe::<DomainEventLifecycle>(None);
    let (header, _) = tokio::select! {
        _ = subscribing => panic!("nothing was answered"),
        call = daemon.call::<ConnectDomainEventCallbackRegisterAny>() => call,
    };
    daemon.send([reply(&header, 9)]);
    let (header, taken) = daemon.call::<ConnectDomainEventCallbackDeregisterAny>().await;
    assert_eq!(taken.callback_id, 9);
    daemon.send([empty(&header)]);
    // Two, of which the second goes from within its own loop.
    let both = async { tokio::join!(connection.subscribe(None), connection.subscribe(None)) };
    let told = daemon.register([], 10, [started(10, "one")]);
    let ((first, second), ()) = tokio::join!(both, told);
    let mut first: Subscription<DomainEventLifecycle> = first.unwrap();
    assert_eq!(next(&mut first).await.dom.name, "one");
    drop(first);
    let mut second = Some::<Subscription<DomainEventLifecycle>>(second.unwrap());
    while let Some(events) = &mut second {
        assert_eq!(next(events).await.dom.name, "one");
        second = None;
    }
    assert_eq!(daemon.call::<ConnectDomainEventCallbackDeregisterAny>().await.1.callback_id, 10);
}

/// The next event, which must be one.
async fn next<E: Event>(events: &mut Subscription<E>) -> E {
    let event = tokio::time::timeout(Duration::from_secs(10), events.next()).await.expect("an event in time");
    event.expect("no end").expect("an event")
}

async fn first<E: Event>(connection: &Connection) -> E {
    next(&mut connection.subscribe::<E>(None).await.unwrap()).await
}
