//! Engines with one rule broken each: the real one, with a liar between it and its driver.
//!
//! What an engine does not know it cannot heed. So a liar that answers a question itself makes an engine that
//! does not ask it; one that misreports a failure makes an engine that mistakes it; one that alters an order
//! makes an engine that gives it.

use virtwire_protocol::error::{ErrorCode, RemoteError};
use virtwire_protocol::migrate::{
    Call, Check, Cookie, Do, Domain, DomainState, Failure, Feature, Features, Host, JobInfo, MigrateFlags,
    Outcome, Plan, Reason, Record, Refusal, Reply, Retcode, Said, State, Terms, Unknown, Waiting,
};

use super::rule::Rule;
use super::setup::Setup;
use super::source::{UUID, another, error, guest};
use super::version3::{PERFORMED, PREPARED};
use super::world::World;

type Answer = Result<Reply, Failure>;

/// One engine's liar, and what it remembers.
#[derive(Clone, Debug)]
pub(crate) struct Mutant {
    pub(crate) rule: Rule,
    /// What the source last told of its state, or was asked in secret.
    state: State,
    /// Perform has had no success, and this is how.
    performed: Option<Failure>,
    /// Finish has had no success, and this is how.
    finished: Option<Failure>,
    /// The source has carried it out.
    sent: bool,
    /// Confirm was sent that lets the guest run on, or that has had no success.
    confirmed_back: bool,
    confirm_failed: bool,
    /// The preparing connection was closed.
    closed: bool,
    /// Whatever the source would say, the guest is believed to be there.
    believes_it_stays: bool,
    /// The Finish that the engine would send, or has sent.
    finish: Option<Call>,
    /// The destination has said that it has no guest, and is not asked anything else.
    none_there: bool,
    /// A host has told of another guest.
    another: bool,
    /// The destination was told to prepare.
    prepared: bool,
}

impl Mutant {
    pub(crate) fn breaking(rule: Rule) -> Mutant {
        let state = DomainState::Running.into();
        Mutant {
            rule,
            state,
            performed: None,
            finished: None,
            sent: false,
            confirmed_back: false,
            confirm_failed: false,
            closed: false,
            believes_it_stays: false,
            finish: None,
            none_there: false,
            another: false,
            prepared: false,
        }
    }

    /// Chooses the version.
    pub(crate) fn plan(&self, setup: &Setup) -> Result<Plan, Refusal> {
        let believes = |features: Features| -> Features {
            let believes = |feature: &Feature| match (self.rule, feature) {
                (Rule::V1IsCommonGround, Feature::MigrationV1) => true,
                (Rule::V2IsCommonGround, Feature::MigrationV2) => true,
                (Rule::V3IsCommonGround, Feature::MigrationV3) => true,
                (Rule::V3IsNotSkipped, Feature::MigrationV3 | Feature::MigrationParams) => false,
                (Rule::ParamsFirst, Feature::MigrationParams) => false,
                _ => features.has(*feature),
            };
            Feature::ALL.into_iter().filter(believes).collect()
        };
        let (source, destination) = (setup.source.features(), setup.destination.features());
        Plan::choose(setup.request(), setup.wish, believes(source), believes(destination))
    }

    /// Changes an order before it is carried out.
    pub(crate) fn alters(&self, order: &mut Do, setup: &Setup) {
        match (self.rule, &mut order.call) {
            (Rule::XmlFlags, Call::GetXmlDesc { flags, .. }) => *flags = if *flags == 8 { 5 } else { 8 },
            (Rule::FlagsStripped, Call::Prepare { flags, .. } | Call::Prepare2 { flags, .. }) => {
                *flags = *flags | setup.request().flags;
            }
            (Rule::FlagsKept, Call::Perform { flags, .. }) => *flags = flags.for_destination(),
            (Rule::CookiePassed, Call::Perform { cookie, .. }) => *cookie = Cookie::default(),
            (Rule::UriOut, Call::Perform { uri, .. }) => *uri = "tcp:destination".into(),
            (Rule::FinishName, Call::Finish { dname, .. } | Call::Finish2 { dname, .. }) => {
                *dname = "guest".into()
            }
            (Rule::V3CookiePassed, Call::Prepare3 { cookie, .. }) => *cookie = Cookie::default(),
            (Rule::V3CookieGoesOn, Call::Finish3 { cookie, .. }) => *cookie = Cookie(PREPARED.into()),
            (Rule::V3Protects, Call::Begin3 { flags, .. }) => {
                *flags = flags.without(MigrateFlags::CHANGE_PROTECTION);
            }
            (Rule::V3XmlGoesOn, Call::Prepare3 { terms, .. }) => forget(terms, "destination_xml"),
            (Rule::V3UriOut, Call::Perform3 { terms, .. }) => forget(terms, "migrate_uri"),
            (Rule::V3FinishName, Call::Finish3 { terms, .. }) => forget(terms, "destination_name"),
            (Rule::V3FlagsStripped, Call::Prepare3 { flags, .. }) => *flags = *flags | setup.request().flags,
            (Rule::ResumedIsNotPaused, Call::Prepare3 { flags, .. }) => {
                *flags = *flags | MigrateFlags::PAUSED
            }
            (Rule::V3FailedGivesNoCookie, Call::Finish3 { cookie, cancelled: Retcode::Cancelled, .. }) => {
                *cookie = Cookie(PERFORMED.into())
            }
            (Rule::OfflineCookieDropped, Call::Finish3 { cookie, .. }) => *cookie = Cookie(PREPARED.into()),
            (
                Rule::AnotherIsNotIt,
                Call::GetJobInfo { domain } | Call::GetState { domain } | Call::GetInfo { domain },
            ) if self.another => *domain = another(),
            (Rule::BySourceUri, Call::PerformTo { dconnuri, .. }) => *dconnuri = None,
            (Rule::V3RefusalIsNotConfirmed, call @ Call::Close) if order.host == Host::Source => {
                let terms = Terms::Params(Vec::new());
                let flags = setup.request().flags | MigrateFlags::CHANGE_PROTECTION;
                let (cookie, cancelled) = (Cookie::default(), Retcode::Cancelled);
                *call = Call::Confirm3 { domain: guest(7), cookie, terms, flags, cancelled };
            }
            (Rule::V1CarriesNoName, Call::Prepare { dname, .. }) => *dname = Some("guest".into()),
            _ => {}
        }
    }

    /// Makes a call that the engine has not ordered, after one that it has.
    pub(crate) fn also_sends(&self, order: &Do, answer: &Answer) -> Option<Do> {
        match (self.rule, &order.call, answer) {
            (Rule::PerformOnce, Call::Perform { .. }, Err(_)) => Some(order.clone()),
            (Rule::V1IsNotTold, Call::Perform { cookie, uri, flags, .. }, Err(_)) => {
                let (cookie, uri, flags) = (cookie.clone(), uri.clone(), flags.for_destination());
                let call = Call::Finish { dname: "guest".into(), cookie, uri, flags };
                Some(Do { host: Host::Destination, call, deadline: None })
            }
            (Rule::ResumedIsNotGivenUp, Call::Prepare3 { terms, flags, .. }, Err(_)) => {
                let flags = *flags | MigrateFlags::CHANGE_PROTECTION;
                let (cookie, cancelled) = (Cookie::default(), Retcode::Cancelled);
                let call =
                    Call::Confirm3 { domain: guest(7), cookie, terms: terms.clone(), flags, cancelled };
                Some(Do { host: Host::Source, call, deadline: None })
            }
            (Rule::V3GoneIsNotSent, Call::LookupByUuid { .. }, Err(failure))
                if order.host == Host::Source && is_absent(failure) && self.performed.is_some() =>
            {
                self.finish.clone().map(|call| Do { host: Host::Destination, call, deadline: None })
            }
            (Rule::V3GivenUpForGood, Call::Finish3 { cancelled: Retcode::Cancelled, .. }, Err(_))
                if self.finished.is_some() =>
            {
                self.finish.clone().map(|call| Do { host: Host::Destination, call, deadline: None })
            }
            _ => None,
        }
    }

    /// Answers a question in the host's place.
    pub(crate) fn answers_itself(&mut self, order: &Do, world: &mut World) -> Option<Answer> {
        let at_source = order.host == Host::Source;
        let perform_refused = matches!(self.performed, Some(Failure::Answered(_)));
        let finish = matches!(order.call, Call::Finish { .. } | Call::Finish2 { .. });
        let question = is_question(&order.call);
        let refused = |code| Some(Err(error(code, "made up by the mutant")));
        world.confirms_anywhere = self.rule == Rule::V3ConfirmOnItsConnection;
        if let Call::Perform3 { terms, flags, .. } = &order.call {
            let (cookie, cancelled) = (Cookie::default(), Retcode::Success);
            let (terms, flags) = (terms.clone(), flags.for_destination());
            self.finish = Some(Call::Finish3 { cookie, terms, flags, cancelled });
        }
        match self.rule {
            Rule::LeftoverIsSought if !at_source && question && perform_refused => {
                refused(ErrorCode::NO_DOMAIN)
            }
            Rule::LeftoverIsRemoved if !at_source && self.performed.is_some() => match order.call {
                Call::Destroy { .. } => {
                    self.believes_it_stays = true;
                    Some(Ok(Reply::Done))
                }
                _ if question && self.believes_it_stays => refused(ErrorCode::NO_DOMAIN),
                _ => None,
            },
            Rule::V3CopyIsSought if at_source && question && self.none_there => {
                self.state = State { state: DomainState::Paused, reason: Some(2) };
                self.stays(&order.call)
            }
            Rule::OfflineFinishRepeated if self.finished.is_some() && order.call.finishes() => {
                refused(ErrorCode::OPERATION_INVALID)
            }
            Rule::OfflineOldIsNotNew if !at_source && question && !self.prepared => {
                refused(ErrorCode::NO_DOMAIN)
            }
            Rule::ErrorIsDoubted if at_source && perform_refused => self.stays(&order.call),
            Rule::WordAsksAgain | Rule::GoneAsksAgain | Rule::V3WordAsksTheSource
                if at_source && self.believes_it_stays =>
            {
                self.stays(&order.call)
            }
            Rule::BySourceErrorIsDoubted if at_source && perform_refused => self.stays(&order.call),
            Rule::BySourceSuccessIsDoubted if at_source && self.sent && question => {
                refused(ErrorCode::NO_DOMAIN)
            }
            Rule::JobBeforeState if at_source => match order.call {
                Call::GetJobInfo { .. } => {
                    let early = Do { call: Call::GetState { domain: guest(7) }, ..order.clone() };
                    if let Ok(Reply::State(state)) = world.call(&early, None) {
                        self.state = state;
                    }
                    None
                }
                Call::GetState { .. } => self.stays(&order.call),
                _ => None,
            },
            Rule::FinishErrorIsDoubted if matches!(self.finished, Some(Failure::Answered(_))) => {
                refused(ErrorCode::NO_DOMAIN)
            }
            Rule::V3Releases | Rule::V3ReleasesBeforeOlder
                if self.performed.is_none() && self.finished.is_none() =>
            {
                match order.call {
                    Call::Confirm3 { cancelled: Retcode::Cancelled, .. } => Some(Ok(Reply::Done)),
                    _ => None,
                }
            }
            Rule::V3ErrorIsDoubted if at_source && perform_refused => self.stays(&order.call),
            Rule::V3LossIsDoubted if at_source && self.performed.is_some() => self.stays(&order.call),
            Rule::V3FinishIsDoubted if !at_source && question && self.finished.is_some() => {
                refused(ErrorCode::NO_DOMAIN)
            }
            Rule::V3CopyIsRemoved if matches!(order.call, Call::Destroy { .. }) => Some(Ok(Reply::Done)),
            Rule::V3BackIsAsked if at_source && self.confirmed_back => {
                self.state = DomainState::Running.into();
                self.stays(&order.call)
            }
            Rule::V3ConfirmIsDoubted if at_source && question && self.confirm_failed => {
                refused(ErrorCode::NO_DOMAIN)
            }
            Rule::FinishRepeated if self.finished.is_some() && finish => {
                refused(ErrorCode::OPERATION_INVALID)
            }
            Rule::V1FinishRepeated if self.finished.is_some() && finish => refused(ErrorCode::NO_DOMAIN),
            Rule::BothSayNowhere if at_source && is_question(&order.call) && self.finished.is_some() => {
                refused(ErrorCode::NO_DOMAIN)
            }
            _ => None,
        }
    }

    /// Changes an answer before the engine hears it.
    pub(crate) fn hears(&mut self, order: &Do, answer: Answer) -> Answer {
        let at_source = order.host == Host::Source;
        match (&order.call, &answer) {
            (call, Err(failure)) if call.performs() => self.performed = Some(failure.clone()),
            (Call::PerformTo { .. }, Ok(_)) => self.sent = true,
            (Call::Close, _) => self.closed = true,
            (call, _) if call.prepares() => self.prepared = true,
            (
                Call::Finish { .. }
                | Call::Finish2 { retcode: Retcode::Success, .. }
                | Call::Finish3 { cancelled: Retcode::Success, .. },
                Err(failure),
            ) => self.finished = Some(failure.clone()),
            (Call::Confirm3 { cancelled, .. }, answer) => {
                self.confirmed_back |= *cancelled == Retcode::Cancelled;
                self.confirm_failed |= *cancelled == Retcode::Success && answer.is_err();
            }
            (Call::GetState { .. } | Call::GetInfo { .. }, Ok(Reply::State(state))) if at_source => {
                self.state = *state
            }
            (Call::LookupByUuid { .. }, Err(_)) if !at_source => {
                self.believes_it_stays |= self.rule == Rule::GoneAsksAgain;
            }
            _ => {}
        }
        match (&order.call, &answer) {
            (Call::LookupByUuid { .. }, answer) => {
                self.another = matches!(answer, Ok(Reply::Found(domain)) if *domain == another());
                self.none_there = match answer {
                    Err(failure) if !at_source => is_absent(failure),
                    _ => at_source && self.none_there,
                };
            }
            (call, _) if call.changes_something() => self.none_there = false,
            _ => {}
        }
        let doubting = self.performed.is_some() && at_source;
        let running = Ok(Reply::State(DomainState::Running.into()));
        match (self.rule, &order.call, answer) {
            (
                Rule::NoDowngradeAfterLoss,
                Call::Prepare2 { .. },
                Err(Failure::Lost { .. } | Failure::Silent { .. }),
            )
            | (Rule::NoDowngradeAfterError, Call::Prepare2 { .. }, Err(Failure::Answered(_))) => {
                Err(Failure::Unsupported(RemoteError::unknown_procedure(108).into()))
            }
            (
                Rule::V3NoDowngradeAfterLoss,
                call @ (Call::Begin3 { .. } | Call::Prepare3 { .. }),
                Err(Failure::Lost { .. } | Failure::Silent { .. }),
            )
            | (
                Rule::V3NoDowngradeAfterError,
                call @ (Call::Begin3 { .. } | Call::Prepare3 { .. }),
                Err(Failure::Answered(_)),
            )
            | (
                Rule::BySourceNoDowngradeAfterError,
                call @ Call::PerformTo { .. },
                Err(Failure::Answered(_)),
            ) => Err(Failure::Unsupported(RemoteError::unknown_procedure(call.number()).into())),
            (Rule::AnotherIsNotIt, Call::LookupByUuid { .. }, Ok(Reply::Found(domain))) => {
                Ok(Reply::Found(Domain { uuid: UUID, ..domain }))
            }
            (Rule::EndIsNotDeparture, Call::GetState { .. }, Ok(Reply::State(state)))
                if at_source && state.state == DomainState::ShutOff =>
            {
                Ok(Reply::State(State { reason: Some(4), ..state }))
            }
            (Rule::BySourceLacksItself, call @ Call::PerformTo { .. }, Err(Failure::Unsupported(_))) => {
                Err(Failure::Unsupported(RemoteError::unknown_procedure(call.number()).into()))
            }
            (
                Rule::OfflineLossIsNotRefusal,
                Call::Finish3 { .. },
                Err(Failure::Lost { .. } | Failure::Silent { .. }),
            ) => Err(error(ErrorCode::OPERATION_FAILED, "made up by the mutant")),
            (Rule::OfflineRefusalIsNotSuccess, Call::Finish3 { .. }, Err(Failure::Answered(_))) => {
                Ok(Reply::Finished3 { domain: guest(-1), cookie: Cookie::default() })
            }
            (
                Rule::OfflineRunsIsRefused,
                Call::GetState { .. } | Call::GetInfo { .. },
                Ok(Reply::State(_)),
            ) if at_source => Ok(Reply::State(DomainState::ShutOff.into())),
            (Rule::PausedStaysPaused, Call::GetInfo { .. }, Ok(_)) if at_source => running,
            (Rule::InactiveIsRefused, Call::GetInfo { .. }, Ok(_)) if at_source && !doubting => running,
            (Rule::LeftIsRefused, Call::GetState { .. }, Ok(Reply::State(state)))
                if at_source && self.finish.is_none() =>
            {
                Ok(Reply::State(State { reason: Some(1), ..state }))
            }
            (Rule::V3EndIsHeeded, Call::GetState { .. }, Ok(Reply::State(state)))
                if !at_source && state.state == DomainState::ShutOff =>
            {
                Ok(Reply::State(State { reason: Some(6), ..state }))
            }
            (Rule::SwitchedIsNotRolledBack, Call::GetState { .. }, Ok(Reply::State(state)))
                if at_source && state.is_post_copy() =>
            {
                Ok(Reply::State(State { reason: Some(2), ..state }))
            }
            (Rule::InPostCopyIsRefused, Call::GetState { .. }, Ok(Reply::State(state)))
                if at_source && state.is_post_copy() && self.finish.is_none() =>
            {
                Ok(Reply::State(State { reason: Some(1), ..state }))
            }
            (Rule::SwitchIsAwaited, Call::GetJobInfo { .. }, Ok(_)) => Ok(Reply::Job(JobInfo::default())),
            (Rule::RestIsAwaited, Call::GetState { .. }, Ok(Reply::State(state)))
                if !at_source && state.state == DomainState::Running =>
            {
                Ok(Reply::State(State { reason: Some(2), ..state }))
            }
            (Rule::BrokenIsTold, Call::GetState { .. }, Ok(Reply::State(state)))
                if !at_source && state.has_broken_post_copy() =>
            {
                Ok(Reply::State(State { reason: Some(10), ..state }))
            }
            (
                Rule::BySourceLossIsDoubted,
                Call::PerformTo { .. },
                Err(Failure::Lost { .. } | Failure::Silent { .. }),
            ) => Err(error(ErrorCode::OPERATION_FAILED, "made up by the mutant")),
            (
                Rule::LossIsNotError,
                Call::Perform { .. },
                Err(Failure::Lost { .. } | Failure::Silent { .. }),
            ) => Err(error(ErrorCode::OPERATION_FAILED, "made up by the mutant")),
            (Rule::HearsayIsDoubted, Call::Perform { .. }, Err(Failure::Answered(_))) => {
                Err(error(ErrorCode::OPERATION_FAILED, "made up by the mutant"))
            }
            (Rule::StateNotExistence, Call::GetState { .. } | Call::GetInfo { .. }, Ok(_)) if doubting => {
                running
            }
            (Rule::JobIsAwaited, Call::GetJobInfo { .. }, Ok(_))
            | (Rule::UntoldIsNotNone, Call::GetJobInfo { .. }, Err(_)) => Ok(Reply::Job(JobInfo::default())),
            (Rule::LeftoverMayBeTheGuest, Call::GetJobInfo { .. }, Err(_)) if self.closed => {
                Ok(Reply::Job(JobInfo::default()))
            }
            (Rule::SilenceIsNotStay, call, Err(failure)) if doubting && !is_absent(&failure) => {
                self.stays(call).unwrap_or(Err(failure))
            }
            (Rule::SilenceIsNotLeave, call, Err(_)) if doubting && is_question(call) => {
                Err(error(ErrorCode::NO_DOMAIN, "made up by the mutant"))
            }
            (Rule::AbortIsSuccess, Call::Finish2 { retcode: Retcode::Cancelled, .. }, Err(_))
            | (Rule::V3AbortIsSuccess, Call::Finish3 { cancelled: Retcode::Cancelled, .. }, Err(_)) => {
                Err(error(ErrorCode::OPERATION_FAILED, "made up by the mutant"))
            }
            (
                Rule::V3FinishLossIsNotSuccess,
                Call::Finish3 { .. },
                Err(Failure::Lost { .. } | Failure::Silent { .. }),
            ) => Ok(Reply::Finished3 { domain: guest(21), cookie: Cookie::default() }),
            (
                Rule::V3SilenceIsRemembered,
                Call::Finish3 { .. },
                Err(Failure::Lost { .. } | Failure::Silent { .. }),
            ) => Err(error(ErrorCode::OPERATION_FAILED, "made up by the mutant")),
            (Rule::AnotherIsNotFinished, Call::Finish3 { .. }, Ok(Reply::Finished3 { cookie, .. })) => {
                Ok(Reply::Finished3 { domain: guest(21), cookie })
            }
            (
                Rule::AnotherIsNotFinished,
                Call::Finish { .. } | Call::Finish2 { .. },
                Ok(Reply::Finished(_)),
            ) => Ok(Reply::Finished(guest(21))),
            (
                Rule::FinishLossIsDoubted,
                Call::Finish { .. } | Call::Finish2 { .. },
                Err(Failure::Lost { .. } | Failure::Silent { .. }),
            ) => Ok(Reply::Finished(guest(21))),
            (_, _, answer) => answer,
        }
    }

    /// Says the caller's word though the caller has not.
    pub(crate) fn cancels(&self, unknown: &Unknown) -> bool {
        match self.rule {
            Rule::HeldUntilTheWord | Rule::BySourceHeldUntilTheWord => true,
            Rule::V1WholeIsHeld => unknown.check == Check::WhetherItIsAboutToLeave,
            Rule::V3PauseMayBeAnothers => unknown.check == Check::WhetherItWasMovedSince,
            _ => false,
        }
    }

    /// Says that the source's daemon has ended though nobody knows.
    pub(crate) fn says_that_it_ended(&self, unknown: &Unknown) -> bool {
        self.rule == Rule::BySourceEndIsTheWord && unknown.check == Check::WhetherTheSourceStillMovesIt
    }

    /// Takes what is not known for a stay.
    pub(crate) fn ends(&self, unknown: &Unknown, trace: &[(Do, Answer)]) -> Option<Outcome> {
        let v1 = trace.iter().any(|(order, _)| matches!(order.call, Call::Prepare { .. }));
        let (source, reason) = (unknown.source.clone(), unknown.reason.clone());
        let shows_none = self.rule == Rule::V1ShowsNoSlot && v1 && unknown.destination == Said::Absent;
        let runs_on = self.rule == Rule::V3RunsOnIsTold && unknown.check == Check::WhetherTheSourceRunsToo;
        (shows_none || runs_on).then_some(Outcome::OnSource { source, reason, left_on_destination: None })
    }

    /// Waits for no word of this.
    pub(crate) fn leaves(&self, why: &Waiting) -> bool {
        self.rule == Rule::V3CopyIsAskedFor && matches!(why, Waiting::Copy(_))
    }

    /// Makes calls though they are not recorded.
    pub(crate) fn dares(&self) -> bool {
        self.rule == Rule::UnwrittenIsNotMade
    }

    /// Leaves this record out of the journal.
    pub(crate) fn forgets(&self, record: &Record) -> bool {
        self.rule == Rule::Journalled && matches!(record, Record::Doing(_))
    }

    /// The caller's word was taken.
    pub(crate) fn was_cancelled(&mut self) {
        self.believes_it_stays |= matches!(self.rule, Rule::WordAsksAgain | Rule::V3WordAsksTheSource);
    }

    /// Reports another end than the engine has found.
    pub(crate) fn reports(&self, outcome: Outcome, trace: &[(Do, Answer)]) -> Outcome {
        match (
            self.rule,
            outcome,
            trace.iter().rev().find_map(|(order, answer)| answer.clone().err().map(|e| (order, e))),
        ) {
            (
                Rule::FirstErrorWins,
                Outcome::OnSource { source, left_on_destination, .. },
                Some((order, failure)),
            ) => {
                let reason = Reason::Failed { host: order.host, procedure: order.call.name(), failure };
                Outcome::OnSource { source, reason, left_on_destination }
            }
            (
                Rule::V3WordOfThereIsTold,
                Outcome::OnSource {
                    source,
                    reason: Reason::FailedThere { procedure, failure, .. },
                    left_on_destination,
                },
                _,
            ) => {
                let reason = Reason::Failed { host: Host::Source, procedure, failure };
                Outcome::OnSource { source, reason, left_on_destination }
            }
            (Rule::LostPrepareIsTold, Outcome::OnSource { source, reason, .. }, Some((order, _)))
                if order.call.prepares() =>
            {
                Outcome::OnSource { source, reason, left_on_destination: None }
            }
            (Rule::OfflineLeftIsTold | Rule::V3KeptIsTold, Outcome::OnSource { source, reason, .. }, _) => {
                Outcome::OnSource { source, reason, left_on_destination: None }
            }
            (Rule::V3DefinitionIsTold, Outcome::OnDestination { domain, state, warning, .. }, _) => {
                Outcome::OnDestination { domain, state, warning, left_on_source: None }
            }
            (_, outcome, _) => outcome,
        }
    }

    /// What a source says that has the guest, in the state last told, and no job.
    fn stays(&self, question: &Call) -> Option<Answer> {
        match question {
            Call::LookupByUuid { .. } => Some(Ok(Reply::Found(guest(7)))),
            Call::GetJobInfo { .. } => Some(Ok(Reply::Job(JobInfo::default()))),
            Call::GetState { .. } | Call::GetInfo { .. } => Some(Ok(Reply::State(self.state))),
            _ => None,
        }
    }
}

/// Leaves what belongs to this parameter out.
fn forget(terms: &mut Terms, name: &str) {
    match terms {
        Terms::Fixed { xml, uri, dname, .. } => match name {
            "destination_xml" => *xml = None,
            "migrate_uri" => *uri = None,
            _ => *dname = Some("guest".into()),
        },
        Terms::Params(params) => params.retain(|param| param.field != *name),
    }
}

fn is_question(call: &Call) -> bool {
    matches!(
        call,
        Call::LookupByUuid { .. } | Call::GetJobInfo { .. } | Call::GetState { .. } | Call::GetInfo { .. }
    )
}

fn is_absent(failure: &Failure) -> bool {
    failure.code() == Some(ErrorCode::NO_DOMAIN)
}
