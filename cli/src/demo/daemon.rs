//! The demo's daemons: `virtwire serve` in processes of their own, which never outlive the demo.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Duration, timeout};

use crate::fail::{Fail, plain};

/// A running daemon. Dropping it kills its process; so does the end of this one, however it comes.
#[derive(Debug)]
pub(super) struct Daemon {
    pub(super) name: &'static str,
    /// Where it listens: `127.0.0.1:PORT`.
    pub(super) address: String,
    child: Child,
}

/// Longer than any machine needs to start a process.
const START_WITHIN: Duration = Duration::from_secs(10);

impl Daemon {
    /// Starts one on a port that is free, and waits until it accepts clients.
    pub(super) async fn start(name: &'static str, options: &'static [&'static str]) -> Result<Daemon, Fail> {
        let failed = |what: String| {
            Fail::new(
                format!("daemon {name}"),
                what,
                "try again; `virtwire serve --listen tcp://127.0.0.1:0` shows whether a daemon starts",
            )
        };
        let program =
            std::env::current_exe().map_err(|error| failed(format!("own path: {}", plain(&error))))?;
        let mut child = Command::new(program)
            .args(["serve", "--listen", "tcp://127.0.0.1:0", "--migration-ports", PORTS, "--exit-with-stdin"])
            .args(options)
            // It ends with this pipe, which the system closes when this process is gone, even if it was killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(format!("cannot be started: {}", plain(&error))))?;
        let mut lines =
            BufReader::new(child.stdout.take().ok_or_else(|| failed("has no output".to_owned()))?).lines();
        let line = timeout(START_WITHIN, lines.next_line()).await;
        let address = match &line {
            Ok(Ok(Some(line))) => line.strip_prefix("listening on tcp://"),
            _ => None,
        };
        match address {
            Some(address) => Ok(Daemon { name, address: address.to_owned(), child }),
            None => Err(failed("did not begin to listen".to_owned())),
        }
    }

    /// By what clients open it.
    pub(super) fn uri(&self) -> String {
        uri_at(&self.address)
    }

    /// Ends it and waits until it has gone.
    pub(super) async fn end(mut self) -> Result<(), Fail> {
        let failed = |error| {
            Fail::new(
                format!("daemon {}", self.name),
                format!("does not end: {}", plain(&error)),
                "try again; `virtwire serve --listen tcp://127.0.0.1:0` shows whether a daemon starts",
            )
        };
        self.child.kill().await.map_err(failed)
    }
}

/// The demo's daemons receive guests where the system has room, as several demos may run at once.
const PORTS: &str = "0-0";

/// The URI of a daemon of ours that is reached at an address.
pub(super) fn uri_at(address: &str) -> String {
    format!("mem+tcp://{address}/default")
}
