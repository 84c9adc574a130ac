//! Real virsh makes snapshots of our daemon's guests, and goes back to them.

use crate::lab::Directory;
use crate::need::need;
use crate::peers::{python, table, try_virsh, virsh};
use crate::serve::Serve;
use crate::virsh_drives_us::GUEST;

#[test]
fn a_guest_goes_back_to_what_it_was() {
    need!(Virsh, Python);
    let daemon = Serve::start(&[]);
    let (uri, file) = (daemon.uri(), daemon.directory().write("guest.xml", GUEST));
    virsh(&uri, &["define", &file]);
    let names = || {
        let listed = virsh(&uri, &["snapshot-list", "guest", "--name"]);
        listed.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let state = || virsh(&uri, &["domstate", "guest"]).trim().to_owned();
    let memory =
        || python("print(libvirt.open(sys.argv[1]).lookupByName('guest').memoryPeek(0, 64, 2))", &[&uri]);
    assert!(names().is_empty());

    virsh(&uri, &["snapshot-create-as", "guest", "off", "as it was defined"]);
    virsh(&uri, &["start", "guest"]);
    let before = memory();
    virsh(&uri, &["snapshot-create-as", "guest", "on"]);
    assert_eq!(state(), "running");
    virsh(&uri, &["suspend", "guest"]);
    virsh(&uri, &["snapshot-create-as", "guest", "paused"]);
    assert_eq!(names(), ["off", "on", "paused"]);
    let rows = virsh(&uri, &["snapshot-list", "guest", "--parent"]);
    let rows: Vec<_> = table(&rows).into_iter().map(|row| (row[0], row[4], row.get(5).copied())).collect();
    assert_eq!(
        rows,
        [("off", "shutoff", None), ("on", "running", Some("off")), ("paused", "paused", Some("on"))]
    );
    assert_eq!(virsh(&uri, &["snapshot-current", "guest", "--name"]).trim(), "paused");
    assert_eq!(virsh(&uri, &["snapshot-parent", "guest", "on"]).trim(), "off");
    assert_eq!(virsh(&uri, &["snapshot-list", "guest", "--leaves", "--name"]).trim(), "paused");
    assert_eq!(virsh(&uri, &["snapshot-list", "guest", "--roots", "--name"]).trim(), "off");
    assert_eq!(virsh(&uri, &["snapshot-list", "guest", "--inactive", "--name"]).trim(), "off");
    assert!(virsh(&uri, &["snapshot-list", "guest", "--tree"]).contains("+- on"));
    assert_eq!(
        virsh(&uri, &["snapshot-list", "guest", "off", "--descendants", "--name"]).trim(),
        "on\npaused"
    );
    let xml = virsh(&uri, &["snapshot-dumpxml", "guest", "off"]);
    assert!(xml.contains("as it was defined") && xml.contains("<memory   unit='KiB'>1024</memory>"), "{xml}");

    virsh(&uri, &["resume", "guest"]);
    virsh(&uri, &["reset", "guest"]);
    assert_ne!(memory(), before, "it has booted anew");
    virsh(&uri, &["snapshot-revert", "guest", "on"]);
    assert_eq!((state().as_str(), memory() == before), ("running", true));
    virsh(&uri, &["snapshot-revert", "guest", "on", "--paused"]);
    assert_eq!(state(), "paused");
    virsh(&uri, &["snapshot-revert", "guest", "off"]);
    assert_eq!(state(), "shut off");
    virsh(&uri, &["snapshot-revert", "guest", "paused"]);
    assert_eq!(state(), "paused");

    // What would lose them is refused.
    let text = |arguments: &[&str]| try_virsh(&uri, arguments).stderr;
    let other = Serve::start(&[]);
    assert!(text(&["migrate", "--live", "guest", &other.uri()]).contains("with 3 snapshots"));
    assert!(text(&["snapshot-revert", "guest", "absent"]).contains("absent"));

    virsh(&uri, &["snapshot-delete", "guest", "on"]);
    assert_eq!(virsh(&uri, &["snapshot-parent", "guest", "paused"]).trim(), "off");
    virsh(&uri, &["snapshot-delete", "guest", "off", "--children-only"]);
    assert_eq!(names(), ["off"]);
    for option in ["--with-snapshot", "--without-snapshot"] {
        let listed = virsh(&uri, &["list", "--all", "--name", option]);
        assert_eq!(listed.contains("guest"), option == "--with-snapshot");
    }
    virsh(&uri, &["destroy", "guest"]);
    assert!(text(&["undefine", "guest"]).contains("with 1 snapshots"));
    virsh(&uri, &["undefine", "guest", "--snapshots-metadata"]);
    assert_eq!(virsh(&uri, &["list", "--all"]).trim(), "");
}

/// What was saved fits no other past: the next start must not go on with it.
#[test]
fn a_guest_that_goes_back_forgets_what_was_saved_of_it() {
    need!(Virsh);
    let (_state, path) = Directory::of_state();
    let daemon = Serve::start(&["--state", &path]);
    let (uri, file) = (daemon.uri(), daemon.directory().write("guest.xml", GUEST));
    let is_saved = || virsh(&uri, &["dominfo", "guest"]).contains("Managed save:   yes");
    virsh(&uri, &["define", &file]);
    virsh(&uri, &["snapshot-create-as", "guest", "off"]);
    virsh(&uri, &["start", "guest"]);
    virsh(&uri, &["snapshot-create-as", "guest", "on"]);
    virsh(&uri, &["managedsave", "guest"]);
    let refused = try_virsh(&uri, &["snapshot-revert", "guest", "off"]);
    assert!(refused.stderr.contains("existing managed saved state") && is_saved(), "{refused:?}");
    virsh(&uri, &["snapshot-revert", "guest", "off", "--force"]);
    assert!(!is_saved());
    virsh(&uri, &["start", "guest"]);
    assert_eq!(virsh(&uri, &["domstate", "guest", "--reason"]).trim(), "running (booted)");
    virsh(&uri, &["managedsave", "guest"]);
    virsh(&uri, &["snapshot-revert", "guest", "on"]);
    assert!(!is_saved());
    assert_eq!(virsh(&uri, &["domstate", "guest", "--reason"]).trim(), "running (from snapshot)");
}
