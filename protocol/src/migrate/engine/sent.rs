//! The source carries the migration out by itself: where is the guest when its one call is over?
//!
//! Nothing can be told to the destination, which was prepared by the source's daemon and is finished by it. So both hosts are asked,
//! whatever the call came to: a success may leave a paused copy behind, and an error may have been made up on the way.
//!
//! ```text
//!  the source says          the destination says
//!                           has it, started            none                        nothing
//!  absent, shut off         OnDestination              Nowhere                     after a success OnDestination, else unknown
//!  there as it was, no job  unknown                    after an error OnSource,    the same
//!                                                      after a lost reply unknown;
//!                                                      also after an error that may
//!                                                      be made up, if it cannot
//!                                                      tell of jobs
//!  paused by a migration    OnDestination, and the     may have run there:         unknown
//!                           copy is destroyed          unknown, until the word
//!  a job runs               wait, ask again
//!  nothing                  unknown, ask again
//! ```
//!
//! Where the reply was lost, a job that is seen and over is no proof: nothing tells whose it was. That the source's daemon has ended since is the
//! caller's word, and then a guest that runs there while the destination has none is on the source.
//!
//! A copy that waits for its start on the destination is waited for as well: the source's daemon starts it or gives it up.

use super::Engine;
use super::arrival::Ended;
use super::back::Back;
use super::confirm::Arrived;
use super::start::{failed, failure_of};
use super::step::Step;
use crate::error::Fate;
use crate::migrate::action::Waiting;
use crate::migrate::answer::{Failure, Reply};
use crate::migrate::ask::Ask;
use crate::migrate::call::{Call, Host};
use crate::migrate::domain::Cookie;
use crate::migrate::flags::MigrateFlags;
use crate::migrate::outcome::{Check, Outcome, Reason};
use crate::migrate::plan::Version;
use crate::migrate::request::Way;
use crate::migrate::state::{DomainState, Job, Said, State};
use crate::migrate::torn::Torn;

/// A migration that the source carried out, or was to.
#[derive(Debug)]
pub(super) struct Sent {
    /// What went wrong with the call, if anything did.
    failed: Option<Reason>,
    /// Its reply was lost, so that it may yet run.
    lost: bool,
    /// It was answered with an error that may have been made up on the way.
    hearsay: bool,
    /// The destination showed that the guest has run and ended there.
    ended: bool,
    /// The caller's word: the source's daemon, which was asked, has ended since. So it begins nothing any more, and has ended what it had begun.
    daemon_ended: bool,
}

impl Sent {
    fn new(failed: Option<Reason>) -> Sent {
        Sent { failed, lost: false, hearsay: false, ended: false, daemon_ended: false }
    }

    /// By the caller's word the source's daemon has ended since.
    pub(super) fn without_daemon(self) -> Sent {
        Sent { daemon_ended: true, ..self }
    }

    pub(super) fn reason(&self) -> Reason {
        self.failed.clone().unwrap_or(Reason::Vanished)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// It was answered with an error of the source's own.
    fn has_failed(&self) -> bool {
        self.failed.is_some() && !self.lost && !self.hearsay
    }

    /// What is in doubt before the hosts have told.
    pub(super) fn check(&self) -> Check {
        match self.lost || self.hearsay {
            true => Check::WhetherTheSourceStillMovesIt,
            false => Check::WhetherItTookOver,
        }
    }
}

impl Engine {
    pub(super) fn send(&mut self, version: Version) -> Step {
        let (domain, terms, flags) = (self.request.domain.clone(), self.terms.clone(), self.flags);
        let dconnuri = match &self.request.way {
            Way::PeerToPeer { to } => Some(to.clone()),
            Way::Managed | Way::Direct => None,
        };
        let call = match version {
            Version::V3 | Version::V3Params => Call::PerformTo { domain, dconnuri, terms, flags },
            Version::V1 | Version::V2 => Call::Perform {
                domain,
                cookie: Cookie::default(),
                uri: dconnuri.or_else(|| self.request.uri.clone()).unwrap_or_default(),
                flags,
                dname: self.request.dname.clone(),
                resource: self.request.bandwidth_mib_s,
            },
        };
        let number = call.number();
        self.call(Host::Source, call, None);
        Step::Send(number)
    }

    pub(super) fn sent(&mut self, number: i32, answer: Result<Reply, Failure>) -> Step {
        let failure = match answer {
            Ok(Reply::Performed(_) | Reply::Done) => {
                return self.ask_sender(Sent::new(None));
            }
            other => failure_of(other),
        };
        let never_sent = matches!(failure, Failure::NotSent { .. });
        let (lost, hearsay) = (failure.fate() == Fate::Unknown, !failure.is_the_hosts_own());
        // What the destination lacks comes back as the source's own error: it names another call than this.
        let lacks_it = failure.is_about(number);
        let reason = failed(Host::Source, self.procedure, failure);
        if never_sent {
            return self.stay(reason);
        }
        if let Some(older) = lacks_it.then(|| self.downgrade(&reason)).flatten() {
            return older;
        }
        self.ask_sender(Sent { lost, hearsay, ..Sent::new(Some(reason)) })
    }

    pub(super) fn ask_sender(&mut self, sent: Sent) -> Step {
        let ask = Ask::all(Host::Source, self.request.domain.uuid);
        self.question(&ask);
        Step::AskSender(ask, sent)
    }

    pub(super) fn sender_said(&mut self, mut sent: Sent, said: Said) -> Step {
        // Nothing else would show that it still moves the guest, or a definition, which has no job.
        let untold = matches!(said, Said::Has { job: Job::Untold, .. }) || self.is_offline();
        sent.lost |= sent.hearsay && untold;
        // The job of a post-copy that is broken stays until it is resumed.
        let broken = said.state().is_some_and(|state| state.is_post_copy() && !state.has_switched());
        if let Said::Has { job: Job::Running(info), .. } = said
            && !broken
        {
            self.wait(Waiting::Job(info));
            return Step::HoldSent(sent, Check::WhetherTheSourceStillMovesIt);
        }
        let ask = Ask::all(Host::Destination, self.request.domain.uuid);
        self.question(&ask);
        Step::AskReceiver(ask, sent)
    }

    pub(super) fn receiver_said(&mut self, mut sent: Sent, said: Said) -> Step {
        let (is_gone, is_absent) = (self.is_gone(&self.source), self.is_gone(&said));
        sent.ended = false;
        let copy = self.source.state();
        let is_copy = copy.is_some_and(State::is_migrating) && self.was_paused != Some(true);
        // Either host shows that a post-copy has switched over, also one whose other half is gone.
        let is_torn = said.state().is_some_and(|state| state.fetches() || state.has_broken_post_copy());
        if is_torn || copy.is_some_and(State::is_post_copy) {
            return self.halves_sent(sent, &said);
        }
        match (copy, said) {
            _ if is_gone && is_absent => {
                let (source, destination) = (self.source.clone(), self.destination.clone());
                self.end(Outcome::Nowhere { source, destination, reason: sent.reason() })
            }
            (_, Said::Has { domain, state, .. })
                if is_gone && (sent.failed.is_none() || self.has_started(state) || self.is_offline()) =>
            {
                let state = (!self.is_offline()).then_some(state);
                let (warning, left_on_source) = (sent.failed, self.request.left_definition(&self.source));
                self.end(Outcome::OnDestination { domain, state, warning, left_on_source })
            }
            _ if is_gone && sent.failed.is_none() => self.handed_over(),
            _ if is_gone => self.hold_sent(sent, Check::WhetherItArrived),

            (None, _) => self.hold_sent(sent, Check::WhetherItLeft),
            // From before, for all that the source has said.
            (Some(_), Said::Has { state, .. })
                if !is_absent && self.has_started(state) && sent.has_failed() && !is_copy =>
            {
                self.hold_sent(sent, Check::WhichOneIsTheGuest)
            }
            (Some(copy), Said::Has { domain, state, .. }) if !is_absent && self.has_started(state) => {
                let warning = sent.failed.clone();
                let arrived = Arrived::new(domain, Some(state), warning, Cookie::default()).unconfirmed();
                match copy.state {
                    DomainState::Paused | DomainState::ShutOff => self.ask_left(arrived),
                    // It said so before the destination was asked, and may have sent it in between.
                    _ => self.hold_sent(sent, Check::WhetherTheSourceRunsToo),
                }
            }
            (Some(_), said) if is_copy => {
                let ended = said.state().map_or(Ended::Untold, Ended::of);
                sent.ended = is_absent && ended == Ended::AfterRunning;
                let check = match is_absent {
                    true if sent.ended => Check::HowItEndedThere,
                    true => Check::WhetherItRanThere,
                    false => Check::WhetherItTookOver,
                };
                self.hold_sent(sent, check)
            }
            // One that moves without running may stay defined where it was.
            _ if sent.failed.is_none() && self.is_offline() && !is_absent => self.handed_over(),
            // One that runs there was not handed over. A paused one may have been, and have ended where it went.
            (Some(copy), _) if sent.daemon_ended && is_absent && copy.state != DomainState::Paused => {
                self.stay(sent.reason())
            }
            _ if sent.lost => self.hold_sent(sent, Check::WhetherTheSourceStillMovesIt),
            // The source says that it has handed the guest over, or only a proxy that it has not; nobody was heard who has it.
            (Some(copy), Said::NoAnswer(_) | Said::NotAsked)
                if sent.failed.is_none() || sent.hearsay && copy.state == DomainState::Paused =>
            {
                let is_paused = copy.state == DomainState::Paused;
                let runs_too = Check::WhetherTheSourceRunsToo;
                self.hold_sent(sent, if is_paused { Check::WhetherItTookOver } else { runs_too })
            }
            (Some(_), said @ Said::Has { .. }) if !is_absent => self.leave(sent.reason(), said),
            // A source whose Finish had no success may have had its definition kept all the same.
            (Some(_), said @ Said::NoAnswer(_)) if self.is_offline() => self.leave(sent.reason(), said),
            _ => self.stay(sent.reason()),
        }
    }

    /// Its post-copy has switched over. The source's daemon brings it to its end, if it does not break.
    fn halves_sent(&mut self, sent: Sent, said: &Said) -> Step {
        match Torn::of(&self.source, said) {
            Torn::Whole(domain, state) => {
                let arrived = Arrived::new(domain, Some(state), sent.failed, Cookie::default());
                self.ask_left(arrived.unconfirmed())
            }
            Torn::Broken => {
                let (source, destination) = (self.source.clone(), said.clone());
                self.end(Outcome::PostCopyBroken { source, destination, reason: sent.reason() })
            }
            Torn::Nowhere | Torn::Untold => self.hold_sent(sent, Check::WhetherThePostCopyBroke),
        }
    }

    /// The source says so, and the destination is not heard.
    fn handed_over(&mut self) -> Step {
        let domain = self.request.domain_there();
        let left_on_source = self.request.left_definition(&self.source);
        self.end(Outcome::OnDestination { domain, state: None, warning: None, left_on_source })
    }

    /// The caller's word is that the guest has not run on the destination.
    pub(super) fn take_back(&mut self, sent: Sent) -> Step {
        self.resume(Back::of_source(sent.reason()))
    }

    fn hold_sent(&mut self, sent: Sent, check: Check) -> Step {
        self.wait_for_truth(sent.reason(), check);
        Step::HoldSent(sent, check)
    }

    /// Not a copy that waits for its start. A peer that tells no reasons shows one as it shows a guest that arrived paused.
    fn has_started(&self, state: State) -> bool {
        let to_be_paused = self.was_paused == Some(true) || self.flags.has(MigrateFlags::PAUSED);
        match (state.state, state.reason) {
            (DomainState::ShutOff, _) => false,
            (DomainState::Paused, None) => to_be_paused,
            (DomainState::Paused, Some(_)) => !state.may_wait_for_its_start(),
            _ => true,
        }
    }
}
