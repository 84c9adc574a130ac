//! The engine's rules, and what an engine does that does not heed them.
//!
//! Rules of the protocol that no broken engine stands for, since a script or a daemon shows them whole:
//!
//! ```text
//!  which version, from which features          gates::the_version_is_chosen_by_what_both_report
//!  flags that cannot go together, their codes  gates::flags_that_cannot_go_together_are_refused
//!  the calls, their order and every argument   transcripts, ends3::six_calls_in_this_order; as virsh sends them: it/raw_v2, it/raw_v3
//!  no URI, and an empty cookie                 transcripts::without_a_uri_…, ends3::an_empty_cookie_goes_nowhere
//!  which call the source is asked by           by_source_ends::older_sources_are_asked_by_older_calls, gates::a_source_that_hands_on_…
//!  at most 64 parameters                       ends3::what_only_parameters_can_say_is_refused_without_them
//!  what a source does that carries it out      it/roles, it/few_verbs, it/stuck_tunnel, interop/peer_to_peer
//!  what a host does in each step               mem/tests/moves, mem/tests/version3, mem/tests/postcopy, it/few_verbs
//!  URIs of the data, with a port or without    mem/tests/moves::the_uri_is_the_clients_wish_completed
//! ```

use virtwire_protocol::migrate::Call;

use super::offline::Offline;
use super::postcopy::PostCopy;
use super::setup::{Asked, By, Guest, Setup};

/// Which rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    None,

    /// v1 is used only if both report feature 1.
    V1IsCommonGround,
    /// v2 is used only if both report feature 3.
    V2IsCommonGround,
    /// A peer that reports v3 gets no older version unasked.
    V3IsNotSkipped,
    /// A lost reply of Prepare2 is no reason to downgrade.
    NoDowngradeAfterLoss,
    /// Nor is any other error.
    NoDowngradeAfterError,

    /// A guest that is paused arrives paused.
    PausedStaysPaused,
    /// A guest that does not run is not moved.
    InactiveIsRefused,
    /// The XML is the migratable one where there is one.
    XmlFlags,
    /// The destination does not see the flags of the source.
    FlagsStripped,
    /// The source sees them all.
    FlagsKept,
    /// The cookie goes where it belongs.
    CookiePassed,
    /// The destination's URI is used.
    UriOut,
    /// Finish names the guest as the destination knows it.
    FinishName,
    /// Prepare of v1 carries no name unless the guest is renamed.
    V1CarriesNoName,

    /// After an error of Perform the source is asked.
    ErrorIsDoubted,
    /// A lost Perform is not a failed one.
    LossIsNotError,
    /// Perform is sent once.
    PerformOnce,
    /// A guest that is only defined has left.
    StateNotExistence,
    /// A job that runs is waited for.
    JobIsAwaited,
    /// The job is asked for before the state.
    JobBeforeState,
    /// A source that cannot tell of jobs may have one.
    UntoldIsNotNone,
    /// A source that does not answer has not said that it has the guest.
    SilenceIsNotStay,
    /// Nor that it has not.
    SilenceIsNotLeave,
    /// A Perform that may be queued is not cancelled unasked.
    HeldUntilTheWord,
    /// At the caller's word the source is asked once more.
    WordAsksAgain,
    /// When the incoming guest is gone, the source is asked once more.
    GoneAsksAgain,
    /// A destination of v1 that shows no guest may still wait for one.
    V1ShowsNoSlot,
    /// A destination of v1 is not told of a failure.
    V1IsNotTold,
    /// Error 93 is the success of a cancellation.
    AbortIsSuccess,
    /// The first error is reported.
    FirstErrorWins,
    /// What came whole of a guest that stayed is looked for.
    LeftoverIsSought,
    /// And is removed.
    LeftoverIsRemoved,
    /// What Prepare may have left, of which nobody knows what became, is told.
    LostPrepareIsTold,
    /// But not while its source may be about to drop the guest.
    LeftoverMayBeTheGuest,
    /// An error that is not the source's own does not say that it is over, where nothing else does.
    HearsayIsDoubted,

    /// After an error of Finish the destination is asked.
    FinishErrorIsDoubted,
    /// A lost Finish is not a good one.
    FinishLossIsDoubted,
    /// Finish is repeated while the guest is incoming.
    FinishRepeated,
    /// A destination of v1 that shows no guest may still read it.
    V1FinishRepeated,
    /// A guest is lost only if both say so.
    BothSayNowhere,
    /// What cannot be undone is journalled before.
    Journalled,

    /// And not made without its record.
    UnwrittenIsNotMade,

    /// v3 is used only if both report it.
    V3IsCommonGround,
    /// Begin's cookie goes to Prepare.
    V3CookiePassed,
    /// Prepare's cookie goes to Perform and not back in Finish.
    V3CookieGoesOn,
    /// A source that can protects the guest's configuration.
    V3Protects,
    /// Prepare has the XML of Begin.
    V3XmlGoesOn,
    /// Perform has the destination's URI.
    V3UriOut,
    /// Finish names the guest as the destination knows it.
    V3FinishName,
    /// The destination does not see the flags of the source.
    V3FlagsStripped,
    /// A source that lets go of nothing is told to.
    V3Releases,
    /// After an error of Perform the source is asked.
    V3ErrorIsDoubted,
    /// A source that died with the guest has not got it.
    V3LossIsDoubted,
    /// A Finish without success may have been one.
    V3FinishIsDoubted,
    /// A Finish that was lost is not a good one.
    V3FinishLossIsNotSuccess,
    /// Who has not answered Finish may have run the guest.
    V3SilenceIsRemembered,
    /// Whether the guest runs on, only the source can tell.
    V3BackIsAsked,
    /// A Confirm without success may not have been one.
    V3ConfirmIsDoubted,
    /// A guest that an earlier migration left is not moved.
    LeftIsRefused,
    /// Who shows how the guest ended has run it.
    V3EndIsHeeded,
    /// Confirm goes over Begin's connection and no other.
    V3ConfirmOnItsConnection,
    /// A source that does not have the guest has not sent it.
    V3GoneIsNotSent,
    /// What was given up is not finished.
    V3GivenUpForGood,
    /// After Finish nothing is given up unless the source still has it.
    V3WordAsksTheSource,
    /// A source that has answered Perform with an error is sent no Confirm.
    V3RefusalIsNotConfirmed,

    /// A paused copy that the source has forgotten is removed.
    V3CopyIsRemoved,
    /// A source that does not say whether it has one is asked again.
    V3CopyIsAskedFor,
    /// A definition that was to go and did not is told.
    V3DefinitionIsTold,

    /// Nor is a lost reply of Begin or Prepare of version 3.
    V3NoDowngradeAfterLoss,
    /// Nor is another error.
    V3NoDowngradeAfterError,
    /// The source lets the guest go before an older version begins.
    V3ReleasesBeforeOlder,

    /// What the source carries out is over only when it says so.
    BySourceLossIsDoubted,
    /// Also after an error the source is asked.
    BySourceErrorIsDoubted,
    /// Also after a success.
    BySourceSuccessIsDoubted,
    /// A copy that may be of the past runs on only at the caller's word.
    BySourceHeldUntilTheWord,
    /// That its daemon, which was asked, has ended since is the caller's word.
    BySourceEndIsTheWord,
    /// The destination's URI goes with it.
    BySourceUri,
    /// An error of what the source carries out is no reason to ask it by an older call.
    BySourceNoDowngradeAfterError,

    /// A post-copy that has switched over is not rolled back.
    SwitchedIsNotRolledBack,
    /// One that may switch is not given up while Perform runs.
    SwitchIsAwaited,
    /// A destination in post-copy has not all of the guest.
    RestIsAwaited,
    /// One that is broken is told.
    BrokenIsTold,
    /// A run that resumes one tells nobody to give up.
    ResumedIsNotGivenUp,
    /// Nor that the guest is to arrive paused.
    ResumedIsNotPaused,
    /// A guest whose post-copy is not over is not moved.
    InPostCopyIsRefused,

    /// After a step that failed the next one gets no cookie.
    V3FailedGivesNoCookie,
    /// With parameters where both report them.
    ParamsFirst,
    /// Error 93 is the success of a cancellation.
    V3AbortIsSuccess,
    /// What the destination may keep, as it has not confirmed that it gives it up, is told.
    V3KeptIsTold,
    /// What the destination says of a Perform that failed is told with it.
    V3WordOfThereIsTold,
    /// A guest that the source runs although the destination has taken it over is told.
    V3RunsOnIsTold,
    /// Whoever is asked for a word about the source's copy is not asked for one that is gone.
    V3CopyIsSought,
    /// What a migration has paused on a source whose connection was lost may be another one's, until the caller says that it is not.
    V3PauseMayBeAnothers,
    /// A copy that came whole by version 1 may be the guest, until the caller has seen that the source keeps its own.
    V1WholeIsHeld,
    /// A guest that has crashed on its source was not sent away.
    EndIsNotDeparture,
    /// What a host says of another guest says nothing of this one.
    AnotherIsNotIt,
    /// Nor is this one finished when another is said to be.
    AnotherIsNotFinished,
    /// What the destination lacks is no reason to ask the source by an older call.
    BySourceLacksItself,

    /// Only the destination's answer tells whether it has kept a definition, and not what it shows.
    OfflineFinishRepeated,
    /// A definition that was there before is not the one that was sent.
    OfflineOldIsNotNew,
    /// A Finish that was lost was not refused.
    OfflineLossIsNotRefusal,
    /// One that was refused has kept nothing.
    OfflineRefusalIsNotSuccess,
    /// No cookie goes with what is not sent.
    OfflineCookieDropped,
    /// A definition that the destination shows though the source keeps its own is told.
    OfflineLeftIsTold,
    /// A guest that runs is not moved by its definition.
    OfflineRunsIsRefused,
}

/// Each rule with what an engine does that does not heed it.
pub(crate) const RULES: [(Rule, &str); 104] = [
    (Rule::V1IsCommonGround, "v1 is not common ground"),
    (Rule::V2IsCommonGround, "v2 is not common ground"),
    (Rule::V3IsNotSkipped, "v2 to a peer of v3"),
    (Rule::NoDowngradeAfterLoss, "a downgrade without proof"),
    (Rule::NoDowngradeAfterError, "a downgrade without proof"),
    (Rule::PausedStaysPaused, "the outcome is not true"),
    (Rule::InactiveIsRefused, "unknown for no reason"),
    (Rule::XmlFlags, "nothing went wrong, and the guest did not arrive"),
    (Rule::FlagsStripped, "nothing went wrong, and the guest did not arrive"),
    (Rule::FlagsKept, "the source does not see all flags"),
    (Rule::CookiePassed, "nothing went wrong, and the guest did not arrive"),
    (Rule::UriOut, "nothing went wrong, and the guest did not arrive"),
    (Rule::FinishName, "nothing went wrong, and the guest did not arrive"),
    (Rule::V1CarriesNoName, "a name that is no new one"),
    (Rule::ErrorIsDoubted, "the only copy is cancelled"),
    (Rule::LossIsNotError, "the outcome is not true"),
    (Rule::PerformOnce, "Perform a second time"),
    (Rule::StateNotExistence, "the only copy is cancelled"),
    (Rule::JobIsAwaited, "the outcome is not true"),
    (Rule::JobBeforeState, "the only copy is cancelled"),
    (Rule::UntoldIsNotNone, "the outcome is not true"),
    (Rule::SilenceIsNotStay, "the only copy is cancelled"),
    (Rule::SilenceIsNotLeave, "two copies run"),
    (Rule::HeldUntilTheWord, "the engine lost the guest"),
    (Rule::WordAsksAgain, "the only copy is cancelled"),
    (Rule::GoneAsksAgain, "the outcome is not true"),
    (Rule::V1ShowsNoSlot, "the outcome is not true"),
    (Rule::V1IsNotTold, "Finish while the source has the guest"),
    (Rule::AbortIsSuccess, "a leftover of what is not there"),
    (Rule::FirstErrorWins, "the first failure is not reported"),
    (Rule::LeftoverIsSought, "a half of the guest is left over"),
    (Rule::LeftoverIsRemoved, "a half of the guest is left over"),
    (Rule::LostPrepareIsTold, "a half of the guest is left over"),
    (Rule::LeftoverMayBeTheGuest, "the engine lost the guest"),
    (Rule::HearsayIsDoubted, "the outcome is not true"),
    (Rule::FinishErrorIsDoubted, "the outcome is not true"),
    (Rule::FinishLossIsDoubted, "the outcome is not true"),
    (Rule::FinishRepeated, "the outcome is not true"),
    (Rule::V1FinishRepeated, "the outcome is not true"),
    (Rule::BothSayNowhere, "a host did not say so"),
    (Rule::Journalled, "not journalled before"),
    (Rule::V3IsCommonGround, "v3 is not common ground"),
    (Rule::V3CookiePassed, "an empty cookie for a host that dies of it"),
    (Rule::V3CookieGoesOn, "a cookie goes back"),
    (Rule::V3Protects, "the source does not see all flags"),
    (Rule::V3XmlGoesOn, "nothing went wrong, and the guest did not arrive"),
    (Rule::V3UriOut, "nothing went wrong, and the guest did not arrive"),
    (Rule::V3FinishName, "nothing went wrong, and the guest did not arrive"),
    (Rule::V3FlagsStripped, "nothing went wrong, and the guest did not arrive"),
    (Rule::V3Releases, "the source is left with its job"),
    (Rule::V3ErrorIsDoubted, "the outcome is not true"),
    (Rule::V3LossIsDoubted, "the only copy is cancelled"),
    (Rule::V3FinishIsDoubted, "the source runs what the destination has"),
    (Rule::V3FinishLossIsNotSuccess, "the source's copy is ended and nobody has another"),
    (Rule::V3SilenceIsRemembered, "the source runs on from the past"),
    (Rule::V3BackIsAsked, "the outcome is not true"),
    (Rule::V3ConfirmIsDoubted, "the outcome is not true"),
    (Rule::LeftIsRefused, "what an earlier migration left is moved"),
    (Rule::V3EndIsHeeded, "the source runs on from the past"),
    (Rule::V3ConfirmOnItsConnection, "somebody else's migration is confirmed"),
    (Rule::V3GoneIsNotSent, "Finish of what is not known to be sent"),
    (Rule::V3GivenUpForGood, "Finish of what was given up"),
    (Rule::V3WordAsksTheSource, "the only copy is cancelled"),
    (Rule::V3RefusalIsNotConfirmed, "somebody else's migration is confirmed"),
    (Rule::V3CopyIsRemoved, "a copy is left on the source, and was not removed"),
    (Rule::V3CopyIsAskedFor, "a copy is left on the source, and was not removed"),
    (Rule::V3DefinitionIsTold, "the outcome is not true"),
    (Rule::V3NoDowngradeAfterLoss, "a downgrade without proof"),
    (Rule::V3NoDowngradeAfterError, "a downgrade without proof"),
    (Rule::V3ReleasesBeforeOlder, "a downgrade while the source holds the guest"),
    (Rule::BySourceLossIsDoubted, "the outcome is not true"),
    (Rule::BySourceErrorIsDoubted, "the outcome is not true"),
    (Rule::BySourceSuccessIsDoubted, "the outcome is not true"),
    (Rule::BySourceEndIsTheWord, "the outcome is not true"),
    (Rule::BySourceHeldUntilTheWord, "the source runs on from the past"),
    (Rule::SwitchedIsNotRolledBack, "a post-copy is rolled back"),
    (Rule::SwitchIsAwaited, "the engine lost the guest"),
    (Rule::RestIsAwaited, "the source's part of a post-copy is ended"),
    (Rule::BrokenIsTold, "a broken post-copy is not told"),
    (Rule::ResumedIsNotGivenUp, "a post-copy is rolled back"),
    (Rule::ResumedIsNotPaused, "a post-copy that is resumed is to arrive paused"),
    (Rule::InPostCopyIsRefused, "what an earlier post-copy left is moved"),
    (Rule::BySourceUri, "what the source carries out is not asked for as it is to be"),
    (Rule::BySourceNoDowngradeAfterError, "Perform a second time"),
    (Rule::V3FailedGivesNoCookie, "a cookie after a step that failed"),
    (Rule::ParamsFirst, "fixed arguments where both have parameters"),
    (Rule::V3AbortIsSuccess, "a leftover of what is not there"),
    (Rule::V3KeptIsTold, "a half of the guest is left over"),
    (Rule::V3WordOfThereIsTold, "the first failure is not reported"),
    (Rule::V3CopyIsSought, "unknown for no reason"),
    (Rule::V3PauseMayBeAnothers, "two copies run"),
    (Rule::V1WholeIsHeld, "the outcome is not true"),
    (Rule::EndIsNotDeparture, "what has ended on the source is started elsewhere"),
    (Rule::AnotherIsNotFinished, "the source's copy is ended and nobody has another"),
    (Rule::AnotherIsNotIt, "the source's part of a post-copy is ended"),
    (Rule::BySourceLacksItself, "Perform a second time"),
    (Rule::V3RunsOnIsTold, "two copies run, and it is not told"),
    (Rule::OfflineFinishRepeated, "the source's definition is ended and nobody has another"),
    (Rule::OfflineOldIsNotNew, "the source's definition is ended and nobody has another"),
    (Rule::OfflineLossIsNotRefusal, "the outcome is not true"),
    (Rule::OfflineRefusalIsNotSuccess, "the source's definition is ended and nobody has another"),
    (Rule::OfflineCookieDropped, "a cookie goes back"),
    (Rule::OfflineLeftIsTold, "the outcome is not true"),
    (Rule::OfflineRunsIsRefused, "the definition of a guest that runs is moved"),
];

impl Rule {
    /// How many things must go wrong until it is needed.
    pub(crate) fn needs_faults(self) -> usize {
        match self {
            Rule::V3WordAsksTheSource
            | Rule::SwitchIsAwaited
            | Rule::V3WordOfThereIsTold
            | Rule::V3KeptIsTold => 2,
            _ => 1,
        }
    }

    /// Whether it can be seen to be needed by what happens in this migration.
    pub(crate) fn concerns(self, setup: &Setup) -> bool {
        let of_definitions = matches!(
            self,
            Rule::OfflineFinishRepeated
                | Rule::OfflineOldIsNotNew
                | Rule::OfflineLossIsNotRefusal
                | Rule::OfflineRefusalIsNotSuccess
                | Rule::OfflineCookieDropped
                | Rule::OfflineLeftIsTold
                | Rule::OfflineRunsIsRefused
        );
        let moves_so = match self {
            Rule::V3WordAsksTheSource => setup.source_dies,
            Rule::V3PauseMayBeAnothers => setup.moved,
            Rule::V3WordOfThereIsTold | Rule::V3KeptIsTold => setup.by_v3() && setup.by == By::Us,
            Rule::SwitchIsAwaited => setup.post_copy != PostCopy::No,
            Rule::InactiveIsRefused => setup.guest == Guest::Off,
            Rule::LeftIsRefused => setup.guest == Guest::Left,
            Rule::V3FlagsStripped => setup.by_v3() && setup.request == Asked::WithEverything,
            Rule::BySourceLossIsDoubted | Rule::BySourceEndIsTheWord => setup.by != By::Us,
            _ => true,
        };
        of_definitions == (setup.offline != Offline::No) && moves_so
    }

    /// Where two faults are needed the first one is sought at the step that the rule is about, or there would be too many worlds.
    pub(crate) fn may_begin_at(self, call: &Call) -> bool {
        match self {
            Rule::V3WordAsksTheSource => matches!(call, Call::Finish3 { .. }),
            Rule::SwitchIsAwaited | Rule::V3WordOfThereIsTold | Rule::V3KeptIsTold => call.performs(),
            _ => true,
        }
    }
}
