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
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    /// In place once this returns.
    pub(crate) fn listen() -> Result<Signals, Fail> {
        Ok(Signals {
            quit: None,
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    /// The same with SIGQUIT.
    pub(crate) fn listen_to_all() -> Result<Signals, Fail> {
        Ok(Signals { quit: Some(listen(SignalKind::quit())?), ..Signals::listen()? })
    }

    /// The next one's name. Cancel-safe.
    pub(crate) async fn next(&mut self) -> &'static str {
        let quit = async {
            match &mut self.quit {
                Some(quit) => quit.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = quit => "SIGQUIT",
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.hangup.recv() => "SIGHUP",
        }
    }
}
