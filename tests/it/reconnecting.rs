//! A connection that comes back: what is told, what is done again, and what never is.

use std::sync::Arc;
use std::time::Duration;

use virtwire::client::{
    Backoff, CallPhase, GaveUp, Link, Meter, Observer, OpenOptions, Passed, Reconnecting,
    ReconnectingSubscription, SubscribeError, Told,
};
use virtwire::protocol::error::{ErrorCode, ErrorDomain, Fate, RemoteError};
use virtwire::protocol::event::{DomainEvent, Topic};
use virtwire::protocol::frame::Draft;
use virtwire::protocol::header::{Header, MessageKind, Serial};
use virtwire::protocol::program::Notice;
use virtwire::protocol::remote::{
    AuthType, ConnectDomainEventCallbackRegisterAnyReply, ConnectGetUri, ConnectSupportsFeatureReply, Domain,
    DomainCreate, DomainEventCallbackLifecycle, DomainEventLifecycle,
};

use crate::opening::peer::{Peer, Place};

#[tokio::test(start_paused = true)]
async fn subscriptions_return_and_say_so() {
    let place = Place::new().await;
    let (daemon, mut peer) = opened(&place).await;
    let mut events = subscribed(&daemon, &mut peer, 3).await;
    peer.send(&event(3, "first")).await;
    assert!(matches!(events.next().await, Some(Told::Event(event)) if event.dom.name == "first"));

    for generation in 2..5 {
        drop(peer);
        let next = tokio::spawn(async move { (events.next().await, events) });
        peer = place.accept().await;
        peer.let_in().await;
        peer.register(7).await;
        let (told, back) = next.await.unwrap();
        assert!(matches!(told, Some(Told::Resynced)), "{told:?}");
        events = back;
        peer.send(&event(7, "later")).await;
        assert!(matches!(events.next().await, Some(Told::Event(event)) if event.dom.name == "later"));
        assert!(matches!(daemon.link(), Link::Up { generation: now, .. } if now == generation));
    }
}

/// A watcher's fault is none of the connection's: it is not lost by that, and nothing that came with it.
#[tokio::test(start_paused = true)]
async fn whoever_watches_and_panics_is_passed_over() {
    let place = Place::new().await;
    let observer = |passed: Passed| assert_ne!(passed.header.kind(), Ok(MessageKind::Notice), "a fault");
    let meter = |phase: CallPhase| assert!(matches!(phase, CallPhase::NotSent { .. }), "a fault");
    let (observer, meter) = (Some(Arc::new(observer) as Observer), Some(Arc::new(meter) as Meter));
    let options = OpenOptions { observer, meter, ..OpenOptions::default() };
    let (daemon, mut peer) = opened_with(&place, options).await;
    let mut events = subscribed(&daemon, &mut peer, 3).await;
    for name in ["first", "later"] {
        peer.send(&event(3, name)).await;
        let told = tokio::time::timeout(Duration::from_secs(60), events.next()).await.expect("it comes");
        assert!(matches!(&told, Some(Told::Event(event)) if event.dom.name == name), "{told:?}");
    }
    assert!(matches!(daemon.link(), Link::Up { generation: 1, .. }));
}

/// Slow is not unwilling: it is asked again, and not taken for one that refuses.
#[tokio::test(start_paused = true)]
async fn a_daemon_that_is_slow_to_subscribe_again_is_asked_again() {
    let place = Place::new().await;
    let within = Duration::from_secs(10);
    let options = OpenOptions { call_within: Some(within), ..OpenOptions::default() };
    let (daemon, mut peer) = opened_with(&place, options).await;
    let mut events = subscribed(&daemon, &mut peer, 3).await;
    drop(peer);
    let next = tokio::spawn(async move { (events.next().await, events) });
    let mut peer = place.accept().await;
    peer.let_in().await;
    let [feature] = peer.flight(["connect_supports_feature"]).await;
    peer.reply(&feature, &ConnectSupportsFeatureReply { supported: 1 }).await;
    let [slow] = peer.flight(["connect_domain_event_callback_register_any"]).await;
    tokio::time::sleep(within * 2).await;
    peer.reply(&slow, &ConnectDomainEventCallbackRegisterAnyReply { callback_id: 7 }).await;
    let (told, mut events) = next.await.unwrap();
    assert!(matches!(told, Some(Told::Resynced)), "{told:?}");
    peer.send(&event(7, "later")).await;
    assert!(matches!(events.next().await, Some(Told::Event(event)) if event.dom.name == "later"));
}

/// A daemon may be back before those that it asks itself: what it refuses then is asked for again.
#[tokio::test(start_paused = true)]
async fn a_daemon_that_refuses_for_a_moment_is_asked_again() {
    let place = Place::new().await;
    let (daemon, mut peer) = opened(&place).await;
    let mut events = subscribed(&daemon, &mut peer, 3).await;
    drop(peer);
    let next = tokio::spawn(async move { (events.next().await, events) });
    let mut peer = place.accept().await;
    peer.let_in().await;
    let [feature] = peer.flight(["connect_supports_feature"]).await;
    peer.reply(&feature, &ConnectSupportsFeatureReply { supported: 1 }).await;
    for _ in 0..3 {
        let [registers] = peer.flight(["connect_domain_event_callback_register_any"]).await;
        peer.fail(&registers, not_up()).await;
    }
    let [registers] = peer.flight(["connect_domain_event_callback_register_any"]).await;
    peer.reply(&registers, &ConnectDomainEventCallbackRegisterAnyReply { callback_id: 7 }).await;
    let (told, mut events) = next.await.unwrap();
    assert!(matches!(told, Some(Told::Resynced)), "{told:?}");
    peer.send(&event(7, "later")).await;
    assert!(matches!(events.next().await, Some(Told::Event(event)) if event.dom.name == "later"));
    // One that has no such thing any more has said the last word.
    drop(peer);
    let next = tokio::spawn(async move { (events.next().await, events.next().await) });
    let mut peer = place.accept().await;
    peer.let_in().await;
    let [feature] = peer.flight(["connect_supports_feature"]).await;
    peer.reply(&feature, &ConnectSupportsFeatureReply { supported: 1 }).await;
    let [registers] = peer.flight(["connect_domain_event_callback_register_any"]).await;
    peer.fail(&registers, RemoteError::no_support("virConnectDomainEventRegisterAny")).await;
    let (refused, none) = next.await.unwrap();
    assert!(matches!(refused, Some(Told::Refused(SubscribeError::Call(_)))), "{refused:?}");
    assert!(none.is_none());
}

/// Whatever the language in which the daemon says that it does not know the kind.
#[tokio::test(start_paused = true)]
async fn a_kind_that_is_gone_is_the_last_word_in_every_language() {
    for words in ["unsupported event ID", "interner Fehler: nicht unterstützte Ereignis-ID"] {
        let place = Place::new().await;
        let (daemon, mut peer) = opened(&place).await;
        let subscriber = daemon.clone();
        let subscribing =
            tokio::spawn(async move { subscriber.subscribe_to::<DomainEvent>(vec![topic(77)]).await });
        peer.register(3).await;
        let mut events = subscribing.await.unwrap().unwrap();
        drop(peer);
        let next = tokio::spawn(async move { (events.next().await, events.next().await) });
        let mut peer = place.accept().await;
        peer.let_in().await;
        let [feature] = peer.flight(["connect_supports_feature"]).await;
        peer.reply(&feature, &ConnectSupportsFeatureReply { supported: 1 }).await;
        // Another number is of something else, which may pass.
        let [registers] = peer.flight(["connect_domain_event_callback_register_any"]).await;
        peer.fail(&registers, unknown_kind("no room for more than", 1_077)).await;
        let [registers] = peer.flight(["connect_domain_event_callback_register_any"]).await;
        peer.fail(&registers, unknown_kind(words, 77)).await;
        let ended = tokio::time::timeout(Duration::from_secs(3_600), next).await;
        let (refused, none) = ended.expect("it is not asked for again").unwrap();
        assert!(matches!(refused, Some(Told::Refused(SubscribeError::Call(_)))), "{words}: {refused:?}");
        assert!(none.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_kind_that_is_refused_for_a_moment_is_asked_for_beside_the_others() {
    let place = Place::new().await;
    let (daemon, mut peer) = opened(&place).await;
    let topics = || vec![topic(0), topic(2), topic(77)];
    let subscriber = daemon.clone();
    let subscribing = tokio::spawn(async move { subscriber.subscribe_to::<DomainEvent>(topics()).await });
    let [feature] = peer.flight(["connect_supports_feature"]).await;
    peer.reply(&feature, &ConnectSupportsFeatureReply { supported: 1 }).await;
    answer_kinds(&mut peer, &[0, 2]).await;
    let mut events = subscribing.await.unwrap().unwrap();
    drop(peer);
    let next = tokio::spawn(async move { (events.next().await, events.next().await, events) });
    let mut peer = place.accept().await;
    peer.let_in().await;
    let [feature] = peer.flight(["connect_supports_feature"]).await;
    peer.reply(&feature, &ConnectSupportsFeatureReply { supported: 1 }).await;
    let [first, second, third] = peer.flight(["connect_domain_event_callback_register_any"; 3]).await;
    peer.reply(&first, &ConnectDomainEventCallbackRegisterAnyReply { callback_id: 0 }).await;
    peer.fail(&second, not_up()).await;
    peer.fail(&third, unknown_kind("unsupported event ID", 77)).await;
    let (back, lost, mut events) = next.await.unwrap();
    assert!(matches!(back, Some(Told::Resynced)), "{back:?}");
    assert!(matches!(lost, Some(Told::Unavailable(told, _)) if told == topic(2)));
    // The others go on meanwhile, and it is asked for again, alone.
    peer.send(&event(0, "meanwhile")).await;
    assert!(matches!(events.next().await, Some(Told::Event(DomainEvent::Lifecycle(_)))));
    let next = tokio::spawn(async move { (events.next().await, events) });
    for is_up in [false, true] {
        let [registers] = peer.flight(["connect_domain_event_callback_register_any"]).await;
        assert_eq!(registers.payload[..4], [0, 0, 0, 2]);
        match is_up {
            true => {
                peer.reply(&registers, &ConnectDomainEventCallbackRegisterAnyReply { callback_id: 2 }).await
            }
            false => peer.fail(&registers, not_up()).await,
        }
    }
    let (back, mut events) = next.await.unwrap();
    assert!(matches!(back, Some(Told::Resynced)), "{back:?}");
    assert_eq!(events.missing().iter().map(|(topic, _)| topic.clone()).collect::<Vec<_>>(), [topic(77)]);
    // Both are read now, and end together.
    peer.send(&event(0, "later")).await;
    assert!(matches!(events.next().await, Some(Told::Event(DomainEvent::Lifecycle(_)))));
    drop(peer);
    let next = tokio::spawn(async move { (events.next().await, events) });
    let mut peer = place.accept().await;
    peer.let_in().await;
    let [feature] = peer.flight(["connect_supports_feature"]).await;
    peer.reply(&feature, &ConnectSupportsFeatureReply { supported: 1 }).await;
    answer_kinds(&mut peer, &[0, 2]).await;
    let (back, _events) = next.await.unwrap();
    assert!(matches!(back, Some(Told::Resynced)), "{back:?}");
}

/// What a proxy says whose daemon for a family is not up yet.
fn not_up() -> RemoteError {
    let text = "Failed to connect socket to '/run/libvirt/virtnodedevd-sock': Connection refused";
    RemoteError::new(ErrorCode::SYSTEM_ERROR, ErrorDomain::RPC, text)
}

#[tokio::test(start_paused = true)]
async fn kinds_that_the_daemon_has_no_more_are_told() {
    let place = Place::new().await;
    let (daemon, mut peer) = opened(&place).await;
    let topics = || vec![topic(0), topic(2), topic(77)];
    let subscriber = daemon.clone();
    let subscribing = tokio::spawn(async move { subscriber.subscribe_to::<DomainEvent>(topics()).await });
    let [feature] = peer.flight(["connect_supports_feature"]).await;
    peer.reply(&feature, &ConnectSupportsFeatureReply { supported: 1 }).await;
    answer_kinds(&mut peer, &[0, 2]).await;
    let mut events = subscribing.await.unwrap().unwrap();
    assert_eq!(events.missing().len(), 1);
    assert_eq!(events.missing()[0].0, topic(77));
    // What was missing before is not told again, and what is missing now is, after the word that it is back.
    drop(peer);
    let next = tokio::spawn(async move { (events.next().await, events.next().await, events) });
    let mut peer = place.accept().await;
    peer.let_in().await;
    let [feature] = peer.flight(["connect_supports_feature"]).await;
    peer.reply(&feature, &ConnectSupportsFeatureReply { supported: 1 }).await;
    answer_kinds(&mut peer, &[0]).await;
    let (back, lost, mut events) = next.await.unwrap();
    assert!(matches!(back, Some(Told::Resynced)), "{back:?}");
    let Some(Told::Unavailable(told, SubscribeError::Call(error))) = lost else { panic!("{lost:?}") };
    assert_eq!((told, error.fate()), (topic(2), Fate::Failed));
    assert_eq!(events.missing().len(), 2);
    // It goes on with what there is.
    peer.send(&event(0, "later")).await;
    let Some(Told::Event(DomainEvent::Lifecycle(event))) = events.next().await else { panic!("no event") };
    assert_eq!(event.dom.name, "later");
}

fn topic(event_id: i32) -> Topic {
    Topic::Domain { event_id, object: None }
}

/// Answers three registrations: each kind of these gets its own number as callback, another an error.
async fn answer_kinds(peer: &mut Peer, kinds: &[i32]) {
    for registers in peer.flight(["connect_domain_event_callback_register_any"; 3]).await {
        let kind = i32::from_be_bytes(registers.payload[..4].try_into().unwrap());
        if kinds.contains(&kind) {
            let reply = ConnectDomainEventCallbackRegisterAnyReply { callback_id: kind };
            peer.reply(&registers, &reply).await;
        } else {
            peer.fail(&registers, unknown_kind("unsupported event ID", kind)).await;
        }
    }
}

/// What a daemon says of a kind of events that it does not know.
fn unknown_kind(words: &str, kind: i32) -> RemoteError {
    RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::RPC, format!("{words} {kind}"))
}

/// Nobody was asked and nobody said no: a ticket has run out, its server is not reached, a file is being replaced.
#[cfg(feature = "sasl")]
#[tokio::test(start_paused = true)]
async fn what_the_client_lacks_for_a_while_is_no_end() {
    use crate::opening::sasl::{begin, external, external_options};
    let mut lacking = vec!["SCRAM-SHA-256"];
    lacking.extend(cfg!(feature = "gssapi").then_some("GSSAPI"));
    for mechanism in lacking {
        let place = Place::new().await;
        let uri = place.uri() + "?auth=sasl&authfile=/nonexistent/auth.conf";
        let backoff = Backoff::between(Duration::from_millis(10), Duration::from_secs(1));
        // Over TCP, where SCRAM is not used without the user's word.
        let options = OpenOptions { accept_unprotected: true, ..external_options() };
        let opening = tokio::spawn(async move { Reconnecting::open(&uri, options, backoff).await });
        let mut peer = place.accept().await;
        external(&mut peer).await;
        let mut daemon = opening.await.unwrap().unwrap();
        drop(peer);
        let mut peer = place.accept().await;
        begin(&mut peer, mechanism).await;
        loop {
            match daemon.changed().await {
                Link::Down { attempts: 1, error: Some(_) } => break,
                Link::Down { error: None, .. } => {}
                other => panic!("{mechanism}: {other:?}"),
            }
        }
        let mut peer = place.accept().await;
        external(&mut peer).await;
        daemon.connection().await.unwrap();
    }
}

/// One question is left standing, and not one for each attempt.
#[cfg(feature = "sasl")]
#[tokio::test(start_paused = true)]
async fn whoever_was_asked_for_credentials_in_vain_is_not_asked_again_and_again() {
    use std::sync::{Mutex, mpsc};

    use virtwire::client::{AuthError, CredentialAsk, OpenError};

    use crate::opening::sasl::{begin, external, external_options};
    let place = Place::new().await;
    let (tells, asked) = mpsc::channel();
    let (_for_ever, never) = mpsc::channel::<()>();
    let never = Mutex::new(never);
    let source = move |_: &CredentialAsk| {
        tells.send(()).unwrap();
        let _ = never.lock().unwrap().recv();
        None
    };
    let (uri, backoff) = (place.uri(), Backoff::between(Duration::from_millis(10), Duration::from_secs(1)));
    let options =
        OpenOptions { accept_unprotected: true, credentials: Some(Arc::new(source)), ..external_options() };
    let opening = tokio::spawn(async move { Reconnecting::open(&uri, options, backoff).await });
    let mut peer = place.accept().await;
    external(&mut peer).await;
    let mut daemon = opening.await.unwrap().unwrap();
    drop(peer);
    let mut peer = place.accept().await;
    begin(&mut peer, "SCRAM-SHA-256").await;
    let error = loop {
        match daemon.changed().await {
            Link::Over(GaveUp::Refused(error)) => break error,
            Link::Down { error: None, .. } => {}
            other => panic!("{other:?}"),
        }
    };
    let OpenError::Authentication { error, .. } = &*error else { panic!("{error:?}") };
    assert!(matches!(**error, AuthError::CredentialsUnanswered { .. }), "{error:?}");
    // Its thread may come to it later than a clock that nobody waits for.
    asked.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!(asked.try_recv(), Err(mpsc::TryRecvError::Empty), "once");
}

/// The password is proved anew to each daemon that comes back, and subscriptions return only then.
#[cfg(feature = "sasl")]
#[tokio::test(start_paused = true)]
async fn a_daemon_that_is_back_is_authenticated_to_again() {
    use crate::opening::sasl::{external, external_options};
    let place = Place::new().await;
    let uri = place.uri() + "?auth=sasl.external";
    let backoff = Backoff::between(Duration::from_millis(10), Duration::from_secs(1));
    let opening = tokio::spawn(async move { Reconnecting::open(&uri, external_options(), backoff).await });
    let mut peer = place.accept().await;
    external(&mut peer).await;
    let daemon = opening.await.unwrap().unwrap();
    let mut events = subscribed(&daemon, &mut peer, 3).await;
    for _ in 0..3 {
        drop(peer);
        let next = tokio::spawn(async move { (events.next().await, events) });
        peer = place.accept().await;
        external(&mut peer).await;
        peer.register(3).await;
        let (told, back) = next.await.unwrap();
        assert!(matches!(told, Some(Told::Resynced)), "{told:?}");
        events = back;
    }
    // One that refuses it is not asked again.
    drop(peer);
    let mut peer = place.accept().await;
    crate::opening::sasl::begin(&mut peer, "EXTERNAL").await;
    let [start] = peer.flight(["auth_sasl_start"]).await;
    peer.deny(&start).await;
    assert!(matches!(daemon.connection().await, Err(GaveUp::Refused(_))));
    assert!(matches!(events.next().await, Some(Told::GaveUp(GaveUp::Refused(_)))));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_lost_is_not_made_again() {
    let place = Place::new().await;
    let (daemon, mut peer) = opened(&place).await;
    let connection = daemon.connection().await.unwrap();
    let guest = Domain { name: "guest".into(), uuid: [1; 16], id: -1 };
    let lost = tokio::spawn(connection.call(DomainCreate { dom: guest }));
    let [_] = peer.flight(["domain_create"]).await;
    // Whoever asks now waits for the daemon.
    drop(peer);
    assert_eq!(lost.await.unwrap().unwrap_err().fate(), Fate::Unknown);
    let waiting = daemon.clone();
    let waiting =
        tokio::spawn(async move { waiting.connection().await.unwrap().call(ConnectGetUri {}).await });
    let mut peer = place.accept().await;
    peer.let_in().await;
    // It is the first thing that the new connection hears.
    let [asks] = peer.flight(["connect_get_uri"]).await;
    peer.reply(&asks, &virtwire::protocol::remote::ConnectGetUriReply { uri: "back".into() }).await;
    assert_eq!(waiting.await.unwrap().unwrap().uri, "back");
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_stays_away_is_tried_again_and_again() {
    let place = Place::new().await;
    let (mut daemon, peer) = opened(&place).await;
    drop(peer);
    let mut tried = 0;
    while tried < 12 {
        // Closed twice: at calls that come together, and at the first that comes alone.
        for _ in 0..2 {
            drop(place.accept().await);
        }
        if let Link::Down { attempts, error: Some(_) } = daemon.changed().await {
            assert!(attempts > tried);
            tried = attempts;
        }
    }
    let mut peer = place.accept().await;
    peer.let_in().await;
    daemon.connection().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_does_not_let_its_client_in_any_more_is_not_tried_again() {
    let place = Place::new().await;
    let (daemon, mut peer) = opened(&place).await;
    let mut events = subscribed(&daemon, &mut peer, 1).await;
    drop(peer);
    let mut peer = place.accept().await;
    peer.ask_who(AuthType::Unknown(9)).await;
    assert!(matches!(daemon.connection().await, Err(GaveUp::Refused(_))));
    assert!(matches!(events.next().await, Some(Told::GaveUp(GaveUp::Refused(_)))));
    assert!(events.next().await.is_none());
    let error = daemon.subscribe::<DomainEventLifecycle>(None).await.unwrap_err();
    assert!(matches!(error, SubscribeError::GaveUp(_)), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn whoever_told_polkit_no_is_not_asked_again_and_again() {
    for (code, is_final) in [
        (ErrorCode::AUTH_CANCELLED, true),
        (ErrorCode::AUTH_FAILED, true),
        (ErrorCode::AUTH_UNAVAILABLE, false),
    ] {
        let place = Place::new().await;
        let (mut daemon, peer) = opened(&place).await;
        drop(peer);
        let mut peer = place.accept().await;
        peer.ask_who(AuthType::Polkit).await;
        let [polkit] = peer.flight(["auth_polkit"]).await;
        peer.fail(&polkit, RemoteError::new(code, ErrorDomain::POLKIT, "")).await;
        loop {
            match daemon.changed().await {
                Link::Over(GaveUp::Refused(_)) if is_final => break,
                Link::Down { attempts: 1, error: Some(_) } if !is_final => break,
                Link::Down { error: None, .. } => {}
                other => panic!("{code:?}: {other:?}"),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_closed_or_dropped_leaves_nothing_behind() {
    let place = Place::new().await;
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    for closed in [true, false] {
        let (mut daemon, mut peer) = opened(&place).await;
        if closed {
            let closing = daemon.clone();
            let closing = tokio::spawn(async move { closing.close().await });
            let [goodbye] = peer.flight(["connect_close"]).await;
            peer.reply(&goodbye, &()).await;
            closing.await.unwrap();
            while !matches!(daemon.link(), Link::Over(GaveUp::Closed)) {
                daemon.changed().await;
            }
        } else {
            // While it is away, too.
            drop(peer);
            daemon.changed().await;
            peer = place.accept().await;
        }
        drop(daemon);
        while peer.next().await.is_some() {}
        while tasks() > before {
            tokio::task::yield_now().await;
        }
    }
}

/// A daemon that says nothing, or has no place for the goodbye, keeps nobody.
#[tokio::test(start_paused = true)]
async fn a_goodbye_that_is_not_answered_ends_by_itself() {
    let place = Place::new().await;
    let (daemon, mut peer) = opened(&place).await;
    let before = tokio::time::Instant::now();
    let closing = daemon.clone();
    let closing = tokio::spawn(async move { closing.close().await });
    let [_] = peer.flight(["connect_close"]).await;
    closing.await.unwrap();
    assert_eq!(before.elapsed().as_secs(), 5);
}

async fn opened(place: &Place) -> (Reconnecting, Peer) {
    opened_with(place, OpenOptions::default()).await
}

async fn opened_with(place: &Place, options: OpenOptions) -> (Reconnecting, Peer) {
    let uri = place.uri();
    let backoff = Backoff::between(Duration::from_millis(10), Duration::from_secs(1));
    let opening = tokio::spawn(async move { Reconnecting::open(&uri, options, backoff).await });
    let mut peer = place.accept().await;
    peer.let_in().await;
    (opening.await.unwrap().unwrap(), peer)
}

/// Subscribes by `daemon`, to which `peer` gives this number.
async fn subscribed(
    daemon: &Reconnecting,
    peer: &mut Peer,
    callback_id: i32,
) -> ReconnectingSubscription<DomainEventLifecycle> {
    let (subscribed, ()) = tokio::join!(daemon.subscribe(None), peer.register(callback_id));
    subscribed.unwrap()
}

fn event(callback_id: i32, name: &str) -> Vec<u8> {
    let dom = Domain { name: name.into(), uuid: [1; 16], id: 1 };
    let msg = DomainEventLifecycle { dom, event: 2, detail: 0 };
    let notice = DomainEventCallbackLifecycle { callback_id, msg };
    let (program, number) = (DomainEventCallbackLifecycle::PROGRAM, DomainEventCallbackLifecycle::NUMBER);
    let header = Header::new(MessageKind::Notice, program, number, Serial(1));
    Draft::encode(&notice).unwrap().seal(&header).to_vec()
}
