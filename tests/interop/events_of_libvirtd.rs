//! Events of a real libvirtd: one of each kind that can be provoked without an operating system in the guest. What a guest that acts
//! causes is in `events_of_a_guest.rs`.
//!
//! Not provoked, and why: watchdog, pm-suspend-disk, device-removal-failed, memory-device-size-change and the node devices' update need a
//! guest with drivers, or a device, that is not at hand; control-error and memory-failure need a fault; nic-mac-change needs a newer libvirt and such a guest, vcpu-removed and
//! channel-lifecycle a newer one than any here; networks that start would change this machine's; the close callback needs a daemon
//! that is a client itself.

use std::fs;
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use tokio::time::timeout;
use virtwire::client::{Connection, Metadata, Subscription};
use virtwire::protocol::event::{AnyEvent, Event, Family, MonitorFilter, Words};
use virtwire::protocol::flags::{AffectFlags, MonitorEventFlags};
use virtwire::protocol::qemu::DomainMonitorEvent;
use virtwire::protocol::remote::*;

use crate::lab::{Directory, Libvirtd, runtime};
use crate::libvirtd_answers::QEMU_GUEST;
use crate::need::need;
use crate::peers::virsh;
use crate::process::Process;

/// What virsh is told to do, and which events follow; where it is none, what is connected to is the guest's screen.
const LIFE: [(&[&str], &[&str]); 15] = [
    (&["define", "guest.xml"], &["lifecycle defined added"]),
    (
        &["start", "guest"],
        &["disk-change change-missing-on-start", "lifecycle resumed unpaused", "lifecycle started booted"],
    ),
    (&["suspend", "guest"], &["lifecycle suspended paused"]),
    (&["resume", "guest"], &["lifecycle resumed unpaused"]),
    (&["reset", "guest"], &["reboot"]),
    (&["desc", "guest", "--title", "--live", "A title"], &["metadata-change title"]),
    (&["attach-device", "guest", "tablet.xml", "--live"], &["device-added"]),
    (&["detach-device", "guest", "tablet.xml", "--live"], &["device-removed"]),
    (&["change-media", "guest", "hdc", "--eject"], &["tray-change open"]),
    (&["blkdeviotune", "guest", "vda", "--total-bytes-sec", "1000000", "--live"], &["tunable"]),
    (
        &[
            "blockcopy",
            "guest",
            "vda",
            "--dest",
            "copy.raw",
            "--format",
            "raw",
            "--transient-job",
            "--wait",
            "--finish",
        ],
        &[
            "block-job copy ready",
            "block-job-2 copy ready",
            "block-job copy canceled",
            "block-job-2 copy canceled",
        ],
    ),
    (&[], &["graphics connect", "graphics disconnect"]),
    (&["vcpupin", "guest", "0", "0", "--live"], &["tunable"]),
    (&["destroy", "guest"], &["lifecycle shutdown host", "lifecycle stopped destroyed"]),
    (&["undefine", "guest"], &["lifecycle undefined removed"]),
];

#[test]
fn a_guest_is_heard_as_virsh_hears_it() {
    need!(Libvirtd, Namespaces, Qemu, Virsh);
    let daemon = Libvirtd::start();
    let uri = daemon.uri("qemu", "/system");
    write_files(&daemon);
    let stranger = watching(&uri, daemon.directory());
    runtime().block_on(async {
        let connection = Connection::open(&uri).await.unwrap();
        let mut events = connection.subscribe::<AnyEvent>(None).await.unwrap();
        for (topic, why) in events.missing() {
            let newer = [(Family::Domain, 26..30), (Family::Network, 1..2)];
            let is_newer =
                newer.iter().any(|(of, ids)| topic.family() == *of && ids.contains(&topic.event_id()));
            assert!(is_newer, "{topic:?}: {why}");
        }
        let filter = MonitorFilter {
            event: Some("^(STOP|RESUME)$".into()),
            flags: MonitorEventFlags::REGEX,
            ..MonitorFilter::default()
        };
        let mut monitor = connection.subscribe::<DomainMonitorEvent>(Some(&filter)).await.unwrap();

        let mut heard = Vec::new();
        for (command, expected) in LIFE {
            match command {
                [] => connect_to_the_screen(&uri),
                command => {
                    let arguments = with_paths(command, &daemon);
                    virsh(&uri, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
                }
            }
            heard.push(until(&mut events, expected.last().unwrap()).await);
        }
        let expected: Vec<Vec<&str>> = LIFE.iter().map(|(_, expected)| expected.to_vec()).collect();
        assert_eq!(heard, expected);

        // To virsh they are the same, in the same order. Its words for details are longer.
        let (ours, theirs) = (heard.concat().into_iter().map(short), stranger_heard(&stranger));
        for event in UNSTEADY {
            assert!(theirs.iter().any(|theirs| theirs == event), "{event}: {theirs:?}");
        }
        assert_eq!(steady(theirs), steady(ours));

        let mut told = Vec::new();
        for _ in 0..3 {
            told.push(monitor.next().await.unwrap().unwrap().event.to_string());
        }
        assert_eq!(told, ["RESUME", "STOP", "RESUME"]);
    });
}

#[test]
fn pools_networks_secrets_and_devices_are_heard() {
    need!(Libvirtd, Namespaces, Virsh);
    let daemon = Libvirtd::start();
    let (qemu, test) = (daemon.uri("qemu", "/system"), daemon.uri("test", "/default"));
    let directory = daemon.directory();
    fs::create_dir(directory.path().join("pool")).unwrap();
    let pool = directory.path().join("pool").into_os_string().into_string().unwrap();
    let secret_id = "5f2a8c1e-0000-4000-8000-000000000009";
    let network = directory.write("network.xml", "<network><name>net</name></network>");
    let secret =
        format!("<secret><uuid>{secret_id}</uuid><usage type='ceph'><name>key</name></usage></secret>");
    let secret = directory.write("secret.xml", &secret);
    let device = directory.write(
        "device.xml",
        "<device><parent>scsi_host1</parent><capability type='scsi_host'><capability type='fc_host'>\
         <wwnn>2000000012341234</wwnn><wwpn>1000000012341234</wwpn></capability></capability></device>",
    );
    let steps: [(&str, &[&str], &str); 15] = [
        (&qemu, &["pool-define-as", "images", "dir", "--target", &pool], "pool images lifecycle defined"),
        (&qemu, &["pool-build", "images"], "pool images lifecycle created"),
        (&qemu, &["pool-start", "images"], "pool images lifecycle started"),
        (&qemu, &["pool-refresh", "images"], "pool images refresh"),
        (&qemu, &["pool-destroy", "images"], "pool images lifecycle stopped"),
        (&qemu, &["pool-delete", "images"], "pool images lifecycle deleted"),
        (&qemu, &["pool-undefine", "images"], "pool images lifecycle undefined"),
        (&qemu, &["net-define", &network], "network net lifecycle defined"),
        (&qemu, &["net-undefine", "net"], "network net lifecycle undefined"),
        (&qemu, &["secret-define", &secret], "secret key lifecycle defined"),
        (&qemu, &["secret-set-value", secret_id, "--base64", "aGVsbG8="], "secret key value-changed"),
        (&qemu, &["secret-undefine", secret_id], "secret key lifecycle undefined"),
        (&test, &["net-destroy", "default"], "network default lifecycle stopped"),
        (&test, &["net-start", "default"], "network default lifecycle started"),
        (&test, &["nodedev-create", &device], "nodedev scsi_host12 lifecycle created"),
    ];
    runtime().block_on(async {
        let connections = [Connection::open(&qemu).await.unwrap(), Connection::open(&test).await.unwrap()];
        let mut qemu_events = connections[0].subscribe::<AnyEvent>(None).await.unwrap();
        let mut test_events = connections[1].subscribe::<AnyEvent>(None).await.unwrap();
        for (uri, command, expected) in steps {
            virsh(uri, command);
            let events = if uri == qemu { &mut qemu_events } else { &mut test_events };
            let event = next(events).await;
            assert_eq!(with_object(&event), expected);
        }
        let mut one = connections[1]
            .subscribe::<NodeDeviceEventLifecycle>(Some(&NodeDevice { name: "scsi_host12".into() }))
            .await
            .unwrap();
        virsh(&test, &["nodedev-destroy", "scsi_host12"]);
        assert_eq!(next(&mut one).await.event().to_string(), "deleted");
        // Whoever serves us has no connection to lose, and lets us ask.
        drop(connections[0].subscribe::<ConnectEventConnectionClosed>(None).await.unwrap());
    });
}

/// Networks have titles since libvirt 9.7: a daemon from before says that it knows no such call, nor such events.
#[test]
fn a_networks_new_title_is_heard() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let connection = Connection::open(&daemon.uri("qemu", "/system")).await.unwrap();
        let network = connection.define_network("<network><name>net</name></network>").await.unwrap();
        let events = connection.subscribe::<NetworkEventCallbackMetadataChange>(None).await;
        let titled =
            async { network.set_metadata(Metadata::Title, Some("A title"), AffectFlags::CONFIG).await };
        if connection.connect_get_lib_version().await.unwrap().lib_ver < 9_007_000 {
            assert!(events.is_err() && titled.await.unwrap_err().is_unsupported());
            return;
        }
        titled.await.unwrap();
        let told = next(&mut events.unwrap()).await;
        assert_eq!((told.net.name.to_str(), told.nsuri), (Ok("net"), None));
    });
}

#[test]
fn a_migration_is_heard_at_both_ends() {
    need!(Libvirtd, Namespaces, Qemu, Virsh);
    let daemons = [Libvirtd::start(), Libvirtd::start()];
    let [from, to] = daemons.each_ref().map(|daemon| daemon.uri("qemu", "/system"));
    let file = daemons[0].directory().write("guest.xml", QEMU_GUEST);
    virsh(&from, &["create", &file]);
    runtime().block_on(async {
        let source = Connection::open(&from).await.unwrap();
        let destination = Connection::open(&to).await.unwrap();
        let guest = source.domain_lookup_by_name("guest").await.unwrap().dom;
        let mut left = source.subscribe::<AnyEvent>(None).await.unwrap();
        let mut one = source.subscribe::<DomainEventLifecycle>(Some(&guest)).await.unwrap();
        let mut arrived = destination.subscribe::<AnyEvent>(None).await.unwrap();

        virsh(&from, &["migrate", "--live", "guest", &to]);

        let left = until(&mut left, "job-completed").await;
        for expected in [
            "migration-iteration",
            "lifecycle suspended migrated",
            "lifecycle stopped migrated",
            "job-completed",
        ] {
            assert!(left.iter().any(|event| event == expected), "{expected}: {left:?}");
        }
        let arrived = until(&mut arrived, "lifecycle resumed migrated").await;
        assert!(arrived.contains(&"lifecycle started migrated".to_owned()), "{arrived:?}");
        assert_eq!(next(&mut one).await.what().to_string(), "suspended migrated");
    });
}

#[test]
fn the_daemons_end_is_the_end_of_events() {
    need!(Libvirtd, Namespaces);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        let connection = Connection::open(&daemon.uri("test", "/default")).await.unwrap();
        let mut events = connection.subscribe::<DomainEventLifecycle>(None).await.unwrap();
        let dom = connection.domain_lookup_by_name("test").await.unwrap().dom;
        connection.domain_suspend(&dom).await.unwrap();
        // It may come after the reply.
        assert_eq!(next(&mut events).await.what().to_string(), "suspended paused");
        drop(daemon);
        assert!(timeout(Duration::from_secs(30), events.next()).await.unwrap().is_none());
        assert!(events.ended().is_some());
    });
}

/// A guest with something of everything that can be changed from outside. It runs firmware and then nothing.
fn write_files(daemon: &Libvirtd) {
    let directory = daemon.directory();
    let disk = directory.write("disk.raw", &"\0".repeat(1 << 20));
    let medium = directory.write("medium.iso", &"\0".repeat(1 << 16));
    directory.write("tablet.xml", "<input type='tablet' bus='usb'/>");
    directory.write("marker.xml", &QEMU_GUEST.replace("guest", "marker"));
    let devices = format!(
        "<devices>
           <disk type='file' device='disk'>
             <driver name='qemu' type='raw'/><source file='{disk}'/><target dev='vda' bus='virtio'/>
           </disk>
           <disk type='file' device='cdrom'>
             <driver name='qemu' type='raw'/><source file='{medium}'/><target dev='hdc' bus='ide'/>
           </disk>
           <disk type='file' device='cdrom'>
             <driver name='qemu' type='raw'/><source file='/nonexistent.iso' startupPolicy='optional'/>
             <target dev='hdd' bus='ide'/>
           </disk>
           <graphics type='vnc' autoport='yes' listen='127.0.0.1'/>
           <video><model type='vga'/></video>"
    );
    directory.write(
        "guest.xml",
        &QEMU_GUEST.replace("<devices>", &devices).replace("000000000001", "000000000002"),
    );
}

/// virsh, listening already: it registers kind after kind, and says nothing before the first event.
pub(crate) fn watching(uri: &str, directory: &Directory) -> Process {
    let marker = directory.path().join("marker.xml");
    virsh(uri, &["define", marker.to_str().unwrap()]);
    let program = ["-oL", "virsh", "--connect", uri, "event", "--all", "--loop"];
    let stranger = Process::start(Command::new("stdbuf").args(program).env("LC_ALL", "C"));
    for number in 0..100 {
        // Kind 23 of 26, after all that is provoked here.
        virsh(uri, &["desc", "marker", "--config", "--title", &number.to_string()]);
        if stranger.line_within("event 'metadata-change' for domain 'marker'", Duration::from_millis(300)) {
            return stranger;
        }
    }
    panic!("virsh hears nothing");
}

/// What virsh has printed of the guest, up to its end.
fn stranger_heard(stranger: &Process) -> Vec<String> {
    let mut heard = Vec::new();
    loop {
        let line = stranger.line_after("event '");
        let Some((name, rest)) = line.split_once("' for domain 'guest'") else { continue };
        let step = rest.trim_start_matches(':').split_whitespace().next().unwrap_or_default().to_lowercase();
        heard.push(if name == "lifecycle" { format!("{name} {step}") } else { name.to_owned() });
        if step == "undefined" {
            return heard;
        }
    }
}

/// What comes again whenever firmware and QEMU get to it: resets after the first, and the tray that closes again.
const UNSTEADY: [&str; 2] = ["reboot", "tray-change"];

fn steady(heard: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut heard: Vec<_> = heard.into_iter().filter(|event| !UNSTEADY.contains(&event.as_str())).collect();
    heard.dedup();
    heard
}

fn short(event: String) -> String {
    let mut words = event.split(' ');
    match (words.next(), words.next()) {
        (Some("lifecycle"), Some(step)) => format!("lifecycle {step}"),
        (name, _) => name.unwrap_or_default().to_owned(),
    }
}

fn connect_to_the_screen(uri: &str) {
    let display = virsh(uri, &["domdisplay", "guest"]);
    let screen: u16 = display.trim().rsplit(':').next().and_then(|number| number.parse().ok()).unwrap();
    drop(TcpStream::connect(("127.0.0.1", 5_900 + screen)).unwrap());
}

/// Files of the daemon's directory by their paths.
fn with_paths(command: &[&str], daemon: &Libvirtd) -> Vec<String> {
    let path = |word: &&str| match word.ends_with(".xml") || word.ends_with(".raw") {
        true => daemon.directory().path().join(word).into_os_string().into_string().unwrap(),
        false => (*word).to_owned(),
    };
    command.iter().map(path).collect()
}

/// The events up to one, each once where it comes several times in a row.
async fn until(events: &mut Subscription<AnyEvent>, last: &str) -> Vec<String> {
    let mut heard = Vec::new();
    loop {
        let Ok(event) = timeout(Duration::from_secs(20), events.next()).await else { return heard };
        let event = event.unwrap().unwrap();
        let words = event.words().into_iter().map(|(_, word)| word);
        let text =
            [event.kind().unwrap().name.to_owned()].into_iter().chain(words).collect::<Vec<_>>().join(" ");
        let is_unsteady = UNSTEADY.iter().any(|event| text.starts_with(event)) && text != last;
        if is_unsteady || heard.last() == Some(&text) {
            continue;
        }
        heard.push(text);
        if heard.last().is_some_and(|text| text == last) {
            return heard;
        }
    }
}

fn with_object(event: &AnyEvent) -> String {
    let (family, name) = match event {
        AnyEvent::StoragePool(event) => {
            ("pool", serde_json::to_value(event).unwrap()["pool"]["name"].clone())
        }
        AnyEvent::Network(event) => ("network", serde_json::to_value(event).unwrap()["net"]["name"].clone()),
        AnyEvent::Secret(event) => {
            ("secret", serde_json::to_value(event).unwrap()["secret"]["usageID"].clone())
        }
        AnyEvent::NodeDevice(event) => {
            ("nodedev", serde_json::to_value(event).unwrap()["dev"]["name"].clone())
        }
        other => panic!("{other:?}"),
    };
    let step = event.words().first().map_or(String::new(), |(_, word)| format!(" {word}"));
    format!("{family} {} {}{step}", name.as_str().unwrap(), event.kind().unwrap().name)
}

async fn next<E: Event>(events: &mut Subscription<E>) -> E {
    let event = timeout(Duration::from_secs(20), events.next()).await.expect("an event in time");
    event.expect("no end").expect("an event")
}
