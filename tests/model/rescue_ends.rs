//! Recoveries by hand: what follows from a journal and from what the hosts say, where no run of the model leads to it.

use virtwire_protocol::error::ErrorCode;
use virtwire_protocol::migrate::{
    Action, Call, Check, Do, Domain, DomainState, Failure, Fenced, Host, JobInfo, MigrateFlags, Outcome,
    Record, Recovery, Reply, Request, Settings, State, Version,
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
    let mut recovery = Recovery::new(prepared(), fenced, Settings::default()).unwrap();
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
    let dead = Fenced { source: true, destination: false };
    for fenced in [Fenced::default(), dead] {
        let (outcome, _) = recover(fenced, Says::NoGuest, Says::NoGuest);
        assert!(matches!(outcome, Outcome::Nowhere { .. }), "{outcome}");
    }
}
