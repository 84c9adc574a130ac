//! OFFLINE: where the definition is. It is all that there is on either host, and no host loses one by what is done here.
//!
//! What a destination shows is not what it keeps: libvirt shows a guest from Prepare on. So a Finish that was announced and that the
//! destination has not answered is sent again, and by its answer, or 42 or 55, it is known that no other one can come late.
//!
//! ```text
//!  Finish                      the destination shows one            shows none
//!  was never announced         OnSource                             OnSource
//!  by the source, and may      unknown while the source has it       the same
//!    be under way yet
//!  was refused, or was given   OnSource, and it is told             OnSource
//!    up; by the source: failed
//!  had success                 OnDestination                        OnSource; Nowhere if the source has none either
//!  was answered with 42, 55    OnDestination if it had none before,
//!                                else unknown: it may be the old one  the same
//!  has no answer               Finish again                         Finish again
//! ```

use super::decide::{Act, Decision, Known};
use super::story::Started;
use crate::migrate::flags::MigrateFlags;
use crate::migrate::outcome::Check;
use crate::migrate::state::Said;

impl Known<'_> {
    pub(super) fn offline(&self) -> Decision {
        let story = self.story;
        let was_defined = story.started == Started::Yes || story.is_by_source() && self.is_done();
        let is_over = matches!(story.started, Started::NotIncoming | Started::NoCopy);
        let is_new = was_defined || is_over && story.had_no_definition;
        let stays = story.refused || story.goes_back || story.is_by_source() && self.has_surely_failed();
        let none = matches!(self.destination, Said::Absent | Said::Aborted | Said::Fenced);
        match (self.destination, self.source) {
            (Said::Absent | Said::Fenced, Said::Absent | Said::Fenced) if !story.may_have_started() => {
                self.nowhere()
            }
            _ if !story.may_have_started() => self.on_source(),
            (_, Said::Has { .. }) if stays => {
                let left = (!none).then(|| self.destination.clone());
                Decision::End(self.stays_and_left(left))
            }
            // Whether the source still has it is all that is to be known; and nothing is to be started any more.
            (_, Said::NoAnswer(_) | Said::NotAsked) if stays => Decision::Hold(Check::WhereItIs),
            (_, Said::Has { .. }) if story.is_by_source() && self.may_perform() && !story.senders_end => {
                Decision::Hold(Check::WhetherTheSourceStillMovesIt)
            }
            (Said::NoAnswer(_) | Said::NotAsked, _) => Decision::Hold(Check::WhereItIs),
            (Said::Has { .. } | Said::Absent | Said::Aborted, _) if !was_defined && !is_over => {
                match story.start_call() {
                    Some(call) => Decision::Call(Act::Start, call, Check::WhetherItWasDefined, None),
                    // A source that carries it out removes its own last.
                    None => self.defined_or_not(is_new, story.is_by_source() && *self.source == Said::Absent),
                }
            }
            _ => self.defined_or_not(is_new, true),
        }
    }

    /// No Finish can be sent from here. `keeps`: what the destination shows is a definition, and not what it has prepared only.
    fn defined_or_not(&self, is_new: bool, keeps: bool) -> Decision {
        let undefines = self.story.request.flags.has(MigrateFlags::UNDEFINE_SOURCE);
        match (self.destination, self.source) {
            (Said::Has { .. }, Said::NoAnswer(_)) if is_new && undefines => {
                self.on_destination(Some(self.source.clone()))
            }
            (Said::Has { .. }, Said::Absent | Said::Aborted | Said::Fenced) if keeps => {
                self.on_destination(None)
            }
            (Said::Has { .. }, _) if is_new => self.has_left(),
            (Said::Has { .. }, _) => Decision::Hold(Check::WhetherItWasDefined),
            (_, Said::Absent | Said::Aborted | Said::Fenced) => self.nowhere(),
            (_, Said::NoAnswer(_) | Said::NotAsked) => Decision::Hold(Check::WhereItIs),
            (_, Said::Has { .. }) => self.on_source(),
        }
    }
}
