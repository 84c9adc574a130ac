//! Real virsh changes what is there: descriptions, metadata, memory, CPUs and names, of what runs and of what will.

use std::process::Command;

use virtwire::client::Connection;
use virtwire::protocol::remote::DomainEventCallbackMetadataChange;

use crate::lab::{Directory, runtime};
use crate::need::need;
use crate::peers::{table, try_virsh, virsh};
use crate::process::run;
use crate::serve::Serve;
use crate::virsh_drives_us::GUEST;

/// A daemon with a guest that is defined.
fn host(options: &[&str]) -> (Serve, String) {
    let daemon = Serve::start(options);
    let (uri, file) = (daemon.uri(), daemon.directory().write("guest.xml", GUEST));
    virsh(&uri, &["define", &file]);
    (daemon, uri)
}

#[test]
fn what_people_note_is_kept_with_the_guest() {
    need!(Virsh);
    let (_daemon, uri) = host(&[]);
    let at = |arguments: &[&str]| virsh(&uri, arguments).trim().to_owned();
    let refused = |arguments: &[&str]| try_virsh(&uri, arguments).stderr;
    at(&["desc", "guest", "--title", "--new-desc", "a <title>"]);
    at(&["desc", "guest", "--config", "--new-desc", "long\nwords"]);
    assert_eq!(
        (at(&["desc", "guest", "--title"]), at(&["desc", "guest"])),
        ("a <title>".into(), "long\nwords".into())
    );
    assert!(refused(&["desc", "guest", "--title", "--new-desc", "two\nlines"]).contains("newlines"));
    assert!(refused(&["desc", "guest", "--live", "--new-desc", "x"]).contains("not running"));

    let element = "<derp xmlns:f=\"http://foo.bar/\"><f:doc/></derp>";
    assert!(refused(&["metadata", "guest", "http://a.b/"]).contains("element is not present"));
    at(&["metadata", "guest", "http://a.b/", "--key", "k", "--set", element]);
    assert_eq!(at(&["metadata", "guest", "http://a.b/"]), element);
    assert!(at(&["dumpxml", "guest"]).contains("<k:derp xmlns:k=\"http://a.b/\""));
    assert!(
        !try_virsh(&uri, &["metadata", "guest", "http://a.b/", "--key", "k", "--set", "<a>"])
            .status
            .success()
    );

    // Whoever wants to hear of it hears of it.
    let runtime = runtime();
    let mut events = runtime.block_on(async {
        let connection = Connection::open(&uri).await.unwrap();
        connection.subscribe::<DomainEventCallbackMetadataChange>(None).await.unwrap()
    });

    // What runs is one thing, what will run another.
    at(&["start", "guest"]);
    at(&["metadata", "guest", "http://a.b/", "--live", "--remove"]);
    assert!(refused(&["metadata", "guest", "http://a.b/"]).contains("element is not present"));
    assert_eq!(at(&["metadata", "guest", "http://a.b/", "--config"]), element);
    at(&["desc", "guest", "--title", "--live", "--config", "--new-desc", "both"]);
    for place in ["--live", "--config"] {
        assert_eq!(at(&["desc", "guest", "--title", place]), "both");
    }
    at(&["destroy", "guest"]);
    at(&["desc", "guest", "--title", "--new-desc", ""]);
    assert!(!at(&["dumpxml", "guest"]).contains("title"));
    assert_eq!(at(&["metadata", "guest", "http://a.b/"]), element);
    at(&["desc", "guest", "--new-desc", "other words"]);
    let mut told = || {
        let event = runtime.block_on(async {
            let next = tokio::time::timeout(std::time::Duration::from_secs(30), events.next());
            next.await.expect("an event comes").unwrap().unwrap()
        });
        assert_eq!(event.dom.name, *"guest");
        (event.r#type, event.nsuri.map(|uri| uri.to_string()))
    };
    assert_eq!(
        [told(), told(), told(), told()],
        [(2, Some("http://a.b/".into())), (1, None), (1, None), (0, None)]
    );
}

#[test]
fn memory_and_cpus_change_within_their_bounds() {
    need!(Virsh);
    let (_daemon, uri) = host(&[]);
    let at = |arguments: &[&str]| virsh(&uri, arguments);
    let refused = |arguments: &[&str]| try_virsh(&uri, arguments).stderr;
    let info = |wanted: &str| {
        let info = at(&["dominfo", "guest"]);
        let line = info.lines().find(|line| line.starts_with(wanted)).map(|line| line[wanted.len()..].trim());
        line.unwrap_or_default().to_owned()
    };
    assert!(refused(&["setmem", "guest", "512"]).contains("not running"));
    at(&["setmaxmem", "guest", "2048"]);
    at(&["setmem", "guest", "512", "--config"]);
    assert!(
        refused(&["setmem", "guest", "4096", "--config"])
            .contains("cannot set memory higher than max memory")
    );
    assert_eq!((info("Max memory:").as_str(), info("Used memory:").as_str()), ("2048 KiB", "512 KiB"));
    at(&["setvcpus", "guest", "4", "--config", "--maximum"]);
    at(&["setvcpus", "guest", "3", "--config"]);
    assert!(refused(&["setvcpus", "guest", "9", "--config"]).contains("exceeds maximum (9 > 4)"));
    let cpus = at(&["vcpuinfo", "guest"]);
    assert_eq!(
        (cpus.matches("VCPU:").count(), cpus.matches("State:          N/A").count()),
        (3, 3),
        "{cpus}"
    );

    at(&["start", "guest"]);
    at(&["setmem", "guest", "1024"]);
    at(&["setvcpus", "guest", "2"]);
    assert_eq!((info("Used memory:").as_str(), info("CPU(s):").as_str()), ("1024 KiB", "2"));
    assert!(refused(&["setmaxmem", "guest", "4096"]).contains("active domain"));
    let counts = at(&["vcpucount", "guest"]);
    let counts: Vec<_> = table(&counts).into_iter().map(|row| (row[0], row[1], row[2])).collect();
    assert_eq!(
        counts,
        [
            ("maximum", "config", "4"),
            ("maximum", "live", "4"),
            ("current", "config", "3"),
            ("current", "live", "2")
        ]
    );
    let cpus = at(&["vcpuinfo", "guest"]);
    assert_eq!((cpus.matches("VCPU:").count(), cpus.matches("running").count()), (2, 2), "{cpus}");
    assert!(cpus.contains("CPU Affinity:   y"), "{cpus}");
    let figures = at(&["domstats", "guest"]);
    for figure in
        ["state.state=1", "balloon.current=1024", "balloon.maximum=2048", "vcpu.current=2", "cpu.time="]
    {
        assert!(figures.contains(figure), "{figure} in {figures}");
    }
    at(&["destroy", "guest"]);
    assert_eq!((info("Used memory:").as_str(), info("CPU(s):").as_str()), ("512 KiB", "3"));
}

#[test]
fn a_guest_gets_another_name_and_keeps_it() {
    need!(Virsh);
    let (_state, path) = Directory::of_state();
    let options = ["--state", &path];
    let (daemon, uri) = host(&options);
    let refused = |arguments: &[&str]| try_virsh(&uri, arguments).stderr;
    virsh(&uri, &["start", "guest"]);
    assert!(refused(&["domrename", "guest", "other"]).contains("cannot rename active domain"));
    virsh(&uri, &["destroy", "guest"]);
    assert!(refused(&["domrename", "guest", "guest"]).contains("Can't rename domain to itself"));
    assert!(!try_virsh(&uri, &["domrename", "guest", "a/b"]).status.success());
    virsh(&uri, &["snapshot-create-as", "guest", "one"]);
    assert!(refused(&["domrename", "guest", "other"]).contains("with 1 snapshots"));
    virsh(&uri, &["snapshot-delete", "guest", "one"]);
    virsh(&uri, &["domrename", "guest", "other"]);
    let file = daemon
        .directory()
        .write("again.xml", "<domain type='test'><name>guest</name><memory>1</memory></domain>");
    virsh(&uri, &["define", &file]);
    assert!(refused(&["domrename", "other", "guest"]).contains("domain with name 'guest' already exists"));
    virsh(&uri, &["desc", "other", "--title", "--new-desc", "kept"]);
    drop(daemon);

    let daemon = Serve::start(&options);
    let listed = virsh(&daemon.uri(), &["list", "--all", "--name"]);
    let mut names: Vec<_> = listed.split_whitespace().collect();
    names.sort_unstable();
    assert_eq!(names, ["guest", "other"]);
    assert_eq!(virsh(&daemon.uri(), &["desc", "other", "--title"]).trim(), "kept");
}

/// virsh has documents checked that an editor has changed.
#[test]
fn an_editor_changes_what_is_defined() {
    need!(Virsh);
    let (daemon, uri) = host(&[]);
    let write = |name: &str, text: &str| daemon.directory().write(name, text);
    let network = write("net.xml", "<network><name>lan</name><bridge name='one'/></network>");
    let pool =
        write("pool.xml", "<pool type='dir'><name>images</name><target><path>/one</path></target></pool>");
    virsh(&uri, &["net-define", &network, "--validate"]);
    virsh(&uri, &["pool-define", &pool, "--validate"]);
    let edit = |command: &str, name: &str, script: &str| {
        let finished = run(Command::new("virsh")
            .args(["--quiet", "--connect", &uri, command, name])
            .env("LC_ALL", "C")
            .env("VISUAL", format!("sed -i '{script}'")));
        assert!(finished.status.success(), "{command}: {finished:?}");
    };
    edit("edit", "guest", "s/<vcpu>1</<vcpu>2</");
    edit("net-edit", "lan", "s/one/two/");
    edit("pool-edit", "images", "s:/one:/two:");
    assert_eq!(virsh(&uri, &["vcpucount", "guest", "--config", "--current"]).trim(), "2");
    assert!(virsh(&uri, &["net-dumpxml", "lan"]).contains("'two'"));
    assert!(virsh(&uri, &["pool-dumpxml", "images"]).contains("/two"));
    let guest = write("again.xml", GUEST);
    virsh(&uri, &["define", &guest, "--validate"]);
    virsh(&uri, &["undefine", "guest"]);
    virsh(&uri, &["create", &guest, "--validate"]);
}
