//! Asking a host where the guest is: by uuid, first for its job and then for its state.
//!
//! The order matters. A Perform may end between two questions. Asked for the state first, a host could say
//! "running", then let the guest leave, then say "no job", and the two together would claim that the guest
//! stays. Asked for the job first, "no job" means that Perform is over (or has not begun), so the state that
//! follows is its result.

use super::answer::{Failure, Reply};
use super::call::{Call, Host};
use super::domain::Domain;
use super::state::{Job, Said};
use crate::error::ErrorCode;

/// A host being asked, and the question that is out.
#[derive(Debug)]
pub(crate) struct Ask {
    host: Host,
    question: Question,
}

#[derive(Debug)]
enum Question {
    /// Does it know the guest?
    Lookup([u8; 16]),
    /// Does a job run? Only the source is asked: a destination refuses this for an incoming guest (error 84).
    Job(Domain),
    /// Its state and the reason for it (212).
    State(Domain, Job),
    /// Its state alone (16), of a peer without 212.
    Info(Domain, Job),
}

/// What an answer leads to.
#[derive(Debug)]
pub(crate) enum Next {
    /// Another question.
    Ask(Ask),
    /// The host has told, or will not.
    Said(Said),
}

impl Ask {
    /// Asks everything, from the guest's uuid on.
    pub(crate) fn all(host: Host, uuid: [u8; 16]) -> Ask {
        Ask { host, question: Question::Lookup(uuid) }
    }

    /// Asks no more than the state of a guest that the host has just named, by a call that every peer has.
    pub(crate) fn state(host: Host, domain: Domain) -> Ask {
        Ask { host, question: Question::Info(domain, Job::NotAsked) }
    }

    pub(crate) fn host(&self) -> Host {
        self.host
    }

    /// The call that asks the current question.
    pub(crate) fn call(&self) -> Call {
        match &self.question {
            Question::Lookup(uuid) => Call::LookupByUuid { uuid: *uuid },
            Question::Job(domain) => Call::GetJobInfo { domain: domain.clone() },
            Question::State(domain, _) => Call::GetState { domain: domain.clone() },
            Question::Info(domain, _) => Call::GetInfo { domain: domain.clone() },
        }
    }

    /// Takes the answer to [`call`](Self::call).
    pub(crate) fn answer(self, answer: Result<Reply, Failure>) -> Next {
        let Ask { host, question } = self;
        let ask = |question| Next::Ask(Ask { host, question });
        match (question, answer) {
            (_, Err(failure)) if failure.answered(ErrorCode::NO_DOMAIN) => Next::Said(Said::Absent),

            // Whatever it says of another guest, it says nothing of this one.
            (Question::Lookup(uuid), Ok(Reply::Found(domain))) if domain.uuid != uuid => {
                Next::Said(Said::NoAnswer(Failure::foreign()))
            }
            (Question::Lookup(_), Ok(Reply::Found(domain))) => match host {
                Host::Source => ask(Question::Job(domain)),
                Host::Destination => ask(Question::State(domain, Job::NotAsked)),
            },

            (Question::Job(domain), Ok(Reply::Job(info))) => {
                let job = if info.is_running() { Job::Running(info) } else { Job::None };
                ask(Question::State(domain, job))
            }
            // "The domain is not running": then it has no job either, and its state is what counts.
            (Question::Job(domain), Err(failure)) if failure.answered(ErrorCode::OPERATION_INVALID) => {
                ask(Question::State(domain, Job::None))
            }
            (Question::Job(domain), Err(failure))
                if matches!(failure, Failure::Unsupported(_))
                    || failure.answered(ErrorCode::OPERATION_UNSUPPORTED) =>
            {
                ask(Question::State(domain, Job::Untold))
            }

            (Question::State(domain, job), Err(Failure::Unsupported(_))) => ask(Question::Info(domain, job)),
            (Question::State(domain, job) | Question::Info(domain, job), Ok(Reply::State(state))) => {
                Next::Said(Said::Has { domain, state, job })
            }

            (_, Err(failure)) => Next::Said(Said::NoAnswer(failure)),
            (_, Ok(_)) => Next::Said(Said::NoAnswer(Failure::foreign())),
        }
    }
}
