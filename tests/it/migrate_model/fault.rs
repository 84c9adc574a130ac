//! What can go wrong with one call: whether and when the host runs it, and what the caller hears.

use virtwire_protocol::migrate::{Call, Do, Host};

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
    /// Finish of version 3 only: at once, and the guest shuts down before anybody asks for it.
    Ends,
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
    /// Finish: the guest cannot be resumed and is left paused, no longer incoming.
    LeavingPaused,
    /// Finish: the guest is killed.
    Killing,
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
    /// That the call was not sent.
    NotSent,
    /// Nothing: the host's daemon died. It comes back after that many ticks; with `perish` its guests died
    /// too.
    HostDied { back: u32, perish: bool },
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
            _ => 6,
        };
        runs.extend((1..=last).map(Runs::Late));
    }
    runs.push(Runs::Fails(Fails::Cleanly));
    match call {
        Call::Perform { .. } | Call::Perform3 { .. } => {
            runs.push(Runs::Fails(Fails::BreakingIncoming));
            runs.extend([1, 2, 4, 7].map(Runs::Long));
        }
        Call::Finish3 { .. } => runs.extend([Runs::Fails(Fails::Killing), Runs::Ends]),
        Call::Finish { .. } | Call::Finish2 { .. } => {
            runs.extend([Runs::Fails(Fails::LeavingPaused), Runs::Fails(Fails::Killing)]);
        }
        _ => {}
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
    for back in [1, 4, 1000] {
        hears.extend([false, true].map(|perish| Hears::HostDied { back, perish }));
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
    fn makes_sense(self, order: &Do) -> bool {
        let call = &order.call;
        match (self.runs, self.hears) {
            // No fault at all, or no answer to hear.
            (Runs::Now | Runs::Never | Runs::Late(_) | Runs::Ends, Hears::Answer) => false,
            (Runs::Ends, hears) => matches!(hears, Hears::Deadline | Hears::Closed { .. }),
            // A source of versions 1 and 2 does nothing when a connection closes, so it does not matter whether it knows.
            (_, Hears::Closed { eof: false }) if order.host == Host::Source => {
                matches!(call, Call::Perform3 { .. } | Call::Confirm3 { .. })
            }
            // The same as a slow reply.
            (Runs::Long(_), Hears::Answer) => false,
            (runs, Hears::NotSent) => runs == Runs::Never,
            // The limit that the engine's documentation states: no host starts a guest, dies with it and is back before the next
            // question.
            (_, Hears::HostDied { back: 1, perish: true }) if matches!(call, Call::Finish3 { .. }) => false,
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
