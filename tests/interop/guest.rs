//! A guest that really runs: a kernel and a shell that counts on its serial port, ten times a second.
//!
//! Each daemon's QEMU writes what the guest says into a file of that daemon's own. Put one after the other in the order in which
//! the guest moved, they are one count without a gap or a repeat, or the guest did not live on.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::lab::Libvirtd;
use crate::peers::virsh;

/// As the guest's configuration names it, on every daemon.
const LOG: &str = "/var/log/libvirt/serial.log";

const KERNEL: &str = "/var/lib/libvirt/kernel";
const INITRD: &str = "/var/lib/libvirt/initrd";

/// It boots in 4 s on a free machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Debian's kernel for clouds, whichever is installed.
pub(crate) fn kernel() -> Option<PathBuf> {
    let mut kernels: Vec<_> = fs::read_dir("/boot").ok()?.flatten().map(|entry| entry.path()).collect();
    kernels.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("vmlinuz-") && name.ends_with("-cloud-amd64")
    });
    kernels.sort();
    kernels.pop()
}

/// The kernel where a daemon finds it that has only another distribution's files.
#[track_caller]
pub(crate) fn kernel_for(daemon: &Libvirtd) -> PathBuf {
    let copy = daemon.directory().path().join("vmlinuz");
    fs::copy(kernel().expect("the test said that it needs a kernel"), &copy).expect("a copy of the kernel");
    copy
}

/// The guest's side of virtio, in the order in which its parts are loaded.
pub(crate) const VIRTIO: [&str; 5] = [
    "virtio/virtio_ring.ko",
    "virtio/virtio.ko",
    "virtio/virtio_pci_modern_dev.ko",
    "virtio/virtio_pci_legacy_dev.ko",
    "virtio/virtio_pci.ko",
];

/// Drivers of the kernel's, as files of names that sort as the drivers are to be loaded.
#[track_caller]
pub(crate) fn modules(names: &[&str]) -> Vec<(String, Vec<u8>)> {
    let kernel = kernel().expect("the test said that it needs a kernel");
    let release = kernel.file_name().unwrap_or_default().to_string_lossy().replace("vmlinuz-", "");
    let drivers = Path::new("/lib/modules").join(release).join("kernel/drivers");
    let read = |(at, name): (usize, &&str)| {
        let path = drivers.join(name);
        let content = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (format!("{at}.ko"), content)
    };
    names.iter().enumerate().map(|(at, name)| read((at, name))).collect()
}

pub(crate) fn busybox() -> Option<&'static Path> {
    ["/bin/busybox", "/usr/bin/busybox"].into_iter().map(Path::new).find(|path| path.exists())
}

/// What the guest has said so far, on whichever daemon.
#[derive(Debug, Default)]
pub(crate) struct Count {
    said: String,
    /// How much of each daemon's file has been read, by the daemon's host name.
    read: Vec<(String, usize)>,
}

impl Count {
    /// Starts the guest on a daemon, transient, and waits until it counts.
    #[track_caller]
    pub(crate) fn start(daemon: &Libvirtd) -> Count {
        let initrd = daemon.directory().path().join("initrd");
        fs::write(&initrd, initramfs(INIT, &[])).expect("a file in a directory of ours");
        let kernel = kernel().expect("the test said that it needs a kernel");
        Count::start_from(daemon, &kernel, &initrd)
    }

    /// Starts the guest from files that [`lay_out`] has put on each daemon, whatever else is there.
    #[track_caller]
    pub(crate) fn start_laid_out(daemon: &Libvirtd) -> Count {
        Count::start_from(daemon, Path::new(KERNEL), Path::new(INITRD))
    }

    #[track_caller]
    fn start_from(daemon: &Libvirtd, kernel: &Path, initrd: &Path) -> Count {
        let file = daemon.directory().write("guest.xml", &configuration(kernel, initrd));
        virsh(&daemon.uri("qemu", "/system"), &["create", &file]);
        let mut count = Count::default();
        count.goes_on(daemon);
        count
    }

    /// What a guest that is gone has said on this daemon is no word of the next one.
    pub(crate) fn forget(daemon: &Libvirtd) {
        let _ = fs::remove_file(daemon.directory().path().join(&LOG[1..]));
    }

    /// Waits until the guest has said more on this daemon.
    #[track_caller]
    pub(crate) fn goes_on(&mut self, daemon: &Libvirtd) {
        let deadline = Instant::now() + PATIENCE;
        let wanted = self.said.lines().count() + 4;
        while self.said.lines().count() < wanted {
            assert!(
                Instant::now() < deadline,
                "the guest says no more on {}: {}",
                daemon.host_name(),
                self.said
            );
            std::thread::sleep(Duration::from_millis(20));
            self.read(daemon);
        }
        self.is_unbroken();
    }

    /// Reads what the guest has said on the daemon that it has left, once it cannot say more there.
    #[track_caller]
    pub(crate) fn read(&mut self, daemon: &Libvirtd) {
        let text = fs::read(daemon.directory().path().join(&LOG[1..])).unwrap_or_default();
        let name = daemon.host_name().to_owned();
        if !self.read.iter().any(|(host, _)| *host == name) {
            self.read.push((name.clone(), 0));
        }
        let (_, read) = self.read.iter_mut().find(|(host, _)| *host == name).expect("it was just added");
        self.said += &String::from_utf8_lossy(&text[*read..]);
        *read = text.len();
    }

    /// Fails at the first number that is missing, or comes twice.
    #[track_caller]
    fn is_unbroken(&self) {
        let whole = self.said.rfind('\n').map_or("", |end| &self.said[..end]);
        let ticks = whole.lines().filter_map(|line| line.trim().strip_prefix("tick "));
        let numbers: Vec<u64> = ticks.map(|tick| tick.parse().expect("a number")).collect();
        let expected: Vec<u64> = (1..).take(numbers.len()).collect();
        assert!(!numbers.is_empty(), "it counts: {:?}", self.said);
        assert_eq!(numbers, expected, "the guest's count");
    }
}

/// Puts what the guest is made of where every daemon finds it under the same names: QEMU opens them on each host.
#[track_caller]
pub(crate) fn lay_out(daemon: &Libvirtd) {
    let inside = |path: &str| daemon.directory().path().join(&path[1..]);
    let kernel = kernel().expect("the test said that it needs a kernel");
    fs::copy(kernel, inside(KERNEL)).expect("the daemon has its folders");
    fs::write(inside(INITRD), initramfs(INIT, &[])).expect("the daemon has its folders");
}

fn configuration(kernel: &Path, initrd: &Path) -> String {
    linux(
        "guest",
        3,
        kernel,
        initrd,
        "<on_reboot>destroy</on_reboot>",
        &format!("<serial type='pty'><log file='{LOG}' append='on'/></serial><memballoon model='none'/>"),
    )
}

/// A guest that runs a kernel and an initramfs of ours, with settings and devices of its own.
pub(crate) fn linux(
    name: &str,
    number: u8,
    kernel: &Path,
    initrd: &Path,
    settings: &str,
    devices: &str,
) -> String {
    format!(
        "<domain type='qemu'>
  <name>{name}</name>
  <uuid>5f2a8c1e-0000-4000-8000-0000000000{number:02x}</uuid>
  <memory unit='MiB'>96</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc-i440fx-5.2'>hvm</type>
    <kernel>{}</kernel>
    <initrd>{}</initrd>
    <cmdline>console=ttyS0 loglevel=1 tsc=reliable no_timer_check</cmdline>
  </os>
  <features><acpi/></features>
  {settings}
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    {devices}
  </devices>
</domain>",
        kernel.display(),
        initrd.display()
    )
}

const INIT: &str = "#!/bin/busybox sh
/bin/busybox stty -F /dev/console -onlcr 2>/dev/null
tick=0
while :; do
    tick=$((tick + 1))
    echo \"tick $tick\"
    /bin/busybox sleep 0.1
done
";

/// A root file system of busybox, a first program and more files in its root, in the kernel's own archive format (`newc`).
pub(crate) fn initramfs(init: &str, files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let busybox =
        fs::read(busybox().expect("the test said that it needs busybox")).expect("a readable busybox");
    let mut entries = vec![
        ("bin", 0o040_755, &[][..]),
        ("bin/busybox", 0o100_755, &busybox),
        ("dev", 0o040_755, &[]),
        ("init", 0o100_755, init.as_bytes()),
    ];
    entries.extend(files.iter().map(|(name, content)| (name.as_str(), 0o100_644, content.as_slice())));
    entries.push(("TRAILER!!!", 0, &[]));
    let mut archive = Vec::new();
    for (number, (name, mode, content)) in (1..).zip(entries) {
        archive.extend(b"070701");
        let fields = [number, mode, 0, 0, 1, 0, content.len(), 0, 0, 0, 0, name.len() + 1, 0];
        archive.extend(fields.iter().flat_map(|field| format!("{field:08x}").into_bytes()));
        archive.extend(name.as_bytes());
        archive.push(0);
        archive.resize(archive.len().next_multiple_of(4), 0);
        archive.extend(content);
        archive.resize(archive.len().next_multiple_of(4), 0);
    }
    archive
}
