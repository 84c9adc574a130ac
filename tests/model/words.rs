//! The caller's word to stop, and what is reported on the way.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::{
    Action, CancelAnswer, Check, Cookie, Do, DomainState, Engine, Failure, Feature, Features, Host, JobInfo,
    Outcome, Plan, Reason, Reply, Request, Said, Settings, Wait, Waiting, Wish,
};

use super::source::{COOKIE, guest, xml};

fn engine(version: Feature) -> Engine {
    let features: Features = [version].into_iter().collect();
    let request = Request { uri: Some("tcp:d".into()), ..Request::live(guest(7)) };
    let plan = Plan::choose(request, Wish::Auto, features, features).expect("both report it");
    Engine::new(plan, Settings::default())
}

/// The next call, if one comes before the engine has nothing more to say.
fn next_call(engine: &mut Engine) -> Option<Do> {
    std::iter::from_fn(|| engine.poll()).find_map(|action| match action {
        Action::Do(order) => Some(order),
        _ => None,
    })
}

/// Drives up to the call of this number, every earlier one succeeding, and leaves it unanswered.
#[track_caller]
fn up_to(engine: &mut Engine, number: i32) {
    while let Some(order) = next_call(engine) {
        if order.call.number() == number {
            return;
        }
        engine.done(Ok(succeeds(order.call.number())));
    }
    panic!("call {number} does not come");
}

fn succeeds(number: i32) -> Reply {
    match number {
        14 => Reply::Xml(xml()),
        16 | 212 => Reply::State(DomainState::Running.into()),
        61 | 108 => Reply::Prepared { cookie: Cookie(COOKIE.into()), uri_out: None },
        63 | 109 => Reply::Finished(guest(21)),
        24 => Reply::Found(guest(7)),
        163 => Reply::Job(JobInfo::default()),
        _ => Reply::Done,
    }
}

fn lost() -> Result<Reply, Failure> {
    Err(Failure::Lost { message: "connection closed".to_owned() })
}

/// Whatever is out when the word comes, Perform is not sent; version 2 tells a destination that has prepared, and where it does not answer
/// asks it what it keeps.
#[test]
fn a_word_before_perform_keeps_the_guest_where_it_is() {
    check(Feature::MigrationV2, 14, &[]);
    check(Feature::MigrationV2, 16, &[]);
    check(Feature::MigrationV2, 108, &[109, 24]);
    check(Feature::MigrationV1, 16, &[]);
    check(Feature::MigrationV1, 61, &[]);
}

#[track_caller]
fn check(version: Feature, out: i32, follow: &[i32]) {
    let mut engine = engine(version);
    up_to(&mut engine, out);
    assert_eq!(engine.cancel(), CancelAnswer::Taken);
    engine.done(Ok(succeeds(out)));
    let mut sent = Vec::new();
    while let Some(order) = next_call(&mut engine) {
        sent.push(order.call.number());
        engine.done(lost());
    }
    assert_eq!(sent, follow);
    let left_on_destination = lost().err().filter(|_| follow.contains(&109)).map(Said::NoAnswer);
    let (source, reason) = (Said::NotAsked, Reason::Cancelled);
    assert_eq!(engine.now(), Outcome::OnSource { source, reason, left_on_destination });
}

#[test]
fn a_word_after_perform_is_refused_with_the_reason() {
    let mut engine = engine(Feature::MigrationV2);
    up_to(&mut engine, 62);
    assert_eq!(engine.cancel(), CancelAnswer::Refused("Perform runs, and only the source can stop it"));
    engine.done(Ok(Reply::Done));
    up_to(&mut engine, 109);
    let left = "the guest has left the source; to cancel now would destroy it";
    assert_eq!(engine.cancel(), CancelAnswer::Refused(left));
    engine.done(lost());
    // The destination does not answer, and the engine waits.
    up_to(&mut engine, 24);
    engine.done(lost());
    assert_eq!(next_call(&mut engine), None);
    assert_eq!(engine.cancel(), CancelAnswer::Refused(left));
}

#[test]
fn an_unanswered_source_has_not_said_that_the_guest_may_stay() {
    let mut engine = engine(Feature::MigrationV2);
    up_to(&mut engine, 62);
    engine.done(lost());
    up_to(&mut engine, 24);
    engine.done(lost());
    assert_eq!(next_call(&mut engine), None);
    let unsaid = "the source has not said that it has the guest and runs no job";
    assert_eq!(engine.cancel(), CancelAnswer::Refused(unsaid));
}

/// Given up at any step, it says what is known and what to check.
#[test]
fn given_up_it_says_what_is_in_doubt() {
    let given_up = |number| {
        let mut engine = engine(Feature::MigrationV2);
        up_to(&mut engine, number);
        engine.now()
    };
    for number in [14, 16, 108] {
        assert!(matches!(given_up(number), Outcome::OnSource { source: Said::NotAsked, .. }), "{number}");
    }
    let check = |outcome| match outcome {
        Outcome::Unknown(unknown) => unknown.check,
        other => panic!("{other}"),
    };
    assert_eq!(check(given_up(62)), Check::WhetherItLeft);
    assert_eq!(check(given_up(109)), Check::WhetherItArrived);
}

/// A destination that took the guest over although it was told to cancel: the engine claims nothing until one of the two is
/// gone.
#[test]
fn both_hosts_have_the_guest() {
    let mut engine = engine(Feature::MigrationV2);
    up_to(&mut engine, 62);
    engine.done(Err(Failure::Answered(RemoteError::rpc("refused").into())));
    up_to(&mut engine, 109);
    engine.done(Ok(Reply::Finished(guest(21))));
    // The destination says that it runs; the engine waits, and asks it first.
    up_to(&mut engine, 212);
    engine.done(Ok(succeeds(212)));
    let wait = std::iter::from_fn(|| engine.poll()).last();
    let Some(Action::Wait(Wait { why: Waiting::Unknown(unknown), .. })) = wait else { panic!("{wait:?}") };
    assert_eq!(unknown.check, Check::WhetherItRunsTwice);
    assert!(matches!(engine.cancel(), CancelAnswer::Refused(_)));
    engine.retry();
    let ask = next_call(&mut engine).map(|order| (order.host, order.call.number()));
    assert_eq!(ask, Some((Host::Destination, 24)));
    engine.done(Err(Failure::Answered(RemoteError::new(ErrorCode::NO_DOMAIN, ErrorDomain::QEMU, "").into())));
    // It is gone there, and the source has the last word.
    up_to(&mut engine, 212);
    engine.done(Ok(succeeds(212)));
    let outcome = engine.now();
    assert!(matches!(&outcome, Outcome::OnSource { source: Said::Has { .. }, .. }), "{outcome}");
}

/// Lines of a journal and of a log show how long cookies and XML are, never what is in them.
#[test]
fn secrets_stay_out_of_what_people_read() {
    let mut engine = engine(Feature::MigrationV2);
    let mut lines = Vec::new();
    while let Some(action) = engine.poll() {
        lines.push(match &action {
            Action::Journal(record) => record.to_string(),
            Action::Note(note) => note.to_string(),
            Action::Do(order) => order.to_string(),
            Action::End(outcome) => outcome.to_string(),
            Action::Wait(_) => String::new(),
        });
        lines.push(format!("{action:?}"));
        if let Action::Do(order) = action {
            engine.done(Ok(succeeds(order.call.number())));
        }
    }
    let text = lines.join("\n");
    assert!(
        text.contains("answered destination domain_migrate_prepare2 ok cookie=9 bytes uri_out=null"),
        "{text}"
    );
    assert!(text.contains("doing destination 109 domain_migrate_finish2("), "{text}");
    assert!(!text.contains("<domain>") && !text.contains("99, 111, 111, 107"), "{text}");
}
