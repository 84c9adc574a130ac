//! A libvirtd that stops answering, and one that is killed and started again: every call ends, and what is to return returns.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;
use virtwire::client::{
    Admin, Backoff, CallError, CloseReason, Connection, Link, OpenOptions, Passed, Reconnecting,
    ReconnectingSubscription, Told,
};
use virtwire::protocol::error::Fate;
use virtwire::protocol::program::Program;
use virtwire::protocol::remote::{
    ConnectGetHostname, DomainEventLifecycle, DomainLookupByName, DomainResume, DomainSuspend,
};
use virtwire::protocol::session::ProtocolError;
use virtwire::protocol::session::keepalive::Pacing;

use crate::lab::{Libvirtd, Setup, runtime};
use crate::need::need;

/// Nothing here takes as long on the slowest machine; what does is stuck.
const STUCK: Duration = Duration::from_secs(60);

#[test]
fn a_daemon_that_stops_is_noticed_and_every_call_is_told_its_fate() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let pacing = Pacing { interval: Duration::from_secs(1), ..Pacing::default() };
        let options = OpenOptions { keepalive: Some(pacing), ..OpenOptions::default() };
        let window = options.window;
        let connection = Connection::open_with(&uri(&daemon), options).await.unwrap();
        connection.call(ConnectGetHostname {}).await.unwrap();
        daemon.shell("kill -STOP $(cat /run/libvirt/libvirtd.pid)");

        let calls: Vec<_> =
            (0..window + 3).map(|_| tokio::spawn(connection.call(ConnectGetHostname {}))).collect();
        let mut fates = Vec::new();
        for call in calls {
            let error = timeout(STUCK, call).await.expect("the silence is noticed").unwrap().unwrap_err();
            let CallError::Closed {
                reason: CloseReason::Protocol(ProtocolError::Silent { pings, .. }), ..
            } = error
            else {
                panic!("{error:?}")
            };
            assert!(pings > 0);
            fates.push(error.fate());
        }
        let count = |fate| fates.iter().filter(|told| **told == fate).count();
        assert_eq!((count(Fate::Unknown), count(Fate::DidNotRun)), (window, 3), "{fates:?}");
        // It goes on as if nothing had been, for others.
        daemon.shell("kill -CONT $(cat /run/libvirt/libvirtd.pid)");
        let again = Connection::open(&uri(&daemon)).await.unwrap();
        assert_eq!(again.call(ConnectGetHostname {}).await.unwrap().hostname, daemon.host_name());
    });
}

/// Its administration has pings of its own, and is missed as well.
#[test]
fn a_daemon_that_stops_is_noticed_by_who_looks_after_it() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let pacing = Pacing { interval: Duration::from_secs(1), count: 2 };
        let options = OpenOptions { keepalive: Some(pacing), ..OpenOptions::default() };
        let uri = format!("libvirtd:///system?socket={}", daemon.admin_socket().display());
        let admin = Admin::open_with(&uri, options).await.unwrap();
        // Several intervals in which nothing else is said.
        tokio::select! {
            ended = admin.connection().closed() => panic!("{ended}"),
            () = tokio::time::sleep(5 * pacing.interval) => {}
        }
        assert!(!admin.servers().await.unwrap().is_empty());
        daemon.shell("kill -STOP $(cat /run/libvirt/libvirtd.pid)");
        let ended = timeout(STUCK, admin.connection().closed()).await.expect("the silence is noticed");
        assert!(matches!(ended, CloseReason::Protocol(ProtocolError::Silent { pings: 2, .. })), "{ended:?}");
        daemon.shell("kill -CONT $(cat /run/libvirt/libvirtd.pid)");
        Admin::open(&uri).await.unwrap().close().await.unwrap();
    });
}

/// A daemon that pings by itself, and waits for one answer: nothing else would be said for an hour.
#[test]
fn a_daemons_own_pings_are_answered() {
    need!(Libvirtd, Namespaces);
    const PONG: i32 = 2;
    let setup = Setup::new().libvirtd_conf("keepalive_interval = 1").libvirtd_conf("keepalive_count = 1");
    let daemon = setup.start();
    runtime().block_on(async {
        let (sent, mut answers) = mpsc::unbounded_channel();
        let observer = move |passed: Passed| {
            if passed.sent && passed.header.program == Program::KEEPALIVE {
                let _ = sent.send(passed.header.procedure.0);
            }
        };
        let pacing = Pacing { interval: Duration::from_secs(3_600), count: 1 };
        let options = OpenOptions {
            keepalive: Some(pacing),
            observer: Some(Arc::new(observer)),
            ..OpenOptions::default()
        };
        let connection = Connection::open_with(&uri(&daemon), options).await.unwrap();
        // The first that it misses would end the connection.
        for _ in 0..3 {
            let answer = timeout(STUCK, answers.recv()).await.expect("it pings every second");
            assert_eq!(answer, Some(PONG), "{:?}", connection.ended());
        }
        assert_eq!(connection.connect_get_hostname().await.unwrap().hostname, daemon.host_name());
        connection.close().await.unwrap();
    });
}

#[test]
fn a_daemon_that_is_killed_twenty_times_under_load_loses_no_call_and_no_subscription() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    let runtime = runtime();
    let tasks = || runtime.metrics().num_alive_tasks();
    let before = tasks();
    runtime.block_on(async {
        let backoff = Backoff::between(Duration::from_millis(20), Duration::from_millis(500));
        let link = Reconnecting::open(&uri(&daemon), OpenOptions::default(), backoff).await.unwrap();
        let mut events = link.subscribe::<DomainEventLifecycle>(None).await.unwrap();
        let load = Arc::new(Load::default());
        let callers = [
            tokio::spawn(load.clone().ask(link.clone())),
            tokio::spawn(load.clone().ask(link.clone())),
            tokio::spawn(load.clone().ask(link.clone())),
            tokio::spawn(load.clone().change(link.clone())),
        ];
        for round in 1..=20 {
            until(&mut events, "an event", |told| matches!(told, Told::Event(_))).await;
            daemon.kill_and_restart();
            until(&mut events, "that it is back", |told| matches!(told, Told::Resynced)).await;
            assert!(
                matches!(link.link(), Link::Up { generation, .. } if generation > round),
                "{:?}",
                link.link()
            );
        }
        until(&mut events, "an event of the last daemon", |told| matches!(told, Told::Event(_))).await;
        load.over.store(true, Ordering::Relaxed);
        for caller in callers {
            timeout(STUCK, caller).await.expect("no caller waits for ever").unwrap();
        }
        let (answered, lost) = (load.answered.load(Ordering::Relaxed), load.lost.load(Ordering::Relaxed));
        assert!(answered > 100 && lost > 0, "{answered} answered, {lost} lost");
        link.close().await;
    });
    // Each socket belongs to a task.
    let deadline = std::time::Instant::now() + STUCK;
    while tasks() > before {
        assert!(std::time::Instant::now() < deadline, "{} tasks are left of {before}", tasks());
        runtime.block_on(tokio::task::yield_now());
    }
}

#[derive(Default)]
struct Load {
    over: AtomicBool,
    answered: AtomicU64,
    lost: AtomicU64,
}

impl Load {
    async fn ask(self: Arc<Self>, link: Reconnecting) {
        while let Some(connection) = self.connection(&link).await {
            self.count(timeout(STUCK, connection.call(ConnectGetHostname {})).await.expect("an end"));
        }
    }

    async fn change(self: Arc<Self>, link: Reconnecting) {
        while let Some(connection) = self.connection(&link).await {
            let found = timeout(STUCK, connection.call(DomainLookupByName { name: "test".into() })).await;
            let Some(found) = self.count(found.expect("an end")) else { continue };
            self.count(
                timeout(STUCK, connection.call(DomainSuspend { dom: found.dom.clone() }))
                    .await
                    .expect("an end"),
            );
            self.count(
                timeout(STUCK, connection.call(DomainResume { dom: found.dom })).await.expect("an end"),
            );
        }
    }

    async fn connection(&self, link: &Reconnecting) -> Option<Connection> {
        if self.over.load(Ordering::Relaxed) {
            return None;
        }
        Some(timeout(STUCK, link.connection()).await.expect("the daemon comes back").unwrap())
    }

    fn count<T>(&self, result: Result<T, CallError>) -> Option<T> {
        match result {
            Ok(reply) => {
                self.answered.fetch_add(1, Ordering::Relaxed);
                Some(reply)
            }
            Err(error @ CallError::Closed { .. }) => {
                assert_ne!(error.fate(), Fate::Failed);
                self.lost.fetch_add(1, Ordering::Relaxed);
                None
            }
            // A guest that an earlier call left suspended.
            Err(CallError::Remote(error)) if error.code.0 == 55 => None,
            Err(error) => panic!("{error:?}"),
        }
    }
}

async fn until(
    events: &mut ReconnectingSubscription<DomainEventLifecycle>,
    what: &str,
    is: impl Fn(&Told<DomainEventLifecycle>) -> bool,
) {
    let seen = timeout(STUCK, async {
        loop {
            match events.next().await.expect("a word that is not the last") {
                told if is(&told) => return,
                Told::Event(_) | Told::Missed(_) | Told::Resynced => {}
                told => panic!("{told:?}"),
            }
        }
    });
    seen.await.unwrap_or_else(|_| panic!("{what} does not come"));
}

fn uri(daemon: &Libvirtd) -> String {
    format!("test+unix:///default?socket={}", daemon.socket().display())
}
