//! The instruments are proven on real software before they are believed about ours.

use crate::lab::Libvirtd;
use crate::need::need;
use crate::peers::{python, table, virsh};
use crate::recorder::Recorder;
use crate::wire::{Frame, OK, REPLY, RawClient};

/// No disk and no boot: it need only exist.
pub(crate) const QEMU_GUEST: &str = "<domain type='qemu'>
  <name>guest</name>
  <uuid>5f2a8c1e-0000-4000-8000-000000000001</uuid>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc-i440fx-5.2'>hvm</type></os>
  <devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices>
</domain>";

#[test]
fn a_real_libvirtd_runs_a_guest_for_virsh() {
    need!(Libvirtd, Namespaces, Qemu, Virsh);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("qemu", "/system");
    let file = daemon.directory().write("guest.xml", QEMU_GUEST);

    virsh(&uri, &["define", &file]);
    virsh(&uri, &["start", "--paused", "guest"]);

    assert_eq!(table(&virsh(&uri, &["list"])), [["1", "guest", "paused"]]);
    assert!(virsh(&uri, &["dumpxml", "guest"]).contains("<name>guest</name>"));
    let over_unix = format!("qemu+unix:///system?socket={}", daemon.socket().display());
    assert_eq!(virsh(&over_unix, &["domstate", "guest"]).trim(), "paused");
    assert_eq!(virsh(&uri, &["hostname"]).trim(), daemon.host_name());
}

/// Where a daemon of another age was asked for, it is not this machine's own.
#[test]
fn a_real_libvirtd_is_of_the_age_that_was_asked_for() {
    need!(Libvirtd, Namespaces, Virsh);
    let Ok(release) = std::env::var("VIRTWIRE_PEER_RELEASE") else { return };
    let daemon = Libvirtd::start();
    let version = virsh(&daemon.uri("test", "/default"), &["version", "--daemon"]);
    assert!(version.contains(&format!("Running against daemon: {release}")), "{version}");
}

#[test]
fn a_tap_sees_every_call_of_virsh() {
    need!(Libvirtd, Namespaces, Virsh);
    let daemon = Libvirtd::start();
    let tap = Recorder::of_frames(daemon.address());

    virsh(&format!("test+tcp://{}/default", tap.address()), &["domstate", "test"]);

    let [conversation] = &tap.conversations()[..] else { panic!("virsh connects once") };
    assert_eq!(conversation.calls(), [66, 60, 1, 60, 60, 360, 23, 212, 361, 2]);
    let (lookup, found) = conversation.exchange(23);
    assert_eq!(lookup.payload, crate::wire::string("test"));
    assert_eq!((found.kind, found.status), (REPLY, OK));
}

#[test]
fn a_raw_client_speaks_to_a_real_libvirtd() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    let mut client = RawClient::connect(daemon.address());

    let auth_list = client.ask(&Frame::call(66, 0, &[]));
    assert_eq!(auth_list.payload, [0, 0, 0, 1, 0, 0, 0, 0]); // one way: none
    let nothing = client.ask(&Frame::call(9999, 1, &[]));
    assert_eq!(nothing.error(), Some((39, 7))); // RPC, said by the RPC layer
}

#[test]
fn two_real_libvirtds_live_on_one_machine() {
    need!(Libvirtd, Namespaces, Python);
    let daemons = [Libvirtd::start(), Libvirtd::start()];

    let names = daemons.each_ref().map(|daemon| {
        python("print(libvirt.open(sys.argv[1]).getHostname())", &[&daemon.uri("test", "/default")])
    });

    assert_eq!(names.each_ref().map(|name| name.trim()), daemons.each_ref().map(Libvirtd::host_name));
}
