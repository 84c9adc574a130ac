//! A channel between a program in a real guest and ours: what one writes, the other reads.

use std::fs;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::timeout;
use virtwire::client::{Chunk, Connection, Stream};
use virtwire::protocol::flags::ListDomainsFlags;

use crate::guest::{VIRTIO, initramfs, kernel_for, linux, modules};
use crate::lab::{Libvirtd, runtime};
use crate::need::need;

/// It boots in 4 s on a free machine.
const SOON: Duration = Duration::from_secs(120);

/// Answers every line with the same line. A port whose other end is not there has nothing to read, and is tried again.
const INIT: &str = "#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
for module in /*.ko; do /bin/busybox insmod $module; done
until /bin/busybox ls /dev/vport* >/dev/null 2>&1; do /bin/busybox sleep 0.1; done
exec 3<>$(/bin/busybox ls /dev/vport* | /bin/busybox head -n 1)
while :; do
    if read -r line <&3; then echo \"heard $line\" >&3; else /bin/busybox sleep 0.1; fi
done
";

#[test]
fn a_program_in_a_guest_is_talked_to() {
    need!(Libvirtd, Namespaces, Qemu, Kernel);
    let daemon = Libvirtd::start();
    let xml = configuration(&daemon);
    runtime().block_on(async {
        let connection = Connection::open(&daemon.uri("qemu", "/system")).await.unwrap();
        let guest = connection.domain_create_xml(&xml, 0).await.unwrap().dom;
        let mut channel = connection.domain_open_channel(&guest, Some("org.virtwire.0"), 0).await.unwrap();
        channel.write_all(b"one\n").await.unwrap();
        hears(&mut channel, "heard one\n").await;
        // Several at once, and calls beside it.
        channel.write_all(b"two\nthree\n").await.unwrap();
        assert_eq!(connection.connect_get_hostname().await.unwrap().hostname, daemon.host_name());
        hears(&mut channel, "heard two\nheard three\n").await;
        // Whoever leaves can come back, by the handle too.
        timeout(SOON, channel.abort()).await.unwrap().unwrap();
        let [guest] = &connection.domains(ListDomainsFlags::ACTIVE).await.unwrap()[..] else {
            panic!("one guest")
        };
        let mut again = guest.open_channel(Some("org.virtwire.0"), Default::default()).await.unwrap();
        again.write_all(b"four\n").await.unwrap();
        hears(&mut again, "heard four\n").await;
        // The guest's end is the channel's.
        guest.destroy().await.unwrap();
        while let Ok(Some(_)) = timeout(SOON, again.read_chunk()).await.unwrap() {}
        drop(again);
        // A channel that there is not.
        let guest = connection.domain_create_xml(&xml, 1).await.unwrap().dom;
        let error = connection.domain_open_channel(&guest, Some("org.virtwire.1"), 0).await.unwrap_err();
        assert!(error.to_string().contains("org.virtwire.1"), "{error}");
        connection.domain_destroy(&guest).await.unwrap();
    });
}

/// Waits until just this has been said.
async fn hears(channel: &mut Stream, text: &str) {
    let mut heard = String::new();
    while heard.len() < text.len() {
        let Ok(chunk) = timeout(SOON, channel.read_chunk()).await else { panic!("no `{text}` in {heard:?}") };
        match chunk.unwrap() {
            Some(Chunk::Data(data)) => heard.push_str(&String::from_utf8_lossy(&data)),
            other => panic!("{other:?} after {heard:?}"),
        }
    }
    assert_eq!(heard, text);
}

fn configuration(daemon: &Libvirtd) -> String {
    let kernel = kernel_for(daemon);
    let modules = modules(&[&VIRTIO[..], &["char/virtio_console.ko"]].concat());
    let initrd = daemon.directory().path().join("initrd");
    fs::write(&initrd, initramfs(INIT, &modules)).expect("a file in a directory of ours");
    linux(
        "talkative",
        0x41,
        &kernel,
        &initrd,
        "",
        "<channel type='unix'><source mode='bind'/><target type='virtio' name='org.virtwire.0'/></channel>
    <memballoon model='none'/>",
    )
}
