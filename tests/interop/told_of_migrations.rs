//! What a client hears of a migration while it runs: its passes (event 20) and that its job is over (event 21), by python and by virsh.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::moving::{Lab, MEMORY, NAME};
use crate::need::need;
use crate::peers::{python, virsh};
use crate::process::Process;

/// Prints what it hears of one guest's migration to the other host.
const HEARS: &str = "
import threading
libvirt.virEventRegisterDefaultImpl()
def heed():
    while True:
        libvirt.virEventRunDefaultImpl()
threading.Thread(target=heed, daemon=True).start()
source, to, over = libvirt.open(sys.argv[1]), libvirt.open(sys.argv[2]), threading.Event()
def passes(connection, guest, number, _):
    print('pass', guest.name(), number, flush=True)
def completed(connection, guest, stats, _):
    figures = stats['operation'], stats['memory_total'], stats['memory_processed'], stats['memory_remaining']
    print('completed', guest.name(), *figures, flush=True)
    over.set()
source.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION, passes, None)
source.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_JOB_COMPLETED, completed, None)
source.lookupByName(sys.argv[3]).migrate3(to, {}, libvirt.VIR_MIGRATE_LIVE)
assert over.wait(60), 'nobody says that the job is over'
";

#[test]
fn python_hears_of_a_migrations_passes_and_of_its_end() {
    need!(Python);
    let lab = Lab::with_options([&[], &[]]);
    lab.create();
    let heard = python(HEARS, &[&lab.source.uri(), &lab.destination.uri(), NAME]);
    // 5 is a migration that goes out.
    let expected = [format!("pass {NAME} 1"), format!("completed {NAME} 5 {MEMORY} {MEMORY} 0")];
    assert_eq!(heard.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn virsh_hears_of_a_migrations_passes_and_of_its_end() {
    need!(Virsh);
    let lab = Lab::with_options([&[], &[]]);
    lab.create();
    let hears = |event: &str| {
        let mut virsh = Command::new("virsh");
        virsh.args(["-c", &lab.source_uri(), "event", "--domain", NAME, "--event", event, "--timeout", "60"]);
        Process::start(virsh.stdin(Stdio::null()).env("LC_ALL", "C"))
    };
    let listeners = ["migration-iteration", "job-completed"].map(|event| (event, hears(event)));
    has_registered(&lab, listeners.len());
    virsh(&lab.source.uri(), &["migrate", "--live", NAME, &lab.destination.uri()]);
    let [(_, passes), (_, completed)] = &listeners;
    let begins = |event: &str| format!("event '{event}' for domain '{NAME}':");
    assert_eq!(passes.line_after(&begins("migration-iteration")).trim(), "iteration: '1'");
    completed.line_after(&begins("job-completed"));
    assert_eq!(completed.line_after("\toperation: ").trim(), "5");
    assert_eq!(completed.line_after("\tmemory_total: ").trim(), MEMORY.to_string());
    for (event, listener) in &listeners {
        assert_eq!(listener.line_after("events received: "), "1", "{event}");
    }
}

/// Waits until so many clients have been told that they hear from now on.
#[track_caller]
fn has_registered(lab: &Lab, clients: usize) {
    const REGISTER: u32 = 316;
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let (source, _) = lab.all_conversations();
        // Each call and its reply.
        if source.frames.iter().filter(|(_, frame)| frame.procedure == REGISTER).count() == 2 * clients {
            return;
        }
        assert!(Instant::now() < deadline, "virsh does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
}
