//! Recoveries by hand: what follows from a journal and from what the hosts say, where no run of the model leads to it.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::migrate::{
    Action, Call, Check, Cookie, Do, Domain, DomainState, Failure, Fenced, Host, JobInfo, MigrateFlags,
    Outcome, Reason, Record, Recovery, Reply, Request, Retcode, Said, Settings, State, Terms, Version, Way,
};

use super::source::{error, guest, xml};

/// What a host says of the guest.
#[derive(Clone, Copy)]
enum Says {
    Nothing,
    NoGuest,
    Has(DomainState, i32),
}

/// A journal that was cut off before Perform.
fn prepared() -> Vec<Record> {
    let call =
        Call::Prepare2 { uri_in: None, flags: MigrateFlags::LIVE, dname: None, resource: 0, dom_xml: xml() };
    vec![
        Record::Chosen { request: Request::live(guest(7)), version: Version::V2 },
        Record::Doing(Do { host: Host::Destination, call, deadline: None }),
    ]
}

/// Recovers until it is over or waits; `changed` if it did something.
fn recover(fenced: Fenced, source: Says, destination: Says) -> (Outcome, bool) {
    recover_from(prepared(), fenced, source, destination)
}

fn recover_from(journal: Vec<Record>, fenced: Fenced, source: Says, destination: Says) -> (Outcome, bool) {
    drive(Recovery::new(journal, fenced, Settings::default()).unwrap(), source, destination)
}

/// By the word that there was no later migration.
fn recover_last(journal: Vec<Record>, source: Says, destination: Says) -> (Outcome, bool) {
    let recovery = Recovery::new(journal, Fenced::default(), Settings::default()).unwrap();
    drive(recovery.no_later_migration(), source, destination)
}

fn drive(mut recovery: Recovery, source: Says, destination: Says) -> (Outcome, bool) {
    let mut changed = false;
    while let Some(action) = recovery.poll() {
        match action {
            Action::Do(Do { host, call, .. }) => {
                changed |= call.changes_something();
                let says = if host == Host::Source { source } else { destination };
                recovery.done(answer(says, &call));
            }
            Action::Wait(_) => break,
            _ => {}
        }
    }
    (recovery.now(), changed)
}

fn answer(says: Says, call: &Call) -> Result<Reply, Failure> {
    match (says, call) {
        (Says::Nothing, _) => Err(Failure::NotSent { message: "connection refused".to_owned() }),
        (Says::NoGuest, _) => Err(error(ErrorCode::NO_DOMAIN, "no domain")),
        (Says::Has(..), Call::LookupByUuid { .. }) => Ok(Reply::Found(Domain { ..guest(7) })),
        (Says::Has(..), Call::GetJobInfo { .. }) => Ok(Reply::Job(JobInfo::default())),
        (Says::Has(state, reason), _) => Ok(Reply::State(State { state, reason: Some(reason) })),
    }
}

fn doubt(outcome: &Outcome) -> Option<Check> {
    match outcome {
        Outcome::Unknown(unknown) => Some(unknown.check),
        _ => None,
    }
}

/// What both have told holds while they are asked again: neither is one that does not answer.
#[test]
fn what_is_known_is_known_while_the_hosts_are_asked_again() {
    let mut recovery = Recovery::new(prepared(), Fenced::default(), Settings::default()).unwrap();
    let running = Says::Has(DomainState::Running, 1);
    while let Some(action) = recovery.poll() {
        match action {
            Action::Do(Do { call, .. }) => recovery.done(answer(running, &call)),
            Action::Wait(_) => break,
            _ => {}
        }
    }
    assert_eq!(doubt(&recovery.now()), Some(Check::WhetherItRunsTwice));
    recovery.retry();
    let Some(Action::Do(Do { call, .. })) = recovery.poll() else { panic!("nobody is asked") };
    assert_eq!(doubt(&recovery.now()), Some(Check::WhetherItRunsTwice));
    recovery.done(answer(running, &call));
    assert_eq!(doubt(&recovery.now()), Some(Check::WhetherItRunsTwice));
}

/// Nothing was sent. Whatever the destination shows is no reason to say that the guest moved, and that its source's copy must go.
#[test]
fn what_was_never_performed_has_not_arrived() {
    let starting = Says::Has(DomainState::Paused, 11);
    let paused = Says::Has(DomainState::Paused, 1);
    let running = Says::Has(DomainState::Running, 1);
    for there in [starting, paused, running] {
        let (outcome, changed) = recover(Fenced::default(), Says::Nothing, there);
        assert_eq!((doubt(&outcome), changed), (Some(Check::WhereItIs), false), "{outcome}");
    }
    let (outcome, changed) = recover(Fenced::default(), running, starting);
    assert!(matches!(outcome, Outcome::OnSource { .. }) && !changed, "{outcome}");
    let (outcome, changed) = recover(Fenced::default(), running, running);
    assert_eq!((doubt(&outcome), changed), (Some(Check::WhetherItRunsTwice), false), "{outcome}");
}

/// Nothing was sent, and the guest is on neither host: it did not stay.
#[test]
fn what_was_never_performed_and_ended_is_nowhere() {
    let dead = Fenced { source: true, ..Fenced::default() };
    for fenced in [Fenced::default(), dead] {
        let (outcome, _) = recover(fenced, Says::NoGuest, Says::NoGuest);
        assert!(matches!(outcome, Outcome::Nowhere { .. }), "{outcome}");
    }
}

/// A destination that starts the guest up has not got it yet: the source's copy is not ended for that.
#[test]
fn what_starts_up_where_the_source_sent_it_has_not_arrived() {
    let flags = MigrateFlags(MigrateFlags::LIVE.0 | MigrateFlags::PAUSED.0);
    let way = Way::PeerToPeer { to: "test://there/".into() };
    let terms = Terms::Fixed { xml: None, uri: None, dname: None, resource: 0 };
    let call = Call::PerformTo { domain: guest(7), dconnuri: Some("test://there/".into()), terms, flags };
    let journal = vec![
        Record::Chosen { request: Request { way, flags, ..Request::live(guest(7)) }, version: Version::V3 },
        Record::Doing(Do { host: Host::Source, call, deadline: None }),
    ];
    let sent = Says::Has(DomainState::Paused, 2);
    for reason in [0, 11] {
        let there = Says::Has(DomainState::Paused, reason);
        let (outcome, changed) = recover_from(journal.clone(), Fenced::default(), sent, there);
        assert!(doubt(&outcome).is_some() && !changed, "{reason}: {outcome}");
    }
}

/// A source's daemon that was started again has no part in what it was asked for: that is the caller's word, and nothing tells it. Then what
/// the hosts show settles it as it does for anybody else's migration.
#[test]
fn a_peer_to_peer_source_that_was_started_again() {
    let by = |version, flags| {
        let way = Way::PeerToPeer { to: "test://there/".into() };
        let uri = "test://there/".into();
        let call = match version {
            Version::V3 => Call::PerformTo {
                domain: guest(7),
                dconnuri: Some(uri),
                terms: Terms::Fixed { xml: None, uri: None, dname: None, resource: 0 },
                flags,
            },
            _ => Call::Perform {
                domain: guest(7),
                cookie: Cookie::default(),
                uri,
                flags,
                dname: None,
                resource: 0,
            },
        };
        vec![
            Record::Chosen { request: Request { way, flags, ..Request::live(guest(7)) }, version },
            Record::Doing(Do { host: Host::Source, call, deadline: None }),
        ]
    };
    let restarted = Fenced { source_daemon: true, ..Fenced::default() };
    let said = |version, fenced, source, destination| {
        let (outcome, changed) = recover_from(by(version, MigrateFlags::LIVE), fenced, source, destination);
        (doubt(&outcome), changed, outcome)
    };
    let (runs, arrived) = (Says::Has(DomainState::Running, 6), Says::Has(DomainState::Running, 2));
    let (sent, by_user) = (Says::Has(DomainState::Paused, 2), Says::Has(DomainState::Paused, 1));
    for version in [Version::V3, Version::V2] {
        // It may begin yet, as far as the hosts tell.
        let (check, changed, outcome) = said(version, Fenced::default(), runs, Says::NoGuest);
        assert_eq!((check, changed), (Some(Check::WhetherTheSourceStillMovesIt), false));
        assert!(outcome.to_string().contains("virtwire recover --source-restarted"), "{outcome}");
        // The guest is on the source.
        let (check, changed, outcome) = said(version, restarted, runs, Says::NoGuest);
        assert!(matches!(outcome, Outcome::OnSource { .. }) && !changed, "{check:?}");
        // It is on the destination.
        for fenced in [Fenced::default(), restarted] {
            let (check, changed, outcome) = said(version, fenced, Says::NoGuest, arrived);
            assert!(matches!(outcome, Outcome::OnDestination { .. }) && !changed, "{check:?}");
        }
        // A host that is not heard may have it.
        let (check, changed, _) = said(version, restarted, runs, Says::Nothing);
        assert_eq!((check, changed), (Some(Check::WhetherTheSourceStillMovesIt), false));
        assert_eq!(said(version, restarted, runs, arrived).0, Some(Check::WhetherTheSourceRunsToo));
    }
    // Version 3 keeps a copy: where the destination runs the guest that goes, and else it may have run there.
    let (_, changed, _) = said(Version::V3, restarted, sent, arrived);
    assert!(changed, "the copy goes");
    assert_eq!(said(Version::V3, restarted, sent, Says::NoGuest).0, Some(Check::WhetherItRanThere));
    assert_eq!(said(Version::V3, restarted, by_user, Says::NoGuest).0, Some(Check::WhetherItRanThere));
    assert!(matches!(said(Version::V2, restarted, by_user, Says::NoGuest).2, Outcome::OnSource { .. }));

    // The source has said that nothing moved: the destination's may be from before.
    let mut failed = by(Version::V3, MigrateFlags::LIVE);
    let error = RemoteError::new(ErrorCode::OPERATION_INVALID, ErrorDomain::DOMAIN, "already active");
    let procedure = match failed.last() {
        Some(Record::Doing(order)) => order.call.name(),
        _ => unreachable!("it ends with Perform"),
    };
    failed.push(Record::Answered {
        host: Host::Source,
        procedure,
        answer: Err(Failure::Answered(error.into())),
    });
    for there in [runs, by_user] {
        let (outcome, changed) = recover_from(failed.clone(), Fenced::default(), there, arrived);
        assert_eq!((doubt(&outcome), changed), (Some(Check::WhichOneIsTheGuest), false));
    }

    let offline = MigrateFlags(MigrateFlags::OFFLINE.0 | MigrateFlags::PERSIST_DEST.0);
    let off = Says::Has(DomainState::ShutOff, 0);
    for (fenced, is_known) in [(Fenced::default(), false), (restarted, true)] {
        let (outcome, _) = recover_from(by(Version::V3, offline), fenced, off, Says::NoGuest);
        assert_eq!(doubt(&outcome).is_none(), is_known, "{outcome}");
    }
}

/// Version 1: what was sent before the source's guest was started again and shut down is started by Finish all the same.
#[test]
fn what_was_sent_is_there_whatever_became_of_its_source_since() {
    let (uri, flags) = ("tcp:there:49152".into(), MigrateFlags::LIVE);
    let call =
        Call::Perform { domain: guest(7), cookie: Cookie::default(), uri, flags, dname: None, resource: 0 };
    let done = Record::Answered { host: Host::Source, procedure: call.name(), answer: Ok(Reply::Done) };
    let journal = vec![
        Record::Chosen { request: Request::live(guest(7)), version: Version::V1 },
        Record::Doing(Do { host: Host::Source, call, deadline: None }),
        done,
    ];
    let off = Says::Has(DomainState::ShutOff, 1);
    let (outcome, changed) = recover_from(journal, Fenced::default(), off, Says::NoGuest);
    assert!(changed, "{outcome}");
}

/// OFFLINE: after a refusal nothing is started any more, also while the source does not say that it has the definition.
#[test]
fn what_was_refused_is_not_finished_again() {
    let flags = MigrateFlags(MigrateFlags::OFFLINE.0 | MigrateFlags::PERSIST_DEST.0);
    let terms = Terms::Fixed { xml: None, uri: None, dname: None, resource: 0 };
    let (cookie, cancelled) = (Cookie::default(), Retcode::Success);
    let call = Call::Finish3 { cookie, terms, flags, cancelled };
    let refused = error(ErrorCode::INTERNAL_ERROR, "no room for it");
    let refused = Record::Answered { host: Host::Destination, procedure: call.name(), answer: Err(refused) };
    let journal = vec![
        Record::Chosen { request: Request { flags, ..Request::live(guest(7)) }, version: Version::V3 },
        Record::Doing(Do { host: Host::Destination, call, deadline: None }),
        refused,
    ];
    let shown = Says::Has(DomainState::ShutOff, 0);
    let (outcome, changed) = recover_from(journal, Fenced::default(), Says::Nothing, shown);
    assert_eq!((doubt(&outcome), changed), (Some(Check::WhereItIs), false), "{outcome}");
}

/// Version 3, of the guest's run `id`, cut off after Perform was answered. Nobody knows whether the guest was paused before.
fn performed(id: i32, answer: Result<Reply, Failure>) -> Vec<Record> {
    let (terms, flags) = (Terms::Params(Vec::new()), MigrateFlags::LIVE);
    let call = Call::Perform3 { domain: guest(id), cookie: Cookie::default(), terms, flags };
    let procedure = call.name();
    vec![
        Record::Chosen { request: Request::live(guest(id)), version: Version::V3Params },
        Record::Doing(Do { host: Host::Source, call, deadline: None }),
        Record::Answered { host: Host::Source, procedure, answer },
    ]
}

/// The same of a guest that was found running.
fn performed_running(id: i32, answer: Result<Reply, Failure>) -> Vec<Record> {
    let mut journal = performed(id, answer);
    let told = Ok(Reply::State(DomainState::Running.into()));
    let found = Record::Answered { host: Host::Source, procedure: "domain_get_state", answer: told };
    journal.insert(1, found);
    journal
}

const LEFT: Says = Says::Has(DomainState::Paused, 2);

/// A host tells that a migration has paused the guest, and not which.
#[test]
fn a_pause_is_this_migrations_by_the_callers_word_only() {
    let sent = || Ok(Reply::Performed(Cookie::default()));
    for there in [Says::NoGuest, Says::Nothing, LEFT] {
        let (outcome, changed) = recover_from(performed_running(7, sent()), Fenced::default(), LEFT, there);
        assert_eq!((doubt(&outcome), changed), (Some(Check::WhetherItWasMovedSince), false), "{outcome}");
        let (outcome, changed) = recover_last(performed_running(7, sent()), LEFT, there);
        assert!(changed, "{outcome}");
    }
}

/// Nor by that, where the source has said otherwise.
#[test]
fn a_callers_word_is_not_believed_against_the_sources() {
    let sent = Ok(Reply::Performed(Cookie::default()));
    let failed = Err(error(ErrorCode::OPERATION_FAILED, "canceled by client"));
    for journal in [performed_running(6, sent), performed_running(7, failed)] {
        let (outcome, changed) = recover_last(journal, LEFT, Says::NoGuest);
        assert_eq!((doubt(&outcome), changed), (Some(Check::WhetherItWasMovedSince), false), "{outcome}");
    }
    // One that was not seen running has no number to tell it by.
    let (_, changed) =
        recover_last(performed_running(-1, Ok(Reply::Performed(Cookie::default()))), LEFT, Says::NoGuest);
    assert!(changed);
}

/// What the destination has not said is not said for it.
#[test]
fn what_a_silent_destination_may_hold_is_told() {
    let journal = performed(7, Ok(Reply::Performed(Cookie::default())));
    let (outcome, changed) = recover_last(journal, LEFT, Says::Nothing);
    let told = outcome.to_string();
    assert!(!changed, "{told}");
    assert!(
        matches!(outcome, Outcome::OnSource { left_on_destination: Some(Said::NoAnswer(_)), .. }),
        "{told}"
    );
    assert!(
        told.contains("for the destination has not started it") && told.contains("connection refused"),
        "{told}"
    );
}

/// What was called lost, as a host was asked that is not the one, is asked for again.
#[test]
fn what_was_lost_once_may_be_found() {
    let lost =
        Outcome::Nowhere { source: Said::Absent, destination: Said::Absent, reason: Reason::Interrupted };
    let mut journal = performed(7, Ok(Reply::Performed(Cookie::default())));
    journal.push(Record::Ended(lost));
    let running = Says::Has(DomainState::Running, 2);
    let (outcome, changed) = recover_from(journal, Fenced::default(), Says::NoGuest, running);
    assert!(matches!(outcome, Outcome::OnDestination { .. }) && !changed, "{outcome}");
}
