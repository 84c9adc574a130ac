//! The signals that ask a command to end, or a migration to switch to post-copy or to be given up in doubt.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::low_level::emulate_default_handler;
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
    signal(kind).map_err(|error| refused(&error))
}

fn refused(error: &io::Error) -> Fail {
    Fail::new("signals", plain(error), "the system allows this process no signal handler; try again")
}

/// Somebody listens.
static HEARD: AtomicBool = AtomicBool::new(false);
/// Something is done before one of them ends the process.
static DONE_FIRST: AtomicBool = AtomicBool::new(false);

/// Has this done before one of the signals ends the process, which it does as if nobody had caught it; until somebody listens, whose they are from
/// then on. In place once this returns. Of several only the first counts.
pub(crate) fn before_the_end(first: fn()) -> io::Result<()> {
    if DONE_FIRST.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    let mut signals = Signals::unless_ignored()?;
    signals.quit = unless_ignored(SignalKind::quit(), ignored())?;
    tokio::spawn(async move {
        loop {
            let (kind, _) = signals.any().await;
            if !HEARD.load(Ordering::Relaxed) {
                first();
                let number = kind.as_raw_value();
                let _ = emulate_default_handler(number);
                // As a shell would tell of it.
                std::process::exit(128 + number);
            }
        }
    });
    Ok(())
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
        HEARD.store(true, Ordering::Relaxed);
        Ok(Signals {
            quit: None,
            interrupt: Some(listen(SignalKind::interrupt())?),
            terminate: Some(listen(SignalKind::terminate())?),
            hangup: Some(listen(SignalKind::hangup())?),
        })
    }

    /// The same but for those that whoever started this has it ignore, as `nohup` does, and shells with what runs in the background.
    pub(crate) fn listen_unless_ignored() -> Result<Signals, Fail> {
        HEARD.store(true, Ordering::Relaxed);
        Signals::unless_ignored().map_err(|error| refused(&error))
    }

    fn unless_ignored() -> io::Result<Signals> {
        let ignored = ignored();
        Ok(Signals {
            quit: None,
            interrupt: unless_ignored(SignalKind::interrupt(), ignored)?,
            terminate: unless_ignored(SignalKind::terminate(), ignored)?,
            hangup: unless_ignored(SignalKind::hangup(), ignored)?,
        })
    }

    /// The same with SIGQUIT.
    pub(crate) fn listen_to_all() -> Result<Signals, Fail> {
        Ok(Signals { quit: Some(listen(SignalKind::quit())?), ..Signals::listen()? })
    }

    /// The next one's name. Cancel-safe.
    pub(crate) async fn next(&mut self) -> &'static str {
        self.any().await.1
    }

    async fn any(&mut self) -> (SignalKind, &'static str) {
        async fn comes(signal: &mut Option<Signal>) {
            match signal {
                Some(signal) => drop(signal.recv().await),
                None => std::future::pending().await,
            }
        }
        tokio::select! {
            () = comes(&mut self.quit) => (SignalKind::quit(), "SIGQUIT"),
            () = comes(&mut self.interrupt) => (SignalKind::interrupt(), "SIGINT"),
            () = comes(&mut self.terminate) => (SignalKind::terminate(), "SIGTERM"),
            () = comes(&mut self.hangup) => (SignalKind::hangup(), "SIGHUP"),
        }
    }
}

fn unless_ignored(kind: SignalKind, ignored: u64) -> io::Result<Option<Signal>> {
    // Signals are counted from 1.
    let is_ignored = ignored >> (kind.as_raw_value() - 1) & 1 == 1;
    if is_ignored { Ok(None) } else { signal(kind).map(Some) }
}

/// The signals that this process ignores, a bit each; where Linux does not tell, all: then they are left as they are.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or(u64::MAX)
}
