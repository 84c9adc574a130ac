//! Real virsh plugs devices into guests of our daemon, changes them and pulls them out: of what runs, and of what will.

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
