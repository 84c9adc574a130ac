//! A guest's process that stands still keeps those waiting who want something of that guest, and nobody else.

use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use virtwire::protocol::remote::{
    ConnectGetHostname, ConnectListAllDomains, DomainDestroy, DomainMemoryPeek, DomainReset, DomainSuspend,
};

use crate::PATIENCE;
use crate::outlive::{Lab, UUID, created, state};

/// A process that stands still until this is dropped.
struct Stopped(String);

impl Stopped {
    fn new(pid: &str) -> Stopped {
        assert!(signal("STOP", pid));
        // Each of its threads stops once it has a processor.
        let deadline = Instant::now() + PATIENCE;
        while !threads(pid).iter().all(|stat| stat.contains(") T ")) {
            assert!(Instant::now() < deadline, "{:?}", threads(pid));
            std::thread::yield_now();
        }
        Stopped(pid.to_owned())
    }
}

/// What the system says of each thread of a process.
fn threads(pid: &str) -> Vec<String> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    tasks.map(|task| std::fs::read_to_string(task.unwrap().path().join("stat")).unwrap()).collect()
}

impl Drop for Stopped {
    fn drop(&mut self) {
        signal("CONT", &self.0);
    }
}

fn signal(name: &str, pid: &str) -> bool {
    let mut kill = std::process::Command::new("kill");
    kill.args(["-s", name, pid]).stderr(std::process::Stdio::null()).status().unwrap().success()
}

/// The daemon had stood still for as long as it waited for the guest: half a minute.
#[tokio::test]
async fn a_guest_that_does_not_answer_keeps_nobody_waiting_but_who_asks_it_and_is_destroyed() {
    let lab = Lab::new("silent");
    let dom = created(&lab.source).await;
    let others = lab.source.open().await;
    let pid = lab.runs()[UUID].pid.clone();
    let _stopped = Stopped::new(&pid);

    let [suspends, peeks, resets] =
        [lab.source.open().await, lab.source.open().await, lab.source.open().await];
    let peek = DomainMemoryPeek { dom: dom.clone(), offset: 0, size: 8, flags: 2 };
    let (suspend, reset) = (DomainSuspend { dom: dom.clone() }, DomainReset { dom: dom.clone(), flags: 0 });
    let suspended = suspends.call(suspend);
    let (peeked, is_reset) = (peeks.call(peek), resets.call(reset));
    let suspended = tokio::spawn(async move { suspended.await.map(drop) });
    let peeked = tokio::spawn(async move { peeked.await.map(drop) });
    let is_reset = tokio::spawn(async move { is_reset.await.map(drop) });
    let waiting = [suspended, peeked, is_reset];
    tokio::task::yield_now().await;
    // Behind each of them on the same connection, so that they have been begun; and on one that has asked for nothing.
    for connection in [&suspends, &peeks, &resets, &others] {
        connection.call(ConnectGetHostname {}).await.unwrap();
    }
    let list = others.call(ConnectListAllDomains { need_results: 1, flags: 0 }).await.unwrap();
    assert_eq!(list.domains.len(), 1);
    pinged(&lab.source.uri()).await;
    // It does not stand still by its daemon's doing yet.
    assert_eq!(state(&lab.source, "web1").await.map(|(state, _)| state), Some(1));
    for one in &waiting {
        assert!(!one.is_finished(), "nobody has waited meanwhile");
    }

    let begun = Instant::now();
    others.call(DomainDestroy { dom }).await.unwrap();
    let took = begun.elapsed();
    assert_eq!(state(&lab.source, "web1").await, None);
    assert!(!std::path::Path::new(&format!("/proc/{pid}/exe")).exists());
    for (what, one) in ["suspend", "peek", "reset"].into_iter().zip(waiting) {
        let waited = tokio::time::timeout(PATIENCE, one).await.unwrap().unwrap();
        assert!(waited.is_err(), "{what}: it was destroyed meanwhile");
    }
    // It is taken for dead after twice as long.
    assert!(took.as_secs() < 15, "{took:?}");
    // The next one of its UUID is another.
    created(&lab.source).await;
    lab.counts_on();
}

/// A daemon answers a ping, whoever sends it.
async fn pinged(uri: &str) {
    let (_, path) = uri.split_once("socket=").unwrap();
    let mut socket = UnixStream::connect(path).await.unwrap();
    let keepalive = |procedure: u32| [28, 0x6b65_6570, 1, procedure, 2, 0, 0].map(u32::to_be_bytes).concat();
    socket.write_all(&keepalive(1)).await.unwrap();
    let mut answer = [0; 28];
    socket.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer[..], keepalive(2)[..]);
}
