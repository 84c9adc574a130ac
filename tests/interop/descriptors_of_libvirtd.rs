//! File descriptors to and from a real libvirtd, over its unix socket.

use std::fs::File;
use std::io::Read;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use virtwire::client::{Connection, Domain};
use virtwire::protocol::error::{ErrorCode, Fate};
use virtwire::protocol::flags::{DomainStartFlags, FdAssociateFlags, OpenGraphicsFlags};

use crate::lab::{Libvirtd, runtime};
use crate::need::need;
use crate::process::run;

/// A guest with a screen, on which nothing runs but firmware.
pub(crate) const SEEN_GUEST: &str = "<domain type='qemu'>
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
fn sockets_are_passed_both_ways() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    runtime().block_on(async {
        sockets_pass(&over_unix(&daemon)).await;
        // Over TCP nothing is passed.
        let connection = Connection::open(&daemon.uri("qemu", "/system")).await.unwrap();
        let guest = connection.domain_define_xml(SEEN_GUEST).await.unwrap().dom;
        let error = connection.domain_open_graphics_socket(&guest, 0, 0).await.unwrap_err();
        assert!(error.to_string().contains("only a unix socket"), "{error}");
    });
}

/// QEMU speaks first on a socket of the daemon's, and on one of ours.
pub(crate) async fn sockets_pass(uri: &str) {
    let connection = Connection::open(uri).await.unwrap();
    assert!(connection.carries_fds());
    let guest = connection.domain_create_xml(SEEN_GUEST, 0).await.unwrap().dom;
    let domain = Domain::new(&connection, guest.clone());
    let socket = domain.open_graphics(0, OpenGraphicsFlags::NONE).await.unwrap();
    greets(socket.into());
    let (near, far) = UnixStream::pair().unwrap();
    domain.open_graphics_on(0, far.into(), OpenGraphicsFlags::SKIPAUTH).await.unwrap();
    greets(near);
    connection.connect_get_hostname().await.unwrap();
    connection.domain_destroy(&guest).await.unwrap();
    connection.close().await.unwrap();
}

#[test]
fn a_file_is_passed_to_qemu() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    let file = daemon.directory().write("passed", "content");
    runtime().block_on(a_file_passes(&over_unix(&daemon), &file));
}

pub(crate) async fn a_file_passes(uri: &str, file: &str) {
    let connection = Connection::open(uri).await.unwrap();
    let guest = connection.domain_create_xml(SEEN_GUEST, 0).await.unwrap().dom;
    let file = File::open(file).unwrap();
    let command = r#"{"execute":"add-fd","arguments":{"fdset-id":7}}"#;
    let (reply, back) =
        connection.qemu_domain_monitor_command_passing(&guest, command, vec![file.into()], 0).await.unwrap();
    assert!(reply.result.to_string().contains(r#""fdset-id":7"#), "{reply:?}");
    assert!(back.is_empty());
    connection.domain_destroy(&guest).await.unwrap();
    connection.close().await.unwrap();
}

#[test]
fn a_disk_is_a_file_of_ours() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    let disk = daemon.directory().write("disk.raw", &"x".repeat(1 << 20));
    runtime().block_on(a_disk_passes(&over_unix(&daemon), &disk));
}

/// A disk that the daemon never opens by its path: QEMU gets it as a descriptor of ours, under a name in the configuration.
pub(crate) async fn a_disk_passes(uri: &str, disk: &str) {
    let xml = SEEN_GUEST.replace("seen", "given").replace("0031", "0032").replace(
        "<graphics",
        "<disk type='file' device='disk'><driver name='qemu' type='raw'/>\
         <source file='/only/a/name.raw' fdgroup='ours'/><target dev='vda' bus='virtio'/></disk><graphics",
    );
    let connection = Connection::open(uri).await.unwrap();
    let guest = connection.domain_define_xml(&xml).await.unwrap().dom;
    let without = connection.domain_create(&guest).await.unwrap_err();
    assert!(without.to_string().contains("ours"), "{without}");
    let file = File::options().read(true).write(true).open(disk).unwrap();
    let domain = Domain::new(&connection, guest.clone());
    domain.associate_files("ours", vec![file.into()], FdAssociateFlags::SECLABEL_RESTORE).await.unwrap();
    assert_eq!(open_here(disk), 0, "it is the daemon's now");
    let guest = connection.domain_create_with_flags(&guest, 0).await.unwrap().dom;
    let told =
        connection.qemu_domain_monitor_command(&guest, r#"{"execute":"query-block"}"#, 0).await.unwrap();
    let told = told.result.to_string();
    assert!(told.contains("/dev/fdset/") && told.contains("\"virtual-size\":1048576"), "{told}");
    connection.domain_destroy(&guest).await.unwrap();
    connection.domain_undefine(&guest).await.unwrap();
    connection.close().await.unwrap();
}

/// Whatever becomes of a call, its descriptors are closed here.
#[test]
fn none_is_left_behind_by_a_call_that_fails() {
    need!(Libvirtd, Namespaces, Qemu);
    let daemon = Libvirtd::start();
    let path = daemon.directory().write("passed", "content");
    let files = |count: usize| (0..count).map(|_| File::open(&path).unwrap().into()).collect::<Vec<_>>();
    runtime().block_on(async {
        let connection = Connection::open(&over_unix(&daemon)).await.unwrap();
        let guest = connection.domain_define_xml(SEEN_GUEST).await.unwrap().dom;
        let before = daemons_own(&daemon, &path);
        // QEMU's driver starts no domain with files for its first process: it says so, with all of them read.
        for count in [1, 5, 32] {
            let domain = Domain::new(&connection, guest.clone());
            let error = domain.start_passing(files(count), DomainStartFlags::NONE).await.unwrap_err();
            assert_eq!(error.remote().map(|error| error.code), Some(ErrorCode::NO_SUPPORT), "{error}");
            let error = connection.domain_create_xml_passing(SEEN_GUEST, files(count), 0).await.unwrap_err();
            assert_eq!(error.remote().map(|error| error.code), Some(ErrorCode::NO_SUPPORT), "{error}");
            assert_eq!(open_here(&path), 0);
        }
        // Too many for a message: nothing is sent.
        let error = connection.domain_create_passing(&guest, files(33), 0).await.unwrap_err();
        assert!(error.to_string().contains("33 file descriptors, of which a message takes 32"), "{error}");
        assert_eq!((open_here(&path), error.fate()), (0, Fate::DidNotRun));
        // No socket for them.
        let over_tcp = Connection::open(&daemon.uri("qemu", "/system")).await.unwrap();
        over_tcp.domain_create_passing(&guest, files(3), 0).await.unwrap_err();
        assert_eq!(open_here(&path), 0);
        // A future that is dropped, and a deadline that passes at once: before and after it was sent.
        for _ in 0..20 {
            drop(connection.domain_create_passing(&guest, files(2), 0));
            let hurried = connection.within(Duration::ZERO);
            hurried.domain_create_passing(&guest, files(2), 0).await.unwrap_err();
            let racing = connection.domain_create_passing(&guest, files(2), 0);
            let _ = tokio::time::timeout(Duration::from_micros(50), racing).await;
        }
        // The task lets go of what it sends as soon as it is sent: one call further all is gone.
        assert_eq!(connection.connect_get_hostname().await.unwrap().hostname, daemon.host_name());
        assert_eq!(open_here(&path), 0);
        // And the daemon keeps none, either.
        assert_eq!(daemons_own(&daemon, &path), before);
        // A connection that has ended.
        daemon.shell("kill -9 $(cat /run/libvirt/libvirtd.pid)");
        connection.closed().await;
        connection.domain_create_passing(&guest, files(4), 0).await.unwrap_err();
        assert_eq!(open_here(&path), 0);
    });
}

fn over_unix(daemon: &Libvirtd) -> String {
    daemon.unix_uri("qemu", "/system")
}

/// How many descriptors of this process are of a file. Other tests run beside this one, with files of their own.
fn open_here(path: &str) -> usize {
    let open = std::fs::read_dir("/proc/self/fd").unwrap();
    open.flatten().filter(|fd| std::fs::read_link(fd.path()).is_ok_and(|to| to == Path::new(path))).count()
}

/// How many the daemon has.
fn daemons_own(daemon: &Libvirtd, path: &str) -> String {
    let count = "ls -l /proc/$(cat /run/libvirt/libvirtd.pid)/fd | grep -c \"$0\" || true";
    run(daemon.beside("sh").args(["-c", count, path])).stdout
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
