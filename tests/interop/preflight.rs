//! The preflight between two real libvirtd: it says what a migration would meet, each kind of obstacle once, and changes nothing.

use std::sync::{Arc, Mutex};

use virtwire::client::{Connection, OpenOptions};
use virtwire::migrate::{Migration, Preflight, Subject, Verdict, check};
use virtwire::protocol::migrate::{DomainXml, MigrateFlags, Outcome, Param, Request, Wish};
use virtwire::protocol::program::{ProcedureNumber, Program, ReadOnlyRule};

use crate::guest::Count;
use crate::lab::{Libvirtd, runtime};
use crate::need::need;
use crate::peers::virsh;
use crate::serve::Serve;
use crate::v3_between_libvirtds::{host, uri};

#[test]
fn each_obstacle_is_named_and_nothing_is_changed() {
    need!(Libvirtd, Namespaces, Qemu, Virsh, Python, Kernel);
    let (a, b) = (host(), host());
    let mut count = Count::start(&a);
    pool(&a, &[("alone.img", "1M"), ("other.img", "1M"), ("same.img", "1M")]);
    pool(&b, &[("other.img", "2M"), ("same.img", "1M")]);
    let before = [dump(&a), dump(&b)];
    let asked = Asked::default();
    let look = |change: &dyn Fn(&mut Request), wish| asked.look(&uri(&a), &uri(&b), change, wish);

    // Nothing is in the way.
    let found = look(&|_| (), Wish::Auto);
    assert!(!found.would_fail(), "{found:#?}");
    for subject in [
        Subject::Version,
        Subject::Hosts,
        Subject::Keepalive,
        Subject::Guest,
        Subject::Name,
        Subject::Machine,
        Subject::Cpu,
        Subject::Storage,
    ] {
        is(&found, subject, Verdict::Good, "");
    }
    is(
        &found,
        Subject::Version,
        Verdict::Good,
        "v3 with parameters: both report feature MIGRATION_PARAMS (13)",
    );

    // A version that neither reports.
    is(&look(&|_| (), Wish::V1), Subject::Version, Verdict::Fails, "MIGRATION_V1");
    // Its way there.
    let to =
        |uri: &'static str| look(&move |request: &mut Request| request.uri = Some(uri.into()), Wish::Auto);
    is(&to("http://there"), Subject::Address, Verdict::Fails, "http");
    is(&to("tcp:there:99999"), Subject::Address, Verdict::Fails, "99999 is no port");
    is(&to("tcp://localhost"), Subject::Address, Verdict::Fails, "the source itself");
    is(&to("tcp:there:49152"), Subject::Address, Verdict::Good, "port 49152");
    // Its machine, CPU and disks, by configurations for the destination that it does not have.
    let with = |from: &str, to: &str| {
        let xml = changed(&a, from, to);
        look(&|request: &mut Request| request.xml = Some(xml.clone()), Wish::Auto)
    };
    is(
        &with("machine='pc-i440fx-5.2'", "machine='pc-i440fx-99.0'"),
        Subject::Machine,
        Verdict::Fails,
        "pc-i440fx-99.0",
    );
    is(&with("type='qemu'", "type='xen'"), Subject::Machine, Verdict::Fails, "does not run guests of xen");
    let alien = "<cpu mode='custom' match='exact'><model>POWER9</model></cpu><cpu ";
    let found = with("<cpu ", alien);
    assert!(
        found
            .findings
            .iter()
            .any(|finding| finding.subject == Subject::Cpu && finding.verdict != Verdict::Good),
        "{found:#?}"
    );
    let rare = "<cpu mode='custom' match='exact'><model>qemu64</model><feature policy='require' name='avx512-4fmaps'/></cpu><cpu ";
    is(&with("<cpu ", rare), Subject::Cpu, Verdict::Fails, "cannot be had");
    is(
        &with("<devices>", &disk("alone.img")),
        Subject::Storage,
        Verdict::Fails,
        "not in the destination's pool images",
    );
    is(
        &with("<devices>", &disk("other.img")),
        Subject::Storage,
        Verdict::Fails,
        "is another one: 1048576 bytes here, 2097152 there",
    );
    is(
        &with("<devices>", &disk("same.img")),
        Subject::Storage,
        Verdict::Doubt,
        "whether it is the same storage",
    );
    let copied = |request: &mut Request| {
        request.xml = Some(changed(&a, "<devices>", &disk("alone.img")));
        request.flags = request.flags | MigrateFlags::NON_SHARED_DISK;
    };
    is(
        &look(&copied, Wish::Auto),
        Subject::Storage,
        Verdict::Good,
        "is made on the destination (pool images) and copied",
    );
    let another_is = |request: &mut Request| {
        copied(request);
        request.params.push(Param::string("migrate_disks", "vdb"));
    };
    is(
        &look(&another_is, Wish::Auto),
        Subject::Storage,
        Verdict::Fails,
        "not in the destination's pool images",
    );
    // A host is not another one because it has another name.
    is(
        &asked.look(&uri(&a), &a.unix_uri("qemu", "/system"), &|_| (), Wish::Auto),
        Subject::Hosts,
        Verdict::Fails,
        "both say that they are the host",
    );

    // All of this has only looked.
    assert_eq!([dump(&a), dump(&b)], before);
    asked.has_only_looked();

    // Names and UUIDs that are taken; and what is defined as the same guest is taken over.
    let defined = |uuid: &str, name: &str| {
        let xml = format!(
            "<domain type='qemu'><name>{name}</name><uuid>{uuid}</uuid><memory>1024</memory><os><type>hvm</type></os></domain>"
        );
        let file = b.directory().write("taken.xml", &xml);
        virsh(&uri(&b), &["define", &file]);
        let found = look(&|_| (), Wish::Auto);
        virsh(&uri(&b), &["undefine", name]);
        found
    };
    const GUEST: &str = "5f2a8c1e-0000-4000-8000-000000000003";
    is(
        &defined("5f2a8c1e-0000-4000-8000-0000000000ff", "guest"),
        Subject::Name,
        Verdict::Fails,
        "another guest guest",
    );
    is(&defined(GUEST, "stranger"), Subject::Name, Verdict::Fails, "with the name stranger");
    is(&defined(GUEST, "guest"), Subject::Name, Verdict::Good, "taken over");

    // What it said is what happens.
    let moved = asked.migrate(&uri(&a), &uri(&b));
    assert!(matches!(moved, Outcome::OnDestination { .. }), "{moved}");
    count.read(&a);
    count.goes_on(&b);
    // The guest is not where it was, and there is nothing to look at.
    virsh(&uri(&b), &["suspend", "guest"]);
    let there = asked.look(&uri(&b), &uri(&a), &|_| (), Wish::Auto);
    is(&there, Subject::Guest, Verdict::Good, "is paused");
    let post_copy = |request: &mut Request| request.flags = request.flags | MigrateFlags::POSTCOPY;
    let there = asked.look(&uri(&b), &uri(&a), &post_copy, Wish::Auto);
    is(&there, Subject::Guest, Verdict::Fails, "POSTCOPY is for a guest that runs");
    virsh(&uri(&b), &["define", &b.directory().write("off.xml", OFF)]);
    let off = runtime().block_on(async {
        let (from, to) =
            (Connection::open(&uri(&b)).await.unwrap(), Connection::open(&uri(&a)).await.unwrap());
        let domain = Migration::find(&from, "off").await.unwrap();
        check(&from, &to, Request::live(domain), Wish::Auto).await
    });
    is(&off, Subject::Guest, Verdict::Fails, "is shut off");
    virsh(&uri(&b), &["destroy", "guest"]);
}

/// Libvirt's test driver has snapshots and tells no UUID of its host; a host in memory has guests that are larger than any other.
#[test]
fn what_may_hold_a_guest_where_it_is_is_named() {
    need!(Libvirtd, Namespaces, Qemu);
    let (libvirtd, ours) = (host(), Serve::start(&[]));
    runtime().block_on(async {
        let unwatched = OpenOptions { keepalive: None, ..OpenOptions::default() };
        let destination = Connection::open_with(&uri(&libvirtd), unwatched).await.unwrap();
        let source = Connection::open(&libvirtd.uri("test", "/default")).await.unwrap();
        let test = source.domain("test").await.unwrap();
        let xml = source.domain_get_xml_desc(test.wire(), 0).await.unwrap().xml.to_string();
        let device = "<devices><hostdev mode='subsystem' type='pci'/>";
        let mut request = Request::live(Migration::find(&source, "test").await.unwrap());
        request.xml = Some(DomainXml(xml.replacen("<devices>", device, 1).into()));
        let found = check(&source, &destination, request.clone(), Wish::Auto).await;
        is(&found, Subject::Version, Verdict::Fails, "no migration version in common");
        is(&found, Subject::Hosts, Verdict::Doubt, "not both tell their host's UUID");
        is(&found, Subject::Keepalive, Verdict::Doubt, "pings to the destination are off");
        is(&found, Subject::Guest, Verdict::Doubt, "has 1 devices of its host's own");
        is(&found, Subject::Machine, Verdict::Fails, "does not run guests of test");
        assert!(!found.findings.iter().any(|finding| finding.text.contains("snapshots")), "{found:#?}");
        source.domain_snapshot_create_xml(test.wire(), "<domainsnapshot/>", 0).await.unwrap();
        let found = check(&source, &destination, request, Wish::Auto).await;
        is(&found, Subject::Guest, Verdict::Fails, "has 1 snapshots");

        let source = Connection::open(&ours.uri()).await.unwrap();
        let large = "<domain type='mem'><name>large</name><memory unit='TiB'>64</memory></domain>";
        source.domain_create_xml(large, 0).await.unwrap();
        let request = Request::live(Migration::find(&source, "large").await.unwrap());
        let found = check(&source, &destination, request, Wish::Auto).await;
        is(&found, Subject::Memory, Verdict::Doubt, "the guest has 67108864 MiB, the destination");
    });
}

const OFF: &str =
    "<domain type='qemu'><name>off</name><memory>1024</memory><os><type>hvm</type></os></domain>";

/// A pool of the same path on both, each a directory of its daemon's own, with these files.
fn pool(daemon: &Libvirtd, files: &[(&str, &str)]) {
    daemon.shell("mkdir -p /var/lib/libvirt/images");
    let uri = uri(daemon);
    virsh(&uri, &["pool-create-as", "images", "dir", "--target", "/var/lib/libvirt/images"]);
    for (file, size) in files {
        virsh(&uri, &["vol-create-as", "images", file, size, "--format", "raw"]);
    }
}

/// A disk in that pool, before the guest's other devices.
fn disk(file: &str) -> String {
    format!(
        "<devices><disk type='file' device='disk'><source file='/var/lib/libvirt/images/{file}'/><target dev='vda'/></disk>"
    )
}

/// The guest's configuration with a part in place of another.
fn changed(daemon: &Libvirtd, from: &str, to: &str) -> DomainXml {
    let xml = virsh(&uri(daemon), &["dumpxml", "guest"]);
    assert!(xml.contains(from), "{from}: {xml}");
    DomainXml(xml.replacen(from, to, 1).into())
}

/// Everything that a daemon shows of its guests and pools.
fn dump(daemon: &Libvirtd) -> String {
    let uri = uri(daemon);
    let mut text = String::new();
    for name in virsh(&uri, &["list", "--all", "--name"]).split_whitespace() {
        text += &virsh(&uri, &["dumpxml", name]);
        text += &virsh(&uri, &["domstate", "--reason", name]);
    }
    text += &virsh(&uri, &["pool-dumpxml", "images"]);
    text += &virsh(&uri, &["vol-list", "images"]);
    text
}

#[track_caller]
fn is(found: &Preflight, subject: Subject, verdict: Verdict, text: &str) {
    let fits = found.findings.iter().any(|finding| {
        (finding.subject, finding.verdict) == (subject, verdict) && finding.text.contains(text)
    });
    assert!(fits, "{subject}, {verdict:?}, {text:?}: {found:#?}");
}

/// What was called of the daemons.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<(Program, ProcedureNumber)>>>);

impl Asked {
    async fn open(&self, uri: &str) -> Connection {
        let asked = self.0.clone();
        let observer = Arc::new(move |passed: virtwire::client::Passed| {
            if passed.sent {
                asked.lock().unwrap().push((passed.header.program, passed.header.procedure));
            }
        });
        Connection::open_with(uri, OpenOptions { observer: Some(observer), ..OpenOptions::default() })
            .await
            .unwrap()
    }

    fn look(&self, from: &str, to: &str, change: &dyn Fn(&mut Request), wish: Wish) -> Preflight {
        runtime().block_on(async {
            let (source, destination) = (self.open(from).await, self.open(to).await);
            let mut request = Request::live(Migration::find(&source, "guest").await.unwrap());
            change(&mut request);
            check(&source, &destination, request, wish).await
        })
    }

    fn migrate(&self, from: &str, to: &str) -> Outcome {
        runtime().block_on(async {
            let (source, destination) =
                (Connection::open(from).await.unwrap(), Connection::open(to).await.unwrap());
            let request = Request::live(Migration::find(&source, "guest").await.unwrap());
            Migration::plan(source, destination, request, Wish::Auto).await.unwrap().run(&mut ()).await
        })
    }

    /// By libvirt's own word on which procedures a client that may only look is let make; and the comparison of CPUs, which libvirt
    /// refuses it because QEMU is started for it.
    #[track_caller]
    fn has_only_looked(&self) {
        let asked = self.0.lock().unwrap();
        assert!(asked.len() > 50);
        for (program, number) in asked.iter().filter(|(program, _)| *program == Program::REMOTE) {
            let info = program.procedure(*number).unwrap();
            assert!(info.read_only != ReadOnlyRule::Refused || number.0 == 393, "{}", info.name);
        }
    }
}
