//! The `virtwire` command, as a user types it, against a real libvirtd.

use std::process::Command;

use crate::lab::Libvirtd;
use crate::libvirtd_answers::QEMU_GUEST;
use crate::moving::steps;
use crate::need::need;
use crate::peers::{table, virsh};
use crate::process::{Finished, run};
use crate::recorder::Recorder;

#[test]
fn it_manages_a_guest_and_virsh_agrees() {
    need!(Libvirtd, Namespaces, Qemu, Virsh);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("qemu", "/system");
    let file = daemon.directory().write("guest.xml", QEMU_GUEST);

    virtwire(&["define", &uri, &file]);
    assert_eq!(virsh(&uri, &["domstate", "guest"]).trim(), "shut off");
    virtwire(&["start", &uri, "guest"]);
    assert_eq!(virsh(&uri, &["domstate", "guest"]).trim(), "running");
    assert_eq!(
        virtwire(&["dumpxml", &uri, "guest"]).trim_end(),
        virsh(&uri, &["dumpxml", "guest"]).trim_end()
    );
    for more in ["--inactive", "--security-info", "--update-cpu", "--migratable"] {
        assert_eq!(
            virtwire(&["dumpxml", &uri, "guest", more]).trim_end(),
            virsh(&uri, &["dumpxml", "guest", more]).trim_end(),
            "{more}"
        );
    }
    let listed = virtwire(&["list", &uri]);
    assert!(listed.contains("guest") && listed.contains("running"), "{listed}");
    virtwire(&["destroy", &uri, "guest"]);
    virtwire(&["undefine", &uri, "guest"]);
    assert!(table(&virsh(&uri, &["list", "--all"])).is_empty());

    let absent = try_virtwire(&["start", &uri, "guest"]);
    assert!(!absent.status.success());
    assert_eq!(absent.stderr.lines().count(), 1, "one clear line: {absent:?}");
    assert!(absent.stderr.contains("guest"), "{absent:?}");
}

#[test]
fn it_tells_what_the_daemon_can_do() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();

    let told = virtwire(&["probe", &daemon.uri("qemu", "/system")]);

    for fact in ["QEMU", daemon.host_name(), "MIGRATION_V2", "MIGRATION_V3", "procedures 213 to 218"] {
        assert!(told.contains(fact), "{fact} in {told}");
    }
    assert!(!told.contains("MIGRATION_V1"), "{told}");
}

/// Both ends report version 2, and qemu daemons of today cannot serve it: nothing of it reaches daemons that have version 3
/// unless the user forces it, asked for or not. The guest runs on.
#[test]
fn it_does_not_migrate_by_a_version_that_newer_daemons_only_claim() {
    need!(Libvirtd, Namespaces, Qemu, Virsh);
    let daemons = [Libvirtd::start(), Libvirtd::start()];
    let source = daemons[0].uri("qemu", "/system");
    let file = daemons[0].directory().write("guest.xml", QEMU_GUEST);
    virsh(&source, &["create", &file]);
    let taps = daemons.each_ref().map(|daemon| Recorder::of_frames(daemon.address()));
    let [from, to] = taps.each_ref().map(|tap| format!("qemu+tcp://{}/system", tap.address()));

    let refused = try_virtwire(&["migrate", "--migration", "v2", "--from", &from, "--to", &to, "guest"]);

    assert!(!refused.status.success(), "{refused:?}");
    assert!(refused.stderr.contains("cannot serve version 2"), "the reason: {refused:?}");
    for conversation in taps.iter().flat_map(Recorder::conversations) {
        assert_eq!(steps(&conversation), [0; 0], "in {:?}", conversation.calls());
    }
    assert_eq!(virsh(&source, &["domstate", "guest"]).trim(), "running");
}

#[track_caller]
pub(crate) fn virtwire(arguments: &[&str]) -> String {
    let finished = try_virtwire(arguments);
    assert!(finished.status.success(), "virtwire {arguments:?}: {finished:?}");
    finished.stdout
}

#[track_caller]
pub(crate) fn try_virtwire(arguments: &[&str]) -> Finished {
    run(Command::new(env!("CARGO_BIN_EXE_virtwire")).args(arguments))
}
