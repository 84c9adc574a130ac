//! What can go wrong with one call: whether and when the host runs it, and what the caller hears.

use virtwire_protocol::migrate::{Call, Do, Host, Retcode};

/// A fault at one call. Both halves together: "the call runs, the reply is lost".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) runs: Runs,
    pub(crate) hears: Hears,
}

/// Whether and when the host runs the call. Times are ticks: each call and each wait of the engine is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runs {
    /// Never: it was lost on the way there.
    Never,
    /// At once.
    Now,
    /// Later, whatever has happened to its connection by then.
    Late(u32),
    /// Perform only: at once, and it takes this long.
    Long(u32),
    /// Perform of versions 1 and 2 only: all of the guest comes at once, and the source drops its own so much later.
    Lingers(u32),
    /// Perform of versions 1 and 2 only: it begins, and the guest crashes. `whole`: when all of it had come.
    Crashes { whole: bool },
    /// Prepare of versions 2 and 3 only: what the destination had begun outlives its daemon, and is no connection's. libvirt 9.0 was seen to
    /// leave so a paused QEMU.
    Strays,
    /// Finish of versions 2 and 3 that cancels only: never, for the destination's QEMU hangs, and what it has is no connection's. libvirt 9.0
    /// was seen to keep it so.
    Hangs,
    /// Finish of version 3 only: at once, and the guest shuts down before anybody asks for it.
    Ends,
    /// Finish of version 3 only: at once, and meanwhile the source's daemon, which was killed a moment after Perform, comes back and has the
    /// guest run on.
    SourceRunsOn,
    /// A question to the destination: at once, but the guest has shut down there by then.
    Ended,
    /// The host fails it by itself.
    Fails(Fails),
}

/// How a host fails a call by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fails {
    /// With an error, having changed nothing.
    Cleanly,
    /// Perform: and the broken data ends the incoming guest.
    BreakingIncoming,
    /// Perform: all of the guest has come, and the source has not heard so.
    Unheard,
    /// Finish: the guest cannot be resumed and is left paused, no longer incoming.
    LeavingPaused,
    /// Finish: the guest is killed. Of a source that carries the migration out: and left paused where it was.
    Killing,
    /// Of a source that carries the migration out: no failure, but its paused copy stays.
    LeavingCopy,
    /// The same, and the guest shuts down on the destination at once.
    LeavingPast,
    /// Of a source that carries the migration out: the destination lacks a call, and its answer is passed on.
    PassingOn,
    /// Of a source that carries the migration out: its daemon dies so far, and its connection to the destination with it.
    Dying(Far),
}

/// What a daemon's death means to its guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guests {
    /// They live on as they are.
    Live,
    /// Of a source of version 3: they do, and what it has sent and stopped runs on. libvirt 9.0 was seen to do so when it is started again after it
    /// was killed within a moment of Perform's answer.
    RunOn,
    /// Their host dies with them.
    Perish,
}

/// How far a source's daemon gets with a migration that it carries out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Far {
    /// The destination is prepared.
    Prepared,
    /// The guest is sent.
    Performed,
    /// The destination has started it.
    Finished,
}

/// What the caller hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hears {
    /// The host's own answer.
    Answer,
    /// Nothing: the connection died. `eof` if the peer has closed it and so knows; else it finds out later.
    Closed { eof: bool },
    /// Nothing until its deadline. The connection lives.
    Deadline,
    /// An error that a proxy made up.
    MadeUpError,
    /// Of a question for the guest, or of Finish: that it is another one.
    Another,
    /// That the call was not sent.
    NotSent,
    /// The same of this call and the next ones, so many in all, as far as they need a record: the journal cannot be written.
    Unwritten(usize),
    /// Nothing: the host's daemon died. It comes back after that many ticks.
    HostDied { back: u32, guests: Guests },
    /// The caller is dead.
    CallerDied,
}

/// Every fault that a call can meet.
pub(crate) fn possible(order: &Do) -> Vec<Fault> {
    let call = &order.call;
    let mut runs = vec![Runs::Never, Runs::Now];
    if call.changes_something() {
        // Long enough for a late Perform to meet everything up to a cancellation.
        let last = match call {
            Call::Perform { .. } => 18,
            Call::Perform3 { .. } => 10,
            Call::PerformTo { .. } => 4,
            _ => 6,
        };
        runs.extend((1..=last).map(Runs::Late));
    }
    runs.push(Runs::Fails(Fails::Cleanly));
    if super::by_source::is_asked(call) {
        let ends = [Fails::LeavingCopy, Fails::LeavingPast, Fails::Killing, Fails::PassingOn];
        runs.extend(ends.map(Runs::Fails));
        let far = [Far::Prepared, Far::Performed, Far::Finished];
        runs.extend(far.map(|far| Runs::Fails(Fails::Dying(far))));
    }
    match call {
        Call::Perform { .. } | Call::Perform3 { .. } | Call::PerformTo { .. } => {
            runs.push(Runs::Fails(Fails::BreakingIncoming));
            if !super::by_source::is_asked(call) {
                runs.push(Runs::Fails(Fails::Unheard));
            }
            runs.extend([1, 2, 4, 7].map(Runs::Long));
            if matches!(call, Call::Perform { .. }) && !super::by_source::is_asked(call) {
                runs.extend([2, 12, 24].map(Runs::Lingers));
                runs.extend([false, true].map(|whole| Runs::Crashes { whole }));
            }
        }
        Call::Prepare2 { .. } | Call::Prepare3 { .. } => runs.push(Runs::Strays),
        Call::Finish3 { .. } => runs.extend([Runs::Fails(Fails::Killing), Runs::Ends, Runs::SourceRunsOn]),
        Call::LookupByUuid { .. } if order.host == Host::Destination => runs.push(Runs::Ended),
        Call::Finish { .. } | Call::Finish2 { .. } => {
            runs.extend([Runs::Fails(Fails::LeavingPaused), Runs::Fails(Fails::Killing)]);
        }
        _ => {}
    }
    if let Call::Finish2 { retcode: Retcode::Cancelled, .. }
    | Call::Finish3 { cancelled: Retcode::Cancelled, .. } = call
    {
        runs.push(Runs::Hangs);
    }
    let mut hears = vec![
        Hears::Answer,
        Hears::Closed { eof: true },
        Hears::Closed { eof: false },
        Hears::Deadline,
        Hears::MadeUpError,
        Hears::NotSent,
        Hears::CallerDied,
    ];
    if call.changes_something() {
        hears.extend([1, 5, 1000].map(Hears::Unwritten));
    }
    if matches!(call, Call::LookupByUuid { .. }) || call.finishes() {
        hears.push(Hears::Another);
    }
    for back in [1, 4, 1000] {
        hears.extend([Guests::Live, Guests::Perish].map(|guests| Hears::HostDied { back, guests }));
    }
    if matches!(call, Call::Perform3 { .. } | Call::PerformTo { .. }) {
        hears.extend([1, 4].map(|back| Hears::HostDied { back, guests: Guests::RunOn }));
    }
    let mut faults = Vec::new();
    for runs in runs {
        for &hears in &hears {
            let fault = Fault { runs, hears };
            if fault.makes_sense(order) {
                faults.push(fault);
            }
        }
    }
    faults
}

impl Fault {
    /// What befalls calls of any kind: they are lost, or their replies, or who was to answer or to hear.
    pub(crate) fn is_common(self) -> bool {
        let hears = matches!(
            self.hears,
            Hears::Closed { eof: true }
                | Hears::Deadline
                | Hears::CallerDied
                | Hears::HostDied { back: 4, guests: Guests::Live }
        );
        hears && matches!(self.runs, Runs::Never | Runs::Now)
    }

    fn makes_sense(self, order: &Do) -> bool {
        let call = &order.call;
        match (self.runs, self.hears) {
            (Runs::Fails(Fails::Dying(far)), Hears::HostDied { guests: Guests::RunOn, .. }) => {
                far != Far::Prepared
            }
            (Runs::Fails(Fails::Dying(_)), hears) => {
                matches!(hears, Hears::CallerDied | Hears::HostDied { guests: Guests::Live, .. })
            }
            (Runs::Hangs, hears) => matches!(hears, Hears::Deadline | Hears::Closed { .. }),
            (Runs::Strays, hears) => matches!(hears, Hears::HostDied { guests: Guests::Live, .. }),
            // No fault at all, or no answer to hear.
            (Runs::Now | Runs::Never | Runs::Late(_) | Runs::Ends, Hears::Answer) => false,
            (Runs::Ends, hears) => {
                matches!(hears, Hears::Deadline | Hears::Closed { .. })
            }
            (Runs::SourceRunsOn, hears) => {
                matches!(
                    hears,
                    Hears::Answer | Hears::Deadline | Hears::Closed { eof: true } | Hears::CallerDied
                )
            }
            // What was not sent runs anyway.
            (runs, Hears::HostDied { guests: Guests::RunOn, .. }) => {
                runs == Runs::Now && matches!(call, Call::Perform3 { .. })
            }
            (Runs::Ended, hears) => hears == Hears::Answer,
            (Runs::Crashes { .. }, hears) => {
                matches!(hears, Hears::Answer | Hears::Deadline | Hears::Closed { .. } | Hears::CallerDied)
            }
            // A source of versions 1 and 2 does nothing when a connection closes, so it does not matter whether it knows.
            (_, Hears::Closed { eof: false }) if order.host == Host::Source => {
                matches!(call, Call::Perform3 { .. } | Call::Confirm3 { .. })
            }
            // The same as a slow reply.
            (Runs::Long(_) | Runs::Lingers(_), Hears::Answer) => false,
            (runs, Hears::NotSent | Hears::Unwritten(_) | Hears::Another) => runs == Runs::Never,
            (runs, Hears::HostDied { .. }) => matches!(runs, Runs::Never | Runs::Now),
            // The limit that the engine's documentation states: an error made up before the source starts
            // Perform.
            (Runs::Late(_), Hears::MadeUpError) => !call.performs(),
            // A question that ran is a question that was lost, to its host.
            (Runs::Now, _) => call.changes_something(),
            _ => true,
        }
    }
}
