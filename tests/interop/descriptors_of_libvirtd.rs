//! File descriptors to and from a real libvirtd, over its unix socket.

use std::fs::File;
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use virtwire::client::Connection;

use crate::lab::{Libvirtd, runtime};
use crate::need::need;

/// A guest with a screen, on which nothing runs but firmware.
const SEEN_GUEST: &str = "<domain type='qemu'>
  <name>seen</name>
  <uuid>5f2a8c1e-0000-4000-8000-000000000031</uuid>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc-i440fx-5.2'>hvm</type></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <graphics type='vnc' autoport='yes' listen='127.0.0.1'/>
    <video><model type='vga'/></video>
  </devices>
</domain>";

#[test]
fn sockets_and_files_are_passed_both_ways() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    let over_unix = format!("qemu+unix:///system?socket={}", daemon.socket().display());
    let file = daemon.directory().write("passed", "content");
    runtime().block_on(async {
        let connection = Connection::open(&over_unix).await.unwrap();
        assert!(connection.carries_fds());
        let guest = connection.domain_create_xml(SEEN_GUEST, 0).await.unwrap().dom;

        // A socket of the daemon's, on which QEMU speaks first.
        let socket = connection.domain_open_graphics_socket(&guest, 0, 0).await.unwrap();
        greets(socket.into());
        // A socket of ours.
        let (near, far) = UnixStream::pair().unwrap();
        connection.domain_open_graphics_on(&guest, 0, far.into(), 0).await.unwrap();
        greets(near);
        // A file for QEMU.
        let file = File::open(&file).unwrap();
        let command = r#"{"execute":"add-fd","arguments":{"fdset-id":7}}"#;
        let (reply, back) = connection
            .qemu_domain_monitor_command_passing(&guest, command, vec![file.into()], 0)
            .await
            .unwrap();
        assert!(reply.result.to_string().contains(r#""fdset-id":7"#), "{reply:?}");
        assert!(back.is_empty());
        connection.connect_get_hostname().await.unwrap();
        connection.domain_destroy(&guest).await.unwrap();

        // Over TCP nothing is passed.
        let connection = Connection::open(&daemon.uri("qemu", "/system")).await.unwrap();
        let error = connection.domain_open_graphics_socket(&guest, 0, 0).await.unwrap_err();
        assert!(error.to_string().contains("only a unix socket"), "{error}");
    });
}

/// QEMU's first words on a VNC connection.
#[track_caller]
fn greets(mut socket: UnixStream) {
    socket.set_nonblocking(false).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut words = [0; 12];
    socket.read_exact(&mut words).unwrap();
    assert_eq!(&words, b"RFB 003.008\n");
}
