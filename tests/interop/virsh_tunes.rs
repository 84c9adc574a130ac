//! Real virsh asks what the host does, and sets what it grants its guests.

use crate::lab::Directory;
use crate::need::need;
use crate::peers::{try_virsh, virsh};
use crate::serve::Serve;
use crate::virsh_drives_us::GUEST;

#[test]
fn what_the_host_does_is_what_its_kernel_says() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    let uri = daemon.uri();
    let figures = |arguments: &[&str]| -> Vec<(String, u64)> {
        let text = virsh(&uri, arguments);
        let figure = |line: &str| {
            let (name, rest) = line.split_once(':')?;
            Some((name.trim().to_owned(), rest.split_whitespace().next()?.parse().ok()?))
        };
        text.lines().filter_map(figure).collect()
    };
    let cpus = figures(&["nodecpustats"]);
    let names: Vec<_> = cpus.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["user", "system", "idle", "iowait"]);
    assert!(cpus[0].1 > 0);
    assert_eq!(figures(&["nodecpustats", "--cpu", "0"]).len(), 4);
    assert!(try_virsh(&uri, &["nodecpustats", "--cpu", "9999"]).stderr.contains("CPU 9999 is out of range"));
    let memory = figures(&["nodememstats"]);
    let names: Vec<_> = memory.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["total", "free", "buffers", "cached"]);
    let total = memory[0].1;
    assert!(virsh(&uri, &["nodeinfo"]).contains(&format!("{total} KiB")));
    assert!(try_virsh(&uri, &["nodememstats", "--cell", "9"]).stderr.contains("cell 9 is out of range"));
    assert_eq!(figures(&["nodememstats", "--cell", "0"]).len(), 2);
    for asked in [&["freecell"][..], &["freecell", "--cellno", "0"]] {
        let free = virsh(&uri, asked);
        let free: u64 =
            free.split_whitespace().find_map(|word| word.parse().ok()).unwrap_or_else(|| panic!("{free}"));
        assert!((1..=total).contains(&free), "{asked:?}: {free} of {total}");
    }
    assert!(try_virsh(&uri, &["freecell", "--cellno", "9"]).stderr.contains("Range exceeds available cells"));
}

#[test]
fn what_a_guest_is_granted_is_set_in_what_runs_and_in_what_will() {
    need!(Virsh);
    let (_state, path) = Directory::of_state();
    let options = ["--state", &path];
    let daemon = Serve::start(&options);
    let uri = daemon.uri();
    virsh(&uri, &["define", &daemon.directory().write("guest.xml", GUEST)]);
    let told = |uri: &str, arguments: &[&str]| -> Vec<String> {
        let text = virsh(uri, arguments);
        text.lines().filter_map(|line| Some(line.split_once(':')?.1.trim().to_owned())).collect()
    };
    let refused = |arguments: &[&str]| try_virsh(&uri, arguments).stderr;
    assert_eq!(told(&uri, &["memtune", "guest"]), ["unlimited"; 3]);
    virsh(&uri, &["memtune", "guest", "--hard-limit", "2097152", "--soft-limit", "1048576", "--config"]);
    assert_eq!(told(&uri, &["memtune", "guest"]), ["2097152", "1048576", "unlimited"]);
    assert!(refused(&["memtune", "guest", "--swap-hard-limit", "1024", "--config"]).contains("hard_limit"));
    assert!(refused(&["memtune", "guest", "--min-guarantee", "1", "--config"]).contains("not supported"));
    assert!(refused(&["memtune", "guest", "--live"]).contains("not running"));
    assert_eq!(told(&uri, &["schedinfo", "guest"]), ["posix", "0", "0", "0"]);
    virsh(&uri, &["schedinfo", "guest", "--config", "--set", "cpu_shares=2048", "vcpu_quota=-1"]);

    virsh(&uri, &["start", "guest"]);
    virsh(&uri, &["memtune", "guest", "--soft-limit", "-1", "--live"]);
    assert_eq!(told(&uri, &["memtune", "guest"]), ["2097152", "unlimited", "unlimited"]);
    assert_eq!(told(&uri, &["memtune", "guest", "--config"]), ["2097152", "1048576", "unlimited"]);
    let set = virsh(&uri, &["schedinfo", "guest", "--set", "vcpu_period=50000"]);
    assert!(set.contains("50000") && set.contains("2048"), "{set}");
    assert!(refused(&["schedinfo", "guest", "--set", "vcpu_period=1"]).contains("out of range"));
    assert_eq!(told(&uri, &["schedinfo", "guest", "--config"]), ["posix", "2048", "0", "-1"]);
    drop(daemon);

    let daemon = Serve::start(&options);
    assert_eq!(told(&daemon.uri(), &["memtune", "guest"]), ["2097152", "1048576", "unlimited"]);
    assert!(virsh(&daemon.uri(), &["dumpxml", "guest"]).contains("<cputune><shares>2048</shares>"));
}

#[test]
fn what_runs_where_is_told_as_it_was_set() {
    need!(Virsh);
    let daemon = Serve::start(&[]);
    let uri = daemon.uri();
    virsh(&uri, &["define", &daemon.directory().write("guest.xml", &GUEST.replace("<vcpu>1<", "<vcpu>2<"))]);
    let told = |arguments: &[&str]| -> Vec<String> {
        virsh(&uri, arguments).split_whitespace().map(str::to_owned).collect()
    };
    let refused = |arguments: &[&str]| try_virsh(&uri, arguments).stderr;
    let all = told(&["vcpupin", "guest"])[1].clone();
    let all = all.as_str();
    assert_eq!(told(&["vcpupin", "guest"]), ["0", all, "1", all]);
    virsh(&uri, &["vcpupin", "guest", "1", "0", "--config"]);
    virsh(&uri, &["emulatorpin", "guest", "0", "--config"]);
    assert_eq!(told(&["vcpupin", "guest"]), ["0", all, "1", "0"]);
    assert_eq!(told(&["emulatorpin", "guest"]), ["0"]);
    assert!(refused(&["vcpupin", "guest", "2", "0", "--config"]).contains("vcpu '2' is not present"));
    assert!(refused(&["vcpupin", "guest", "0", "0", "--live"]).contains("not running"));

    virsh(&uri, &["start", "guest"]);
    virsh(&uri, &["vcpupin", "guest", "0", "0"]);
    virsh(&uri, &["vcpupin", "guest", "1", all, "--live", "--config"]);
    assert_eq!(told(&["vcpupin", "guest"]), ["0", "0", "1", all]);
    assert_eq!(told(&["vcpupin", "guest", "--config"]), ["0", all, "1", all]);
    let affinity = |line: &str| line.strip_prefix("CPU Affinity:").map(|map| map.trim().to_owned());
    let maps: Vec<_> = virsh(&uri, &["vcpuinfo", "guest"]).lines().filter_map(affinity).collect();
    assert!(maps.len() == 2 && maps[0].trim_end_matches('-') == "y", "{maps:?}");
    assert!(virsh(&uri, &["dumpxml", "guest"]).contains("<vcpupin vcpu='0' cpuset='0'/>"));
}

/// What a disk, an interface and the host's nodes and disks are granted: in what runs, in what will, and after the daemon.
#[test]
fn devices_are_tuned_each_for_itself_and_stay_so() {
    need!(Virsh);
    let (_state, path) = Directory::of_state();
    let options = ["--state", &path];
    let daemon = Serve::start(&options);
    let uri = daemon.uri();
    let devices = "<devices>
    <disk type='file'><source file='/a.raw'/><target dev='vda'/></disk>
    <interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/></interface>
  </devices>
</domain>";
    let guest = GUEST.replace("</domain>", devices);
    virsh(&uri, &["define", &daemon.directory().write("guest.xml", &guest)]);
    let told = |uri: &str, arguments: &[&str], name: &str| -> String {
        let text = virsh(uri, arguments);
        let mut lines = text.lines().filter_map(|line| line.split_once(':'));
        let value = lines.find(|(found, _)| found.trim() == name).map(|(_, value)| value.trim().to_owned());
        value.unwrap_or_else(|| panic!("{name}: {text}"))
    };
    let refused = |arguments: &[&str]| try_virsh(&uri, arguments).stderr;
    let mac = "52:54:00:00:00:01";
    virsh(&uri, &["blkdeviotune", "guest", "vda", "--total-iops-sec", "100", "--config"]);
    virsh(&uri, &["domiftune", "guest", mac, "--inbound", "10,20", "--config"]);
    virsh(&uri, &["blkiotune", "guest", "--device-weights", "/dev/sda,300", "--config"]);
    virsh(&uri, &["numatune", "guest", "--mode", "interleave", "--nodeset", "0", "--config"]);
    virsh(&uri, &["start", "guest"]);

    // One measure is set as a whole, and others stay.
    virsh(&uri, &["blkdeviotune", "guest", "/a.raw", "--read-iops-sec", "7"]);
    virsh(&uri, &["blkdeviotune", "guest", "vda", "--write-bytes-sec", "9"]);
    let live = ["blkdeviotune", "guest", "vda"];
    assert_eq!(
        ["total_iops_sec", "read_iops_sec", "write_bytes_sec"].map(|name| told(&uri, &live, name)),
        ["0", "7", "9"]
    );
    assert_eq!(told(&uri, &["blkdeviotune", "guest", "vda", "--config"], "total_iops_sec"), "100");
    virsh(&uri, &["domiftune", "guest", mac, "--outbound", "5"]);
    assert_eq!(told(&uri, &["domiftune", "guest", mac], "inbound.peak"), "20");
    assert_eq!(told(&uri, &["domiftune", "guest", mac, "--config"], "outbound.average"), "0");
    assert!(refused(&["numatune", "guest", "--mode", "strict", "--live"]).contains("can't change"));
    assert!(refused(&["domiftune", "guest", "vnet9"]).contains("'vnet9' is not a known interface"));
    // What is told of an interface is told under the same name.
    assert!(virsh(&uri, &["domstats", "guest", "--interface"]).contains(&format!("net.0.name={mac}")));
    assert!(virsh(&uri, &["domifstat", "guest", mac]).contains("rx_bytes 0"));
    drop(daemon);

    let daemon = Serve::start(&options);
    let uri = daemon.uri();
    assert_eq!(told(&uri, &live, "total_iops_sec"), "100");
    assert_eq!(told(&uri, &["domiftune", "guest", mac], "inbound.average"), "10");
    assert_eq!(told(&uri, &["blkiotune", "guest"], "device_weight"), "/dev/sda,300");
    assert_eq!(told(&uri, &["numatune", "guest"], "numa_mode"), "interleave");
}
