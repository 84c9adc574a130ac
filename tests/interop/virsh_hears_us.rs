//! Real virsh hears what befalls the guests of our daemon, in the words that it has for libvirtd's.

use crate::events_of_libvirtd::watching;
use crate::need::need;
use crate::peers::virsh;
use crate::serve::Serve;
use crate::virsh_drives_us::GUEST;

/// What virsh is told to do, and what another virsh hears of it, line by line.
const LIFE: [(&[&str], &str); 9] = [
    (&["attach-device", "guest", "channel.xml", "--live"], "device-added' for domain 'guest': ua-x"),
    (&["detach-device", "guest", "channel.xml", "--live"], "device-removed' for domain 'guest': ua-x"),
    (&["setmem", "guest", "512", "--live"], "balloon-change' for domain 'guest': 512KiB"),
    (&["reboot", "guest"], "reboot' for domain 'guest'"),
    (&["reset", "guest"], "reboot' for domain 'guest'"),
    (&["schedinfo", "guest", "--live", "--set", "cpu_shares=2048"], "tunable' for domain 'guest':"),
    (&["vcpupin", "guest", "0", "0", "--live"], "tunable' for domain 'guest':"),
    (&["emulatorpin", "guest", "0", "--live"], "tunable' for domain 'guest':"),
    (&["destroy", "guest"], "lifecycle' for domain 'guest': Stopped Destroyed"),
];
const CHANNEL: &str = "<channel type='pty'><target type='virtio' name='x'/><alias name='ua-x'/></channel>";

#[test]
fn what_befalls_a_guest_is_heard_in_order() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    let (uri, directory) = (daemon.uri(), daemon.directory());
    let (guest, channel) = (directory.write("guest.xml", GUEST), directory.write("channel.xml", CHANNEL));
    directory.write("marker.xml", &GUEST.replace("guest", "marker").replace("000000000001", "000000000002"));
    let stranger = watching(&uri, directory);
    virsh(&uri, &["create", &guest]);
    for (command, heard) in LIFE {
        let path =
            |word: &&'static str| if *word == "channel.xml" { channel.clone() } else { word.to_string() };
        let command: Vec<_> = command.iter().map(path).collect();
        virsh(&uri, &command.iter().map(String::as_str).collect::<Vec<_>>());
        // The marker's, and its start, came before.
        let line = loop {
            let line = stranger.line_after("event '");
            if !line.contains("'marker'") && !line.contains("Started") {
                break line;
            }
        };
        assert_eq!(line, heard, "{command:?}");
    }
}
