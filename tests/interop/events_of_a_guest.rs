//! Events that only a guest that acts can cause: it finds its agent's channel, sets its clock, writes to its disk until that is full, gives
//! memory back and goes to sleep.

use std::fs;
use std::time::Duration;

use tokio::time::timeout;
use virtwire::client::{Connection, Subscription};
use virtwire::protocol::event::{AnyEvent, DomainEvent, Words};
use virtwire::protocol::remote::DomainSetBlockThreshold;

use crate::guest::{VIRTIO, initramfs, kernel_for, linux, modules};
use crate::lab::{Libvirtd, runtime};
use crate::need::need;

/// It boots in 4 s on a free machine, and is done in a few more.
const SOON: Duration = Duration::from_secs(120);

/// Each step goes on by itself but the last, which waits until the host has taken memory.
const INIT: &str = "#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mkdir -p /sys /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t proc proc /proc
total() { /bin/busybox grep MemTotal /proc/meminfo; }
for module in /*.ko; do /bin/busybox insmod $module; done
until /bin/busybox ls /dev/vport* >/dev/null 2>&1; do /bin/busybox sleep 0.1; done
exec 3<>$(/bin/busybox ls /dev/vport* | /bin/busybox head -n 1)
before=$(total)
/bin/busybox date -s '2030-01-02 03:04:05'
/bin/busybox hwclock -w -u -f /dev/rtc0
/bin/busybox dd if=/dev/zero of=/dev/vda bs=64k count=1 conv=fsync
/bin/busybox dd if=/dev/zero of=/dev/vda bs=1M count=4 conv=fsync
while [ \"$(total)\" = \"$before\" ]; do /bin/busybox sleep 0.2; done
echo mem > /sys/power/state
while :; do /bin/busybox sleep 1; done
";

#[test]
fn a_guest_that_acts_is_heard() {
    need!(Libvirtd, Namespaces, Qemu, Kernel);
    let daemon = Libvirtd::start();
    let xml = configuration(&daemon);
    runtime().block_on(async {
        let connection = Connection::open(&daemon.uri("qemu", "/system")).await.unwrap();
        let mut events = connection.subscribe::<AnyEvent>(None).await.unwrap();
        let paused = 1;
        let guest = connection.domain_create_xml(&xml, paused).await.unwrap().dom;
        let dom = guest.clone();
        let threshold = DomainSetBlockThreshold { dom, dev: "vda".into(), threshold: 4_096, flags: 0 };
        connection.domain_set_block_threshold(threshold).await.unwrap();
        connection.domain_resume(&guest).await.unwrap();

        // First that it is not there yet.
        while words(&heard(&mut events, "agent-lifecycle").await) != ["connected", "channel"] {}
        let DomainEvent::RtcChange(clock) = heard(&mut events, "rtc-change").await else { panic!("a clock") };
        assert!(clock.offset > 365 * 24 * 3_600, "{clock:?}");
        let DomainEvent::BlockThreshold(beyond) = heard(&mut events, "block-threshold").await else {
            panic!("a threshold")
        };
        assert_eq!((beyond.dev.to_string().as_str(), beyond.threshold), ("vda", 4_096), "{beyond:?}");
        let full = heard(&mut events, "io-error-reason").await;
        assert_eq!(words(&full), ["report"], "{full:?}");
        let mib = 1_024;
        connection.domain_set_memory_flags(&guest, 80 * mib, 1).await.unwrap();
        let DomainEvent::BalloonChange(less) = heard(&mut events, "balloon-change").await else {
            panic!("a balloon")
        };
        assert!((80 * mib..96 * mib).contains(&less.actual), "{less:?}");
        heard(&mut events, "pm-suspend").await;
        connection.domain_pm_wakeup(&guest, 0).await.unwrap();
        heard(&mut events, "pm-wakeup").await;
        connection.domain_destroy(&guest).await.unwrap();
    });
}

/// Waits for an event of this kind.
async fn heard(events: &mut Subscription<AnyEvent>, kind: &str) -> DomainEvent {
    let mut others = Vec::new();
    loop {
        let Ok(event) = timeout(SOON, events.next()).await else { panic!("no {kind} after {others:?}") };
        match event.unwrap().unwrap() {
            AnyEvent::Domain(event) if event.kind().is_some_and(|known| known.name == kind) => return event,
            other => others.push(other.kind().map_or("unknown", |kind| kind.name)),
        }
    }
}

fn words(event: &DomainEvent) -> Vec<String> {
    event.words().into_iter().map(|(_, word)| word.to_string()).collect()
}

/// The disk is on a file system that has no room for all of it.
fn configuration(daemon: &Libvirtd) -> String {
    let kernel = kernel_for(daemon);
    let parts = modules(
        &[&VIRTIO[..], &["char/virtio_console.ko", "block/virtio_blk.ko", "virtio/virtio_balloon.ko"]]
            .concat(),
    );
    let initrd = daemon.directory().path().join("initrd");
    fs::write(&initrd, initramfs(INIT, &parts)).expect("a file in a directory of ours");
    let small = daemon.directory().path().join("small");
    fs::create_dir(&small).expect("a folder in a directory of ours");
    daemon.shell(&format!(
        "mount -t tmpfs -o size=1m none \"$ROOT{0}\"; truncate -s 8M \"$ROOT{0}/disk.raw\"",
        small.display()
    ));
    let disk = small.join("disk.raw");
    let devices = format!(
        "<serial type='file'><source path='/var/log/libvirt/acting.log'/></serial>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' error_policy='report'/><source file='{}'/><target dev='vda' bus='virtio'/>
    </disk>
    <channel type='unix'><source mode='bind'/><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <memballoon model='virtio'/>",
        disk.display()
    );
    linux("acting", 0x42, &kernel, &initrd, "<pm><suspend-to-mem enabled='yes'/></pm>", &devices)
}
