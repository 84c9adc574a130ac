//! Real virsh manages guests of our daemon, over both transports and against daemons of three ages.

use crate::lab::Libvirtd;
use crate::need::need;
use crate::peers::{table, try_virsh, virsh};
use crate::serve::Serve;

/// Untidy on purpose: the XML of a guest that says all that it should comes back as it was given.
pub(crate) const GUEST: &str = "<domain type='mem'>
  <name>guest</name>
  <uuid>5f2a8c1e-0000-4000-8000-000000000001</uuid>
  <memory   unit='KiB'>1024</memory><!-- kept -->
  <currentMemory unit='KiB'>1024</currentMemory>
  <vcpu>1</vcpu>
  <os><type>hvm</type></os>
</domain>";

#[test]
fn over_tcp() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    manages_a_guest(&daemon, &daemon.uri());
}

#[test]
fn over_a_unix_socket() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    manages_a_guest(&daemon, &daemon.unix_uri());
}

#[test]
fn of_the_age_of_0_9_1() {
    need!(Virsh);
    let daemon = Serve::start(&["--as", "0.9.1"]);
    manages_a_guest(&daemon, &daemon.uri());
}

/// Lists guests one by one, and asks for their state, as daemons of 2008 knew it.
#[test]
fn of_the_age_of_0_4_4() {
    need!(Virsh);
    let daemon = Serve::start(&["--as", "0.4.4"]);
    let uri = daemon.uri();
    let file = daemon.directory().write("guest.xml", GUEST);

    runs_a_defined_guest(&uri, &file);

    // Today's virsh asks such a daemon whether the guest is active (150, since 0.7.3), and takes no for an answer.
    let undefine = try_virsh(&uri, &["undefine", "guest"]);
    assert!(undefine.stderr.contains("unknown procedure: 150"), "{undefine:?}");
}

#[test]
fn a_guest_that_is_not_there() {
    need!(Virsh);
    let daemon = Serve::start(&[]);

    let absent = try_virsh(&daemon.uri(), &["domstate", "absent"]);

    assert!(!absent.status.success());
    assert!(absent.stderr.contains("failed to get domain 'absent'"), "{absent:?}");
}

#[test]
fn a_definition_that_is_not_xml_keeps_the_old_one() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    let good = daemon.directory().write("good.xml", GUEST);
    let bad = daemon.directory().write("bad.xml", "<domain type='mem'><name>guest</nam");
    virsh(&daemon.uri(), &["define", &good]);

    let refused = try_virsh(&daemon.uri(), &["define", &bad]);

    assert!(!refused.status.success(), "{refused:?}");
    assert_eq!(virsh(&daemon.uri(), &["dumpxml", "guest"]).trim_end(), GUEST);
}

#[test]
fn a_read_only_session_changes_nothing() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    let file = daemon.directory().write("guest.xml", GUEST);

    let refused = try_virsh(&daemon.uri(), &["--readonly", "define", &file]);

    assert!(!refused.status.success(), "{refused:?}");
    assert!(refused.stderr.contains("read only access"), "{refused:?}");
    assert_eq!(virsh(&daemon.uri(), &["--readonly", "list", "--all"]).trim(), "");
}

#[test]
fn a_screens_password_is_shown_to_who_asks_for_it_and_may() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    let uri = daemon.uri();
    let screen = "<devices><graphics type='vnc' passwd='hunter2'/></devices></domain>";
    let guest = GUEST.replace("</domain>", screen);
    virsh(&uri, &["define", &daemon.directory().write("guest.xml", &guest)]);

    for options in [&["--readonly"][..], &[]] {
        let shown = virsh(&uri, &[options, &["dumpxml", "guest"]].concat());
        assert_eq!(shown.trim_end(), guest.replace(" passwd='hunter2'", ""));
    }
    let refused = try_virsh(&uri, &["--readonly", "dumpxml", "guest", "--security-info"]);
    assert!(!refused.status.success() && !refused.stdout.contains("hunter2"), "{refused:?}");
    assert_eq!(virsh(&uri, &["dumpxml", "guest", "--security-info"]).trim_end(), guest);
}

/// Of those QEMU's is the one with migrations, whose destinations need it.
#[test]
fn by_libvirtds_driver_it_is_shown_to_the_same() {
    need!(Libvirtd, Namespaces, Qemu, Virsh);
    let (theirs, ours) = (Libvirtd::start(), Serve::start(&[]));
    for (uri, directory, kind) in
        [(theirs.uri("qemu", "/system"), theirs.directory(), "qemu"), (ours.uri(), ours.directory(), "mem")]
    {
        let guest = format!(
            "<domain type='{kind}'><name>guest</name><memory>65536</memory><os><type>hvm</type></os>
               <devices><graphics type='vnc' passwd='hunter2'/></devices></domain>"
        );
        virsh(&uri, &["define", &directory.write("screen.xml", &guest)]);
        for (option, is_shown) in [
            ("--inactive", false),
            ("--update-cpu", false),
            ("--security-info", true),
            ("--migratable", true),
        ] {
            let shown = virsh(&uri, &["dumpxml", "guest", option]);
            assert_eq!(shown.contains("hunter2"), is_shown, "{kind} {option}: {shown}");
        }
    }
}

#[track_caller]
fn manages_a_guest(daemon: &Serve, uri: &str) {
    let file = daemon.directory().write("guest.xml", GUEST);

    runs_a_defined_guest(uri, &file);
    virsh(uri, &["undefine", "guest"]);
    assert_eq!(virsh(uri, &["list", "--all"]).trim(), "");

    virsh(uri, &["create", &file]);
    assert_eq!(info(uri, "Persistent"), "no");
    virsh(uri, &["destroy", "guest"]);
    assert_eq!(virsh(uri, &["list", "--all"]).trim(), "");
}

/// Everything but undefine.
#[track_caller]
fn runs_a_defined_guest(uri: &str, file: &str) {
    assert_eq!(virsh(uri, &["list", "--all"]).trim(), "");

    virsh(uri, &["define", file]);
    assert_eq!(table(&virsh(uri, &["list", "--all"])), [vec!["-", "guest", "shut", "off"]]);
    assert_eq!(virsh(uri, &["domstate", "guest"]).trim(), "shut off");
    assert_eq!(info(uri, "UUID"), "5f2a8c1e-0000-4000-8000-000000000001");
    assert_eq!(info(uri, "Max memory"), "1024 KiB");
    assert_eq!(info(uri, "CPU(s)"), "1");
    assert_eq!(virsh(uri, &["dumpxml", "guest"]).trim_end(), GUEST);

    virsh(uri, &["start", "guest"]);
    let running = virsh(uri, &["list"]);
    let id = running.split_whitespace().next().expect("a guest in the list");
    assert_eq!(table(&running), [[id, "guest", "running"]]);
    assert_eq!(virsh(uri, &["domstate", id]).trim(), "running");
    let again = try_virsh(uri, &["start", "guest"]);
    assert!(again.stderr.contains("already"), "{again:?}");
    virsh(uri, &["suspend", "guest"]);
    assert_eq!(info(uri, "State"), "paused");
    virsh(uri, &["resume", "guest"]);
    assert_eq!(info(uri, "State"), "running");

    virsh(uri, &["destroy", "guest"]);
    assert_eq!(info(uri, "State"), "shut off");
}

/// A line of dominfo.
#[track_caller]
fn info(uri: &str, key: &str) -> String {
    let text = virsh(uri, &["dominfo", "guest"]);
    let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("no {key} in {text}")).trim().to_owned()
}
