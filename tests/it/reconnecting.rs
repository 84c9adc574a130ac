//! A connection that comes back: what is told, what is done again, and what never is.

use std::time::Duration;

use virtwire::client::{Backoff, GaveUp, Link, OpenOptions, Reconnecting, SubscribeError, Told};
use virtwire::protocol::error::{ErrorCode, ErrorDomain, Fate, RemoteError};
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
    let subscriber = daemon.clone();
    let subscribing = tokio::spawn(async move { subscriber.subscribe::<DomainEventLifecycle>(None).await });
    register(&mut peer, 3).await;
    let mut events = subscribing.await.unwrap().unwrap();
    peer.send(&event(3, "first")).await;
    assert!(matches!(events.next().await, Some(Told::Event(event)) if event.dom.name == "first"));

    for generation in 2..5 {
        drop(peer);
        let next = tokio::spawn(async move { (events.next().await, events) });
        peer = place.accept().await;
        answer_opening(&mut peer).await;
        register(&mut peer, 7).await;
        let (told, back) = next.await.unwrap();
        assert!(matches!(told, Some(Told::Resynced)), "{told:?}");
        events = back;
        peer.send(&event(7, "later")).await;
        assert!(matches!(events.next().await, Some(Told::Event(event)) if event.dom.name == "later"));
        assert!(matches!(daemon.link(), Link::Up { generation: now, .. } if now == generation));
    }
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
    answer_opening(&mut peer).await;
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
        drop((place.accept().await, place.accept().await));
        if let Link::Down { attempts, error: Some(_) } = daemon.changed().await {
            assert!(attempts > tried);
            tried = attempts;
        }
    }
    let mut peer = place.accept().await;
    answer_opening(&mut peer).await;
    daemon.connection().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_does_not_let_its_client_in_any_more_is_not_tried_again() {
    let place = Place::new().await;
    let (daemon, mut peer) = opened(&place).await;
    let subscriber = daemon.clone();
    let subscribing = tokio::spawn(async move { subscriber.subscribe::<DomainEventLifecycle>(None).await });
    register(&mut peer, 1).await;
    let mut events = subscribing.await.unwrap().unwrap();
    drop(peer);
    let mut peer = place.accept().await;
    let [list, pings, open] = peer.flight(["auth_list", "connect_supports_feature", "connect_open"]).await;
    peer.list(&list, &[AuthType::Unknown(9)]).await;
    peer.refuse(&pings).await;
    peer.refuse(&open).await;
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
        let [list, pings, open] =
            peer.flight(["auth_list", "connect_supports_feature", "connect_open"]).await;
        peer.list(&list, &[AuthType::Polkit]).await;
        peer.refuse(&pings).await;
        peer.refuse(&open).await;
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

async fn opened(place: &Place) -> (Reconnecting, Peer) {
    let uri = place.uri();
    let backoff = Backoff::between(Duration::from_millis(10), Duration::from_secs(1));
    let opening =
        tokio::spawn(async move { Reconnecting::open(&uri, OpenOptions::default(), backoff).await });
    let mut peer = place.accept().await;
    answer_opening(&mut peer).await;
    (opening.await.unwrap().unwrap(), peer)
}

async fn answer_opening(peer: &mut Peer) {
    let [list, pings, open] = peer.flight(["auth_list", "connect_supports_feature", "connect_open"]).await;
    peer.list(&list, &[AuthType::None]).await;
    peer.pings(&pings, false).await;
    peer.reply(&open, &()).await;
}

async fn register(peer: &mut Peer, callback_id: i32) {
    let [feature] = peer.flight(["connect_supports_feature"]).await;
    peer.reply(&feature, &ConnectSupportsFeatureReply { supported: 1 }).await;
    let [register] = peer.flight(["connect_domain_event_callback_register_any"]).await;
    peer.reply(&register, &ConnectDomainEventCallbackRegisterAnyReply { callback_id }).await;
}

fn event(callback_id: i32, name: &str) -> Vec<u8> {
    let dom = Domain { name: name.into(), uuid: [1; 16], id: 1 };
    let msg = DomainEventLifecycle { dom, event: 2, detail: 0 };
    let notice = DomainEventCallbackLifecycle { callback_id, msg };
    let (program, number) = (DomainEventCallbackLifecycle::PROGRAM, DomainEventCallbackLifecycle::NUMBER);
    let header = Header::new(MessageKind::Notice, program, number, Serial(1));
    Draft::encode(&notice).unwrap().seal(&header).to_vec()
}
