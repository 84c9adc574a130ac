//! virt-install and virt-xml, which share virt-manager's library, install and change guests of our daemon.

use std::process::Command;

use crate::need::need;
use crate::peers::{table, virsh};
use crate::process::{Finished, run};
use crate::serve::Serve;

#[test]
fn a_guest_is_installed_and_changed() {
    need!(VirtInstall, Virsh);
    let daemon = Serve::start(&[]);
    let uri = daemon.uri();
    virsh(&uri, &["pool-define-as", "images", "dir", "--target", "/images"]);
    virsh(&uri, &["pool-start", "images"]);
    virsh(&uri, &["vol-create-as", "images", "disk.raw", "1MiB"]);

    let common = ["--name", "inst", "--memory", "64", "--import", "--osinfo", "generic", "--noautoconsole"];
    let devices =
        ["--virt-type", "test", "--graphics", "none", "--network", "none", "--disk", "vol=images/disk.raw"];
    good(&uri, "virt-install", &[&common[..], &devices].concat());
    assert_eq!(table(&virsh(&uri, &["list"]))[0][1..], ["inst", "running"]);
    let xml = virsh(&uri, &["dumpxml", "inst"]);
    assert!(xml.contains("/images/disk.raw") || xml.contains("volume=\"disk.raw\""), "{xml}");

    for change in [
        &["--edit", "--vcpus", "3"][..],
        &["--edit", "--memory", "128"],
        &["--add-device", "--network", "network=lan"],
        &["--remove-device", "--disk", "all"],
        &["--edit", "--metadata", "title=changed"],
    ] {
        good(&uri, "virt-xml", &[&["inst"], change, &["--define"]].concat());
    }
    let later = virsh(&uri, &["dumpxml", "inst", "--inactive"]);
    for part in [
        "<vcpu>3</vcpu>",
        "<memory unit=\"KiB\">131072</memory>",
        "network=\"lan\"",
        "<title>changed</title>",
    ] {
        assert!(later.contains(part), "{part} in {later}");
    }
    assert!(!later.contains("disk.raw"), "{later}");
    assert_eq!(virsh(&uri, &["dumpxml", "inst"]), xml, "what runs is as it was");

    // An amount that was said in another unit: virt-xml takes every one for KiB.
    let mib = daemon.directory().write(
        "mib.xml",
        "<domain type='test'><name>mib</name><memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>",
    );
    virsh(&uri, &["define", &mib]);
    good(&uri, "virt-xml", &["mib", "--edit", "--memory", "128", "--define"]);
    let info = virsh(&uri, &["dominfo", "mib"]);
    let most = info.lines().find(|line| line.starts_with("Max memory:")).unwrap_or_default();
    assert_eq!(most.split_whitespace().nth(2), Some("131072"), "{info}");

    // A transient guest.
    let other = ["--name", "other", "--memory", "64", "--import", "--osinfo", "generic", "--noautoconsole"];
    let devices =
        ["--virt-type", "mem", "--graphics", "none", "--network", "none", "--disk", "none", "--transient"];
    good(&uri, "virt-install", &[&other[..], &devices].concat());
    assert!(virsh(&uri, &["list", "--transient"]).contains("other"));
}

#[track_caller]
pub(crate) fn good(uri: &str, program: &str, arguments: &[&str]) -> Finished {
    let home = std::env::temp_dir();
    let finished = run(Command::new(program)
        .args(["--connect", uri])
        .args(arguments)
        .env("LC_ALL", "C")
        .env("HOME", home));
    assert!(finished.status.success(), "{program} {arguments:?}: {finished:?}");
    finished
}
