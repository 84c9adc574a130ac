//! A running QEMU guest goes from one real libvirtd to another in post-copy: it switches while we migrate it, its link breaks, and the
//! post-copy is resumed. The guest counts on without a gap or a repeat.
//!
//! QEMU's destination cannot be asked for anything while a processor of the guest's waits for a page with QEMU's own lock in its hand. So
//! the link is cut only when the guest has counted on there for a while: what it uses is there by then, and what is missing it does not use.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use virtwire::client::Connection;
use virtwire::migrate::{Control, Migration, Progress, Watch};
use virtwire::protocol::migrate::{Do, MigrateFlags, Outcome, Param, ParamValue, Request, Wish};

use crate::command_meets_libvirtd::virtwire;
use crate::guest::{Count, initramfs, kernel, linux};
use crate::lab::{Libvirtd, runtime};
use crate::need::need;
use crate::v3_between_libvirtds::{arrived, followed, has, host, reason, uri};

type Flags = MigrateFlags;

#[test]
fn a_guest_switches_to_post_copy_breaks_and_is_resumed_and_counts_on() {
    need!(Libvirtd, Namespaces, Qemu, Virsh, Python, Kernel);
    let (a, b) = (host(), host());
    let mut count = Count::start(&a);

    // There is nothing to resume yet.
    let (outcome, watched) = runtime().block_on(resumed(&a, &b));
    let Outcome::OnSource { .. } = &outcome else { panic!("{outcome}") };
    assert!(outcome.to_string().contains("error 55/10"), "{outcome}");
    assert_eq!(watched.calls, [302, 24, 24, 163, 212], "nothing but Begin, and the question where it is");
    count.goes_on(&a);

    // It switches, and is cut off from its memory.
    let (outcome, watched) = runtime().block_on(async {
        let link = DataLink::to(&b).await;
        let mut migration = slowly(&a, &b, &link.uri).await;
        let mut watched = Watched { control: Some(migration.control()), ..Watched::default() };
        let cutting = cut_when_it_counts(&b, &link);
        let outcome = followed(&mut migration, &mut watched).await;
        cutting.abort();
        (outcome, watched)
    });
    let Outcome::PostCopyBroken { .. } = &outcome else { panic!("{outcome}") };
    assert!(outcome.to_string().contains("virtwire migrate --postcopy-resume"), "{outcome}");
    // The source may notice after the destination, and is asked again then.
    let calls = [302, 212, 303, 305, 306, 24, 212, 24, 163, 212];
    assert!(watched.calls.starts_with(&calls), "{:?}", watched.calls);
    reason(&a, "guest", (3, 13));
    reason(&b, "guest", (1, 11));

    // It is not moved as if it were whole.
    let (outcome, _) = runtime().block_on(async {
        let mut migration = planned(&a, &b, |_| ()).await;
        let mut watched = Watched::default();
        (followed(&mut migration, &mut watched).await, watched)
    });
    assert!(outcome.to_string().contains("a post-copy of the guest is not over"), "{outcome}");
    reason(&a, "guest", (3, 13));

    // Resumed, it arrives.
    let (outcome, watched) = runtime().block_on(resumed(&a, &b));
    arrived(&outcome, "guest");
    assert_eq!(watched.calls, [302, 212, 303, 305, 306, 307]);
    has(&a, &[]);
    has(&b, &["guest running"]);
    reason(&b, "guest", (1, 2));
    count.read(&a);
    count.goes_on(&b);

    // Back, and nothing breaks.
    let (outcome, watched) = runtime().block_on(async {
        let link = DataLink::to(&a).await;
        let mut migration = slowly(&b, &a, &link.uri).await;
        let mut watched = Watched { control: Some(migration.control()), ..Watched::default() };
        (followed(&mut migration, &mut watched).await, watched)
    });
    arrived(&outcome, "guest");
    assert!(watched.seen_fetching, "how far the post-copy was, was told");
    has(&b, &[]);
    reason(&a, "guest", (1, 2));
    count.read(&b);
    count.goes_on(&a);
}

/// Writes the same 8 MiB again and again, which is more than 8 MiB a second.
const BUSY: &str = "#!/bin/busybox sh
/bin/busybox yes busy | /bin/busybox head -c 8388608 >/one
echo busy
while :; do /bin/busybox cat /one >/other; done
";

/// A guest that writes faster than its memory is sent would never arrive; after the first pass our command switches it by itself.
#[test]
fn a_guest_that_would_never_arrive_is_switched_after_the_first_pass() {
    need!(Libvirtd, Namespaces, Qemu, Kernel);
    let (a, b) = (host(), host());
    let initrd = a.directory().path().join("initrd");
    fs::write(&initrd, initramfs(BUSY, &[])).expect("a file in a directory of ours");
    let log = "/var/log/libvirt/busy.log";
    let devices =
        format!("<serial type='pty'><log file='{log}' append='on'/></serial><memballoon model='none'/>");
    let xml = linux("busy", 5, &kernel().expect("the test says so"), &initrd, "", &devices);
    runtime().block_on(async {
        let source = Connection::open(&uri(&a)).await.unwrap();
        source.domain_create_xml(&xml, 0).await.unwrap();
    });
    let deadline = Instant::now() + Duration::from_secs(60);
    let said = a.directory().path().join(&log[1..]);
    while !fs::read_to_string(&said).unwrap_or_default().contains("busy") {
        assert!(Instant::now() < deadline, "the guest does not boot");
        std::thread::sleep(Duration::from_millis(50));
    }
    let (from, to) = (uri(&a), uri(&b));
    let told =
        virtwire(
            &[
                &[
                    "migrate",
                    "--live",
                    "--postcopy",
                    "--postcopy-after-precopy",
                    "--bandwidth",
                    "8",
                    "--json",
                ][..],
                &["--from", &from, "--to", &to, "busy"],
            ]
            .concat(),
        );
    let events: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let at = |name: &str| events.iter().position(|event| event["event"] == name);
    let switched = at("switched").unwrap_or_else(|| panic!("it did not switch: {told}"));
    assert_eq!(events[switched]["done"], true, "{told}");
    let passes = |events: &[Value]| events.iter().filter_map(|event| event["iteration"].as_u64()).max();
    assert!(passes(&events[..switched]) > Some(1), "it was in its second pass: {told}");
    assert_eq!(events[events.len() - 1]["outcome"], "on destination", "{told}");
    has(&a, &[]);
    reason(&b, "busy", (1, 2));
}

async fn planned(from: &Libvirtd, to: &Libvirtd, asked: impl FnOnce(&mut Request)) -> Migration {
    let source = Connection::open(&uri(from)).await.unwrap();
    let destination = Connection::open(&uri(to)).await.unwrap();
    let mut request = Request::live(Migration::find(&source, "guest").await.unwrap());
    asked(&mut request);
    Migration::plan(source, destination, request, Wish::Auto).await.unwrap()
}

/// Slow enough to be switched, and slower after it.
async fn slowly(from: &Libvirtd, to: &Libvirtd, data: &str) -> Migration {
    planned(from, to, |request| {
        request.flags = Flags::LIVE | Flags::POSTCOPY;
        request.uri = Some(data.into());
        request.bandwidth_mib_s = 12;
        request.params = vec![Param { field: "bandwidth.postcopy".into(), value: ParamValue::ULLong(2) }];
    })
    .await
}

async fn resumed(from: &Libvirtd, to: &Libvirtd) -> (Outcome, Watched) {
    let flags = Flags::LIVE | Flags::POSTCOPY | Flags::POSTCOPY_RESUME;
    let mut migration = planned(from, to, |request| request.flags = flags).await;
    let mut watched = Watched::default();
    (followed(&mut migration, &mut watched).await, watched)
}

/// Switches when some of the memory has been sent.
#[derive(Debug, Default)]
struct Watched {
    calls: Vec<i32>,
    control: Option<Control>,
    seen_fetching: bool,
}

impl Watch for Watched {
    fn calling(&mut self, order: &Do) {
        self.calls.push(order.call.number());
    }

    fn progress(&mut self, progress: &Progress) {
        self.seen_fetching |= progress.postcopy_requests.is_some();
        let sent = progress.data.processed > 0 && progress.data.remaining < 60 << 20;
        if let Some(control) = self.control.take_if(|_| sent) {
            tokio::spawn(async move { control.start_post_copy().await.unwrap() });
        }
    }
}

/// The way of a guest's memory to a host, which can be cut.
struct DataLink {
    uri: String,
    cut: Arc<Notify>,
}

impl DataLink {
    /// QEMU takes the port from the address that its daemon is told, and listens at the daemon's own.
    async fn to(daemon: &Libvirtd) -> DataLink {
        let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 9), 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (there, cut) = (SocketAddr::new(daemon.address().ip(), port), Arc::new(Notify::new()));
        let cutting = cut.clone();
        tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                let cutting = cutting.clone();
                tokio::spawn(async move {
                    let mut to = TcpStream::connect(there).await.unwrap();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut from, &mut to) => {}
                        () = cutting.notified() => {}
                    }
                });
            }
        });
        DataLink { uri: format!("tcp://127.0.0.9:{port}"), cut }
    }
}

/// Cuts the link when the guest has said enough on the host that it has switched to.
fn cut_when_it_counts(there: &Libvirtd, link: &DataLink) -> tokio::task::JoinHandle<()> {
    let log = there.directory().path().join("var/log/libvirt/serial.log");
    let cut = link.cut.clone();
    tokio::spawn(async move {
        while std::fs::read_to_string(&log).unwrap_or_default().lines().count() < 20 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        cut.notify_waiters();
    })
}
