//! What tells a daemon to end.

use std::io::Read;
use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind};
use tokio::sync::mpsc;

use super::signal_of;
use crate::fail::Fail;

/// SIGTERM, SIGINT and, if asked to, the end of standard input. While this lives they no longer end the process by themselves.
pub(super) struct Ends {
    terminate: Signal,
    interrupt: Signal,
    stdin: mpsc::Receiver<()>,
}

impl Ends {
    /// In place once this returns.
    pub(super) fn heard(with_stdin: bool) -> Result<Ends, Fail> {
        let (terminate, interrupt) =
            (signal_of(SignalKind::terminate())?, signal_of(SignalKind::interrupt())?);
        let (closed, stdin) = mpsc::channel(1);
        if with_stdin {
            // A thread of its own, as the runtime would wait at its end for one of its blocking reads.
            std::thread::spawn(move || {
                let mut stdin = std::io::stdin().lock();
                while stdin.read(&mut [0; 256]).is_ok_and(|read| read > 0) {}
                closed.blocking_send(())
            });
        }
        Ok(Ends { terminate, interrupt, stdin })
    }

    /// The first of them. Cancel-safe.
    pub(super) async fn next(&mut self) {
        let Ends { terminate, interrupt, stdin } = self;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            Some(()) = stdin.recv() => {}
        }
    }

    /// A further signal, of somebody who does not wait for what the first one began. `timeout` sends each twice, to its process and to its group.
    pub(super) async fn again(&mut self) {
        const SAME_WITHIN: Duration = Duration::from_millis(500);
        let begun = Instant::now();
        while begun.elapsed() < SAME_WITHIN {
            tokio::select! {
                _ = self.terminate.recv() => {}
                _ = self.interrupt.recv() => {}
            }
        }
    }
}
