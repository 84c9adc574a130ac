//! Guests of ours in files, by virsh: saved, and restored from the file alone.

use crate::lab::Directory;
use crate::moving::{CONFIGURATION, NAME, memory_of};
use crate::need::need;
use crate::peers::{python, try_virsh, virsh};
use crate::serve::Serve;

#[test]
fn a_guest_is_restored_on_any_host_from_its_file_alone() {
    need!(Virsh, Python);
    let (first, second) = (Serve::start(&[]), Serve::start(&[]));
    let file = first.directory().write("guest.xml", CONFIGURATION);
    virsh(&first.uri(), &["create", &file]);
    let memory = memory_of(&first);
    let image = first.directory().path().join("image").display().to_string();

    virsh(&first.uri(), &["save", NAME, &image]);
    assert_eq!(virsh(&first.uri(), &["list", "--all", "--name"]).trim(), "");
    assert_eq!(virsh(&second.uri(), &["save-image-dumpxml", &image]).trim(), CONFIGURATION.trim());

    virsh(&second.uri(), &["restore", &image]);
    assert_eq!(virsh(&second.uri(), &["domstate", "--reason", NAME]).trim(), "running (restored)");
    assert_eq!(virsh(&second.uri(), &["dumpxml", "--migratable", NAME]).trim(), CONFIGURATION.trim());
    assert_eq!(memory_of(&second), memory);
    // It runs already; and it is not saved into a place that cannot be written: then it runs on.
    assert!(try_virsh(&second.uri(), &["restore", &image]).stderr.contains("already active"));
    let failed = try_virsh(&second.uri(), &["save", NAME, "/proc/nowhere/image"]);
    assert!(failed.stderr.contains("cannot write /proc/nowhere/image"), "{failed:?}");
    assert_eq!(virsh(&second.uri(), &["domstate", NAME]).trim(), "running");

    // Saved to be restored paused, with another configuration as far as the guest cannot tell; restored so, or running all the same.
    let other = CONFIGURATION.replace("<vcpu>", "<title>saved</title>\n  <vcpu>");
    let other_file = second.directory().write("other.xml", &other);
    virsh(&second.uri(), &["save", NAME, &image, "--xml", &other_file, "--paused"]);
    virsh(&second.uri(), &["restore", &image]);
    assert_eq!(virsh(&second.uri(), &["domstate", NAME]).trim(), "paused");
    assert_eq!(virsh(&second.uri(), &["dumpxml", "--migratable", NAME]).trim(), other.trim());
    virsh(&second.uri(), &["save", NAME, &image]);
    virsh(&second.uri(), &["save-image-define", &image, &file, "--running"]);
    virsh(&second.uri(), &["restore", &image]);
    assert_eq!(virsh(&second.uri(), &["domstate", NAME]).trim(), "running");
    assert_eq!(virsh(&second.uri(), &["dumpxml", "--migratable", NAME]).trim(), CONFIGURATION.trim());
    let bigger = CONFIGURATION.replace("<memory unit='KiB'>4096<", "<memory unit='KiB'>8192<");
    let bigger = second.directory().write("bigger.xml", &bigger);
    let refused = try_virsh(&second.uri(), &["save", NAME, &image, "--xml", &bigger]);
    assert!(refused.stderr.contains("Target domain max memory"), "{refused:?}");
    // What would not be defined is not what it is to be either.
    let bare = CONFIGURATION.replace("</domain>", "<devices><disk><target/></disk></devices></domain>");
    let bare = second.directory().write("bare.xml", &bare);
    for command in [&["save", NAME, &image, "--xml", &bare][..], &["save-image-define", &image, &bare]] {
        let refused = try_virsh(&second.uri(), command);
        assert!(refused.stderr.contains("missing target information"), "{command:?}: {refused:?}");
    }
    assert_eq!(memory_of(&second), memory);

    // By parameters, which virsh does not use.
    let program = "
guest = libvirt.open(sys.argv[1]).lookupByName(sys.argv[2])
guest.saveParams({'file': sys.argv[3]}, 0)
libvirt.open(sys.argv[1]).restoreParams({'file': sys.argv[3]}, libvirt.VIR_DOMAIN_SAVE_PAUSED)
print(libvirt.open(sys.argv[1]).lookupByName(sys.argv[2]).state())
";
    assert_eq!(python(program, &[&second.uri(), NAME, &image]).trim(), "[3, 1]");

    // A file that is torn is nobody's guest.
    std::fs::write(&image, &std::fs::read(&image).unwrap()[..2_000]).unwrap();
    let torn = try_virsh(&first.uri(), &["restore", &image]);
    assert!(torn.stderr.contains("it is torn"), "{torn:?}");
}

#[test]
fn a_managed_save_is_what_the_next_start_restores() {
    need!(Virsh, Python);
    let (_state, path) = Directory::of_state();
    let host = Serve::start(&["--state", &path]);
    let uri = host.uri();
    let file = host.directory().write("guest.xml", CONFIGURATION);
    virsh(&uri, &["define", &file]);
    virsh(&uri, &["start", NAME]);
    let memory = memory_of(&host);

    virsh(&uri, &["managedsave", NAME]);
    assert_eq!(virsh(&uri, &["domstate", "--reason", NAME]).trim(), "shut off (saved)");
    assert!(virsh(&uri, &["dominfo", NAME]).contains("Managed save:   yes"));
    let listed = |option| virsh(&uri, &["list", "--all", "--name", option]).trim().to_owned();
    assert_eq!([listed("--with-managed-save"), listed("--without-managed-save")], [NAME, ""]);
    assert_eq!(virsh(&uri, &["managedsave-dumpxml", NAME]).trim(), CONFIGURATION.trim());
    let refused = try_virsh(&uri, &["undefine", NAME]);
    assert!(refused.stderr.contains("managed save image exists"), "{refused:?}");
    virsh(&uri, &["start", NAME]);
    assert_eq!(virsh(&uri, &["domstate", "--reason", NAME]).trim(), "running (restored)");
    assert_eq!(memory_of(&host), memory);
    assert!(virsh(&uri, &["dominfo", NAME]).contains("Managed save:   no"));
    assert_eq!([listed("--with-managed-save"), listed("--without-managed-save")], ["", NAME]);

    // Left aside by a fresh boot, removed by itself, and with the definition.
    virsh(&uri, &["managedsave", NAME]);
    virsh(&uri, &["start", NAME, "--force-boot"]);
    assert_ne!(memory_of(&host), memory);
    virsh(&uri, &["managedsave", NAME]);
    virsh(&uri, &["managedsave-remove", NAME]);
    assert!(virsh(&uri, &["dominfo", NAME]).contains("Managed save:   no"));
    virsh(&uri, &["start", NAME]);
    virsh(&uri, &["managedsave", NAME, "--paused"]);
    virsh(&uri, &["start", NAME]);
    assert_eq!(virsh(&uri, &["domstate", NAME]).trim(), "paused");
    virsh(&uri, &["managedsave", NAME]);
    virsh(&uri, &["undefine", NAME, "--managed-save"]);
    assert_eq!(virsh(&uri, &["list", "--all", "--name"]).trim(), "");
}

/// There is no place for its image.
#[test]
fn a_daemon_that_keeps_nothing_manages_no_save() {
    need!(Virsh);
    let host = Serve::start(&[]);
    let uri = host.uri();
    virsh(&uri, &["define", &host.directory().write("guest.xml", CONFIGURATION)]);
    virsh(&uri, &["start", NAME]);
    let refused = try_virsh(&uri, &["managedsave", NAME]);
    assert!(refused.stderr.contains("not supported"), "{refused:?}");
    assert_eq!(virsh(&uri, &["domstate", NAME]).trim(), "running");
}
