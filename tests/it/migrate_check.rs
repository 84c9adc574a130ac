//! The preflight between daemons of ours: what it finds there, and that it has only asked.

use std::sync::{Arc, Mutex};

use virtwire::client::{Connection, OpenOptions, Passed};
use virtwire::hypervisor::mem::Faults;
use virtwire::migrate::{Errand, Migration, Preflight, Subject, Verdict, check, check_errand};
use virtwire::protocol::migrate::{DomainXml, MigrateFlags, Outcome, Param, Request, Version, Way, Wish};
use virtwire::protocol::program::{ProcedureNumber, Program, ReadOnlyRule};

use crate::migration::{Host, NEW, V2, age};

#[tokio::test]
async fn what_is_in_the_way_is_found_before_anything_moves() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    let found = look(&source, &destination, |_| ()).await;
    assert!(!found.would_fail(), "{found:#?}");
    assert_eq!(found.plan.as_ref().unwrap().version(), Version::V3Params);
    for subject in [
        Subject::Version,
        Subject::Hosts,
        Subject::Keepalive,
        Subject::Guest,
        Subject::Name,
        Subject::Machine,
        Subject::Storage,
    ] {
        is(&found, subject, Verdict::Good, "");
    }
    // Such a guest has nothing to compare, and a host in memory has no free memory to tell of.
    is(&found, Subject::Cpu, Verdict::Good, "no particular CPU");

    // By version 3, from before definitions moved.
    let older = Host::start(age("1.0.0")).await;
    let offline = |request: &mut Request| request.flags = MigrateFlags::OFFLINE | MigrateFlags::PERSIST_DEST;
    is(&look(&source, &older, offline).await, Subject::Version, Verdict::Fails, "MIGRATION_OFFLINE (12)");
    is(&look(&source, &destination, offline).await, Subject::Guest, Verdict::Fails, "does not run");
    let found = look(&source, &source, |_| ()).await;
    is(&found, Subject::Hosts, Verdict::Fails, "both say that they are the host");
    is(&found, Subject::Name, Verdict::Fails, "is active on the destination already");
    let copy = Host::start(age(NEW)).await;
    copy.create().await;
    let found = look(&source, &copy, |_| ()).await;
    is(&found, Subject::Hosts, Verdict::Good, "two hosts");
    is(&found, Subject::Name, Verdict::Fails, "guest is active on the destination already");
    // The destination has one of that name now.
    let other = "<domain type='mem'><name>guest</name><memory unit='KiB'>64</memory></domain>";
    destination.connect().await.domain_create_xml(other, 0).await.unwrap();
    is(&look(&source, &destination, |_| ()).await, Subject::Name, Verdict::Fails, "another guest guest");
    let renamed = look(&source, &destination, |request| request.dname = Some("wanderer".into())).await;
    is(&renamed, Subject::Name, Verdict::Good, "wanderer is free");
    is(
        &look(&source, &copy, |_| ()).await,
        Subject::Features,
        Verdict::Good,
        "MIGRATE_CHANGE_PROTECTION (7)",
    );
    // Where the source's daemon moves it, that looks for the destination from where it is.
    let by_peer = async |to: &'static str| {
        look(&source, &copy, |request| request.way = Way::PeerToPeer { to: to.into() }).await
    };
    for itself in ["mem+tcp://localhost/default", "mem:///default"] {
        is(&by_peer(itself).await, Subject::Address, Verdict::Fails, "is itself");
    }
    is(
        &by_peer("mem+tcp://b/default").await,
        Subject::Address,
        Verdict::Doubt,
        "opens mem+tcp://b/default by itself",
    );
    // The clock by which a destination counts silence.
    let clock = "may count silence by its wall clock";
    let before = look(&source, &Host::start(age("7.0.0")).await, |_| ()).await;
    is(&before, Subject::Keepalive, Verdict::Doubt, clock);
    let since = look(&source, &Host::start(age("9.0.0")).await, |_| ()).await;
    assert!(!since.findings.iter().any(|finding| finding.text.contains(clock)), "{since:#?}");
    // A type of guest that it does not run.
    let old = Host::start(age("0.3.1")).await;
    let found = look(&source, &old, |_| ()).await;
    assert!(found.plan.is_none());
    is(&found, Subject::Version, Verdict::Fails, "no migration version in common");
    is(&found, Subject::Keepalive, Verdict::Doubt, "answers no pings");
}

#[tokio::test]
async fn an_errand_is_looked_at_also_where_a_host_is_not_reached() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    let nobody = "mem+tcp://127.0.0.1:1/default".to_owned();
    let look = async |from: &String, to: &String, guest: &str| {
        check_errand(Errand::new(from, to, guest), OpenOptions::default()).await
    };
    let found = look(&source.uri, &destination.uri, "guest").await;
    assert!(!found.would_fail() && found.plan.is_some(), "{found:#?}");
    is(
        &look(&source.uri, &destination.uri, "nobody").await,
        Subject::Guest,
        Verdict::Fails,
        "nobody is not found",
    );
    is(
        &look(&source.uri, &nobody, "guest").await,
        Subject::Hosts,
        Verdict::Fails,
        "the destination is not reached",
    );
    is(
        &look(&nobody, &destination.uri, "guest").await,
        Subject::Hosts,
        Verdict::Fails,
        "the source is not reached",
    );
    // Where the source's daemon moves it, that has a way of its own.
    let way = Way::PeerToPeer { to: destination.uri.clone().into() };
    let errand = Errand::new(&source.uri, &nobody, "guest").asking(move |request| request.way = way.clone());
    let found = check_errand(errand, OpenOptions::default()).await;
    is(&found, Subject::Hosts, Verdict::Doubt, "the destination is not reached");
    assert!(!found.would_fail(), "{found:#?}");
}

/// A host that is not reached hides nothing of what the other one says.
#[tokio::test]
async fn what_the_other_host_says_is_told_where_one_is_not_reached() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    let nobody = "mem+tcp://127.0.0.1:1/default".to_owned();
    let look = async |from: &String, to: &String, guest: &str| {
        let found = check_errand(Errand::new(from, to, guest), OpenOptions::default()).await;
        assert!(found.would_fail() && found.plan.is_none(), "{found:#?}");
        assert_eq!(found.findings[0].subject, Subject::Hosts, "{found:#?}");
        found
    };
    let found = look(&source.uri, &nobody, "guest").await;
    is(&found, Subject::Guest, Verdict::Good, "is running");
    is(&found, Subject::Guest, Verdict::Good, "no job");
    is(&look(&source.uri, &nobody, "nobody").await, Subject::Guest, Verdict::Fails, "nobody is not found");

    let there = async |guest| look(&nobody, &destination.uri, guest).await;
    is(&there("guest").await, Subject::Name, Verdict::Good, "guest is free");
    let xml = "<domain type='mem'><name>guest</name><memory unit='KiB'>64</memory></domain>";
    let domain = destination.connect().await.define_domain(xml).await.unwrap();
    is(
        &there("guest").await,
        Subject::Name,
        Verdict::Doubt,
        "guest is defined on the destination, and not active",
    );
    domain.start().await.unwrap();
    is(&there("guest").await, Subject::Name, Verdict::Fails, "guest is active on the destination already");
    let both = look(&nobody, &nobody, "guest").await;
    assert_eq!(both.findings.len(), 2, "{both:#?}");
}

#[tokio::test]
async fn a_guest_that_is_on_its_way_is_not_one_to_move() {
    let (source, destination) = (Host::start(age(V2)).await, Host::start(age(V2)).await);
    source.create().await;
    let faults = Faults { stall_perform: Some(1_000), ..Faults::default() };
    source.mem.set_faults(faults);
    let mut migration = source.plan(&destination).await;
    let canceller = migration.canceller();
    let running = tokio::spawn(async move { migration.run(&mut ()).await });
    let guest = source.connect().await.domain("guest").await.unwrap();
    while guest.job_info().await.unwrap().r#type == 0 {
        tokio::task::yield_now().await;
    }
    let other = Host::start(age(V2)).await;
    let found = look(&source, &other, |_| ()).await;
    is(&found, Subject::Guest, Verdict::Fails, "a job runs on it");
    canceller.cancel();
    let _ = running.await.unwrap();
}

/// A guest that is paused arrives paused, and is not prepared for together with post-copy: what is tried fails as it was said.
#[tokio::test]
async fn a_paused_guest_is_none_for_post_copy() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    let post_copy = |request: &mut Request| request.flags = request.flags | MigrateFlags::POSTCOPY;
    let resuming = |request: &mut Request| {
        request.flags = request.flags | MigrateFlags::POSTCOPY | MigrateFlags::POSTCOPY_RESUME
    };
    is(&look(&source, &destination, post_copy).await, Subject::Guest, Verdict::Good, "is running");
    source.connect().await.domain("guest").await.unwrap().suspend().await.unwrap();
    is(&look(&source, &destination, |_| ()).await, Subject::Guest, Verdict::Good, "is paused");
    is(
        &look(&source, &destination, resuming).await,
        Subject::Guest,
        Verdict::Fails,
        "for a post-copy that broke",
    );
    is(
        &look(&source, &destination, post_copy).await,
        Subject::Guest,
        Verdict::Fails,
        "POSTCOPY is for a guest that runs",
    );
    let (from, to) = (source.connect().await, destination.connect().await);
    let mut request = Request::live(Migration::find(&from, "guest").await.unwrap());
    post_copy(&mut request);
    let outcome = Migration::plan(from, to, request, Wish::Auto).await.unwrap().run(&mut ()).await;
    assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome}");
}

/// Where disks are named no others are copied, and those are, whatever they are.
#[tokio::test]
async fn what_is_copied_is_what_is_named() {
    let (source, destination) = (Host::start(age(NEW)).await, Host::start(age(NEW)).await);
    source.create().await;
    let pool = "<pool type='dir'><name>images</name><target><path>/images</path></target></pool>";
    destination.connect().await.create_storage_pool(pool, Default::default()).await.unwrap();
    let disk = |target: &str, more: &str| {
        let source = format!("<source pool='images' volume='{target}.img'/>");
        format!("<disk type='volume'>{source}<target dev='{target}'/>{more}</disk>")
    };
    let disks = [disk("vda", ""), disk("vdb", ""), disk("vdc", "<readonly/>")].concat();
    let xml = format!("<domain type='mem'><name>guest</name><devices>{disks}</devices></domain>");
    let copying = async |named: &[&str]| {
        look(&source, &destination, |request| {
            request.xml = Some(DomainXml(xml.as_str().into()));
            request.flags = request.flags | MigrateFlags::NON_SHARED_DISK;
            request.params = named.iter().map(|disk| Param::string("migrate_disks", *disk)).collect();
        })
        .await
    };
    for (named, copied) in [
        (&[][..], [true, true, false]),
        (&["vdb"], [false, true, false]),
        (&["vda", "vdc"], [true, false, true]),
    ] {
        let found = copying(named).await;
        for (target, copied) in ["vda", "vdb", "vdc"].into_iter().zip(copied) {
            let (verdict, text) = match copied {
                true => (Verdict::Good, "is made on the destination (pool images) and copied"),
                false => (Verdict::Fails, "is not in the destination's pool images"),
            };
            is(&found, Subject::Storage, verdict, &format!("{target}: {target}.img of pool images {text}"));
        }
    }
}

async fn look(source: &Host, destination: &Host, change: impl FnOnce(&mut Request)) -> Preflight {
    let asked: Arc<Mutex<Vec<ProcedureNumber>>> = Arc::default();
    let open = async |host: &Host| {
        let asked = asked.clone();
        let observer = Arc::new(move |passed: Passed| {
            if passed.sent && passed.header.program == Program::REMOTE {
                asked.lock().unwrap().push(passed.header.procedure);
            }
        });
        let options = OpenOptions { observer: Some(observer), ..OpenOptions::default() };
        Connection::open_with(&host.uri, options).await.unwrap()
    };
    let (from, to) = (open(source).await, open(destination).await);
    let mut request = Request::live(Migration::find(&from, "guest").await.unwrap());
    change(&mut request);
    let found = check(&from, &to, request, Wish::Auto).await;
    for number in asked.lock().unwrap().iter() {
        let info = Program::REMOTE.procedure(*number).unwrap();
        assert!(
            info.read_only != ReadOnlyRule::Refused || number.0 == 393,
            "{} does more than look",
            info.name
        );
    }
    found
}

#[track_caller]
fn is(found: &Preflight, subject: Subject, verdict: Verdict, text: &str) {
    let fits = found.findings.iter().any(|finding| {
        (finding.subject, finding.verdict) == (subject, verdict) && finding.text.contains(text)
    });
    assert!(fits, "{subject}, {verdict:?}, {text:?}: {found:#?}");
}
