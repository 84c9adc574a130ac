//! A guest: a process, and all that it starts, whose input and output are one end of a socket, and the other end its console.

use std::io;
use std::os::fd::OwnedFd;
use std::process::ExitStatus;
use std::sync::Arc;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::net::UnixStream;
use tokio::process::Command;
use tokio::sync::{Semaphore, mpsc, oneshot};
use virtwire::hypervisor::{Result, errors};
use virtwire::server::Stream;

use crate::console::{self, Call};

#[derive(Clone)]
pub(crate) struct Guest {
    pub(crate) pid: Pid,
    calls: mpsc::Sender<Call>,
    /// Closed once it has ended.
    life: Arc<Semaphore>,
}

impl Guest {
    /// Starts it; tells once how it ended.
    pub(crate) fn start(
        program: &str,
        arguments: &[String],
        ended: impl FnOnce(Option<ExitStatus>) + Send + 'static,
    ) -> io::Result<Guest> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let theirs = OwnedFd::from(theirs);
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(theirs.try_clone()?)
            .stdout(theirs.try_clone()?)
            .stderr(theirs)
            // Not of ours, to which a terminal sends its Ctrl-C.
            .process_group(0)
            // Where this program ends otherwise than it should, as by a panic.
            .kill_on_drop(true)
            .spawn()?;
        let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let pid = pid.ok_or_else(|| io::Error::other("the process has no number"))?;
        let (calls, called) = mpsc::channel(1);
        tokio::spawn(console::serve(UnixStream::from_std(ours)?, called));
        let life = Arc::new(Semaphore::new(0));
        let over = life.clone();
        tokio::spawn(async move {
            let status = child.wait().await.ok();
            // What it leaves behind ends with it.
            let _ = kill_process_group(pid, Signal::KILL);
            ended(status);
            over.close();
        });
        Ok(Guest { pid, calls, life })
    }

    /// Asks it, and nothing that it has started, to end.
    pub(crate) fn ask(&self) -> Result<()> {
        kill_process(self.pid, Signal::TERM).map_err(|error| errors::failed(error.to_string()))
    }

    /// Ends it, stops it or lets it go on, with all that it has started.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        kill_process_group(self.pid, signal).map_err(|error| errors::failed(error.to_string()))
    }

    /// Returns when it has ended.
    pub(crate) async fn ended(&self) {
        // It has no permits: this waits for the end.
        let _ = self.life.acquire().await;
    }

    /// Connects a client, unless another one is there and it does not insist.
    pub(crate) async fn connect(&self, stream: Stream, force: bool) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        self.calls.send(Call { stream, force, answer }).await.map_err(|_| errors::not_running())?;
        answered.await.map_err(|_| errors::not_running())?
    }
}
