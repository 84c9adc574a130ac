//! Is what the engine claims at the end true, and does it stay true?

use virtwire_protocol::error::{ErrorCode, ErrorDomain};
use virtwire_protocol::migrate::{
    Call, Check, Do, DomainState, Failure, Host, Job, MigrateFlags, Outcome, Reason, Record, Reply, Retcode,
    Said,
};

use super::destination::{Incoming, Loss, Taken};
use super::offline::{self, Offline};
use super::postcopy::{Half, PostCopy};
use super::run::{Answer, Run, is_lacking};
use super::setup::{Asked, By, Guest, Word};
use super::source::another;

/// Checks the outcome when it is told, and again when everything that is under way has ended and all
/// connections are closed.
pub(crate) fn judge(run: &mut Run) {
    if run.setup.offline != Offline::No {
        return offline::judge(run);
    }
    let Some(outcome) = run.outcome.clone() else { return judge_dead_caller(run) };
    check_arrival(run, &outcome);
    check_claims(run, &outcome);
    check_left_over(run, &outcome);
    match &outcome {
        Outcome::Unknown(unknown) => return check_doubt(run, unknown.check),
        Outcome::Nowhere { source, destination, .. } => {
            run.check_said(Host::Source, source);
            run.check_said(Host::Destination, destination);
        }
        _ => {}
    }
    check_release(run);
    run.world.settle();
    run.world.caller_dies();
    run.world.settle();
    check_claims(run, &outcome);
    check_first_error(run, &outcome);
    check_loss(run);
    check_halves(run, &outcome);
}

fn check_arrival(run: &mut Run, outcome: &Outcome) {
    let breaks = run.setup.post_copy.breaks_for_certain();
    if run.faults.is_empty() && breaks && !matches!(outcome, Outcome::PostCopyBroken { .. }) {
        run.breaks("a broken post-copy is not told");
    }
    let arrived = matches!(outcome, Outcome::OnDestination { warning: None, .. });
    if run.faults.is_empty() && !run.setup.source_dies && run.setup.must_arrive() && !arrived {
        run.breaks("nothing went wrong, and the guest did not arrive");
    }
}

/// All hosts that live are up again by now: a paused copy is left only where its removal was tried, or a job runs on it.
fn check_left_over(run: &mut Run, outcome: &Outcome) {
    let Outcome::OnDestination { left_on_source: Some(said), .. } = outcome else { return };
    let tried =
        run.trace.iter().any(|(order, answer)| matches!(order.call, Call::Destroy { .. }) && answer.is_err());
    let rightly = match said {
        Said::Has { state, .. } if state.state == DomainState::ShutOff => {
            run.request.flags.has(MigrateFlags::UNDEFINE_SOURCE) && run.world.source.defined
        }
        Said::Has { state, job: Job::None, .. } => tried || !(state.is_migrating() || state.is_post_copy()),
        Said::Has { .. } => true,
        _ => run.world.source.perished,
    };
    if !rightly {
        run.breaks("a copy is left on the source, and was not removed");
    }
}

/// The outcome against the truth.
fn check_claims(run: &mut Run, outcome: &Outcome) {
    let world = &run.world;
    if world.runs_twice_by_us() {
        return run.breaks("two copies run");
    }
    if world.running_copies() > 1 {
        return match outcome {
            Outcome::Unknown(unknown) if unknown.check == Check::WhetherTheSourceRunsToo => {}
            // Nobody is heard who has it there.
            Outcome::Unknown(_) if run.setup.by == By::SourceAlone => {}
            // It does not answer.
            Outcome::OnDestination { left_on_source: Some(Said::NoAnswer(_)), .. } => {}
            _ => run.breaks("two copies run, and it is not told"),
        };
    }
    let at_source = world.source.active.is_some();
    let was_to_go = run.request.flags.has(MigrateFlags::UNDEFINE_SOURCE);
    let holds = match outcome {
        Outcome::OnDestination { domain, state, left_on_source, .. } => match &world.destination.guest {
            Some(Taken { name, paused, from_memory: true }) => {
                let at_source = match left_on_source {
                    // It may be there or not; that it runs, the count of those that do would see.
                    Some(_) => false,
                    None => at_source || was_to_go && world.source.defined,
                };
                let told = state.is_none_or(|state| (state.state == DomainState::Paused) == *paused);
                world.destination.half.is_none()
                    && !at_source
                    && *name == domain.name
                    && told
                    && as_it_was(run, *paused)
            }
            // It took the guest over, was not asked since, and died with it.
            None if state.is_none() && world.destination.destroyed == Some(Loss::HostDied) => true,
            // The source said that it has handed it over, and nobody was heard who has it.
            None => run.setup.by != By::Us && state.is_none() && !at_source && world.destination.ran,
            Some(_) => false,
        },
        Outcome::PostCopyBroken { .. } => {
            // A Perform that was not heard of may resume it yet.
            let may_resume =
                matches!(run.setup.post_copy, PostCopy::Resumes { .. }) && (lost(run) || failed(run));
            may_resume || world.destination.half == Some(Half::Broken) && world.destination.guest.is_some()
        }
        Outcome::OnSource { reason: Reason::InPostCopy(_), .. } => {
            run.setup.post_copy == PostCopy::Left && (world.source.half.is_some() || world.source.perished)
        }
        // No word of a guest that is on two hosts.
        Outcome::OnSource { .. } if world.source.half.is_some() => false,
        // Nothing was done to it, so it is as it was, unless its host died meanwhile.
        Outcome::OnSource { source: Said::NotAsked, .. } => {
            at_source || world.source.perished || run.setup.guest == Guest::Off
        }
        Outcome::OnSource { source: Said::Absent, .. } => !at_source,
        Outcome::OnSource { reason: Reason::LeftPaused(_), .. } => at_source || world.source.perished,
        Outcome::OnSource { source, .. } if run.setup.by_v3() || run.setup.by != By::Us => {
            let told = source.state().is_some_and(|state| state.state == DomainState::Paused);
            // A Resume without an answer may come late.
            let stopped = could_not_resume(run);
            let as_it_was = told == run.setup.guest.is_paused() || state_untold(run) || stopped;
            let as_told = world.source.active == Some(told) || stopped;
            at_source != source.is_gone() && (!at_source || as_told && as_it_was)
        }
        Outcome::OnSource { source, .. } => {
            at_source != source.is_gone() && world.source.active != Some(!run.setup.guest.is_paused())
        }
        Outcome::Nowhere { source, destination, .. } => {
            source.is_gone() && destination.is_gone() && !world.guest_exists()
        }
        Outcome::Unknown(_) => true,
        _ => false,
    };
    let elsewhere = matches!(outcome, Outcome::OnSource { left_on_destination: None, .. })
        && world.destination.guest.is_some()
        && world.source.half.is_none();
    if !holds || elsewhere {
        run.breaks("the outcome is not true");
    }
}

/// A paused guest stays paused, a running one runs, unless the source did not tell that it was paused (which
/// libvirt's client does not mind either) or the destination failed to resume it.
fn as_it_was(run: &Run, paused: bool) -> bool {
    let flags = run.request.flags;
    let failed = run.trace.iter().any(|(order, answer)| order.call.finishes() && answer.is_err());
    let was_paused = run.setup.guest.is_paused() || flags.has(MigrateFlags::PAUSED);
    state_untold(run) || paused == was_paused || (paused && failed)
}

/// The source did not tell the guest's state before the start.
fn state_untold(run: &Run) -> bool {
    let starts = |(order, answer): &(Do, Answer)| order.call.performs() && !is_lacking(answer);
    let mut before = run.trace.iter().take_while(|step| !starts(step));
    before.any(|(order, answer)| matches!(order.call.number(), 16 | 212) && answer.is_err())
}

/// It told, by every question that it was asked before the start.
pub(crate) fn state_told(run: &Run) -> bool {
    let asked = run.trace.iter().filter(|(order, _)| matches!(order.call.number(), 16 | 212));
    run.setup.source.serves(212)
        && asked.clone().next().is_some()
        && asked.clone().all(|(_, answer)| answer.is_ok())
}

/// The source did not do what it was told to.
fn could_not_resume(run: &Run) -> bool {
    run.trace.iter().any(|(order, answer)| matches!(order.call, Call::Resume { .. }) && answer.is_err())
}

/// Unknown is allowed to last only where nothing that the engine could ask would tell.
fn check_doubt(run: &mut Run, check: Check) {
    let world = &run.world;
    let by_v1 = run.trace.iter().any(|(order, _)| matches!(order.call, Call::Prepare { .. }));
    let rightly = match check {
        // Perform may be queued, and the caller has not said to cancel, or cannot prove that the slot is
        // gone.
        Check::WhetherPerformStillRuns => {
            let waits = world.destination.incoming.is_some() || by_v1;
            world.source.active.is_some() && waits && run.setup.word == Word::Never
        }
        // Given up, and nothing that is asked or sent tells whether it is waited for still.
        Check::WhetherItIsAwaited => {
            let waits = world.destination.incoming.is_some() || by_v1 && !run.world.preparing_is_closed();
            world.source.active.is_some() && waits && (by_v1 || run.setup.by_v3())
        }
        // All of it is there, and its source cannot tell whether it is about to drop its own.
        Check::WhetherItIsAboutToLeave => {
            let whole = world.destination.incoming.as_ref().is_some_and(|one| one.memory.is_some());
            let may_cancel = run.setup.word != Word::Never && world.source.job.is_none();
            world.source.active.is_some() && by_v1 && whole && !run.setup.source.serves(163) && !may_cancel
        }
        // The destination has lost its part, or it is not told how it goes on.
        Check::WhetherThePostCopyBroke => {
            let (source, destination) = (&world.source, &world.destination);
            let lost_there = destination.guest.is_none() && destination.incoming.is_none();
            source.half.is_some() && (lost_there || source.half == Some(Half::Comes))
        }
        // We have no way to the destination.
        Check::WhetherItArrived if run.setup.by == By::SourceAlone => {
            world.source.active.is_none() && (lost(run) || failed(run))
        }
        // Its daemon died before it had said that the destination shall start what is there.
        Check::WhetherItArrived if run.setup.by != By::Us => {
            world.source.active.is_none() && world.destination.incoming.is_some() && lost(run)
        }
        // The source's host lost the guest by itself, or never had it; the destination waits for what never
        // left.
        Check::WhetherItArrived => {
            let waits = |one: &Incoming| one.memory.is_none() && one.finishing.is_some();
            let never_was = run.setup.guest == Guest::Off && state_untold(run);
            let waits = world.destination.incoming.as_ref().is_some_and(waits);
            !run.setup.by_v3() && (world.source.perished || never_was) && waits
        }
        // Nobody but a person knows whether the guest shall live on as what the destination has of it.
        Check::WhetherTheCopyIsGood => world.source.perished && world.destination.incoming.is_some(),
        Check::WhetherTheSourceStillMovesIt => {
            let may_run_there = world.source.active == Some(true) || world.destination.domain().is_some();
            let may_yet = !run.said_that_it_ended || may_run_there || run.setup.by == By::SourceAlone;
            run.setup.by != By::Us && world.source.active.is_some() && (lost(run) || unheard(run)) && may_yet
        }
        Check::WhetherItTookOver if run.setup.by == By::SourceAlone => {
            world.source.stopped || run.setup.guest.is_paused() && !run.faults.is_empty()
        }
        // Nobody but the caller knows what happened there meanwhile.
        Check::WhetherItRanThere => {
            let is_copy = world.source.stopped && world.source.active.is_some();
            run.setup.word == Word::Never && is_copy && world.destination.guest.is_none()
        }
        // Nobody but the caller knows whose it is, once the source was not heard or waited for.
        Check::WhetherItWasMovedSince => {
            let source = &world.source;
            let is_paused = source.stopped && source.active.is_some() && source.migrating.is_none();
            let in_doubt = |(order, answer): &(Do, Answer)| match answer {
                Err(Failure::Answered(_) | Failure::Unsupported(_)) if order.call.performs() => false,
                Err(_) => order.host == Host::Source,
                Ok(Reply::Job(job)) => job.kind != 0,
                Ok(Reply::Found(domain)) => domain.uuid == another().uuid,
                _ => false,
            };
            run.setup.word == Word::Never && is_paused && run.trace.iter().any(in_doubt)
        }
        Check::WhetherTheSourceRunsToo => world.source.runs_by_itself && world.running_copies() > 1,
        Check::HowItEndedThere => {
            let is_copy = world.source.stopped && world.source.active.is_some();
            world.destination.ended && is_copy && world.destination.guest.is_none()
        }
        _ => false,
    };
    if !rightly {
        run.breaks("unknown for no reason");
    }
}

/// Perform's reply was lost.
pub(crate) fn lost(run: &Run) -> bool {
    run.trace.iter().any(|(order, answer)| {
        order.call.performs() && matches!(answer, Err(Failure::Lost { .. } | Failure::Silent { .. }))
    })
}

/// Perform was answered with an error that may have been made up, and its source cannot tell of jobs: so it may yet run.
pub(crate) fn unheard(run: &Run) -> bool {
    let made_up = |answer: &Answer| matches!(answer, Err(Failure::Answered(error) | Failure::Unsupported(error)) if error.domain == ErrorDomain::RPC);
    let performs = |(order, answer): &(Do, Answer)| order.call.performs() && made_up(answer);
    // Nor does a definition that moves show as a job.
    let shows_jobs = run.setup.source.serves(163) && run.setup.offline == Offline::No;
    !shows_jobs && run.trace.iter().any(performs)
}

/// Perform was answered with an error.
fn failed(run: &Run) -> bool {
    run.trace.iter().any(|(order, answer)| {
        order.call.performs() && matches!(answer, Err(Failure::Answered(_) | Failure::Unsupported(_)))
    })
}

/// A source whose guest was not sent is not left with the job that Begin started, unless a proxy made up that Begin failed: then
/// the job lasts as long as the connection.
pub(crate) fn check_release(run: &mut Run) {
    let sent = run.trace.iter().any(|(order, _)| order.call.performs());
    let told = |(order, answer): &(Do, Answer)| match order.call {
        Call::Begin3 { .. } => answer.as_ref().is_err_and(|failure| failure.code().is_some()),
        Call::Confirm3 { .. } => answer.is_err(),
        _ => false,
    };
    // Nobody is told to give up what a post-copy has left: the job goes with its connection.
    let torn = matches!(run.setup.post_copy, PostCopy::Resumes { .. } | PostCopy::Left);
    if run.world.source.is_held() && !torn && !sent && !run.trace.iter().any(told) {
        run.breaks("the source is left with its job");
    }
}

/// Whatever went wrong first is what is reported.
pub(crate) fn check_first_error(run: &mut Run, outcome: &Outcome) {
    let (Outcome::OnSource { reason, .. }
    | Outcome::Nowhere { reason, .. }
    | Outcome::PostCopyBroken { reason, .. }) = outcome
    else {
        return;
    };
    let prepared = |(order, answer): &(Do, Answer)| order.call.prepares() && answer.is_ok();
    let expected = match run.first_failure() {
        _ if run.setup.request == Asked::NoUri && run.trace.iter().any(prepared) => Reason::NoUri,
        Some(reason) => with_what_it_was_there(run, reason),
        None => Reason::Vanished,
    };
    if *reason != expected
        && !matches!(
            reason,
            Reason::NotActive(_) | Reason::Active(_) | Reason::LeftPaused(_) | Reason::InPostCopy(_)
        )
    {
        run.breaks("the first failure is not reported");
    }
    let last = run.unwritten.last().or(run.journal.last());
    if !matches!(last, Some(Record::Ended(last)) if last == outcome) {
        run.breaks("the journal does not end in the outcome");
    }
}

/// The exception: where Perform failed for no reason of the source's own, a destination that is told to give the guest up says what it was.
fn with_what_it_was_there(run: &Run, first: Reason) -> Reason {
    let code = |failure: &Failure| match failure {
        Failure::Answered(error) if error.domain == ErrorDomain::QEMU => Some(error.code),
        _ => None,
    };
    let tells = |failure: &Failure| {
        let code = code(failure);
        code.is_some_and(|code| !matches!(code, ErrorCode::MIGRATE_FINISH_OK | ErrorCode::NO_DOMAIN))
    };
    let there = run.trace.iter().find_map(|(order, answer)| match (&order.call, answer) {
        (Call::Finish3 { cancelled: Retcode::Cancelled, .. }, Err(there)) if tells(there) => Some(there),
        _ => None,
    });
    match (first, there) {
        (Reason::Failed { host: Host::Source, procedure, failure }, Some(there))
            if code(&failure) == Some(ErrorCode::OPERATION_FAILED) =>
        {
            Reason::FailedThere { procedure, failure, there: there.clone() }
        }
        (first, _) => first,
    }
}

/// With every host up and every connection closed, half a guest is nowhere unless the outcome names it.
fn check_halves(run: &mut Run, outcome: &Outcome) {
    let world = &run.world;
    let incoming = world.destination.incoming.is_some() || world.destination.slot.is_some();
    let named = match outcome {
        Outcome::OnSource { left_on_destination, .. } => left_on_destination.is_some(),
        Outcome::OnDestination { left_on_source, .. } => left_on_source.is_some(),
        _ => false,
    };
    if incoming && !named {
        run.breaks("a half of the guest is left over");
    }
}

/// The guest may be lost to a host or connection that died, never to the engine.
fn check_loss(run: &mut Run) {
    let avoidable = match run.world.destination.destroyed {
        Some(Loss::NoMachine) => true,
        // By the source's own daemon, or its version.
        _ if run.setup.by != By::Us => false,
        Some(Loss::Cancelled | Loss::Destroyed) if run.world.guest_exists() || run.world.source.perished => {
            false
        }
        Some(Loss::Cancelled) if !run.setup.by_v3() => !run.may_lose(),
        Some(Loss::Cancelled | Loss::Destroyed) => true,
        _ => false,
    };
    if avoidable {
        run.breaks("the engine lost the guest");
    }
}

/// The caller died: its journal must admit whatever may have happened since.
fn judge_dead_caller(run: &mut Run) {
    run.world.settle();
    if run.world.runs_twice_by_us() {
        run.breaks("two copies run");
    }
    let performed = |record: &Record| matches!(record, Record::Doing(order) if order.call.performs());
    // What is in two halves already is not lost by this migration, and the request says so.
    let torn = matches!(run.setup.post_copy, PostCopy::Resumes { .. } | PostCopy::Left);
    let was_there = run.setup.guest != Guest::Off && !run.world.source.perished && !torn;
    if was_there && !run.world.guest_exists() && !run.journal.iter().any(performed) {
        run.breaks("the guest is gone and the journal does not say that it might be");
    }
    check_loss(run);
}
