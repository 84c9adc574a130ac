//! OFFLINE: only a definition moves, and the source's stays until Confirm.
//!
//! Daemons show the guest from Prepare on (libvirt), or only once it is defined (ours), and forget what they have prepared with its
//! connection, or never. So what a destination shows does not tell whether it has kept the definition, as long as a Finish of ours is
//! without an answer: it is repeated until there is one. Success says that it was kept; 42 and 55 say that nothing waits for a Finish,
//! so that none can come late, and what it shows then is all there is.
//!
//! ```text
//!  the destination   has not answered Finish    has answered it with 42 or 55
//!  shows one         Finish again, once a wait  it had none before ─▶ Confirm 0; else unknown: it may be the old one
//!  shows none        Finish again, once a wait  Confirm 1: the source's stays
//!  nothing           unknown, ask again         unknown, ask again
//! ```

use super::departed::{Answer, Departed};
use crate::error::ErrorCode;
use crate::migrate::answer::Failure;
use crate::migrate::call::Host;
use crate::migrate::engine::Engine;
use crate::migrate::engine::start::failed;
use crate::migrate::engine::step::Step;
use crate::migrate::note::Note;
use crate::migrate::outcome::{Outcome, Reason};
use crate::migrate::state::Said;

impl Engine {
    /// Finish had no success.
    pub(super) fn not_defined(&mut self, mut departed: Departed, failure: Failure) -> Step {
        let never_sent = matches!(failure, Failure::NotSent { .. }) && !departed.sent;
        // The first one that it refuses has changed nothing.
        let refused = failure.is_the_hosts_own() && !departed.sent;
        departed.sent |= !never_sent;
        if failure.is_the_hosts_own() {
            match failure.code() {
                Some(ErrorCode::OPERATION_INVALID) => departed.answer = Answer::NotIncoming,
                Some(ErrorCode::NO_DOMAIN) => departed.answer = Answer::NoCopy,
                _ => {}
            }
        }
        if never_sent {
            self.note(Note::Leftover(Some(failure.clone())));
        }
        departed.reason.get_or_insert(failed(Host::Destination, self.procedure, failure));
        if never_sent || refused {
            return self.keep_definition(departed);
        }
        self.ask_arrival(departed)
    }

    pub(super) fn definition_said(&mut self, departed: Departed, said: Said) -> Step {
        match said {
            Said::NotAsked | Said::NoAnswer(_) => self.hold_arrival(departed),
            said if !departed.is_settled() => self.finish_again(departed, said.state()),
            // A definition has no state.
            Said::Has { domain, .. } if self.had_no_definition => self.arrived(departed, domain, None),
            Said::Has { .. } => self.hold_arrival(departed),
            Said::Absent | Said::Aborted | Said::Fenced => self.keep_definition(departed),
        }
    }

    /// The source's definition stays where it was. What the destination has of it is told.
    pub(in crate::migrate::engine) fn keep_definition(&mut self, departed: Departed) -> Step {
        let shown = self.destination.state().is_some().then(|| self.destination.clone());
        self.confirm_back(departed.back().incoming_gone().with_definition(shown))
    }

    /// The source has none any more, whoever has removed it.
    pub(in crate::migrate::engine) fn lost_definition(
        &mut self,
        kept: Option<Said>,
        source: Said,
        reason: Reason,
    ) -> Step {
        match kept {
            Some(Said::Has { domain, .. }) => self.end(Outcome::OnDestination {
                domain,
                state: None,
                warning: Some(reason),
                left_on_source: None,
            }),
            _ => {
                let destination = self.destination.clone();
                self.end(Outcome::Nowhere { source, destination, reason })
            }
        }
    }
}
