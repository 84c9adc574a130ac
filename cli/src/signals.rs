//! The signals that ask a command to end, or a migration to switch to post-copy or to be given up in doubt.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::fail::{Fail, plain};

/// SIGUSR1, in place once this returns.
pub(crate) fn postcopy() -> Result<Signal, Fail> {
    listen(SignalKind::user_defined1())
}

/// SIGUSR2, in place once this returns.
pub(crate) fn give_up() -> Result<Signal, Fail> {
    listen(SignalKind::user_defined2())
}

fn listen(kind: SignalKind) -> Result<Signal, Fail> {
    signal(kind).map_err(|error| {
        Fail::new("signals", plain(&error), "the system allows this process no signal handler; try again")
    })
}

/// SIGINT, SIGTERM and SIGHUP, and perhaps SIGQUIT. From the first of these on they end the process by themselves no more, for good.
#[derive(Debug)]
pub(crate) struct Signals {
    /// Of what may change the terminal, which has to be put back. Elsewhere it ends a process at once, as its user expects.
    quit: Option<Signal>,
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
    hangup: Option<Signal>,
}

impl Signals {
    /// In place once this returns.
    pub(crate) fn listen() -> Result<Signals, Fail> {
        Ok(Signals {
            quit: None,
            interrupt: Some(listen(SignalKind::interrupt())?),
            terminate: Some(listen(SignalKind::terminate())?),
            hangup: Some(listen(SignalKind::hangup())?),
        })
    }

    /// The same but for those that whoever started this has it ignore, as `nohup` does, and shells with what runs in the background.
    pub(crate) fn listen_unless_ignored() -> Result<Signals, Fail> {
        let ignored = ignored();
        let unless_ignored = |kind: SignalKind| {
            // Signals are counted from 1.
            let is_ignored = ignored >> (kind.as_raw_value() - 1) & 1 == 1;
            if is_ignored { Ok(None) } else { listen(kind).map(Some) }
        };
        Ok(Signals {
            quit: None,
            interrupt: unless_ignored(SignalKind::interrupt())?,
            terminate: unless_ignored(SignalKind::terminate())?,
            hangup: unless_ignored(SignalKind::hangup())?,
        })
    }

    /// The same with SIGQUIT.
    pub(crate) fn listen_to_all() -> Result<Signals, Fail> {
        Ok(Signals { quit: Some(listen(SignalKind::quit())?), ..Signals::listen()? })
    }

    /// The next one's name. Cancel-safe.
    pub(crate) async fn next(&mut self) -> &'static str {
        async fn comes(signal: &mut Option<Signal>) {
            match signal {
                Some(signal) => drop(signal.recv().await),
                None => std::future::pending().await,
            }
        }
        tokio::select! {
            () = comes(&mut self.quit) => "SIGQUIT",
            () = comes(&mut self.interrupt) => "SIGINT",
            () = comes(&mut self.terminate) => "SIGTERM",
            () = comes(&mut self.hangup) => "SIGHUP",
        }
    }
}

/// The signals that this process ignores, a bit each; where Linux does not tell, all: then they are left as they are.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or(u64::MAX)
}
