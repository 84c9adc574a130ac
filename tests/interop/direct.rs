//! Guests that go direct: one call to the source, and no daemon at the destination has a part in it.

use crate::command_meets_libvirtd::{try_virtwire, virtwire};
use crate::moving::{Lab, NAME, persistent, steps};
use crate::need::need;
use crate::peers::{python, table, try_virsh, virsh};

const DOOR: &[&str] = &["--take-direct", "tcp://127.0.0.1:0"];

impl Lab {
    /// Where guests may come to the destination.
    #[track_caller]
    fn door(&self) -> String {
        format!("tcp:{}", self.destination.line_after("taking guests that come direct on tcp://"))
    }
}

#[test]
fn virsh_and_each_call_by_uri_send_a_guest_direct_in_every_age() {
    need!(Virsh, Python);
    for (age, step) in [(&[][..], 216), (&["--as", "1.0.6"], 216), (&["--as", "0.9.1"], 62)] {
        let lab = Lab::with_options([age, &[DOOR, age].concat()]);
        let door = lab.door();
        let (from, to) = (lab.source.uri(), lab.destination.uri());
        for call in [
            format!("migrateToURI('{door}', 1, None, 0)"),
            format!("migrateToURI2(None, '{door}', None, 1, None, 0)"),
            format!("migrateToURI3(None, {{'migrate_uri': '{door}'}}, 1)"),
        ] {
            lab.create();
            let memory = lab.memory_at_source();
            let program = format!("libvirt.open(sys.argv[1]).lookupByName(sys.argv[2]).{call}");
            python(&program, &[&lab.source_uri(), NAME]);
            lab.guest_has_moved(&memory);
            virsh(&to, &["destroy", NAME]);
        }
        lab.create();
        let memory = lab.memory_at_source();
        virsh(&lab.source_uri(), &["migrate", "--live", "--direct", NAME, &door, "--migrateuri", &door]);
        lab.guest_has_moved(&memory);
        virsh(&to, &["destroy", NAME]);

        let (source, destination) = lab.all_conversations();
        assert_eq!((steps(&source), steps(&destination)), (vec![step; 4], vec![]), "{age:?}");
        lab.create();
        virtwire(&[
            "migrate",
            "--live",
            "--direct",
            "--migrate-uri",
            &door,
            "--from",
            &from,
            "--to",
            &to,
            NAME,
        ]);
        assert_eq!(table(&virsh(&to, &["list", "--all"])).len(), 1);
    }
}

#[test]
fn it_arrives_as_it_was_and_as_it_is_to_be() {
    need!(Virsh, Python);
    let lab = Lab::with_options([&[], DOOR]);
    let (from, to, door) = (lab.source.uri(), lab.destination.uri(), lab.door());
    lab.define_and_start();
    virsh(&from, &["suspend", NAME]);
    let way = ["migrate", "--direct", NAME, &door, "--migrateuri", &door];
    virsh(&from, &[&way[..], &["--persistent", "--undefinesource", "--dname", "settler"]].concat());
    assert_eq!(virsh(&from, &["list", "--all"]).trim(), "");
    assert_eq!(virsh(&to, &["domstate", "settler", "--reason"]).trim(), "paused (user)");
    assert!(virsh(&to, &["dumpxml", "settler"]).contains("<name>settler</name>"));
    assert_eq!(virsh(&to, &["list", "--all", "--persistent", "--name"]).trim(), "settler");
    virsh(&to, &["resume", "settler"]);

    // It is there already, under another name.
    lab.define_and_start();
    let refused = try_virsh(&from, &[&way[..], &["--live"]].concat());
    assert!(refused.stderr.contains("refused the guest"), "{refused:?}");
    assert_eq!(virsh(&from, &["domstate", NAME]).trim(), "running");
    assert_eq!(persistent(&lab.source), "yes");
}

/// Nobody there waits for a guest of which nobody has told.
#[test]
fn where_no_door_is_the_guest_stays() {
    need!(Virsh, Python);
    let lab = Lab::with_options([&[], &["--fault", "refuse-prepare", "--take-direct", "tcp://127.0.0.1:0"]]);
    lab.create();
    let (from, to, door) = (lab.source.uri(), lab.destination.uri(), lab.door());
    let refused = try_virsh(&from, &["migrate", "--live", "--direct", NAME, &door, "--migrateuri", &door]);
    assert!(refused.stderr.contains("told to refuse guests"), "{refused:?}");
    let refused = try_virtwire(
        &[
            &["migrate", "--direct", "--migrate-uri", "tcp:127.0.0.1:1"][..],
            &["--from", &from, "--to", &to, NAME],
        ]
        .concat(),
    );
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert_eq!(virsh(&from, &["domstate", NAME]).trim(), "running");
    assert_eq!(virsh(&to, &["list", "--all"]).trim(), "");
}
