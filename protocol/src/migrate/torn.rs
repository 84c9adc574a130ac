//! A post-copy that has switched over: what has become of it, by what both hosts say.
//!
//! From the switch on the guest's processors are at the destination, and its memory is on both hosts until the rest has come. Neither
//! copy is whole, so neither host may be told to give its own up, and the source's must not run.
//!
//! ```text
//!  the source            the destination
//!                        running (migrated)  running (post-copy)  post-copy failed  has it, otherwise  none
//!  post-copy             whole               untold               untold            untold             untold
//!  post-copy failed      whole               untold               broken            untold             untold
//!  paused by migration   whole               untold               broken            whole: no switch   untold
//!  absent, shut off      whole               untold               broken            whole              nowhere
//!  nothing               whole               untold               broken            untold             untold
//! ```

use super::domain::Domain;
use super::state::{DomainState, Said, State};

/// What has become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Torn {
    /// The destination has all of the guest.
    Whole(Domain, State),
    /// The destination says that it is broken. What is missing there is on the source, if anywhere.
    Broken,
    /// Neither host has the guest.
    Nowhere,
    /// It goes on, or nobody says.
    Untold,
}

impl Torn {
    pub(super) fn of(source: &Said, destination: &Said) -> Torn {
        let Said::Has { domain, state, .. } = destination else {
            return if source.is_gone() && destination.is_gone() { Torn::Nowhere } else { Torn::Untold };
        };
        let goes_on = source.state().is_some_and(State::has_switched);
        let unswitched = source.is_gone() || source.state().is_some_and(State::is_migrating);
        match state {
            State { state: DomainState::ShutOff, .. } if source.is_gone() => Torn::Nowhere,
            State { state: DomainState::ShutOff, .. } => Torn::Untold,
            // Resumed since the destination was asked, or not yet told of it.
            state if state.has_broken_post_copy() && goes_on => Torn::Untold,
            state if state.has_broken_post_copy() => Torn::Broken,
            state if state.fetches() => Torn::Untold,
            state if state.has_arrived() || unswitched => Torn::Whole(domain.clone(), *state),
            _ => Torn::Untold,
        }
    }
}
