//! How a connection opens: which calls travel together, what is repeated, and what a daemon's oddities cost.

pub(crate) mod peer;
#[cfg(feature = "ssh")]
mod program;
#[cfg(feature = "sasl")]
pub(crate) mod sasl;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use virtwire::client::{AuthError, CallPhase, OpenError, OpenOptions};
use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::protocol::program::ProcedureNumber;
use virtwire::protocol::remote::{
    AuthPolkitReply, AuthType, ConnectGetHostname, ConnectGetHostnameReply, DomainAbortJob, DomainCreate,
    DomainMigratePerform, DomainMigratePrepare3Params, DomainMigratePrepare3ParamsReply,
};

use peer::{OPENING, Peer, Place};

#[tokio::test]
async fn it_takes_one_round_trip() {
    let place = Place::new().await;
    let opening = place.open("", OpenOptions::default());
    let mut peer = place.accept().await;
    let [list, pings, open] = peer.flight(OPENING).await;
    peer.list(&list, &[AuthType::None]).await;
    peer.pings(&pings, true).await;
    peer.reply(&open, &()).await;
    let connection = opening.await.unwrap().unwrap();
    assert_eq!(peer.flights, 1);

    let asked = tokio::spawn(connection.call(ConnectGetHostname {}));
    let [asks] = peer.flight(["connect_get_hostname"]).await;
    peer.reply(&asks, &ConnectGetHostnameReply { hostname: "host".into() }).await;
    assert_eq!(asked.await.unwrap().unwrap().hostname, "host");
    // What the opening learnt is not asked again.
    assert!(connection.supports(10).await.unwrap());
}

#[tokio::test]
async fn a_daemon_that_wants_to_know_its_client_is_asked_again_once_it_does() {
    let place = Place::new().await;
    let opening = place.open("", OpenOptions::default());
    let mut peer = place.accept().await;
    peer.ask_who(AuthType::Polkit).await;
    let [polkit] = peer.flight(["auth_polkit"]).await;
    peer.reply(&polkit, &AuthPolkitReply { complete: 1 }).await;
    finish(&mut peer).await;
    opening.await.unwrap().unwrap();
    assert_eq!(peer.flights, 3);
}

#[tokio::test]
async fn an_open_that_came_before_its_client_was_known_is_repeated() {
    // A daemon with polkit knows root from the moment on that root asks for the list, and runs calls side by side.
    let place = Place::new().await;
    let opening = place.open("", OpenOptions::default());
    let mut peer = place.accept().await;
    let [list, pings, open] = peer.flight(OPENING).await;
    peer.refuse(&open).await;
    peer.pings(&pings, true).await;
    peer.list(&list, &[AuthType::None]).await;
    finish(&mut peer).await;
    opening.await.unwrap().unwrap();
    assert_eq!(peer.flights, 2);
}

#[tokio::test]
async fn an_open_that_failed_for_a_reason_is_not_repeated() {
    let place = Place::new().await;
    let opening = place.open("", OpenOptions::default());
    let mut peer = place.accept().await;
    let [list, pings, open] = peer.flight(OPENING).await;
    peer.list(&list, &[]).await;
    peer.pings(&pings, false).await;
    peer.fail(&open, RemoteError::new(ErrorCode::NO_CONNECT, ErrorDomain::NONE, "martian:///")).await;
    let error = opening.await.unwrap().unwrap_err();
    assert!(matches!(error, OpenError::Call { .. }), "{error:?}");
    assert!(peer.next().await.is_none(), "the client says no more");
}

#[tokio::test]
async fn a_daemon_that_closes_at_calls_that_come_together_is_asked_one_by_one() {
    let place = Place::new().await;
    let opening = place.open("", OpenOptions::default());
    let mut peer = place.accept().await;
    let [list, ..] = peer.flight(OPENING).await;
    peer.list(&list, &[AuthType::None]).await;
    drop(peer);
    let mut peer = place.accept().await;
    one_by_one(&mut peer).await;
    opening.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_daemon_that_closes_before_a_client_is_known_is_asked_one_by_one() {
    let place = Place::new().await;
    let opening = place.open("", OpenOptions::default());
    let mut peer = place.accept().await;
    peer.ask_who(AuthType::Polkit).await;
    let [_] = peer.flight(["auth_polkit"]).await;
    drop(peer);
    let mut peer = place.accept().await;
    one_by_one(&mut peer).await;
    opening.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_drops_calls_that_come_together_is_asked_one_by_one_as_well() {
    let place = Place::new().await;
    let opening =
        place.open("", OpenOptions { open_within: Duration::from_secs(60), ..OpenOptions::default() });
    let began = tokio::time::Instant::now();
    let mut first = place.accept().await;
    let [list, ..] = first.flight(OPENING).await;
    first.list(&list, &[AuthType::None]).await;
    let mut second = place.accept().await;
    // Who has much time need not wait half of it.
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    one_by_one(&mut second).await;
    opening.await.unwrap().unwrap();
    assert!(first.next().await.is_none(), "the first connection is given up");
}

#[tokio::test]
async fn whoever_names_a_way_asks_before_it_opens() {
    for (offered, told) in [(AuthType::Polkit, "the daemon offers polkit"), (AuthType::None, "offers none")] {
        let place = Place::new().await;
        let opening = place.open("?auth=sasl", OpenOptions::default());
        let mut peer = place.accept().await;
        let [list] = peer.flight(["auth_list"]).await;
        peer.list(&list, &[offered]).await;
        let OpenError::Authentication { error, .. } = opening.await.unwrap().unwrap_err() else { panic!() };
        assert!(matches!(*error, AuthError::NotOffered { .. }), "{error:?}");
        assert!(error.to_string().contains(told), "{error}");
        assert!(peer.next().await.is_none());
    }
}

#[tokio::test]
async fn what_polkit_says_is_told_with_what_to_do() {
    for (code, told) in [
        (ErrorCode::AUTH_UNAVAILABLE, "has no agent"),
        (ErrorCode::AUTH_CANCELLED, "was cancelled"),
        (ErrorCode::AUTH_FAILED, "org.libvirt.unix.manage"),
    ] {
        let place = Place::new().await;
        let opening = place.open("?auth=polkit", OpenOptions::default());
        let mut peer = place.accept().await;
        let [list] = peer.flight(["auth_list"]).await;
        peer.list(&list, &[AuthType::Polkit]).await;
        let [polkit] = peer.flight(["auth_polkit"]).await;
        peer.fail(&polkit, RemoteError::new(code, ErrorDomain::POLKIT, "")).await;
        let error = opening.await.unwrap().unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn somebody_who_takes_long_to_answer_polkit_is_asked_once() {
    let place = Place::new().await;
    let opening =
        place.open("", OpenOptions { open_within: Duration::from_secs(60), ..OpenOptions::default() });
    let mut peer = place.accept().await;
    peer.ask_who(AuthType::Polkit).await;
    let [polkit] = peer.flight(["auth_polkit"]).await;
    // Half of the time is long over by now.
    tokio::select! {
        _ = place.accept() => panic!("a second connection would ask a second time"),
        () = tokio::time::sleep(Duration::from_secs(50)) => {}
    }
    peer.reply(&polkit, &AuthPolkitReply { complete: 1 }).await;
    finish(&mut peer).await;
    opening.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_slow_daemon_with_two_connections_asks_its_user_on_one_of_them() {
    let place = Place::new().await;
    let opening =
        place.open("", OpenOptions { open_within: Duration::from_secs(60), ..OpenOptions::default() });
    let mut first = place.accept().await;
    let [list, pings, open] = first.flight(OPENING).await;
    // Only now that the client has tried again does it answer, both.
    let mut second = place.accept().await;
    let [again] = second.flight(["auth_list"]).await;
    second.list(&again, &[AuthType::Polkit]).await;
    let [polkit] = second.flight(["auth_polkit"]).await;
    first.list(&list, &[AuthType::Polkit]).await;
    first.refuse(&pings).await;
    first.refuse(&open).await;
    tokio::select! {
        _ = first.next() => panic!("asked twice"),
        () = tokio::time::sleep(Duration::from_secs(10)) => {}
    }
    second.fail(&polkit, RemoteError::new(ErrorCode::AUTH_CANCELLED, ErrorDomain::POLKIT, "")).await;
    let error = opening.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("was cancelled"), "{error}");
    assert!(first.next().await.is_none(), "that was the answer");
}

#[tokio::test(start_paused = true)]
async fn a_question_of_polkits_that_nobody_answers_is_told_as_that() {
    let place = Place::new().await;
    let opening = place.open("?auth=polkit", OpenOptions::default());
    let mut peer = place.accept().await;
    let [list] = peer.flight(["auth_list"]).await;
    peer.list(&list, &[AuthType::Polkit]).await;
    let [_] = peer.flight(["auth_polkit"]).await;
    let error = opening.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("nobody answered within 10s"), "{error}");
}

#[tokio::test]
async fn an_authentication_of_no_release_is_told_by_its_number() {
    let place = Place::new().await;
    let opening = place.open("", OpenOptions { keepalive: None, ..OpenOptions::default() });
    let mut peer = place.accept().await;
    let [list, open] = peer.flight(["auth_list", "connect_open"]).await;
    peer.list(&list, &[AuthType::Unknown(7)]).await;
    peer.refuse(&open).await;
    let error = opening.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("authentication 7"), "{error}");
}

#[tokio::test]
async fn an_abort_does_not_wait_behind_what_it_aborts() {
    let phases = Arc::new(Mutex::new(Vec::new()));
    let seen = phases.clone();
    let options = OpenOptions {
        window: 2,
        keepalive: None,
        meter: Some(Arc::new(move |phase| seen.lock().unwrap().push(phase))),
        ..OpenOptions::default()
    };
    let place = Place::new().await;
    let opening = place.open("", options);
    let mut peer = place.accept().await;
    let [list, open] = peer.flight(["auth_list", "connect_open"]).await;
    peer.list(&list, &[]).await;
    peer.reply(&open, &()).await;
    let connection = opening.await.unwrap().unwrap();

    let guest = virtwire::protocol::remote::Domain { name: "guest".into(), uuid: [1; 16], id: 1 };
    let perform = DomainMigratePerform { dom: guest.clone(), ..DomainMigratePerform::default() };
    let perform = tokio::spawn(connection.call(perform));
    let [performs] = peer.flight(["domain_migrate_perform"]).await;
    // Of two places one is left, and it is not for this one.
    let waits = tokio::spawn(connection.call(DomainCreate { dom: guest.clone() }));
    tokio::task::yield_now().await;
    let abort = tokio::spawn(connection.call(DomainAbortJob { dom: guest }));
    let [aborts] = peer.flight(["domain_abort_job"]).await;
    peer.reply(&aborts, &()).await;
    abort.await.unwrap().unwrap();
    peer.fail(&performs, RemoteError::new(ErrorCode::OPERATION_ABORTED, ErrorDomain::QEMU, "")).await;
    assert!(perform.await.unwrap().is_err());
    let [creates] = peer.flight(["domain_create"]).await;
    peer.reply(&creates, &()).await;
    waits.await.unwrap().unwrap();

    let phases = phases.lock().unwrap().clone();
    let started = |name| {
        phases.iter().find_map(|phase| match phase {
            CallPhase::Started { procedure, in_flight, .. } if *procedure == name => Some(*in_flight),
            _ => None,
        })
    };
    assert_eq!(started("domain_migrate_perform"), Some(1));
    assert_eq!(started("domain_abort_job"), Some(2));
    assert_eq!(started("domain_create"), Some(1));
    let failures = phases.iter().filter(|phase| matches!(phase, CallPhase::Answered { failed: true, .. }));
    assert_eq!(failures.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_usual_deadline_is_not_for_calls_that_rightly_take_long() {
    let place = Place::new().await;
    let hour = Duration::from_secs(3_600);
    let options = OpenOptions {
        keepalive: None,
        call_within: Some(Duration::from_secs(5)),
        open_within: hour,
        ..OpenOptions::default()
    };
    let opening = place.open("", options);
    let mut peer = place.accept().await;
    let [list, open] = peer.flight(["auth_list", "connect_open"]).await;
    // The opening has a deadline of its own, and the usual one does not cut it short.
    tokio::time::sleep(Duration::from_secs(60)).await;
    peer.list(&list, &[]).await;
    peer.reply(&open, &()).await;
    let connection = opening.await.unwrap().unwrap();
    let perform = tokio::spawn(connection.call(DomainMigratePerform::default()));
    let [performs] = peer.flight(["domain_migrate_perform"]).await;
    let prepare = tokio::spawn(connection.call(DomainMigratePrepare3Params::default()));
    let [prepares] = peer.flight(["domain_migrate_prepare3_params"]).await;
    assert!(connection.call(ConnectGetHostname {}).await.is_err(), "a usual call has the usual deadline");
    tokio::time::sleep(hour).await;
    peer.reply(&performs, &()).await;
    perform.await.unwrap().unwrap();
    peer.reply(&prepares, &DomainMigratePrepare3ParamsReply::default()).await;
    prepare.await.unwrap().unwrap();
    let within = connection.call_within(DomainMigratePerform::default(), Some(Duration::from_secs(1)));
    assert!(within.await.is_err(), "one that is asked for counts");
}

async fn one_by_one(peer: &mut Peer) {
    let [list] = peer.flight(["auth_list"]).await;
    peer.list(&list, &[AuthType::None]).await;
    let [pings] = peer.flight(["connect_supports_feature"]).await;
    peer.pings(&pings, false).await;
    let [open] = peer.flight(["connect_open"]).await;
    peer.reply(&open, &()).await;
}

/// The rest of an opening, once the daemon knows its client.
async fn finish(peer: &mut Peer) {
    let [pings, open] = peer.flight(["connect_supports_feature", "connect_open"]).await;
    assert_eq!(open.header.procedure, ProcedureNumber(1));
    peer.pings(&pings, false).await;
    peer.reply(&open, &()).await;
}
