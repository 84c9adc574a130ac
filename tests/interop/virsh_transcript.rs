//! More than five hundred commands of virsh, given to our daemon and to libvirtd's test driver one after the other: both answer alike.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::figures::figure;
use crate::lab::Libvirtd;
use crate::need::need;
use crate::serve::Serve;

/// The commands, a line each, on a host that has nothing yet. `guest.xml` is a file with one guest, web1, `disks.xml` one with another,
/// web2, that has a disk and an interface, `pins.xml` one, web3, with CPUs that it may run on and a screen with a password, and the others have
/// a network, interfaces of the host, a pool and volumes, and what of these is not said as it should be.
const COMMANDS: &str = include_str!("transcript.txt");

const DEVICES: &str = "
  <devices>
    <disk type='file' device='disk'><source file='/a.img'/><target dev='vda' bus='virtio'/></disk>
    <interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/></interface>
  </devices>";
const SCREEN: &str = "
  <devices><graphics type='vnc' port='5900' passwd='hunter2'/></devices>";
const NETWORK: &str = "<network>
  <name>lan</name>
  <uuid>5f2a8c1e-0000-4000-8000-000000000011</uuid>
  <forward mode='nat'/>
  <bridge name='virbr7'/>
  <ip address='192.168.9.1' netmask='255.255.255.0'/>
</network>";
const POOL: &str = "<pool type='dir'>
  <name>images</name>
  <uuid>5f2a8c1e-0000-4000-8000-000000000012</uuid>
  <target><path>/images</path></target>
</pool>";
const KEPT: &str = "<volume>
  <name>kept.raw</name>
  <capacity unit='MiB'>1</capacity>
  <target>
    <format type='raw'/>
    <permissions>
      <mode>0640</mode>
      <owner>107</owner>
      <group>108</group>
    </permissions>
  </target>
</volume>";
const VOLUME: &str = "<volume>
  <name>disk.raw</name>
  <capacity unit='MiB'>3</capacity>
  <target><format type='raw'/></target>
</volume>";

/// As the driver for tests writes it.
const ETHERNET: &str = "<interface type='ethernet' name='eth1'>
  <start mode='onboot'/>
  <mtu size='1492'/>
  <protocol family='ipv4'>
    <ip address='192.168.0.5' prefix='24'/>
    <route gateway='192.168.0.1'/>
  </protocol>
  <mac address='aa:bb:cc:dd:ee:ff'/>
</interface>";
const BRIDGE: &str = "<interface type='bridge' name='br1'>
  <start mode='none'/>
  <bridge>
    <interface type='ethernet' name='eth2'>
      <mac address='aa:bb:cc:dd:ee:00'/>
    </interface>
  </bridge>
</interface>";

/// What a guest and a network of whom more or less is said than can be are made of.
const WRONG_GUESTS: [(&str, &str); 6] = [
    (
        "bare",
        "<devices><disk><source file='/a'/><target dev='vda'/></disk><interface type='user'/></devices>",
    ),
    (
        "twice",
        "<devices><disk type='file'><source file='/a'/><target dev='vda'/></disk>\
         <disk type='file'><source file='/b'/><target dev='vda'/></disk></devices>",
    ),
    ("targetless", "<devices><disk type='file'><source file='/a'/></disk></devices>"),
    ("sourceless", "<devices><interface type='network'/></devices>"),
    ("address", "<devices><interface type='user'><mac address='zz'/></interface></devices>"),
    ("many", "<vcpu current='3'>2</vcpu>"),
];
const WRONG_NETWORKS: [(&str, &str); 7] = [
    ("wan-mode", "<forward mode='foo'/>"),
    ("wan-address", "<ip address='999.0.0.1'/>"),
    ("wan-host", "<ip address='10.0.0.1' netmask='255.0.0.0'><dhcp><host mac='zz' ip='1'/></dhcp></ip>"),
    ("wan-nat", "<forward mode='nat'/>"),
    (
        "wan-large",
        "<ip address='10.0.0.1' prefix='8'><dhcp><range start='10.0.0.2' end='10.1.0.1'/></dhcp></ip>",
    ),
    (
        "wan-class",
        "<ip address='192.168.1.1'><dhcp><range start='192.168.1.2' end='192.168.1.255'/></dhcp></ip>",
    ),
    (
        "wan-six",
        "<ip family='ipv6' address='fd00::1'><dhcp><range start='fe00::2' end='fe00::9'/></dhcp></ip>",
    ),
];

/// What is no interface of a host.
const WRONG_INTERFACES: [(&str, &str); 10] = [
    ("rootless", "<network><name>a</name></network>"),
    ("typeless", "<interface name='a'/>"),
    ("unknown", "<interface type='foo' name='a'/>"),
    ("nameless", "<interface type='ethernet'/>"),
    ("mode", "<interface type='ethernet' name='a'><start mode='foo'/></interface>"),
    ("family", "<interface type='ethernet' name='a'><protocol family='ipx'/></interface>"),
    ("bridge", "<interface type='bridge' name='a'/>"),
    ("vlan", "<interface type='vlan' name='a'><vlan tag='5'/></interface>"),
    ("bond", "<interface type='bond' name='a'/>"),
    (
        "nested",
        "<interface type='bridge' name='a'><bridge><interface type='bridge' name='b'/></bridge></interface>",
    ),
];

/// What the driver for tests has of its own: the machine, as ours has it.
const NODE: &str = "<node><device><name>computer</name><capability type='system'><hardware>\
    <uuid>5f2a8c1e-0000-4000-8000-0000000000cc</uuid></hardware><firmware/></capability></device></node>";

/// Where the two differ, by the line of the command, and why each is right in its own way.
const DIFFERENCES: [(&str, &str); 54] = [
    (
        "suspend web1",
        "the test driver takes a paused guest for one that does not run; QEMU's driver and ours do nothing then",
    ),
    ("suspend web1", "of one that is shut off: its words for error 1, ours are QEMU's for error 55"),
    ("resume web1", "as above"),
    ("shutdown web1", "as above"),
    ("domfsinfo web1", "nothing of ours has file systems"),
    (
        "secret-list",
        "the test driver has no secrets; those of libvirtd's own driver for them are in virsh_secrets.rs",
    ),
    ("net-start lan", "of one that runs: the test driver has words of its own"),
    (
        "net-destroy lan",
        "of one that is off: the test driver does nothing, the network driver and ours refuse it",
    ),
    ("net-undefine lan", "of one that is transient: refused with other words"),
    (
        "net-autostart lan",
        "of one that is transient: the test driver keeps it, the network driver and ours refuse it",
    ),
    ("vol-list images", "of a pool that is off: ours says which"),
    ("pool-start images", "of one that runs: the storage driver's words"),
    ("pool-undefine images", "as above"),
    ("pool-info images", "the pools of the test driver have 100 GiB, ours what there may be in memory"),
    (
        "vol-create images vol.xml",
        "of one that is there: the storage driver's error 90, and the test driver's 9",
    ),
    ("vol-list images --details", "of a new volume nothing is written yet"),
    ("vol-info disk.raw --pool images", "as above"),
    ("vol-resize disk.raw 1MiB --pool images", "the test driver resizes nothing"),
    ("pool-delete images", "of one that is active: the storage driver's words"),
    (
        "vol-clone disk.raw clone.raw --pool images",
        "of one that is there: the storage driver's error 90, and the test driver's 9",
    ),
    (
        "vol-create-as images over.raw 1MiB --backing-vol disk.raw --backing-vol-format raw",
        "on top of another one: the test driver notes it, ours would read as zeros, and is refused",
    ),
    ("vol-delete over.raw --pool images", "so there is none"),
    (
        "snapshot-create-as web1 ext --memspec /tmp/x",
        "in a file: the test driver writes none and says nothing, ours refuses it",
    ),
    ("snapshot-delete web1 ext", "so there is none"),
    (
        "memtune web1 --live",
        "of one that is shut off: the test driver counts its values without looking at it",
    ),
    ("schedinfo web1", "the test driver's scheduler is one of its own, ours has the values of QEMU's driver"),
    ("nodecpustats", "the test driver's figures are made up, ours are the machine's"),
    ("freecell", "as above"),
    ("freecell --all", "this test driver has no cells, ours has the machine's"),
    ("domblkstat web2 vda", "the test driver has the older call alone, and its figures are made up"),
    ("domblkstat web2 vdz", "of the older call virsh has another sentence"),
    ("domifstat web2 52:54:00:00:00:01", "the test driver's figures are made up"),
    ("dommemstat web2", "the test driver has none"),
    ("cpu-stats web2 --total", "the test driver's figures are made up"),
    ("domblkinfo web2 vda", "the test driver's figure is made up, and ours knows of no such volume"),
    ("blkiotune web2 --live", "of one that is shut off: as memtune"),
    ("blkdeviotune web2 vda --live", "as above"),
    ("domiftune web2 vnet9", "as above: the test driver counts before it looks for the interface"),
    (
        "iface-dumpxml eth1 --inactive",
        "the test driver knows no such flag; the drivers for hosts' interfaces and ours do",
    ),
    ("iface-start eth1", "of one that is up: ours says so"),
    ("iface-destroy eth1", "of one that is down: as above"),
    (
        "iface-list --inactive",
        "when changes are undone the test driver has all interfaces down, ours has them as they were",
    ),
    ("iface-list --all", "as above"),
    ("iface-bridge eth1 br9", "virsh asks for the definition, by a flag that the test driver does not know"),
    ("iface-unbridge br9 --no-start", "so there is none"),
    (
        "nodedev-list",
        "the test driver does not know the flags that virsh sends; the driver for hosts' devices and ours do",
    ),
    ("nodedev-list --tree", "as above"),
    ("nodedev-list --cap system", "as above"),
    ("nodedev-list --cap pci", "as above"),
    ("nodedev-list --inactive", "as above"),
    (
        "nodedev-info computer",
        "the test driver cannot say whether it starts with the host; libvirtd's own driver and ours do",
    ),
    ("nodedev-create eth1.xml", "the test driver makes some devices, ours none"),
    ("nodedev-destroy computer", "and lets the machine be taken away"),
    ("undefine web1", "the test driver lets a transient guest be undefined; QEMU's driver and ours do not"),
];

#[test]
fn virsh_hears_the_same_of_us_as_of_libvirtd() {
    need!(Libvirtd, Namespaces, Virsh);
    let libvirtd = Libvirtd::start();
    let node = libvirtd.directory().write("node.xml", NODE);
    let ours = Serve::start(&[]);

    let theirs = transcript(&libvirtd.uri("test", &node), "test", libvirtd.directory().path());
    let ours = transcript(&ours.uri(), "mem", ours.directory().path());

    let commands: Vec<&str> = COMMANDS.lines().collect();
    assert_eq!([theirs.len(), ours.len()], [commands.len(); 2]);
    let mut alike = 0;
    let mut differing: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (at, command) in commands.iter().enumerate() {
        if ours[at] == theirs[at] {
            alike += 1;
        } else {
            let told = format!("line {}: ours {:?}, libvirtd's {:?}", at + 1, ours[at], theirs[at]);
            differing.entry(command).or_default().push(told);
        }
    }
    figure(format_args!("{alike} of {} commands are answered alike", commands.len()));
    let known: Vec<&str> = DIFFERENCES.iter().map(|(command, _)| *command).collect();
    let unknown: Vec<_> = differing.iter().filter(|(command, _)| !known.contains(command)).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    for command in known {
        assert!(differing.contains_key(command), "{command} is answered alike by now");
    }
    let told = format!("{alike} of {} commands of virsh", commands.len());
    assert!(include_str!("../../README.md").contains(&told), "README.md is to say: {told}; {differing:#?}");
}

/// What virsh printed for each command, in one session.
#[track_caller]
fn transcript(uri: &str, kind: &str, directory: &Path) -> Vec<String> {
    let guest = |name: &str, last: &str, devices: &str| {
        format!(
            "<domain type='{kind}'>
  <name>{name}</name>
  <uuid>5f2a8c1e-0000-4000-8000-00000000000{last}</uuid>
  <memory unit='KiB'>65536</memory>
  <currentMemory unit='KiB'>65536</currentMemory>
  <vcpu>2</vcpu>
  <os><type>hvm</type></os>{devices}
</domain>"
        )
    };
    for (file, text) in [
        ("guest.xml", guest("web1", "b", "").as_str()),
        ("disks.xml", guest("web2", "c", DEVICES).as_str()),
        (
            "pins.xml",
            guest("web3", "d", SCREEN).replace("<vcpu>2", "<vcpu cpuset='0' current='1'>3").as_str(),
        ),
        ("net.xml", NETWORK),
        ("pool.xml", POOL),
        ("vol.xml", VOLUME),
        ("kept.xml", KEPT),
        ("eth1.xml", ETHERNET),
        ("eth9.xml", &ETHERNET.replace("eth1", "eth9")),
        ("br1.xml", BRIDGE),
    ] {
        std::fs::write(directory.join(file), text).expect("a directory of ours");
    }
    for (file, devices) in WRONG_GUESTS {
        let text = format!(
            "<domain type='{kind}'><name>web3</name><memory unit='MiB'>64</memory><os><type>hvm</type></os>{devices}</domain>"
        );
        std::fs::write(directory.join(format!("{file}.xml")), text).expect("a directory of ours");
    }
    for (file, parts) in WRONG_NETWORKS {
        let text = format!("<network><name>wan</name>{parts}</network>");
        std::fs::write(directory.join(format!("{file}.xml")), text).expect("a directory of ours");
    }
    for (file, text) in WRONG_INTERFACES {
        std::fs::write(directory.join(format!("{file}.xml")), text).expect("a directory of ours");
    }
    answers(uri, COMMANDS, directory).iter().map(|said| without_chance(said)).collect()
}

/// The same for whatever addresses a host gives to interfaces.
fn without_chance(said: &str) -> String {
    const OURS: &str = "52:54:00:";
    let mut parts = said.split(OURS);
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let given =
            part.get(..8).filter(|given| given.bytes().all(|byte| byte == b':' || byte.is_ascii_hexdigit()));
        let rest = given.and_then(|given| part.strip_prefix(given));
        plain += OURS;
        plain += &rest.map_or_else(|| part.to_owned(), |rest| format!("xx:xx:xx{rest}"));
    }
    plain
}

/// What virsh printed for each of these commands, a line each, in one session.
#[track_caller]
pub(crate) fn answers(uri: &str, commands: &str, directory: &Path) -> Vec<String> {
    let script: String = commands.lines().map(|command| format!("{command}\necho @\n")).collect();
    // virsh prints errors to another stream: a shell makes them one.
    let mut shell = Command::new("sh")
        .args(["-c", "timeout 60 virsh --quiet --connect \"$0\" 2>&1", uri])
        .env("LC_ALL", "C")
        .env("EDITOR", "sed -i s/words/others/")
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell");
    drop(shell.stdin.take().map(|mut input| input.write_all(script.as_bytes())));
    let output = shell.wait_with_output().expect("virsh ends");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // virsh echoes what it reads, behind its prompt.
    text.split("virsh # echo @\n@")
        .filter_map(|part| part.split_once("virsh # ")?.1.split_once('\n'))
        .map(|(_, said)| said.trim().to_owned())
        .take(commands.lines().count()) // behind the last one is the end of the input
        .collect()
}
