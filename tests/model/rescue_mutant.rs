//! Recoveries with one rule broken each: the real one, with a liar between it and its driver.

use virtwire_protocol::error::{ErrorCode, RemoteError};
use virtwire_protocol::migrate::{
    Call, Cookie, Do, Domain, DomainState, Failure, Host, JobInfo, MigrateFlags, Record, Reply, Retcode,
    State, Terms,
};

use super::fault::{Fault, Hears};
use super::offline::Offline;
use super::rescue::starts;
use super::rule;
use super::run::Answer;
use super::setup::{By, Setup};
use super::source::{COOKIE, error, guest};

/// Which rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    None,
    /// Confirm is never sent.
    NoConfirm,
    /// What cannot be undone is journalled before.
    Journalled,
    /// Only what the journal proves to be sent is finished.
    SentIsProven,
    /// A destination that was told to start the guest may have run it.
    ToldIsRemembered,
    /// A destination that does not answer may have the guest.
    DestinationSilenceIsNotGone,
    /// A source that does not answer may have the guest.
    SourceSilenceIsNotGone,
    /// A guest that is only defined is gone.
    StateNotExistence,
    /// A guest that was paused stays so.
    PausedStaysPaused,
    /// In version 2 a copy is given up only after a Perform that failed.
    V2OnlyFailedIsCancelled,
    /// And then it is.
    LeftoverIsRemoved,
    /// A job that runs is waited for.
    JobIsAwaited,
    /// An error that is not the source's own does not say that it is over, where nothing else does.
    HearsayIsDoubted,
    /// Without Perform the guest is where it was.
    NothingWithoutPerform,
    /// What the source carries out is over only when it has said so.
    BySourceLossIsNotError,
    /// Nor has it said that it succeeded.
    BySourceLossIsNotSuccess,
    /// A copy that the source has paused may be of the past.
    BySourceNothingIsResumed,
    /// A copy that the source has paused of what the destination has goes.
    BySourceCopyIsRemoved,
    /// A copy is destroyed only where the other host runs the guest.
    DestroyedOnlyIfItRuns,
    /// A destination in post-copy has not all of the guest.
    RestIsAwaited,
    /// A post-copy that has switched over is not rolled back.
    SwitchedIsNotRolledBack,
    /// The journal announces every call that may have been made.
    UnwrittenIsNotMade,
    /// What was decided to go back is not started at the destination.
    GoesBackIsRemembered,
    /// The destination of a migration that the source carries out is told nothing.
    BySourceTellsNothing,
    /// A source that has answered what it was to carry out has no part in it any more.
    BySourceRefusalIsBelieved,
    /// The host is asked first that a guest is not seen to leave, or to come.
    AskedInOrder,
    /// Only the destination's answer tells whether it has kept a definition, and not what it shows.
    OfflineFinishRepeated,
    /// A definition that was there before is not the one that was sent.
    OfflineOldIsNotNew,
    /// What a person has paused on the source may have run on after it was sent.
    PersonsPauseIsHeeded,
    /// What a migration has paused may be another one's.
    PauseIsDoubted,
    /// Also against the caller's word, where it is another run of the guest.
    AnotherRunIsSeen,
    /// Or where the source has said that it did not send it.
    OwnErrorIsHeeded,
    /// Or that it let it run on.
    LettingGoIsHeeded,
}

impl Rule {
    /// Whether it can be seen to be needed by what happens in this migration.
    pub(crate) fn concerns(self, setup: &Setup) -> bool {
        let of_definitions = matches!(
            self,
            Rule::BySourceRefusalIsBelieved | Rule::OfflineFinishRepeated | Rule::OfflineOldIsNotNew
        );
        let moves_so = match self {
            Rule::ToldIsRemembered | Rule::GoesBackIsRemembered => setup.by_v3() && setup.by == By::Us,
            Rule::BySourceLossIsNotError
            | Rule::BySourceLossIsNotSuccess
            | Rule::BySourceNothingIsResumed
            | Rule::BySourceCopyIsRemoved => setup.by != By::Us,
            Rule::PauseIsDoubted
            | Rule::AnotherRunIsSeen
            | Rule::OwnErrorIsHeeded
            | Rule::LettingGoIsHeeded => setup.by_v3() && setup.by == By::Us,
            Rule::UnwrittenIsNotMade => setup.by_v3() && setup.by == By::Us && !setup.guest.is_paused(),
            _ => true,
        };
        of_definitions == (setup.offline != Offline::No) && moves_so
    }
}

/// Each rule with what a recovery does that does not heed it.
pub(crate) const RULES: [(Rule, &str, Needs); 32] = [
    (Rule::NoConfirm, "Confirm over another connection than Begin's", Needs::NoFault),
    (Rule::Journalled, "not journalled before", Needs::NoFault),
    (Rule::SentIsProven, "Finish of what is not known to be sent", Needs::FaultOfRecovery),
    (Rule::ToldIsRemembered, "the source runs on from the past", Needs::FaultOfMigration),
    (Rule::DestinationSilenceIsNotGone, "the outcome is not true", Needs::FaultOfRecovery),
    (Rule::SourceSilenceIsNotGone, "the outcome is not true", Needs::FaultOfRecovery),
    (Rule::StateNotExistence, "unknown for no reason", Needs::NoFault),
    (Rule::PausedStaysPaused, "a guest that was paused is resumed", Needs::NoFault),
    (Rule::V2OnlyFailedIsCancelled, "the only copy is cancelled", Needs::NoFault),
    (Rule::LeftoverIsRemoved, "a half of the guest is left over", Needs::FaultOfMigration),
    (Rule::JobIsAwaited, "the recovery lost the guest", Needs::FaultOfMigration),
    (Rule::HearsayIsDoubted, "the outcome is not true", Needs::FaultOfMigration),
    (Rule::NothingWithoutPerform, "unknown for no reason", Needs::NoFault),
    (Rule::BySourceLossIsNotError, "the outcome is not true", Needs::FaultOfMigration),
    (Rule::BySourceLossIsNotSuccess, "the outcome is not true", Needs::FaultOfMigration),
    (Rule::BySourceNothingIsResumed, "the source runs what the destination has", Needs::FaultOfMigration),
    (Rule::BySourceCopyIsRemoved, "a half of the guest is left over", Needs::FaultOfMigration),
    (Rule::DestroyedOnlyIfItRuns, "the source's copy is ended and nobody has another", Needs::NoFault),
    (Rule::RestIsAwaited, "the source's part of a post-copy is ended", Needs::NoFault),
    (Rule::SwitchedIsNotRolledBack, "a post-copy is rolled back", Needs::NoFault),
    (Rule::UnwrittenIsNotMade, "the source runs what the destination has", Needs::Both),
    (Rule::GoesBackIsRemembered, "unknown for no reason", Needs::FaultOfMigration),
    (Rule::BySourceTellsNothing, "what the source carries out is finished by somebody else", Needs::NoFault),
    (Rule::BySourceRefusalIsBelieved, "unknown for no reason", Needs::FaultOfMigration),
    (Rule::AskedInOrder, "the outcome is not true", Needs::FaultOfMigration),
    (Rule::OfflineFinishRepeated, "the outcome is not true", Needs::NoFault),
    (Rule::OfflineOldIsNotNew, "the outcome is not true", Needs::NoFault),
    (Rule::PersonsPauseIsHeeded, "a copy of the past is started", Needs::NoFault),
    (Rule::PauseIsDoubted, "two copies run", Needs::NoFault),
    (Rule::AnotherRunIsSeen, "two copies run", Needs::NoFault),
    (Rule::OwnErrorIsHeeded, "two copies run", Needs::FaultOfMigration),
    (Rule::LettingGoIsHeeded, "two copies run", Needs::FaultOfMigration),
];

/// What has to go wrong, beside the orchestrator's death, for the difference to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    NoFault,
    FaultOfMigration,
    FaultOfRecovery,
    Both,
}

/// One recovery's liar.
#[derive(Clone, Debug)]
pub(crate) struct Liar {
    rule: Rule,
}

impl Liar {
    pub(crate) fn breaking(rule: Rule) -> Liar {
        Liar { rule }
    }

    /// What the migration did not heed that is recovered.
    pub(crate) fn migration(&self) -> rule::Rule {
        match self.rule {
            Rule::UnwrittenIsNotMade => rule::Rule::UnwrittenIsNotMade,
            _ => rule::Rule::None,
        }
    }

    /// Where two faults are needed that of the migration is sought at what the rule is about, or there would be too many worlds.
    pub(crate) fn may_begin_with(&self, call: &Call, fault: Fault) -> bool {
        match self.rule {
            Rule::UnwrittenIsNotMade => call.finishes() && matches!(fault.hears, Hears::Unwritten(_)),
            _ => true,
        }
    }

    /// What the recovery reads of the journal.
    pub(crate) fn reads(&self, journal: &[Record]) -> Vec<Record> {
        let goes_back = |order: &Do| match order.call {
            Call::Confirm3 { cancelled: Retcode::Cancelled, .. } | Call::Resume { .. } => true,
            Call::Close => order.host == Host::Source,
            _ => false,
        };
        let kept = |record: &&Record| match (self.rule, record) {
            (Rule::ToldIsRemembered, Record::Doing(order)) => !starts(&order.call),
            (Rule::GoesBackIsRemembered, Record::Doing(order)) => !goes_back(order),
            (
                Rule::LettingGoIsHeeded,
                Record::Answered { host: Host::Source, procedure, answer: Ok(Reply::Done) },
            ) => !procedure.contains("confirm") && *procedure != "domain_resume",
            // The destination was asked before Prepare, and showed it.
            (Rule::OfflineOldIsNotNew, Record::Answered { procedure, host, .. }) => {
                *host == Host::Source || *procedure != "domain_get_state"
            }
            _ => true,
        };
        let is_asked = |order: &Do| order.call.performs() && super::by_source::is_asked(&order.call);
        let told = |record: &Record| match (self.rule, record.clone()) {
            (Rule::SentIsProven, Record::Doing(order)) if order.call.performs() => {
                let reply = match order.call {
                    Call::Perform { .. } => Reply::Done,
                    _ => Reply::Performed(Cookie(super::version3::PERFORMED.into())),
                };
                let procedure = order.call.name();
                vec![record.clone(), Record::Answered { host: Host::Source, procedure, answer: Ok(reply) }]
            }
            (Rule::BySourceLossIsNotError, Record::Doing(order)) if is_asked(&order) => {
                let answer = Err(error(ErrorCode::OPERATION_FAILED, "made up by the mutant"));
                vec![
                    record.clone(),
                    Record::Answered { host: Host::Source, procedure: order.call.name(), answer },
                ]
            }
            (Rule::BySourceLossIsNotSuccess, Record::Doing(order)) if is_asked(&order) => {
                let answer = Ok(Reply::Performed(Cookie::default()));
                vec![
                    record.clone(),
                    Record::Answered { host: Host::Source, procedure: order.call.name(), answer },
                ]
            }
            (
                Rule::HearsayIsDoubted,
                Record::Answered { host: Host::Source, procedure, answer: Err(Failure::Answered(_)) },
            ) if procedure == "domain_migrate_perform" => {
                let answer = Err(error(ErrorCode::OPERATION_FAILED, "made up by the mutant"));
                vec![Record::Answered { host: Host::Source, procedure, answer }]
            }
            (
                Rule::BySourceRefusalIsBelieved,
                Record::Answered { host: Host::Source, procedure, answer: Err(Failure::Answered(_)) },
            ) if procedure.starts_with("domain_migrate_perform") => {
                let answer = Err(Failure::Lost { message: "made up by the mutant".to_owned() });
                vec![Record::Answered { host: Host::Source, procedure, answer }]
            }
            (
                Rule::OwnErrorIsHeeded,
                Record::Answered { host: Host::Source, procedure, answer: Err(Failure::Answered(_)) },
            ) if procedure.starts_with("domain_migrate_perform") => {
                let answer = Err(Failure::Answered(RemoteError::rpc("made up by the mutant").into()));
                vec![Record::Answered { host: Host::Source, procedure, answer }]
            }
            (Rule::OfflineFinishRepeated, Record::Doing(order)) if starts(&order.call) => {
                let answer = Err(error(ErrorCode::OPERATION_INVALID, "made up by the mutant"));
                let procedure = order.call.name();
                vec![record.clone(), Record::Answered { host: Host::Destination, procedure, answer }]
            }
            (
                Rule::OfflineOldIsNotNew,
                Record::Answered { host: Host::Destination, procedure, answer: Ok(Reply::Found(_)) },
            ) => {
                let answer = Err(error(ErrorCode::NO_DOMAIN, "made up by the mutant"));
                vec![Record::Answered { host: Host::Destination, procedure, answer }]
            }
            (
                Rule::PausedStaysPaused,
                Record::Answered { host: Host::Source, procedure, answer: Ok(Reply::State(_)) },
            ) => {
                let answer = Ok(Reply::State(DomainState::Running.into()));
                vec![Record::Answered { host: Host::Source, procedure, answer }]
            }
            (_, record) => vec![record],
        };
        let mut read: Vec<_> = journal.iter().filter(kept).flat_map(told).collect();
        let performed = |record: &Record| matches!(record, Record::Doing(order) if order.call.performs());
        if self.rule == Rule::NothingWithoutPerform && !read.iter().any(performed) {
            let (domain, cookie) = (guest(7), Cookie(COOKIE.into()));
            let (uri, flags) = ("tcp:destination:49152".into(), MigrateFlags::LIVE);
            let call = Call::Perform { domain, cookie, uri, flags, dname: None, resource: 0 };
            read.push(Record::Doing(Do { host: Host::Source, call, deadline: None }));
        }
        read
    }

    /// Says in the caller's place that no other migration has begun since.
    pub(crate) fn swears(&self) -> bool {
        self.rule == Rule::PauseIsDoubted
    }

    /// Whether a record is not kept.
    pub(crate) fn forgets(&self, record: &Record) -> bool {
        self.rule == Rule::Journalled && matches!(record, Record::Doing(_))
    }

    /// Changes an order before it is carried out.
    pub(crate) fn alters(&self, order: &Do) -> Do {
        let mut order = order.clone();
        if let (Rule::NoConfirm, Call::Destroy { domain }) = (self.rule, &order.call) {
            order.call = Call::Confirm3 {
                domain: domain.clone(),
                cookie: Cookie::default(),
                terms: Terms::Params(Vec::new()),
                flags: MigrateFlags::LIVE,
                cancelled: Retcode::Success,
            };
        }
        order
    }

    /// Hears of the host that is asked last what it would have said before the other one was asked.
    pub(crate) fn asks_in_another_order(&self) -> bool {
        self.rule == Rule::AskedInOrder
    }

    /// A call that the recovery has not ordered, before one that it has.
    pub(crate) fn also_sends(&self, order: &Do, setup: &Setup) -> Option<Do> {
        let asks_source = order.host == Host::Source && matches!(order.call, Call::LookupByUuid { .. });
        if !asks_source {
            return None;
        }
        if self.rule == Rule::BySourceNothingIsResumed && setup.by != By::Us {
            return Some(Do { host: Host::Source, call: Call::Resume { domain: guest(7) }, deadline: None });
        }
        if self.rule == Rule::BySourceTellsNothing && setup.by != By::Us {
            let (terms, flags) = (Terms::Params(Vec::new()), MigrateFlags::LIVE);
            let call =
                Call::Finish3 { cookie: Cookie::default(), terms, flags, cancelled: Retcode::Cancelled };
            return Some(Do { host: Host::Destination, call, deadline: None });
        }
        if self.rule != Rule::V2OnlyFailedIsCancelled || setup.by_v3() || setup.by != By::Us {
            return None;
        }
        let call = Call::Finish2 {
            dname: "guest".into(),
            cookie: Cookie(COOKIE.into()),
            uri: "tcp:destination:49152".into(),
            flags: MigrateFlags::LIVE,
            retcode: Retcode::Cancelled,
        };
        Some(Do { host: Host::Destination, call, deadline: None })
    }

    /// What the recovery hears instead of the answer.
    pub(crate) fn hears(&self, order: &Do, answer: Answer) -> Answer {
        let silent = answer.as_ref().is_err_and(|failure| failure.code().is_none());
        let looks_up = matches!(order.call, Call::LookupByUuid { .. });
        match (self.rule, order.host, answer) {
            (Rule::DestinationSilenceIsNotGone, Host::Destination, _)
            | (Rule::SourceSilenceIsNotGone, Host::Source, _)
                if looks_up && silent =>
            {
                Err(error(ErrorCode::NO_DOMAIN, "no domain"))
            }
            (Rule::LeftoverIsRemoved, Host::Destination, Ok(Reply::Found(_))) => {
                Err(error(ErrorCode::NO_DOMAIN, "no domain"))
            }
            (Rule::AnotherRunIsSeen, Host::Source, Ok(Reply::Found(domain))) => {
                Ok(Reply::Found(Domain { id: guest(7).id, ..domain }))
            }
            (Rule::JobIsAwaited, _, Ok(Reply::Job(_))) => Ok(Reply::Job(JobInfo::default())),
            (
                Rule::PersonsPauseIsHeeded,
                Host::Source,
                Ok(Reply::State(State { state: DomainState::Paused, reason: Some(1) })),
            ) => Ok(Reply::State(State { state: DomainState::Paused, reason: Some(2) })),
            (
                Rule::BySourceCopyIsRemoved,
                Host::Source,
                Ok(Reply::State(State { state, reason: Some(2) })),
            ) => Ok(Reply::State(State { state, reason: Some(1) })),
            (Rule::StateNotExistence, _, Ok(Reply::State(state))) if state.state == DomainState::ShutOff => {
                Ok(Reply::State(RUNNING))
            }
            (Rule::SwitchedIsNotRolledBack, Host::Source, Ok(Reply::State(state)))
                if state.is_post_copy() =>
            {
                Ok(Reply::State(State { reason: Some(2), ..state }))
            }
            (Rule::RestIsAwaited, Host::Destination, Ok(Reply::State(state)))
                if state.state == DomainState::Running =>
            {
                Ok(Reply::State(State { reason: Some(2), ..state }))
            }
            (Rule::DestroyedOnlyIfItRuns, Host::Destination, Ok(Reply::State(_))) => {
                Ok(Reply::State(RUNNING))
            }
            (_, _, answer) => answer,
        }
    }
}

const RUNNING: State = State { state: DomainState::Running, reason: Some(1) };
