//! polkit's agent for this process, where nobody else asks its user what polkit wants to know.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// polkit's own, which asks on the terminal.
const PROGRAM: &str = "pkttyagent";
/// How long it may take to find polkit, or to leave.
const WITHIN: Duration = Duration::from_secs(10);

/// A running agent.
#[derive(Debug)]
pub(crate) struct Agent(Child);

impl Agent {
    /// Starts one, which polkit knows once this returns. `None` where there is none to start.
    pub(crate) async fn start() -> Option<Agent> {
        let mut child = Command::new(PROGRAM)
            .args(["--process", &std::process::id().to_string(), "--notify-fd", "1", "--fallback"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .ok()?;
        // It closes this once polkit knows it, and so does its end where polkit will not. The next question tells which it was.
        let mut stdout = child.stdout.take()?;
        timeout(WITHIN, stdout.read_to_end(&mut Vec::new())).await.ok()?.ok()?;
        Some(Agent(child))
    }

    /// Ends it, politely: it may have to give the terminal its echo back.
    pub(crate) async fn end(mut self) {
        let pid = self.0.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        if let Some(pid) = pid {
            // Fails only where it has ended by itself.
            let _ = kill_process(pid, Signal::TERM);
        }
        if timeout(WITHIN, self.0.wait()).await.is_err() {
            let _ = self.0.kill().await;
        }
    }
}
