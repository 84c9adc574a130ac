//! The window with a real libvirtd: calls that a guest holds up fill it, and neither an abort nor a ping is stuck behind them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;
use virtwire::client::{CallError, CallPhase, Connection, OpenOptions, Passed};
use virtwire::protocol::flags::{DomainStatsFlags, DomainStatsKinds};
use virtwire::protocol::program::Program;
use virtwire::protocol::remote::{DomainBlockJobAbort, DomainDestroy, DomainSuspend};
use virtwire::protocol::session::keepalive::Pacing;

use crate::lab::{Libvirtd, runtime};
use crate::need::need;

/// Nothing here takes as long on the slowest machine; what does is stuck.
const STUCK: Duration = Duration::from_secs(90);

pub(crate) const GUEST: &str = "<domain type='qemu'>
  <name>stuck</name>
  <uuid>5f2a8c1e-0000-4000-8000-000000000022</uuid>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64'>hvm</type></os>
  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices>
</domain>";

/// A daemon that works on five calls reads nothing more. QEMU is stopped, so each of these takes as long as the daemon has patience with
/// it: ten seconds for the destroy alone, in which a client that hears nothing for four takes its daemon for dead.
#[test]
fn a_guest_that_holds_up_every_call_is_ended_and_pings_are_answered_meanwhile() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let (phases, mut started) = mpsc::unbounded_channel();
        let pongs = Arc::new(AtomicU64::new(0));
        let heard = pongs.clone();
        let options = OpenOptions {
            keepalive: Some(Pacing { interval: Duration::from_secs(1), count: 3 }),
            meter: Some(Arc::new(move |phase| {
                let _ = phases.send(phase);
            })),
            observer: Some(Arc::new(move |passed: Passed| {
                let is_pong = !passed.sent && passed.header.program == Program::KEEPALIVE;
                heard.fetch_add(u64::from(is_pong), Ordering::Relaxed);
            })),
            ..OpenOptions::default()
        };
        let connection = Connection::open_with(&daemon.uri("qemu", "/system"), options).await.unwrap();
        let dom = connection.domain_create_xml(GUEST, 0).await.unwrap().dom;
        daemon.shell("kill -STOP $(cat /run/libvirt/qemu/stuck.pid)");
        while started.try_recv().is_ok() {}

        let stuck: Vec<_> =
            (0..4).map(|_| tokio::spawn(connection.call(DomainSuspend { dom: dom.clone() }))).collect();
        let abort = DomainBlockJobAbort { dom: dom.clone(), path: "vda".into(), flags: 0 };
        let abort = tokio::spawn(connection.call(abort));
        // As many as may wait for a guest are under way; the rest wait here.
        loop {
            match timeout(STUCK, started.recv()).await.expect("the abort goes").unwrap() {
                CallPhase::Started { procedure: "domain_block_job_abort", .. } => break,
                CallPhase::Started { .. } => {}
                other => panic!("{other:?}"),
            }
        }
        // What never waits for a guest has its answer, and what ends one goes.
        assert_eq!(connection.connect_get_hostname().await.unwrap().hostname, daemon.host_name());
        let before = pongs.load(Ordering::Relaxed);
        timeout(STUCK, connection.call(DomainDestroy { dom })).await.expect("an end").unwrap();
        assert!(pongs.load(Ordering::Relaxed) > before + 3, "libvirtd has answered no pings");
        assert!(connection.ended().is_none());
        for call in stuck.into_iter().chain([abort]) {
            let error = timeout(STUCK, call).await.expect("an answer").unwrap().unwrap_err();
            assert!(matches!(error, CallError::Remote(_)), "{error:?}");
        }
        connection.close().await.unwrap();
    });
}

/// What an agent does: figures of all guests, again and again, of which nobody waits long for any. NOWAIT passes over the guest for which the
/// first question waits; without it, two questions have the places of all that wait for guests, and an error says so.
#[test]
fn a_poll_goes_on_beside_a_guest_that_hangs_and_an_error_says_what_holds_it_up() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let connection = Connection::open(&daemon.uri("qemu", "/system")).await.unwrap();
        let hung = connection.domain_create_xml(GUEST, 0).await.unwrap().dom;
        let other = GUEST.replace("stuck", "other").replace("000000000022", "000000000023");
        let other = connection.domain_create_xml(&other, 0).await.unwrap().dom;
        daemon.shell("kill -STOP $(cat /run/libvirt/qemu/stuck.pid)");
        let hasty = connection.within(Duration::from_secs(1));
        let (all, no_wait) = (DomainStatsKinds::NONE, DomainStatsFlags::NOWAIT);

        let error = hasty.all_domain_stats(all, no_wait).await.unwrap_err();
        assert!(matches!(error, CallError::TimedOut { sent: true, .. }), "{error:?}");
        for _ in 0..3 {
            let polled = timeout(STUCK, connection.all_domain_stats(all, no_wait)).await.expect("an answer");
            assert_eq!(polled.unwrap().len(), 2);
        }
        let error = hasty.all_domain_stats(all, DomainStatsFlags::NONE).await.unwrap_err();
        assert!(matches!(error, CallError::TimedOut { sent: true, .. }), "{error:?}");
        let error = hasty.call(DomainSuspend { dom: other.clone() }).await.unwrap_err();
        let CallError::TimedOut { sent: false, given_up, .. } = &error else { panic!("{error:?}") };
        assert_eq!(*given_up, ["connect_get_all_domain_stats"; 2]);

        timeout(STUCK, connection.call(DomainDestroy { dom: hung })).await.expect("an end").unwrap();
        timeout(STUCK, connection.call(DomainSuspend { dom: other.clone() }))
            .await
            .expect("a place")
            .unwrap();
        connection.call(DomainDestroy { dom: other }).await.unwrap();
        connection.close().await.unwrap();
    });
}
