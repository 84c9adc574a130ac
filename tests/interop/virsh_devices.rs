//! Real virsh plugs devices into guests of our daemon, changes them and pulls them out: of what runs, and of what will.

use crate::lab::Directory;
use crate::need::need;
use crate::peers::{table, try_virsh, virsh};
use crate::serve::Serve;
use crate::virsh_drives_us::GUEST;

#[test]
fn devices_come_change_and_go() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    let (uri, file) = (daemon.uri(), daemon.directory().write("guest.xml", GUEST));
    let at = |arguments: &[&str]| virsh(&uri, arguments);
    let refused = |arguments: &[&str]| try_virsh(&uri, arguments).stderr;
    let disks = |place: &[&str]| {
        let listed = at(&[&["domblklist", "guest"], place].concat());
        table(&listed).iter().map(|row| format!("{} {}", row[0], row[1])).collect::<Vec<_>>()
    };
    at(&["define", &file]);
    assert!(refused(&["attach-disk", "guest", "/a.raw", "vda", "--live"]).contains("not running"));
    at(&["attach-disk", "guest", "/a.raw", "vda", "--config"]);
    assert!(refused(&["attach-disk", "guest", "/b.raw", "vda", "--config"]).contains("vda"));
    at(&["attach-disk", "guest", "/cd.iso", "hda", "--type", "cdrom", "--config"]);
    at(&["start", "guest"]);
    assert_eq!(disks(&[]), ["vda /a.raw", "hda /cd.iso"]);

    // What runs is one thing, what will run another.
    at(&["attach-disk", "guest", "/b.raw", "vdb"]);
    // What virsh does not say of a disk is said.
    let listed = at(&["domblklist", "guest", "--details"]);
    assert_eq!(table(&listed)[2], ["file", "disk", "vdb", "/b.raw"], "{listed}");
    at(&["change-media", "guest", "hda", "/other.iso", "--update", "--live"]);
    assert_eq!(disks(&[]), ["vda /a.raw", "hda /other.iso", "vdb /b.raw"]);
    assert_eq!(disks(&["--inactive"]), ["vda /a.raw", "hda /cd.iso"]);
    at(&["detach-disk", "guest", "vda", "--live", "--config"]);
    assert_eq!(disks(&[]), ["hda /other.iso", "vdb /b.raw"]);
    assert_eq!(disks(&["--inactive"]), ["hda /cd.iso"]);
    assert!(
        refused(&["detach-disk", "guest", "vdz"])
            .contains("No disk found whose source path or target is vdz")
    );

    at(&["attach-interface", "guest", "network", "lan", "--mac", "52:54:00:00:00:01", "--persistent"]);
    at(&["attach-interface", "guest", "bridge", "br0", "--live"]);
    let listed = at(&["domiflist", "guest"]);
    let rows = table(&listed);
    assert_eq!((rows.len(), rows[0][4], rows[1][2]), (2, "52:54:00:00:00:01", "br0"), "{listed}");
    at(&["domif-setlink", "guest", rows[1][4], "down"]);
    assert!(at(&["domif-getlink", "guest", rows[1][4]]).contains("down"));
    at(&["detach-interface", "guest", "bridge", "--mac", rows[1][4]]);
    at(&["detach-interface", "guest", "network", "--config"]);
    assert_eq!(table(&at(&["domiflist", "guest"])).len(), 1);
    assert_eq!(at(&["domiflist", "guest", "--inactive"]).trim(), "");

    assert!(
        refused(&["attach-interface", "guest", "network", "lan", "--mac", "zz", "--config"])
            .contains("unable to parse mac address 'zz'")
    );

    // Any device, by its file, and by its alias.
    let channel =
        "<channel type='pty'>\n  <target type='virtio' name='x'/>\n  <alias name='ua-x'/>\n</channel>\n";
    let channel = daemon.directory().write("channel.xml", channel);
    at(&["attach-device", "guest", &channel]);
    at(&["detach-device", "guest", &channel]);
    assert!(refused(&["detach-device", "guest", &channel]).contains("no channel was found"));
    at(&["attach-device", "guest", &channel]);
    at(&["detach-device-alias", "guest", "ua-x"]);
    at(&["detach-disk", "guest", "vdb"]);
    at(&["detach-disk", "guest", "hda", "--live"]);
    at(&["destroy", "guest"]);
    at(&["detach-disk", "guest", "hda", "--config"]);
    let left = at(&["dumpxml", "guest"]);
    assert!(
        left.starts_with(GUEST.trim_end_matches("</domain>").trim_end()),
        "all else is as it was: {left}"
    );
    assert!(!left.contains("disk") && !left.contains("interface"), "{left}");
}

/// What libvirt says in every document, said of a guest that was defined without it; the same again after a restart.
#[test]
fn what_a_document_does_not_say_is_filled_in() {
    need!(Virsh);
    let (_state, path) = Directory::of_state();
    let options = ["--state", &path];
    let daemon = Serve::start(&options);
    let uri = daemon.uri();
    let bare = "<domain type='test'><name>bare</name><memory unit='MiB'>64</memory><os><type>hvm</type></os><devices>\
                <interface type='user'/><interface type='user'><mac address='52:54:00:0A:0B:0C'/></interface></devices></domain>";
    virsh(&uri, &["define", &daemon.directory().write("bare.xml", bare)]);
    let processors = virsh(&uri, &["vcpuinfo", "bare"]);
    assert!(processors.contains("VCPU:           0"), "{processors}");
    assert!(virsh(&uri, &["domif-getlink", "bare", "52:54:00:0a:0b:0c"]).contains("up"));
    let addresses = |uri: &str| {
        let listed = virsh(uri, &["domiflist", "bare"]);
        table(&listed).iter().map(|row| row[4].to_owned()).collect::<Vec<_>>()
    };
    let before = addresses(&uri);
    assert!(before[0].starts_with("52:54:00:") && before[0].len() == 17, "{before:?}");
    assert_eq!(before[1], "52:54:00:0a:0b:0c");
    drop(daemon);
    let daemon = Serve::start(&options);
    assert_eq!(addresses(&daemon.uri()), before);
}
