//! How long calls may take and wait: deadlines of a call, a handle and a connection; what a call's fate is when they pass; and
//! which calls never wait for a place.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use virtwire::client::{CallError, CallPhase, CloseReason, Connection, Domain, OpenOptions, SubscribeError};
use virtwire::protocol::error::Fate;
use virtwire::protocol::flags::DomainSaveFlags;
use virtwire::protocol::remote::{
    self, AuthType, ConnectGetHostname, ConnectGetHostnameReply, ConnectGetUri, ConnectGetUriReply,
    DomainAbortJob, DomainCreate, DomainDestroy, DomainEventLifecycle, DomainGetJobInfo,
    DomainGetJobInfoReply, DomainMigrateSetMaxDowntime, DomainMigrateSetMaxSpeed, StorageVol,
    StorageVolGetInfo,
};

use crate::opening::peer::{Peer, Place};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_call_whose_deadline_passes_before_it_has_a_place_is_not_sent() {
    let phases = Arc::new(Mutex::new(Vec::new()));
    let meter = phases.clone();
    let meter = move |phase: CallPhase| meter.lock().unwrap().push(phase);
    let options = OpenOptions { window: 1, meter: Some(Arc::new(meter)), ..OpenOptions::default() };
    let (connection, mut peer) = open(options).await;
    let slow = tokio::spawn(connection.call(ConnectGetUri {}));
    let [slows] = peer.flight(["connect_get_uri"]).await;
    let error = connection.within(SECOND).call(ConnectGetHostname {}).await.unwrap_err();
    assert!(matches!(error, CallError::TimedOut { sent: false, .. }), "{error:?}");
    assert_eq!(error.fate(), Fate::DidNotRun);
    assert_eq!(error.to_string(), "no place for connect_get_hostname within 1s, so it was not sent");
    peer.reply(&slows, &ConnectGetUriReply { uri: "late".into() }).await;
    assert_eq!(slow.await.unwrap().unwrap().uri, "late");
    // It is passed over: the next that the daemon hears of is another.
    let next = tokio::spawn(connection.call(ConnectGetUri {}));
    let [nexts] = peer.flight(["connect_get_uri"]).await;
    peer.reply(&nexts, &ConnectGetUriReply { uri: "next".into() }).await;
    assert_eq!(next.await.unwrap().unwrap().uri, "next");
    let passed_over =
        |phase: &&CallPhase| matches!(phase, CallPhase::NotSent { procedure: "connect_get_hostname", .. });
    assert_eq!(phases.lock().unwrap().iter().filter(passed_over).count(), 1);
}

/// Two calls about a guest that hangs were given up, and nothing says so but this.
#[tokio::test(start_paused = true)]
async fn a_call_without_a_place_is_told_what_has_it() {
    let (connection, mut peer) =
        open(OpenOptions { call_within: Some(SECOND), ..OpenOptions::default() }).await;
    let hung = Domain::new(&connection, guest());
    assert_eq!(passed(hung.suspend().await), SECOND);
    assert_eq!(passed(hung.resume().await), SECOND);
    let [suspend, _] = peer.flight(["domain_suspend", "domain_resume"]).await;
    let other = Domain::new(&connection, remote::Domain { name: "other".into(), uuid: [2; 16], id: 2 });
    let error = other.suspend().await.unwrap_err();
    let CallError::TimedOut { sent: false, given_up, .. } = &error else { panic!("{error:?}") };
    let mut given_up = given_up.clone();
    given_up.sort_unstable();
    assert_eq!(given_up, ["domain_resume", "domain_suspend"]);
    assert!(
        error.to_string().contains("were given up, and have their places until the daemon answers"),
        "{error}"
    );
    peer.reply(&suspend, &()).await;
    let going = tokio::spawn(async move { other.suspend().await });
    let [suspend] = peer.flight(["domain_suspend"]).await;
    peer.reply(&suspend, &()).await;
    going.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_handle_with_a_deadline_has_it_for_every_call_object_and_subscription() {
    let options = OpenOptions { call_within: Some(2 * SECOND), ..OpenOptions::default() };
    let (connection, mut peer) = open(options).await;
    assert_eq!(passed(connection.call(ConnectGetUri {}).await), 2 * SECOND);
    let hurried = connection.within(SECOND);
    assert_eq!(passed(hurried.call(ConnectGetUri {}).await), SECOND);
    let domain = Domain::new(&hurried, guest());
    assert_eq!(passed(domain.suspend().await), SECOND);
    // A word for the handle counts for long calls, too.
    assert_eq!(passed(domain.managed_save(DomainSaveFlags::NONE).await), SECOND);
    for _ in 0..2 {
        let [late] = peer.flight(["connect_get_uri"]).await;
        peer.reply(&late, &ConnectGetUriReply { uri: "late".into() }).await;
    }
    let [_, _] = peer.flight(["domain_suspend", "domain_managed_save"]).await;
    // Of the same connection, and without any. Both places for calls that wait for guests are taken.
    assert!(connection.ended().is_none());
    let forever = tokio::spawn(hurried.within(None).call(DomainAbortJob { dom: guest() }));
    let [forevers] = peer.flight(["domain_abort_job"]).await;
    tokio::time::sleep(100 * SECOND).await;
    peer.reply(&forevers, &()).await;
    forever.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn subscribing_has_the_deadline_too_and_leaves_nothing_behind() {
    let (connection, mut peer) = open(OpenOptions::default()).await;
    let hurried = connection.within(SECOND);
    let subscribing = tokio::spawn(async move { hurried.subscribe::<DomainEventLifecycle>(None).await });
    let [feature] = peer.flight(["connect_supports_feature"]).await;
    peer.pings(&feature, true).await;
    let [registers] = peer.flight(["connect_domain_event_callback_register_any"]).await;
    let error = subscribing.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("within 1s"), "{error}");
    // The daemon answers after all, and is told that nobody wants it.
    let reply = remote::ConnectDomainEventCallbackRegisterAnyReply { callback_id: 3 };
    peer.reply(&registers, &reply).await;
    let [deregisters] = peer.flight(["connect_domain_event_callback_deregister_any"]).await;
    peer.reply(&deregisters, &()).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_before_it_has_a_place_is_not_sent() {
    let (connection, mut peer) = open(OpenOptions { window: 1, ..OpenOptions::default() }).await;
    let slow = tokio::spawn(connection.call(ConnectGetUri {}));
    let [slows] = peer.flight(["connect_get_uri"]).await;
    let dropped = tokio::spawn(connection.call(DomainCreate { dom: guest() }));
    tokio::task::yield_now().await;
    dropped.abort();
    assert!(dropped.await.unwrap_err().is_cancelled());
    peer.reply(&slows, &ConnectGetUriReply { uri: "late".into() }).await;
    slow.await.unwrap().unwrap();
    let next = tokio::spawn(connection.call(ConnectGetHostname {}));
    let [nexts] = peer.flight(["connect_get_hostname"]).await;
    peer.reply(&nexts, &ConnectGetHostnameReply { hostname: "here".into() }).await;
    next.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_job_is_asked_about_and_aborted_whatever_waits_for_guests() {
    let (connection, mut peer) = open(OpenOptions::default()).await;
    // More slow calls than there are places for them: two of four.
    let slow: Vec<_> = (0..6).map(|_| tokio::spawn(connection.call(DomainCreate { dom: guest() }))).collect();
    let [first, _second] = peer.flight(["domain_create"; 2]).await;
    let question = tokio::spawn(connection.call(DomainGetJobInfo { dom: guest() }));
    let [asks] = peer.flight(["domain_get_job_info"]).await;
    // The daemon answers neither, and more questions wait; the abort waits for none of them.
    let more = tokio::spawn(connection.call(DomainGetJobInfo { dom: guest() }));
    tokio::task::yield_now().await;
    let abort = tokio::spawn(connection.call(DomainAbortJob { dom: guest() }));
    let [aborts] = peer.flight(["domain_abort_job"]).await;
    // Four are pending now, with which a daemon still reads, and with a fifth it would not: a second abort waits.
    let again = tokio::spawn(connection.call(DomainAbortJob { dom: guest() }));
    tokio::task::yield_now().await;
    peer.reply(&aborts, &()).await;
    abort.await.unwrap().unwrap();
    let [again_aborts] = peer.flight(["domain_abort_job"]).await;
    peer.reply(&again_aborts, &()).await;
    again.await.unwrap().unwrap();
    peer.reply(&asks, &DomainGetJobInfoReply::default()).await;
    question.await.unwrap().unwrap();
    let [asks] = peer.flight(["domain_get_job_info"]).await;
    peer.reply(&asks, &DomainGetJobInfoReply::default()).await;
    more.await.unwrap().unwrap();
    // A slow call goes on with the next slow one, and not before.
    peer.reply(&first, &()).await;
    let [_] = peer.flight(["domain_create"]).await;
    drop(slow);
}

/// The questions how far its job is are given up, each in its time, and stay unanswered; the job of another guest is aborted at once all
/// the same, also while two guests move.
#[tokio::test(start_paused = true)]
async fn a_job_is_aborted_whatever_is_asked_of_another_guest_that_hangs() {
    for moving in [0, 2] {
        let (connection, mut peer) = open(OpenOptions::default()).await;
        let moves: Vec<_> =
            (0..moving).map(|_| tokio::spawn(connection.call(DomainCreate { dom: guest() }))).collect();
        for _ in 0..moving {
            let [_] = peer.flight(["domain_create"]).await;
        }
        for _ in 0..5 {
            connection.within(SECOND).call(DomainGetJobInfo { dom: guest() }).await.unwrap_err();
        }
        for _ in moving..3 {
            let [_] = peer.flight(["domain_get_job_info"]).await;
        }
        let dom = remote::Domain { name: "other".into(), ..guest() };
        let abort = tokio::spawn(connection.call(DomainAbortJob { dom }));
        let [aborts] = peer.flight(["domain_abort_job"]).await;
        peer.reply(&aborts, &()).await;
        abort.await.unwrap().unwrap();
        drop(moves);
    }
}

/// A daemon that works on five reads nothing more, and its client would take it for dead.
#[tokio::test(start_paused = true)]
async fn a_daemon_is_never_given_a_fifth_call_and_an_abort_has_the_next_place() {
    let (connection, mut peer) = open(OpenOptions::default()).await;
    let slow: Vec<_> = (0..3).map(|_| tokio::spawn(connection.call(DomainCreate { dom: guest() }))).collect();
    let [_, _] = peer.flight(["domain_create"; 2]).await;
    let asking: Vec<_> =
        (0..3).map(|_| tokio::spawn(connection.call(DomainGetJobInfo { dom: guest() }))).collect();
    let [_] = peer.flight(["domain_get_job_info"]).await;
    // The last place is for what never waits for a guest.
    let quick: Vec<_> = (0..3).map(|_| tokio::spawn(connection.call(ConnectGetUri {}))).collect();
    let [first] = peer.flight(["connect_get_uri"]).await;
    let abort = tokio::spawn(connection.call(DomainAbortJob { dom: guest() }));
    // All have had their turns to ask, and would be on their way.
    tokio::time::sleep(SECOND).await;
    peer.reply(&first, &ConnectGetUriReply { uri: "first".into() }).await;
    let [aborts] = peer.flight(["domain_abort_job"]).await;
    peer.reply(&aborts, &()).await;
    abort.await.unwrap().unwrap();
    for _ in 0..2 {
        let [next] = peer.flight(["connect_get_uri"]).await;
        peer.reply(&next, &ConnectGetUriReply { uri: "next".into() }).await;
    }
    for quick in quick {
        quick.await.unwrap().unwrap();
    }
    drop((slow, asking));
}

/// A file server is gone, and with it the answers to all that is about its pool. No guest has a part in that.
#[tokio::test(start_paused = true)]
async fn a_job_is_aborted_whatever_waits_for_storage() {
    let (connection, mut peer) = open(OpenOptions::default()).await;
    let vol = StorageVol { pool: "nfs".into(), name: "disk".into(), key: "/nfs/disk".into() };
    let stuck: Vec<_> =
        (0..4).map(|_| tokio::spawn(connection.call(StorageVolGetInfo { vol: vol.clone() }))).collect();
    let [first, _, _] = peer.flight(["storage_vol_get_info"; 3]).await;
    // The fourth has had its turn to ask, and would be on its way.
    tokio::time::sleep(SECOND).await;
    let abort = tokio::spawn(connection.call(DomainAbortJob { dom: guest() }));
    let [aborts] = peer.flight(["domain_abort_job"]).await;
    peer.reply(&aborts, &()).await;
    abort.await.unwrap().unwrap();
    peer.refuse(&first).await;
    let [_] = peer.flight(["storage_vol_get_info"]).await;
    drop(stuck);
}

/// Its hypervisor answers nothing, and whoever limits its migration in vain still gets rid of it.
#[tokio::test(start_paused = true)]
async fn a_guest_that_hangs_is_destroyed_whatever_was_to_limit_its_migration() {
    let (connection, mut peer) = open(OpenOptions::default()).await;
    let (dom, flags) = (guest(), 0);
    let downtime = DomainMigrateSetMaxDowntime { dom: dom.clone(), downtime: 300, flags };
    let speed = DomainMigrateSetMaxSpeed { dom: dom.clone(), bandwidth: 1_000, flags };
    let stuck = [
        tokio::spawn(connection.call(downtime.clone())),
        tokio::spawn(connection.call(speed.clone())),
        tokio::spawn(connection.call(downtime)),
        tokio::spawn(connection.call(speed)),
    ];
    let [_, _, _] = peer
        .flight([
            "domain_migrate_set_max_downtime",
            "domain_migrate_set_max_speed",
            "domain_migrate_set_max_downtime",
        ])
        .await;
    // The fourth has had its turn to ask, and would be on its way.
    tokio::time::sleep(SECOND).await;
    let destroy = tokio::spawn(connection.call(DomainDestroy { dom }));
    let [destroys] = peer.flight(["domain_destroy"]).await;
    peer.reply(&destroys, &()).await;
    destroy.await.unwrap().unwrap();
    drop(stuck);
}

/// A daemon whose drivers hang registers nobody for their events, and is still told to end what hangs.
#[tokio::test(start_paused = true)]
async fn a_guest_is_destroyed_whatever_waits_for_a_subscription() {
    let phases = Arc::new(Mutex::new(Vec::new()));
    let meter = phases.clone();
    let meter = move |phase: CallPhase| meter.lock().unwrap().push(phase);
    let options = OpenOptions { meter: Some(Arc::new(meter)), ..OpenOptions::default() };
    let (connection, mut peer) = open(options).await;
    let downtime = DomainMigrateSetMaxDowntime { dom: guest(), downtime: 300, flags: 0 };
    let subscribe = |connection: Connection| async move {
        connection.subscribe::<DomainEventLifecycle>(None).await.map(drop)
    };
    let subscribing = tokio::spawn(subscribe(connection.clone()));
    let [feature] = peer.flight(["connect_supports_feature"]).await;
    let stuck: Vec<_> = (0..3).map(|_| tokio::spawn(connection.call(downtime.clone()))).collect();
    let [first, _, _] = peer.flight(["domain_migrate_set_max_downtime"; 3]).await;
    peer.pings(&feature, true).await;
    // It wants to register now, and has no place but the last.
    tokio::time::sleep(SECOND).await;
    let destroy = tokio::spawn(connection.call(DomainDestroy { dom: guest() }));
    let [destroys] = peer.flight(["domain_destroy"]).await;
    peer.reply(&destroys, &()).await;
    destroy.await.unwrap().unwrap();
    peer.refuse(&first).await;
    let [registers] = peer.flight(["connect_domain_event_callback_register_any"]).await;
    let reply = remote::ConnectDomainEventCallbackRegisterAnyReply { callback_id: 3 };
    peer.reply(&registers, &reply).await;
    subscribing.await.unwrap().unwrap();
    let name = "connect_domain_event_callback_register_any";
    let phases = phases.lock().unwrap();
    let registered: Vec<_> = phases
        .iter()
        .filter(|phase| match phase {
            CallPhase::Started { procedure, waited, .. } => *procedure == name && *waited >= SECOND,
            CallPhase::Answered { procedure, failed, .. } => *procedure == name && !failed,
            _ => false,
        })
        .collect();
    assert_eq!(registered.len(), 2, "{phases:?}");
    drop(stuck);
}

/// Whoever subscribes learns whether the daemon was asked, and is not asked for later what it was told it was not.
#[tokio::test(start_paused = true)]
async fn a_subscription_that_never_has_its_place_is_not_sent() {
    for ends in [false, true] {
        let (connection, mut peer) = open(OpenOptions::default()).await;
        let downtime = DomainMigrateSetMaxDowntime { dom: guest(), downtime: 300, flags: 0 };
        let hurried = connection.within((!ends).then_some(SECOND));
        let subscribing =
            tokio::spawn(async move { hurried.subscribe::<DomainEventLifecycle>(None).await.map(drop) });
        let [feature] = peer.flight(["connect_supports_feature"]).await;
        let stuck: Vec<_> = (0..3).map(|_| tokio::spawn(connection.call(downtime.clone()))).collect();
        let [first, _, _] = peer.flight(["domain_migrate_set_max_downtime"; 3]).await;
        peer.pings(&feature, true).await;
        if ends {
            // It has asked for its place, and would have it.
            tokio::time::sleep(SECOND).await;
            drop(peer);
            let error = why(subscribing.await.unwrap());
            assert!(matches!(error, CallError::Closed { sent: false, .. }), "{error:?}");
            assert_eq!(error.fate(), Fate::DidNotRun);
            continue;
        }
        let error = why(subscribing.await.unwrap());
        assert!(
            matches!(error, CallError::TimedOut { procedure: "subscribe", sent: false, .. }),
            "{error:?}"
        );
        assert_eq!(error.fate(), Fate::DidNotRun);
        assert_eq!(error.to_string(), "no place for subscribe within 1s, so it was not sent");
        // There is a place now, and what goes out is another's.
        peer.refuse(&first).await;
        for _ in 0..2 {
            let next = tokio::spawn(connection.call(ConnectGetUri {}));
            let [nexts] = peer.flight(["connect_get_uri"]).await;
            peer.reply(&nexts, &ConnectGetUriReply { uri: "next".into() }).await;
            next.await.unwrap().unwrap();
        }
        drop(stuck);
    }
}

/// The daemon is asked once, whoever else wants the same, and that may have had its effect for all of them.
#[tokio::test(start_paused = true)]
async fn whoever_waits_for_what_another_asked_for_does_not_know_its_fate() {
    let (connection, mut peer) = open(OpenOptions::default()).await;
    let subscribe = |connection: Connection| async move {
        connection.subscribe::<DomainEventLifecycle>(None).await.map(drop)
    };
    let first = tokio::spawn(subscribe(connection.within(None)));
    let [feature] = peer.flight(["connect_supports_feature"]).await;
    peer.pings(&feature, true).await;
    let [registers] = peer.flight(["connect_domain_event_callback_register_any"]).await;
    let error = why(subscribe(connection.within(SECOND)).await);
    assert!(matches!(error, CallError::TimedOut { sent: true, .. }), "{error:?}");
    let reply = remote::ConnectDomainEventCallbackRegisterAnyReply { callback_id: 3 };
    peer.reply(&registers, &reply).await;
    first.await.unwrap().unwrap();
}

/// Whether the daemon has not read it, has no answer to it, or answers and stays: the socket is closed, whoever holds a handle.
#[tokio::test(start_paused = true)]
async fn a_goodbye_ends_by_itself_and_the_connection_with_it() {
    let usual = OpenOptions { window: 1, ..OpenOptions::default() };
    let hasty = OpenOptions { call_within: Some(SECOND), ..usual.clone() };
    for (options, of_handle, expected) in
        [(&usual, None, 5 * SECOND), (&hasty, None, SECOND), (&hasty, Some(3 * SECOND), 3 * SECOND)]
    {
        for has_place in [true, false] {
            let (connection, mut peer) = open(options.clone()).await;
            let busy = (!has_place).then(|| tokio::spawn(connection.within(None).call(ConnectGetUri {})));
            if busy.is_some() {
                let [_] = peer.flight(["connect_get_uri"]).await;
            }
            let leaving = of_handle.map_or_else(|| connection.clone(), |within| connection.within(within));
            let before = tokio::time::Instant::now();
            let error = leaving.close().await.unwrap_err();
            assert_eq!(before.elapsed().as_secs(), expected.as_secs());
            let CallError::TimedOut { procedure: "connect_close", within, sent, .. } = error else {
                panic!("{error:?}")
            };
            assert_eq!((within, sent), (expected, has_place));
            if let Some(busy) = busy {
                let error = busy.await.unwrap().unwrap_err();
                let is_told =
                    matches!(error, CallError::Closed { reason: CloseReason::Local, sent: true, .. });
                assert!(is_told, "{error:?}");
            } else {
                let [_] = peer.flight(["connect_close"]).await;
            }
            assert!(peer.next().await.is_none(), "the socket is closed");
            assert_eq!(connection.ended(), Some(CloseReason::Local));
        }
    }
    let (connection, mut peer) = open(usual).await;
    let leaving = connection.clone();
    let leaving = tokio::spawn(async move { leaving.close().await });
    let [goodbye] = peer.flight(["connect_close"]).await;
    peer.reply(&goodbye, &()).await;
    leaving.await.unwrap().unwrap();
    assert!(peer.next().await.is_none(), "the socket is closed");
    assert_eq!(connection.ended(), Some(CloseReason::Local));
}

/// A daemon closes as soon as it has answered the goodbye, or instead: often before this end does, and yet it only did what it was told.
#[tokio::test(start_paused = true)]
async fn a_daemon_that_closes_first_after_a_goodbye_is_not_who_ended_the_connection() {
    let usual = OpenOptions::default();
    for answers in [true, false] {
        let (connection, mut peer) = open(usual.clone()).await;
        let busy = tokio::spawn(connection.within(None).call(ConnectGetUri {}));
        let [_] = peer.flight(["connect_get_uri"]).await;
        let leaving = connection.clone();
        let leaving = async move { leaving.close().await };
        let daemon = async move {
            let [goodbye] = peer.flight(["connect_close"]).await;
            if answers {
                peer.reply(&goodbye, &()).await;
            }
        };
        tokio::join!(leaving, daemon).0.unwrap();
        assert_eq!(connection.ended(), Some(CloseReason::Local));
        let error = busy.await.unwrap().unwrap_err().to_string();
        assert_eq!(error, "the connection ended before the reply to connect_get_uri: it was closed here");
        let error = connection.call(ConnectGetUri {}).await.unwrap_err();
        assert_eq!(error.fate(), Fate::DidNotRun);
        assert_eq!(
            error.to_string(),
            "connect_get_uri was not sent: the connection has ended: it was closed here"
        );
    }
    // Nor is one that has the goodbye and has not read it: its socket says that it was reset.
    let (connection, peer) = open(usual.clone()).await;
    let leaving = tokio::spawn({
        let connection = connection.clone();
        async move { connection.close().await }
    });
    // The clock goes on once nobody has anything to do.
    tokio::time::sleep(SECOND / 1_000).await;
    drop(peer);
    leaving.await.unwrap().unwrap();
    assert_eq!(connection.ended(), Some(CloseReason::Local));
    // One that closes by itself did end it, also where a goodbye was given up before it was sent.
    let (connection, mut peer) = open(OpenOptions { window: 1, ..usual }).await;
    let busy = tokio::spawn(connection.within(None).call(ConnectGetUri {}));
    let [_] = peer.flight(["connect_get_uri"]).await;
    assert!(tokio::time::timeout(SECOND, connection.close()).await.is_err(), "it has no place");
    drop(peer);
    let error = busy.await.unwrap().unwrap_err().to_string();
    assert_eq!(error, "the connection ended before the reply to connect_get_uri: the daemon closed it");
    assert_eq!(connection.ended(), Some(CloseReason::Eof));
}

async fn open(options: OpenOptions) -> (Connection, Peer) {
    let place = Place::new().await;
    let opening = place.open("", OpenOptions { keepalive: None, ..options });
    let mut peer = place.accept().await;
    // With a window of 1 one call comes after the other.
    let list = peer.next().await.unwrap();
    peer.list(&list, &[AuthType::None]).await;
    let open = peer.next().await.unwrap();
    peer.reply(&open, &()).await;
    (opening.await.unwrap().unwrap(), peer)
}

fn guest() -> remote::Domain {
    remote::Domain { name: "guest".into(), uuid: [1; 16], id: 1 }
}

/// Why there is no subscription.
fn why(subscribed: Result<(), SubscribeError>) -> CallError {
    match subscribed.unwrap_err() {
        SubscribeError::Call(error) => error,
        other => panic!("{other:?}"),
    }
}

/// The deadline that passed.
fn passed<T: std::fmt::Debug>(answer: Result<T, CallError>) -> Duration {
    match answer.unwrap_err() {
        CallError::TimedOut { within, sent: true, .. } => within,
        other => panic!("{other:?}"),
    }
}
